"""The run on which one sees the edge of stability: full batches, squared loss, plain gradient descent.

Cohen et al. 2021 (https://arxiv.org/abs/2103.00065): the sharpness, the largest eigenvalue of the Hessian, comes to
2 / learning rate, above which steps overshoot the valley, and stays there, while the loss goes on falling, not at every
step. This run comes to it from above: at its start the loss bends so sharply that the first steps are thrown out of the
valley into a wider one.
"""

from __future__ import annotations

from playground.run.config import MAX_SAMPLES, Config

EDGE = Config(
    dataset="moons", n_samples=200, noise=0.1, activations=("tanh",), loss="mean_squared_error", optimizer="sgd",
    learning_rate=0.5, batch_size=MAX_SAMPLES, seed=1,
)  # fmt: skip
EDGE_STEPS = 3000
"""One an epoch"""
