"""Random numbers by address: those for any purpose and moment follow from one seed alone.

A generator usually walks along its own long sequence, so that the tenth draw needs the nine before it. Philox
(Salmon et al. 2011, https://doi.org/10.1145/2063384.2063405) instead *computes* the numbers at a given place.
The batch order of epoch 700 is therefore found at once, in any order of asking: nothing random has to be stored
in a recording, and going back in time cannot disturb what comes after.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a draw is for. Each purpose has a stream of its own, so that changing one leaves the others alone."""

    DATA = 0
    SPLIT = 1
    WEIGHTS = 2
    BATCHES = 3
    DROPOUT = 4


class Stream:
    """The random numbers of one purpose under one seed, a generator for each place."""

    def __init__(self, seed: int, purpose: Purpose) -> None:
        key = np.random.SeedSequence([seed, purpose]).generate_state(2, np.uint64)
        self._bits = np.random.Philox(key=key)
        self._generator = np.random.Generator(self._bits)
        self._state = self._bits.state

    def at(self, place: int) -> np.random.Generator:
        """The generator that stands at `place` (an epoch, or a step): always the same draws from there."""
        self._state["state"]["counter"][2] = place  # of four words: places lie 2^128 draws apart
        self._bits.state = self._state
        return self._generator


def generator(seed: int, purpose: Purpose) -> np.random.Generator:
    """A generator for draws that need no address."""
    return Stream(seed, purpose).at(0)
