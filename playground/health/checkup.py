"""The numbers that tell how well a network learns, layer by layer, at one moment of its run.

All of them are taken over the whole training data, so that they do not depend on which mini-batch came last; the
one exception, the size of an update, says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

import mlp
from mlp.loop import State
from playground.run.experiment import Experiment
from playground.run.names import layer_names
from playground.run.runs import Run, network_at
from playground.tables.table import Table

Array = npt.NDArray[np.float64]

FLAT = 0.06
"""A slope below this share of the steepest counts as flat: for tanh, an output beyond ±0.97 (Karpathy's lectures)."""
MOST_UPDATES = 60


@dataclass(frozen=True, eq=False)
class LayerNumbers:
    """What flows through one layer, forwards and backwards; n samples, all training data."""

    name: str
    activation: mlp.Activation
    weights: Array
    """(n_in, n_out)"""
    biases: Array
    """(n_out,)"""
    z: Array
    """(n, n_out)"""
    a: Array
    """(n, n_out)"""
    weight_gradients: Array
    """(n_in, n_out)"""
    bias_gradients: Array
    """(n_out,)"""

    @property
    def gradient_norm(self) -> float:
        """Of weights and biases together."""
        return float(np.hypot(np.linalg.norm(self.weight_gradients), np.linalg.norm(self.bias_gradients)))

    @cached_property
    def flat(self) -> Array:
        """(n_out,): for each unit the share of samples at which its activation is as good as flat."""
        slopes = np.abs(self.activation.slope(self.z))
        return np.asarray((slopes <= FLAT * self.steepest).mean(axis=0))

    @cached_property
    def steepest(self) -> float:
        """The largest slope of the activation: 1 for tanh and ReLU, 1/4 for sigmoid"""
        return float(np.abs(self.activation.slope(np.linspace(-6.0, 6.0, 1201))).max())

    @property
    def n_units(self) -> int:
        """How many units the layer has."""
        return self.z.shape[1]

    @property
    def n_dead(self) -> int:
        """Units that are flat for every sample: no gradient gets through to their weights."""
        return int((self.flat == 1.0).sum())

    @cached_property
    def squashes(self) -> bool:
        """Whether the activation flattens out on both sides, as sigmoid and tanh do."""
        ends = self.activation.value(np.array([-40.0, 40.0]))
        slopes = self.activation.slope(np.array([-40.0, 40.0]))
        return bool(np.abs(ends).max() < 2.0 and np.abs(slopes).max() < 1e-6 and self.activation.learns)

    @property
    def n_twins(self) -> int:
        """How many units have the same incoming weights and bias as an earlier unit of the layer."""
        units = np.vstack([self.weights, self.biases]).T
        size = np.linalg.norm(units, axis=1)
        larger = np.maximum(size[:, None], size[None])
        # Of all pairs, products of the units leave those that may be alike; only these are compared number by number.
        with np.errstate(all="ignore"):
            apart = size[:, None] ** 2 + size[None] ** 2 - 2.0 * units @ units.T
            later, earlier = np.nonzero(np.tril(~(apart > 1e-8 * larger**2), -1))
        alike = np.linalg.norm(units[later] - units[earlier], axis=1) <= 1e-9 * larger[later, earlier]
        return len(np.unique(later[alike]))


@dataclass(frozen=True, eq=False)
class History:
    """How a run went up to a moment."""

    epochs: Array
    """(k,)"""
    steps: npt.NDArray[np.int64]
    """(k,)"""
    train_loss: Array
    """(k,)"""
    test_loss: Array
    """(k,): NaN without test data"""
    gradient_norms: Array
    """(k, n_layers)"""
    update_epochs: Array
    """(m,)"""
    update_ratios: Array
    """(m, n_layers): of a single update, so of one mini-batch: its size over the size of the weights"""


@dataclass(frozen=True, eq=False)
class Checkup:
    """All that the verdicts rest on."""

    step: int
    epoch: float
    learning_rate: float
    batch_size: int
    optimizer: str
    loss: str
    initializer: str
    n_train: int
    layers: list[LayerNumbers]
    history: History
    """Up to the moment"""
    chance: float
    """The loss of the best answer that does not look at the inputs"""
    noise_scale: float
    """Batch size at which the gradient's noise is as large as the gradient itself (McCandlish et al. 2018)"""
    input_means: Array
    """(n_inputs,)"""
    input_deviations: Array
    """(n_inputs,)"""
    diverged: bool = False
    """Whether the run broke here"""
    schedule: str = "constant"
    rate_factor: float = 1.0
    """What the schedule multiplies the learning rate by at the moment"""
    clipped: bool = False
    """Whether gradients are clipped"""
    regularized: bool = False
    """Whether any of L1, L2 and dropout is at work"""
    frozen: tuple[int, ...] = ()
    """Layers, from 0, that training leaves as they are at the moment"""
    features: tuple[str, ...] = field(default=())
    own_data: Table | None = None
    """The table that is learned from, if it is one's own"""

    @property
    def train_loss(self) -> float:
        """At the moment."""
        return float(self.history.train_loss[-1])

    @property
    def recent_ratios(self) -> Array:
        """(n_layers,): the median over the last updates looked at; NaN where there is none"""
        recent = self.history.update_ratios[-5:]
        return np.median(recent, axis=0) if len(recent) else np.full(len(self.layers), np.nan)

    @property
    def has_learned(self) -> bool:
        """Whether the training loss is no more than half of what guessing costs."""
        return self.train_loss <= 0.5 * self.chance

    @property
    def gradient_shares(self) -> Array:
        """(n_layers,): the norm of each layer's gradient over that of the output layer's; NaN where that is zero"""
        norms = np.array([layer.gradient_norm for layer in self.layers])
        with np.errstate(all="ignore"):
            return norms / norms[-1]

    @property
    def rises(self) -> float:
        """The share of the last 20 recorded epochs in which the training loss rose."""
        changes = np.diff(self.history.train_loss[-21:])
        return float((changes > 0.0).mean()) if len(changes) else 0.0

    @property
    def jitter(self) -> float:
        """How far the training loss jumps from epoch to epoch lately, as a share of itself."""
        recent = self.history.train_loss[-21:]
        if len(recent) < 6:
            return 0.0
        return float(np.abs(np.diff(recent)).mean() / max(float(np.abs(recent).mean()), 1e-30))

    @property
    def hidden(self) -> list[LayerNumbers]:
        """The layers before the output."""
        return self.layers[:-1]


def layer_numbers(net: mlp.MLP, data: mlp.Dataset) -> list[LayerNumbers]:
    """Run all training data through `net`, forwards and backwards."""
    with np.errstate(all="ignore"):  # a run about to diverge may overflow here
        traces = net.trace(data.x_train, data.y_train)
    return [
        LayerNumbers(name, layer.activation, layer.weights, layer.biases, trace.z, trace.a, trace.d_W, trace.d_b)
        for name, layer, trace in zip(layer_names(len(net.layers)), net.layers, traces, strict=True)
    ]


def noise_scale(net: mlp.MLP, data: mlp.Dataset) -> float:
    """tr(Σ) / |G|², with Σ the covariance of single points' gradients and G their mean (arXiv:1812.06162)."""
    with np.errstate(all="ignore"):
        traces = net.trace(data.x_train, data.y_train)
        n = len(data.x_train)
        # A point's gradient of a layer is the product of δ and the inputs, so its norm needs no such matrix.
        each = sum(((n * t.d_z) ** 2).sum(axis=1) * ((t.x**2).sum(axis=1) + 1.0) for t in traces)
        whole = float(sum((t.d_W**2).sum() + (t.d_b**2).sum() for t in traces))
        mean = float(np.mean(each))
        return (mean - whole) / whole if whole > 0.0 else np.inf


def chance_loss(net: mlp.MLP, data: mlp.Dataset) -> float:
    """The loss of the best constant answer, found by training biases alone: what guessing costs."""
    y = data.y_train
    if (net.loss.name == "binary_crossentropy" and net.sizes[-1] == 1) or net.loss.name == "categorical_crossentropy":
        shares = np.bincount(y.astype(int)) / len(y)
        return float(-sum(p * np.log(p) for p in shares if p > 0.0))
    if net.loss.name == "mean_squared_error" and data.task == "regression":
        return float(np.var(y, axis=0).mean())
    blind = mlp.Dataset(np.zeros((len(y), 1)), y, np.zeros((0, 1)), y[:0], data.task)
    guess = mlp.MLP([1, net.sizes[-1]], loss=net.loss.name, initializer="zeros")
    trainer = mlp.Trainer(guess, blind, mlp.Adam(learning_rate=0.05), batch_size=len(y))
    return float(trainer.run(300).train_loss.min())


def update_ratios(
    recording: mlp.Recording, net: mlp.MLP, stop: int, known: dict[int, Array] | None = None
) -> tuple[Array, Array]:
    """Size of an update over size of the weights, (m, n_layers), at epochs (m,) up to a step.

    It is measured where a whole state is kept, so that hardly anything has to be trained again: at each keyframe, and
    at the first steps. `known` keeps what was measured, by step, from one call to the next.
    """
    known = {} if known is None else known
    for _ in measure_updates(recording, net, stop, known):
        pass
    starts = _starts(recording, stop)
    epochs = np.array([float(start.epoch) for start in starts])
    return epochs, np.array([known[start.step] for start in starts]).reshape(-1, len(net.layers))


def measure_updates(recording: mlp.Recording, net: mlp.MLP, stop: int, known: dict[int, Array]) -> Iterator[None]:
    """Put what `update_ratios` has to measure into `known`, one update after the other, for callers that must not work
    for long: a deep network takes seconds for all of them."""
    for start in _starts(recording, stop):
        if start.step not in known:
            known[start.step] = _update_ratio(net, start.parameters, recording.seek(start.step + 1).parameters)
            yield


def _starts(recording: mlp.Recording, stop: int) -> list[State]:
    """The states whose next update is measured."""
    kept = {s.step: s for segment in recording.segments for s in (segment.start, *segment.keyframes)}
    starts = [kept[step] for step in sorted(kept) if step < min(stop + 1, recording.last_step)]
    every = -(-len(starts) // MOST_UPDATES) or 1
    return starts[::every] + [starts[-1]] * bool((len(starts) - 1) % every) if starts else []


def _update_ratio(net: mlp.MLP, before: Array, after: Array) -> Array:
    """(n_layers,): of the weights alone, the biases left out."""
    of_weights = [np.flatnonzero(matrix) for matrix in net.shape.matrices(net.shape.is_weight())]
    moves, sizes = net.shape.matrices(after - before), net.shape.matrices(before)
    with np.errstate(all="ignore"):
        return np.array(
            [np.linalg.norm(m.flat[k]) / np.linalg.norm(w.flat[k])
             for m, w, k in zip(moves, sizes, of_weights, strict=True)]
        )  # fmt: skip


def examine_run(experiment: Experiment, trainer: mlp.Trainer, step: int, kept: Run | None = None) -> Checkup:
    """All numbers at one moment of an experiment's run; `kept` as for `examine`."""
    c = experiment.config
    return examine(trainer, step, c.features if c.is_planar else (), kept, c.own_data)


def examine(
    trainer: mlp.Trainer,
    step: int,
    features: tuple[str, ...] = (),
    kept: Run | None = None,
    own_data: Table | None = None,
) -> Checkup:
    """All numbers at one moment of a run; `kept` holds from one look to the next what need not be measured again."""
    recording, data = trainer.recording, trainer.data
    step = max(0, min(step, recording.last_step))
    net = network_at(trainer, step)
    frames = recording.frames
    k = int(np.searchsorted(frames.steps, step, side="right"))
    update_epochs, ratios = update_ratios(recording, net, step, kept.update_ratios if kept else None)
    chance = kept.chance if kept and kept.chance is not None else chance_loss(net, data)
    if kept:
        kept.chance = chance
    settings = recording.settings_at(min(step, max(recording.last_step - 1, 0)))
    history = History(
        frames.epochs[:k], frames.steps[:k], frames.train_loss[:k], frames.test_loss[:k],
        frames.gradient_norms[:k], update_epochs, ratios,
    )  # fmt: skip
    epoch = float(np.interp(step, frames.steps, frames.epochs))
    return Checkup(
        step=step,
        epoch=epoch,
        learning_rate=settings.optimizer.learning_rate,
        batch_size=settings.batch_size,
        optimizer=settings.optimizer.name,
        loss=net.loss.name,
        initializer=net.initializer,
        n_train=len(data.x_train),
        layers=layer_numbers(net, data),
        history=history,
        chance=chance,
        noise_scale=noise_scale(net, data),
        input_means=data.x_train.mean(axis=0),
        input_deviations=data.x_train.std(axis=0),
        diverged=recording.diverged is not None and step >= recording.last_step,
        schedule=settings.schedule.name,
        rate_factor=settings.schedule.factor(epoch),
        clipped=settings.clip_norm is not None,
        regularized=bool(settings.l1 or settings.l2 or settings.dropout),
        frozen=settings.frozen,
        features=features,
        own_data=own_data,
    )
