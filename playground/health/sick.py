"""Networks that are ill on purpose, to try the health page on. Each is a config, and so has a link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.run.config import Config
from playground.tables.examples import EXAMPLES
from playground.tables.table import Table


@dataclass(frozen=True)
class Sick:
    """One ready-made patient."""

    label: str
    help: str
    config: Config
    shows: str
    """The rule that it must trigger"""
    until: int = 60
    """The epoch at which its picture is taken, and at which it is opened"""


def _penguins() -> Table:
    """Two of the penguins' measurements as they were taken: some 40 mm of bill beside some 4000 g of mass."""
    penguins = EXAMPLES["penguins"].load()
    two = [penguins.inputs.index(name) for name in ("bill length (mm)", "body mass (g)")]
    inputs = tuple(penguins.inputs[k] for k in two)
    return replace(penguins, inputs=inputs, x=penguins.x[:, two], scaling="none", plane=None)


SICK: dict[str, Sick] = {
    "deep_sigmoid": Sick(
        "Eight layers of sigmoid",
        "On the way back through eight flat curves, the gradient fades to almost nothing.",
        Config(hidden_layer_sizes=(8,) * 8, activations=("sigmoid",), optimizer="momentum", learning_rate=0.03),
        "vanishing",
        until=120,
    ),
    "zeros": Sick(
        "All weights zero",
        "Every neuron starts the same, gets the same gradient and stays the same.",
        Config(initializer="zeros"),
        "twins",
    ),
    "dead_relu": Sick(
        "ReLU with learning rate 3",
        "The first steps throw most neurons to where they are always off.",
        Config(activations=("relu",), optimizer="sgd", learning_rate=3.0),
        "dead",
    ),
    "unscaled": Sick(
        "Inputs that are not scaled",
        "Penguins by bill length in millimetres and body mass in grams, as measured: thousands beside tens.",
        Config(own_data=_penguins()),
        "unscaled",
    ),
    "overfitting": Sick(
        "Many neurons, few points",
        "64 neurons learn 30 noisy points by heart.",
        Config(n_samples=60, noise=0.4, hidden_layer_sizes=(32, 32), activations=("relu",), initializer="he_normal"),
        "overfitting",
    ),
    "too_small": Sick(
        "Two neurons for a ring",
        "Two lines cannot close around the inner points, however long it trains; three could.",
        Config(dataset="circles", hidden_layer_sizes=(2,)),
        "too_small",
        until=120,
    ),
    "too_slow": Sick(
        "A learning rate of 0.0001",
        "Plain SGD with steps so short that it would take for ever.",
        Config(optimizer="sgd", learning_rate=1e-4),
        "rate_too_low",
    ),
    "noisy": Sick(
        "One point a batch",
        "Every step follows a single noisy point.",
        Config(batch_size=1, learning_rate=0.03, noise=0.3),
        "noisy",
        until=120,
    ),
}
