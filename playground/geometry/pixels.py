"""Data that are pictures: each input is a pixel, and its name says where ("row 3, column 5")."""

from __future__ import annotations

import re
from typing import Any

from playground.run.experiment import Experiment

_NAME = re.compile(r"row (\d+), column (\d+)")
MOST_SIDE = 32


def pixels_of(experiment: Experiment) -> dict[str, Any] | None:
    """How the inputs make a picture, and how a pixel's ink becomes what the network is told; None for other data."""
    c = experiment.config
    if c.own_data is None:
        return None
    found = [_NAME.fullmatch(name) for name in c.own_data.inputs]
    if not all(found):
        return None
    at = [(int(match[1]), int(match[2])) for match in found if match]
    rows, columns = (max(sides) for sides in zip(*at, strict=True))
    if min(min(pair) for pair in at) < 1 or max(rows, columns) > MOST_SIDE:
        return None
    scale = c.own_data.prepared(c.test_fraction, c.data_seed).inputs
    return {
        "rows": rows,
        "columns": columns,
        "places": [(row - 1) * columns + column - 1 for row, column in at],
        "high": float(c.own_data.x.max()),
        "middle": scale.middle.tolist(),
        "size": scale.size.tolist(),
    }
