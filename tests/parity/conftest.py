"""PyTorch and NumPy on one thread each, so that the tests leave room for each other."""

import torch

import mlp

torch.set_num_threads(1)
mlp.use_one_thread()
