"""The points that an experiment learns from: on the plane, and as its network is given them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import mlp
from playground.run.experiment import Experiment
from playground.tables.table import Plane, Scale, unscaled


def make_data(experiment: Experiment) -> tuple[mlp.Dataset, mlp.Dataset]:
    """The points in the plane, and the same as the network is given them."""
    c = experiment.config
    if c.own_data is not None:
        own = c.own_data.prepared(c.test_fraction, c.data_seed)
        return own.points, own.points.with_features(c.features) if c.is_planar else own.data
    points = mlp.make_dataset(
        c.dataset,
        n_samples=c.n_samples,
        noise=c.noise,
        test_fraction=c.test_fraction,
        seed=c.data_seed,
        n_classes=c.n_classes or None,
    )
    if points.n_inputs == 1:  # laid into the plane, where the height of a point means nothing
        train, test = (np.column_stack([x, 0.0 * x]) for x in (points.x_train, points.x_test))
        points = replace(points, x_train=train, x_test=test)
    return points, points.with_features(c.features)


def plane_of(experiment: Experiment) -> Plane | None:
    """The plane through the inputs of own data that the picture shows."""
    c = experiment.config
    return c.own_data.prepared(c.test_fraction, c.data_seed).plane if c.own_data is not None else None


def axes_of(experiment: Experiment) -> tuple[str, str | None]:
    """What lies across in the picture of the plane, and what up: None where the height of a point means nothing."""
    plane = plane_of(experiment)
    return plane.labels if plane is not None else ("x₁", None if experiment.config.has_one_input else "x₂")


def shown_scale(experiment: Experiment) -> Scale:
    """How what lies across and up in the picture of the plane was scaled, (2,)."""
    plane = plane_of(experiment)
    return plane.scale if plane is not None else unscaled(2)


def scale_of(experiment: Experiment) -> Scale | None:
    """How the values to predict of own data are scaled; None for classes, and for data that are not scaled."""
    c = experiment.config
    return c.own_data.prepared(c.test_fraction, c.data_seed).target if c.own_data is not None else None


def classes_of(experiment: Experiment, n_classes: int) -> tuple[str, ...]:
    """What so many classes are called: as in the own data, or by their numbers."""
    own = experiment.config.own_data
    return own.classes if own is not None else tuple(f"class {k}" for k in range(n_classes))


def untrained(experiment: Experiment) -> str | None:
    """A sentence where the test share leaves nothing of a class to train on; None where all classes are trained."""
    c = experiment.config
    points, _ = make_data(experiment)
    if not points.n_classes:
        return None
    own = c.own_data
    classes = classes_of(experiment, c.n_classes or mlp.DATASETS[c.dataset].default_classes)
    gone = [name for k, name in enumerate(classes) if not (points.y_train == k).any()]
    if not gone:
        return None
    which = (
        f"class “{gone[0]}”" if len(gone) == 1 else f"{len(gone)} of the {len(classes)} classes, such as “{gone[0]}”,"
    )
    if own is not None and own.held_out is not None:
        return f"Your table keeps all rows of {which} for testing, so the network cannot learn it."
    return (
        f"With a test share of {c.test_fraction:g} no point of {which} is left to train on, so the network cannot "
        "learn it: make the test share smaller."
    )
