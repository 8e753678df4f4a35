"""How a row of one's own table becomes what the network is given, and what its answer means in the table's own units.

A network that learned from own data knows scaled numbers and numbered classes only. Whoever takes it along needs what
stands here to use it: programs hold it as code, files of weights and models as one line of JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

import mlp
from mlp.arrays import Array
from playground.run.experiment import Experiment
from playground.tables.table import Scale


@dataclass(frozen=True, eq=False)
class RawRows:
    """What lies between a row of the table and the network."""

    inputs: tuple[str, ...]
    """The columns of a row, in order"""
    scale: Scale
    features: tuple[str, ...]
    """Of one or two inputs: what the network is told about them, by the names of mlp.FEATURES, where x1 and x2 are the
    scaled inputs. Of more, nothing: it is told the scaled inputs."""
    target: str
    target_scale: Scale | None
    """None for classes"""
    classes: tuple[str, ...]
    boundary: float
    """Of two classes that share an output: above it lies the second"""
    example: tuple[float, ...]
    """A row of the table"""

    def prepare(self, rows: Array) -> Array:
        """Rows (n, n_inputs) in the table's units as the network is given them."""
        x = self.scale.apply(np.asarray(rows, dtype=np.float64))
        if not self.features:
            return x
        return mlp.expand_features(x if x.shape[1] == 2 else np.column_stack([x, 0.0 * x]), self.features)

    def to_json(self) -> str:
        """All of it as one line; docs/formats.md says what each key means."""
        inputs: list[dict[str, Any]] = _scaled(self.inputs, self.scale)
        plain: dict[str, Any] = {"inputs": inputs}
        if self.features:
            plain["features"] = [{"name": name, "formula": formula(name)} for name in self.features]
        if self.target_scale is None:
            return json.dumps(
                {**plain, "target": {"name": self.target}, "classes": self.classes, "boundary": self.boundary}
            )
        return json.dumps({**plain, "target": _scaled((self.target,), self.target_scale)[0]})


def _scaled(names: tuple[str, ...], scale: Scale) -> list[dict[str, Any]]:
    columns = zip(names, scale.middle.tolist(), scale.size.tolist(), strict=True)
    return [{"name": name, "middle": middle, "size": size} for name, middle, size in columns]


def formula(feature: str) -> str:
    """A feature of x1 and x2 as Python writes it, with NumPy's functions. Raises ValueError where it cannot."""
    text = mlp.FEATURES[feature].javascript.replace("Math.", "np.")
    try:
        compile(text, "<feature>", "eval")
    except SyntaxError:
        raise ValueError(f"The feature “{mlp.FEATURES[feature].label}” has no counterpart in Python.") from None
    return text


def raw_rows(experiment: Experiment) -> RawRows | None:
    """What is to be known to use the experiment's network on the user's own rows; None without own data."""
    c = experiment.config
    if c.own_data is None:
        return None
    own = c.own_data
    prepared = own.prepared(c.test_fraction, c.data_seed)
    return RawRows(
        own.inputs,
        prepared.inputs,
        c.features if c.is_planar else (),
        own.target,
        prepared.target,
        own.classes,
        mlp.LOSSES[c.loss_name].boundary,
        tuple(own.x[0].tolist()),
    )
