"""A run at one moment as a small picture that needs no script: an SVG to stand in a page."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from playground.export.colours import ground, point_colours
from playground.figures.palette import LIGHT
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import Run, network_at
from playground.run.surface import answers, colour_scale, grid, half_side

GRID = 80
SIDE = 400
POINTS = 400


def cover(experiment: Experiment, run: Run, epoch: float, words: str) -> str:
    """The decision surface with the points on it, or the curve over the only input; `words` says what it shows."""
    points, _ = make_data(experiment)
    with run.lock:
        net = network_at(run.trainer, run.step_at(epoch))
    scale, reach = colour_scale(net, points), half_side(points)
    along, inputs = grid(experiment, points, GRID)
    with np.errstate(all="ignore"):  # just before a run breaks, answers may be too large for any number
        out = np.nan_to_num(answers(net, inputs), nan=scale.middle)
    x, y = points.x_train[:POINTS], points.y_train[:POINTS]
    if points.task == "regression" and experiment.config.has_one_input:
        height = 1.15 * float(np.abs(points.y_train).max(initial=0.1))
        curve = _places(np.column_stack([along, out.reshape(GRID, GRID)[0]]), reach, height)
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in curve)
        below = f'<polyline points="{line}" fill="none" stroke="{LIGHT.positive}" stroke-width="4"/>'
        places = _places(np.column_stack([x[:, 0], y]), reach, height)
    else:
        pixels = ground(out, scale).reshape(GRID, GRID, 3)[::-1]  # a picture begins at its top
        address = f"data:image/png;base64,{base64.b64encode(_png(pixels)).decode()}"
        below = f'<image href="{address}" width="{SIDE}" height="{SIDE}" preserveAspectRatio="none"/>'
        places = _places(x, reach, reach)
    dots = "".join(
        f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" fill="{_css(colour)}"/>'
        for (a, b), colour in zip(places, point_colours(y, scale), strict=True)
    )
    return (
        f'<svg viewBox="0 0 {SIDE} {SIDE}" role="img" aria-label="{words}" xmlns="http://www.w3.org/2000/svg">'
        f'<rect width="{SIDE}" height="{SIDE}" fill="{LIGHT.panel}"/>{below}'
        f'<g stroke="{LIGHT.background}">{dots}</g></svg>'
    )


def _places(x: np.ndarray, reach: float, height: float) -> np.ndarray:
    """Where points (n, 2) are drawn."""
    return np.asarray(SIDE / 2 * (1 + x[:, :2] / [reach, height] * [1, -1]))


def _css(colour: str | tuple[int, ...]) -> str:
    return colour if isinstance(colour, str) else f"rgb({', '.join(map(str, colour))})"


def _png(pixels: np.ndarray) -> bytes:
    """Pixels (height, width, 3) of 8 bits as a PNG: each row begins with the number of its filter, 0 for none."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(pixels, dtype=np.uint8))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows, 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
