"""Real measurements, ready to learn from: each with where it comes from and under which terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import mlp
from playground.tables.choice import choose, guess
from playground.tables.sheet import read_sheet
from playground.tables.table import Table

FOLDER = Path(__file__).with_name("csv")


@dataclass(frozen=True)
class Example:
    """One entry of EXAMPLES."""

    name: str
    label: str
    help: str
    source: str
    load: Callable[[], Table]


def _csv(name: str, title: str) -> Table:
    sheet = read_sheet((FOLDER / name).read_bytes(), title)
    return choose(sheet, guess(sheet)).table


def _digits() -> Table:
    data = mlp.make_dataset("digits", n_samples=mlp.DATASETS["digits"].max_samples, noise=0.0, test_fraction=0.0)
    kept = np.flatnonzero(data.x_train.max(axis=0) > data.x_train.min(axis=0))
    names = tuple(f"row {k // 8 + 1}, column {k % 8 + 1}" for k in kept)
    classes = tuple(str(k) for k in range(10))
    return Table("Digits", names, "digit", classes, data.x_train[:, kept], data.y_train, "none", None)


EXAMPLES: dict[str, Example] = {
    example.name: example
    for example in (
        Example(
            "iris", "Iris", "150 flowers of three kinds, told apart by the length and width of their petals.",
            "R. A. Fisher (1936), measured by E. Anderson. UCI Machine Learning Repository, "
            "doi.org/10.24432/C56C76, licence CC BY 4.0.",
            lambda: _csv("iris.csv", "Iris"),
        ),
        Example(
            "penguins", "Penguins", "342 penguins of three species, told apart by bill, flippers and weight.",
            "K. B. Gorman, T. D. Williams, W. R. Fraser (2014), doi.org/10.1371/journal.pone.0090081; Palmer Station "
            "LTER, made popular by A. Horst, A. Hill and K. Gorman as palmerpenguins, licence CC0.",
            lambda: _csv("penguins.csv", "Penguins"),
        ),
        Example(
            "wine", "Wine", "178 wines of three cultivars, told apart by thirteen chemical measurements.",
            "S. Aeberhard and M. Forina (1991). UCI Machine Learning Repository, doi.org/10.24432/C5PC7J, "
            "licence CC BY 4.0.",
            lambda: _csv("wine.csv", "Wine"),
        ),
        Example(
            "digits", "Digits 8×8", "1,797 handwritten digits of 8 × 8 pixels each.",
            "E. Alpaydin and C. Kaynak (1998), as shipped with scikit-learn. UCI Machine Learning Repository, "
            "doi.org/10.24432/C50P49, licence CC BY 4.0. Pixels that are never inked are left out.",
            _digits,
        ),
    )
}  # fmt: skip
