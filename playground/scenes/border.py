"""The border between two colours, as the engine draws it, and how far a line drawn by hand parts the plane alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.surface import answers, colour_scale, grid, half_side
from playground.scenes.trial import Turn, trained

N = 61
"""Places along either side of the picture"""
MOST_KEPT = 50
Line = tuple[float, float, float, float]
"""Two of its points: x1, x2 of the one, x1, x2 of the other"""


@dataclass(frozen=True, eq=False)
class Border:
    """What a network says all over its picture's square: blue above zero, orange below."""

    side: float
    """Half the side of the square, whose middle is zero"""
    points: np.ndarray
    """The training points, (n, 3): x1, x2, class 0 or 1"""
    values: np.ndarray
    """(N, N): [row of x2, x1], from the lowest"""

    def differs(self, line: Line) -> np.ndarray:
        """Where a line parts the square unlike the network, (N, N): its sides get the colours that suit it best."""
        along = np.linspace(-self.side, self.side, N)
        x1, x2, to1, to2 = line
        left = (to1 - x1) * (along[:, np.newaxis] - x2) > (to2 - x2) * (along - x1)
        differs = left != (self.values > 0)
        return ~differs if differs.mean() > 0.5 else differs

    def agreement(self, line: Line) -> float:
        """The percentage of the square that a line parts as the network does: 50 to 100."""
        return 100.0 * (1.0 - float(self.differs(line).mean()))

    def crossings(self) -> np.ndarray:
        """Where the border is between two neighbouring places, by linear interpolation: (n, 2), x1 and x2."""
        along = np.linspace(-self.side, self.side, N)
        step, v = along[1] - along[0], self.values
        found = []
        for axis in (0, 1):
            low, high = (v[:-1], v[1:]) if axis == 0 else (v[:, :-1], v[:, 1:])
            row, column = np.nonzero((low > 0) != (high > 0))
            further = step * low[row, column] / (low[row, column] - high[row, column])
            found.append(np.column_stack([along[column] + further * (axis == 1), along[row] + further * (axis == 0)]))
        return np.concatenate(found)

    def nearest_line(self) -> Line | None:
        """The line by least squares; None where the whole square has one colour."""
        along = np.linspace(-self.side, self.side, N)
        x2, x1 = np.meshgrid(along, along, indexing="ij")
        sums = np.column_stack([x1.ravel(), x2.ravel(), np.ones(N * N)])
        w1, w2, bias = np.linalg.lstsq(sums, np.where(self.values.ravel() > 0, 1.0, -1.0), rcond=None)[0]
        square = w1 * w1 + w2 * w2
        if square < 1e-12:
            return None
        at1, at2 = -bias * w1 / square, -bias * w2 / square
        return float(at1), float(at2), float(at1 - w2), float(at2 + w1)


def read_line(said: object, side: float) -> Line | None:
    """A line as a browser says it; None for anything but two places in the square that are not one and the same."""
    if not isinstance(said, list | tuple) or len(said) != 4:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) <= side for v in said):
        return None
    x1, x2, to1, to2 = (float(v) for v in said)
    return (x1, x2, to1, to2) if (x1, x2) != (to1, to2) else None


def line_in_words(line: Line) -> str:
    """Its two points, for a table."""
    x1, x2, to1, to2 = (f"{v:.2f}".replace("-", "−") for v in line)
    return f"the line through ({x1}, {x2}) and ({to1}, {to2})"


def check_border(experiment: Experiment) -> None:
    """ValueError, in a sentence, unless it is two classes on a plane."""
    config = experiment.config
    if not config.is_planar or config.task != "binary":
        raise ValueError("A line can be drawn only where a run parts two classes on a plane.")


@lru_cache(maxsize=MOST_KEPT)
def border(experiment: Experiment, epochs: int, turn: Turn) -> Border:
    """The border after so many epochs of the settings in force. ValueError, in a sentence, where there can be none."""
    check_border(experiment)
    trainer, now = trained(experiment.now, epochs, turn), Experiment(experiment.now)
    points, _ = make_data(now)
    _, inputs = grid(now, points, N)
    middle = colour_scale(trainer.net, points).middle
    values = answers(trainer.net, inputs)[:, 0] - middle
    classes = points.y_train > middle
    shown = np.column_stack([points.x_train[:, :2], classes.reshape(len(points.x_train), -1)[:, 0]])
    return Border(half_side(points), shown, values.reshape(N, N))
