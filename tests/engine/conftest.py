"""Fixtures of the engine's tests."""

import numpy as np
import pytest

import mlp

mlp.use_one_thread()  # tests run side by side, and would wait for each other's


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_240_607)
