"""PyTorch on one thread, so that the tests leave room for each other."""

import torch

torch.set_num_threads(1)
