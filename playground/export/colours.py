"""The colours of what a network answers, as pictures without Plotly need them: numbers for pixels, words for points."""

from __future__ import annotations

import numpy as np

from playground.figures.palette import LIGHT
from playground.run.surface import ColourScale


def _rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], dtype=np.float64)


def _blend(values: np.ndarray, scale: ColourScale, strength: float) -> np.ndarray:
    """Numbers (n,) as RGB colours (n, 3): full orange and blue for a `strength` of 1, paler below."""
    middle = _rgb(LIGHT.neutral)
    orange, blue = (strength * (_rgb(c) - middle) for c in (LIGHT.negative, LIGHT.positive))
    s = np.clip((values - scale.middle) / scale.reach, -1.0, 1.0)[:, None]
    return np.asarray(middle + np.maximum(-s, 0.0) * orange + np.maximum(s, 0.0) * blue)


def ground(out: np.ndarray, scale: ColourScale) -> np.ndarray:
    """The colour of the ground, (n, 3), for answers (n, n_out): paler than the points that lie on it."""
    if out.shape[1] == 1:
        return _blend(out[:, 0], scale, strength=0.62).astype(np.uint8)
    tints, middle = np.array([_rgb(c) for c in LIGHT.classes]), _rgb(LIGHT.neutral)
    return np.asarray(middle + 0.5 * (tints[out.argmax(axis=1) % len(tints)] - middle)).astype(np.uint8)


def point_colours(y: np.ndarray, scale: ColourScale) -> list[str | tuple[int, ...]]:
    """Of class numbers (n,) the class's, of values (n, 1) the colour that the ground would have there."""
    if y.ndim == 1:
        return [LIGHT.classes[int(c) % len(LIGHT.classes)] for c in y]
    return [tuple(shade) for shade in _blend(y[:, 0], scale, strength=1.0).astype(int).tolist()]
