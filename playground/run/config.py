"""Every setting of the playground, once: its default, its range, its words, and where it travels in a link.

The sidebar, the link, the error sentences and the README's table all read this file. Settings that come with a choice,
such as the momentum of an optimizer, are defined in the engine, as the fields of what is chosen.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, make_dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import mlp
from playground.tables.table import Table

EASY_LAYERS, EASY_NEURONS = 10, 32  # as far as the buttons at the network go
MAX_LAYERS, MAX_NEURONS, MAX_LINKS = 20, 128, 25_000  # as far as a link goes, so that server and browser stay alive
MAX_SAMPLES = 2000  # of a toy dataset; a table of one's own may have more
STRENGTHS = (0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
PLANAR = tuple(name for name, entry in mlp.DATASETS.items() if entry.n_inputs <= 2)  # those that can be seen whole


@dataclass(frozen=True)
class Setting:
    """What the page needs to know of a setting besides its name and its default."""

    label: str
    help: str
    group: str
    key: str  # its name in a link
    low: float | None = None
    high: float | None = None
    open_low: bool = False  # `low` itself is forbidden
    open_high: bool = False
    choices: tuple[str, ...] = ()
    presets: tuple[float, ...] = ()  # the stops of its slider
    few: tuple[float, ...] = ()  # those for the first look
    live: bool = False  # may change in the middle of a run
    only_with: str = ""  # the setting that decides whether this one plays a part
    only_for: tuple[str, ...] = ()  # the values of it with which it does; none for any but 0

    @property
    def allowed(self) -> str:
        """The range in words, for one that has a range."""
        if not (self.open_low or self.open_high):
            return f"between {self.low:g} and {self.high:g}"
        low, high = "above" if self.open_low else "at least", "below" if self.open_high else "at most"
        return f"{low} {self.low:g} and {high} {self.high:g}"

    def holds(self, number: float) -> bool:
        """Whether a number is within the range."""
        assert self.low is not None
        assert self.high is not None
        above = number > self.low if self.open_low else number >= self.low
        return above and (number < self.high if self.open_high else number <= self.high)

    def stops(self, now: float, *, few: bool = False) -> list[float]:
        """Its presets and its present value, such as one from a link, in order and all of the value's type."""
        return sorted({*(type(now)(preset) for preset in ((few and self.few) or self.presets)), now})

    def plays_a_part(self, chosen: Any) -> bool:
        """Whether it counts with this value of the setting `only_with`, or with one of several values."""
        if not self.only_with or not self.only_for:
            return not self.only_with or bool(chosen)
        return not set(self.only_for).isdisjoint(chosen if isinstance(chosen, tuple) else (chosen,))


def setting(default: Any, **words: Any) -> Any:
    """Declare a dataclass field which carries its own `Setting`."""
    return field(default=default, metadata={"setting": Setting(**words)})


# ---- settings that come with a choice ---------------------------------------------------------------------------
REGISTRIES: dict[str, Mapping[str, Any]] = {
    "activations": {name: type(entry) for name, entry in mlp.ACTIVATIONS.items()},
    "optimizer": mlp.OPTIMIZERS,
    "schedule": mlp.SCHEDULES,
}
"""The classes whose fields are settings of their own, by the setting that chooses among them."""


def options_of(kind: type) -> dict[str, str]:
    """The settings that an entry brings, {its field: the setting's name}; the learning rate is a setting of all.

    A field that is inherited is one setting with the parent's: AdamW has Adam's `adam_beta_1`. Its name begins with
    that of the entry which defines it, if not by itself.
    """
    names = {}
    for f in fields(kind):
        if f.name != "learning_rate":
            owner: Any = next(k for k in reversed(kind.__mro__) if hasattr(k, f.name))
            names[f.name] = f.name if f.name.startswith(owner.name) else f"{owner.name}_{f.name}"
    return names


def _options() -> Iterator[tuple[str, type, Any]]:
    """Each of them as a field of a dataclass: its name, its type, and what `setting` gives."""
    for chooser, registry in REGISTRIES.items():
        kinds = registry.values()
        brought = {name: f for kind in kinds for f in fields(kind) if (name := options_of(kind).get(f.name))}
        for name, f in brought.items():
            having = tuple(kind.name for kind in kinds if name in options_of(kind).values())
            words = {**f.metadata, "key": name, "group": ""}  # its group is its chooser's, see SETTINGS
            yield name, type(f.default), setting(f.default, **words, only_with=chooser, only_for=having)


if TYPE_CHECKING:

    class _Options:
        """A dataclass of them all."""

else:
    _Options = make_dataclass("_Options", _options(), frozen=True)


@dataclass(frozen=True)
class Config(_Options):
    """All that decides a run, so that the same config gives the same run to the last digit."""

    dataset: str = setting(
        "spirals", label="Dataset", group="Data", key="dataset", choices=PLANAR,
        help="The points that the network learns from.",
    )  # fmt: skip
    n_classes: int = setting(
        0, label="Classes", group="Data", key="classes", low=0, high=6,
        help="How many kinds of points there are; 0 for the dataset's usual number.",
    )  # fmt: skip
    n_samples: int = setting(
        500, label="Samples", group="Data", key="samples", low=20, high=MAX_SAMPLES,
        help="How many points there are, training and test together.",
    )  # fmt: skip
    noise: float = setting(
        0.1, label="Noise", group="Data", key="noise", low=0.0, high=0.5,
        help="How far the points are scattered from their tidy places.",
    )  # fmt: skip
    test_fraction: float = setting(
        0.5, label="Test share", group="Data", key="test", low=0.1, high=0.9,
        help="The share of points that is held back to test what was learned.",
    )  # fmt: skip
    data_seed: int = setting(
        7, label="Data seed", group="Data", key="data_seed", low=0, high=99_999,
        help="Another number draws other points of the same kind.",
    )  # fmt: skip
    features: tuple[str, ...] = setting(
        ("x1", "x2"), label="Input features", group="Data", key="features", choices=tuple(mlp.FEATURES),
        help="What the network is told about each point.",
    )  # fmt: skip
    hidden_layer_sizes: tuple[int, ...] = setting(
        (8, 8), label="Hidden layers", group="Network", key="hidden", low=1, high=MAX_NEURONS,
        help=f"The neurons in each hidden layer; more than {EASY_LAYERS} layers or {EASY_NEURONS} in one make it slow.",
    )  # fmt: skip
    activations: tuple[str, ...] = setting(
        ("tanh",), label="Activation", group="Network", key="activation", choices=tuple(mlp.ACTIVATIONS),
        help="The bend that every neuron applies to its sum.",
    )  # fmt: skip
    output_activation: str = setting(
        "identity", label="Output activation", group="Network", key="output", choices=tuple(mlp.ACTIVATIONS),
        help="The bend of the output; cross-entropy and hinge need identity, for they work on the sums themselves.",
    )  # fmt: skip
    use_bias: str = setting(
        "on", label="Biases", group="Network", key="bias", choices=("on", "off"),
        help="Whether every neuron adds a number of its own to its sum; off holds all of them at zero.",
    )  # fmt: skip
    initializer: str = setting(
        "glorot_uniform", label="Initial weights", group="Network", key="init",
        choices=tuple(mlp.INITIALIZERS), help="How the first weights are drawn.",
    )  # fmt: skip
    seed: int = setting(
        1, label="Seed", group="Network", key="seed", low=0, high=99_999,
        help="Another number draws other first weights and another order of the mini-batches.",
    )  # fmt: skip
    loss: str = setting(
        "auto", label="Loss", group="Training", key="loss", choices=("auto", *mlp.LOSSES),
        help="How wrong an answer is: the number that training makes small.",
    )  # fmt: skip
    optimizer: str = setting(
        "adam", label="Optimizer", group="Training", key="optimizer", choices=tuple(mlp.OPTIMIZERS), live=True,
        help="The rule that turns a gradient into a step.",
    )  # fmt: skip
    learning_rate: float = setting(
        0.01, label="Learning rate", group="Training", key="lr", low=1e-5, high=10.0, live=True,
        presets=(1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.02, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
        few=(1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
        help="How far each step goes.",
    )  # fmt: skip
    batch_size: int = setting(
        10, label="Batch size", group="Training", key="batch", low=1, high=MAX_SAMPLES, live=True,
        presets=(1, 2, 5, 10, 20, 32, 64, 128, 256, 512, 1024, MAX_SAMPLES),
        help="How many points are looked at before each step.",
    )  # fmt: skip
    reduction: str = setting(
        "mean", label="Slopes of a batch", group="Training", key="reduction", choices=("mean", "sum"), live=True,
        help="Whether a step follows the mean of its points' slopes or their sum: the sum over n points at one rate "
        "is the mean at n times that rate (for SGD, with and without momentum).",
    )  # fmt: skip
    l1: float = setting(
        0.0, label="L1 regularization", group="Training", key="l1", low=0.0, high=10.0, live=True, presets=STRENGTHS,
        help="Pulls all weights towards zero alike, so that the needless ones end there.",
    )  # fmt: skip
    l2: float = setting(
        0.0, label="L2 regularization", group="Training", key="l2", low=0.0, high=10.0, live=True, presets=STRENGTHS,
        help="Pulls large weights towards zero the more, the larger they are.",
    )  # fmt: skip
    dropout: float = setting(
        0.0, label="Dropout", group="Training", key="dropout", low=0.0, high=0.9, live=True,
        help="The share of hidden neurons that sit out each step, drawn anew every time.",
    )  # fmt: skip
    schedule: str = setting(
        "constant", label="Learning-rate schedule", group="Training", key="schedule", choices=tuple(mlp.SCHEDULES),
        live=True, help="How the learning rate changes on the way, counted from the beginning of the run.",
    )  # fmt: skip
    clip_norm: float = setting(
        0.0, label="Gradient clipping", group="Training", key="clip", low=0.0, high=1000.0, live=True,
        presets=(0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0),
        help="The greatest length of a step's gradient, all layers together; 0 for any length.",
    )  # fmt: skip
    frozen: tuple[int, ...] = setting(
        (), label="Frozen layers", group="Training", key="frozen", low=1, high=MAX_LAYERS + 1, live=True,
        help="Layers whose weights and biases training leaves as they are, counted from 1; the last is the output.",
    )  # fmt: skip
    patience: int = setting(
        0, label="Early stopping", group="Training", key="stop", low=0, high=1000, live=True,
        presets=(0, 5, 10, 20, 50, 100, 200, 500, 1000),
        help="The run ends after so many epochs without a lower test loss; 0 for never.",
    )  # fmt: skip
    min_delta: float = setting(
        0.0, label="Least improvement", group="Training", key="stop_delta", low=0.0, high=1.0, live=True,
        presets=(0.0, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1), only_with="patience",
        help="By how much the test loss must fall to count as lower.",
    )  # fmt: skip
    own_data: Table | None = None  # takes the place of the dataset, its samples, its noise and its classes

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))

    def _problems(self) -> Iterator[str]:
        alone = [p for name, s in SETTINGS.items() if (p := problem(s, getattr(self, name)))]
        yield from alone
        if not alone:
            yield from self._clashes()

    def _clashes(self) -> Iterator[str]:
        """Settings that are fine alone but not together."""
        for name, s in SETTINGS.items():
            if s.only_with and getattr(self, name) != DEFAULTS[name] and not self.applies(name):
                yield _needs(s, getattr(self, s.only_with))
        n_layers, given = len(self.hidden_layer_sizes), len(self.activations)
        if given not in (1, n_layers):
            yield (f"Activation must name one for all hidden layers or one for each of the {n_layers}; got {given}.")
        if self.frozen and max(self.frozen) > n_layers + 1:
            yield f"Frozen layers must be between 1 and {n_layers + 1}, the output; got {max(self.frozen)}."
        entry = mlp.DATASETS[self.dataset]
        most = max(entry.max_classes, entry.default_classes)
        learned = entry.label if self.own_data is None else "your data"
        if self.own_data is None and self.n_classes not in (0, *range(2, most + 1)):
            allowed = f"between 2 and {most}" if entry.max_classes else "0, for its usual number,"
            yield f"Classes must be {allowed} for {entry.label}; got {self.n_classes}."
        elif self.loss != "auto" and self.task not in mlp.LOSSES[self.loss].tasks:
            fitting = ", ".join(name for name, loss in mlp.LOSSES.items() if self.task in loss.tasks)
            yield f"Loss must be auto or one of {fitting} for {learned}; got {self.loss}."
        elif self.output_activation != "identity" and not self.applies("output_activation"):
            label = mlp.LOSSES[self.loss_name].label.lower()
            yield f"Output activation must be identity for {label}; got {self.output_activation}."

    def applies(self, name: str) -> bool:
        """Whether a setting plays a part: the momentum of an optimizer does only where that one is chosen."""
        if name == "output_activation":
            return not mlp.LOSSES[self.loss_name].from_logits
        s = SETTINGS[name]
        return not s.only_with or s.plays_a_part(getattr(self, s.only_with))

    def chosen(self, name: str, **more: Any) -> Any:
        """The entry of the engine that a setting names, with the settings that come with it."""
        return self._entry(name, getattr(self, name), **more)

    def _entry(self, name: str, choice: str, **more: Any) -> Any:
        kind = REGISTRIES[name][choice]
        return kind(**{field: getattr(self, option) for field, option in options_of(kind).items()}, **more)

    @property
    def task(self) -> str:
        """binary, multiclass or regression."""
        return _task(self.dataset, self.n_classes, self.own_data) or ""

    @property
    def is_planar(self) -> bool:
        """Whether a point of the data is a point of the plane, so that features of it can be chosen."""
        return self.own_data is None or len(self.own_data.inputs) <= 2

    @property
    def has_one_input(self) -> bool:
        """Whether a point is one number, so that its height in the plane means nothing."""
        return _has_one_input(self.dataset, self.own_data)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, neurons of each hidden layer, outputs."""
        own, entry = self.own_data, mlp.DATASETS[self.dataset]
        n_classes = len(own.classes) if own is not None else self.n_classes or entry.default_classes
        inputs = len(self.features) if own is None or self.is_planar else len(own.inputs)
        return (inputs, *self.hidden_layer_sizes, n_classes if self.task == "multiclass" else 1)

    @property
    def n_parameters(self) -> int:
        """Weights and biases in all, biases that are off included: they have their places in the flat vector."""
        return sum((n_in + 1) * n_out for n_in, n_out in pairwise(self.sizes))

    @property
    def shape(self) -> mlp.Shape:
        """The network as the engine sees it, apart from its numbers."""
        activations = (*self.activation_rules(), self._entry("activations", self.output_activation))
        return mlp.Shape(self.sizes, activations, mlp.LOSSES[self.loss_name], self.use_bias == "on")

    @property
    def cost(self) -> str | None:
        """What a network beyond the buttons' reach costs, in one sentence; None for any other."""
        sizes, n = self.hidden_layer_sizes, self.shape.n_trainable
        if len(sizes) <= EASY_LAYERS and max(sizes, default=0) <= EASY_NEURONS:
            return None
        times = n / Config().n_parameters
        kind = "weights and biases" if self.use_bias == "on" else "weights"
        return (
            f"A large network: {n:,} {kind}, {times:,.{int(times < 10)}f} times as many as usual; "
            "expect fewer epochs a second and coarser pictures."
        )

    @property
    def loss_name(self) -> str:
        """The loss, with "auto" looked up for the task."""
        return LOSS_OF_TASK[self.task] if self.loss == "auto" else self.loss

    @property
    def hidden_activations(self) -> tuple[str, ...]:
        """The name of each hidden layer's activation."""
        n = len(self.hidden_layer_sizes)
        return self.activations * n if len(self.activations) == 1 else self.activations

    def activation_rules(self) -> list[mlp.Activation]:
        """Each hidden layer's activation with its settings, as the engine has it."""
        return [self._entry("activations", name) for name in self.hidden_activations]

    def changed(self, **changes: Any) -> Config:
        """Give this config with some settings changed; ValueError, in a sentence, where they do not fit.

        A change of the number of layers keeps the activations of the layers that stay; a change of the dataset
        goes back to its usual number of classes, and to the automatic loss where the chosen one does not fit.
        Naming a dataset puts own data away; another optimizer, the settings that only the one before has; another
        number of layers lets all of them learn.
        """
        values = {**{f.name: getattr(self, f.name) for f in fields(self)}, **changes}
        if "dataset" in changes and "own_data" not in changes:
            values["own_data"] = None
        if "features" not in changes:
            before, after = ((c["dataset"], c["own_data"]) for c in (vars(self), values))
            values["features"] = _fitting_features(self.features, _has_one_input(*before), _has_one_input(*after))
        other_data = values["own_data"] != self.own_data or values["dataset"] != self.dataset
        if other_data and "loss" not in changes:
            values["n_classes"] = changes.get("n_classes", 0)
            tasks = mlp.LOSSES[self.loss].tasks if self.loss != "auto" else ()
            if _task(values["dataset"], values["n_classes"], values["own_data"]) not in tasks:
                values["loss"] = "auto"
        if "output_activation" not in changes and _from_logits(values):
            values["output_activation"] = "identity"
        sizes, activations = values["hidden_layer_sizes"], values["activations"]
        if "activations" not in changes and len(activations) > 1:
            activations = (activations + activations[-1:] * len(sizes))[: len(sizes)]
            values["activations"] = activations or ("tanh",)
        if "frozen" not in changes and len(sizes) != len(self.hidden_layer_sizes):
            values["frozen"] = ()
        for name, s in SETTINGS.items():
            if name not in changes and not s.plays_a_part(values.get(s.only_with)):
                values[name] = DEFAULTS[name]
        return Config(**values)


def _of_x1_alone(features: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in features if "x2" not in name)


def _has_one_input(dataset: Any, own_data: Table | None) -> bool:
    if own_data is not None:
        return len(own_data.inputs) == 1
    return dataset in mlp.DATASETS and mlp.DATASETS[dataset].n_inputs == 1


def _fitting_features(features: tuple[str, ...], before: bool, after: bool) -> tuple[str, ...]:
    """Data of one input take features of x1 alone; away from them the usual ones come back."""
    if after:
        return _of_x1_alone(features) or ("x1",)
    return ("x1", "x2") if before and features == ("x1",) else features


def _task(dataset: str, n_classes: int, own_data: Table | None) -> str | None:
    if own_data is not None:
        return own_data.task
    entry = mlp.DATASETS.get(dataset)
    return entry.task_for(n_classes or entry.default_classes) if entry else None


def _from_logits(values: Mapping[str, Any]) -> bool:
    """Whether the loss of these settings takes the output's sums, so that the output cannot bend them."""
    task = _task(values["dataset"], values["n_classes"], values["own_data"])
    loss = mlp.LOSSES.get(LOSS_OF_TASK.get(task or "", "") if values["loss"] == "auto" else values["loss"])
    return loss is not None and loss.from_logits


LOSS_OF_TASK = {
    "binary": "binary_crossentropy",
    "multiclass": "categorical_crossentropy",
    "regression": "mean_squared_error",
}
_DECLARED: dict[str, Setting] = {
    f.name: f.metadata["setting"]
    for f in sorted(fields(Config), key=lambda f: hasattr(_Options, f.name))  # what comes with a choice comes last
    if "setting" in f.metadata
}
SETTINGS: dict[str, Setting] = {
    name: replace(s, group=chooser.group, live=chooser.live) if (chooser := _DECLARED.get(s.only_with)) else s
    for name, s in _DECLARED.items()
}
DEFAULTS: dict[str, Any] = {f.name: f.default for f in fields(Config) if f.name in SETTINGS}
LIVE = frozenset(name for name, s in SETTINGS.items() if s.live)


ALSO_BY_OTHERS = ("n_classes", "loss", "output_activation", "activations", "frozen")
"""Settings whose allowed values depend on others, each after those that it depends on."""


def item_of(like: tuple[Any, ...]) -> Any:
    """A value of the type that the items of a list have; a list that is usually empty holds whole numbers."""
    return like[0] if like else 0


def problem(s: Setting, value: Any) -> str | None:
    """Say in one sentence why `value` does not fit setting `s`, or give None where it does."""
    if isinstance(value, tuple):
        if s.choices and not value:
            return f"{s.label} must name at least one of: {', '.join(s.choices)}."
        if s.key == "hidden" and len(value) > MAX_LAYERS:
            return f"{s.label} must be at most {MAX_LAYERS} layers; got {len(value)}."
        wrong = next((p for item in value if (p := problem(s, item))), None) or _too_many_links(s, value)
        if not wrong and s.key in ("features", "frozen") and len(set(value)) != len(value):
            what = "feature" if s.choices else "layer"
            return f"{s.label} must name each {what} once; got {_short(', '.join(map(str, value)))}."
        return wrong
    if s.choices:
        if value in s.choices:
            return None
        near = difflib.get_close_matches(str(value), s.choices, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return f"{s.label} must be one of {', '.join(s.choices)}; got {_short(value)}.{hint}"
    if isinstance(value, int | float) and not isinstance(value, bool) and s.holds(value):  # NaN is within no range
        return None
    told = f"{value:g}" if isinstance(value, float) else value
    if isinstance(value, float) and s.holds(float(told)):  # rounded, it would be allowed
        told = repr(value)
    return f"{s.label} must be {s.allowed}; got {_short(told)}."


def read_layers(text: str) -> tuple[int, ...]:
    """The hidden layers that somebody typed, such as "8, 8"; ValueError, in a sentence, where they are no numbers."""
    try:
        return tuple(int(part) for part in text.replace(",", " ").split())
    except ValueError:
        raise ValueError(
            f"Hidden layers must be whole numbers with commas between them, such as 8, 8; got {text[:40]}."
        ) from None


def nearest_preset(name: str, value: float) -> float:
    """The stop of a setting's slider that is nearest to a value above 0, in proportion."""
    stops = [stop for stop in SETTINGS[name].presets if stop > 0]
    return min(stops, key=lambda stop: abs(math.log(stop / value)))


USUAL_RATES = {"sgd": 0.1, "adagrad": 0.1, "momentum": 0.03, "nesterov": 0.03}
"""The largest learning rate that is a good beginning; 0.01 for the others"""


def calmer(optimizer: str, learning_rate: float) -> float:
    """A learning rate to go on with where one is too high: a tenth of it, about, and none that is unusual."""
    return nearest_preset("learning_rate", min(learning_rate / 10.0, USUAL_RATES.get(optimizer, 0.01)))


def calmer_rate(config: Config) -> float | None:
    """The same for a run that blows up to begin again with; None where there is none lower."""
    lower = calmer(config.optimizer, config.learning_rate)
    return lower if lower < config.learning_rate else None


def _needs(s: Setting, chosen: Any) -> str:
    """Why a setting does not go with the present choice."""
    chooser = SETTINGS[s.only_with].label.lower()
    needed = f"the {chooser} {' or '.join(s.only_for)}" if s.only_for else chooser
    return f"{s.label} needs {needed}; got {', '.join(chosen) if isinstance(chosen, tuple) else chosen}."


def _too_many_links(s: Setting, sizes: tuple[Any, ...]) -> str | None:
    n_links = sum(a * b for a, b in pairwise(sizes)) if s.key == "hidden" else 0
    if n_links <= MAX_LINKS:
        return None
    return f"{s.label} must have at most {MAX_LINKS:,} weights between them; got {n_links:,}."


def _short(value: Any) -> str:
    text = str(value) or "nothing"
    return text if len(text) <= 40 else text[:39] + "…"


def best_of(values: Mapping[str, Any], own_data: Table | None = None) -> tuple[Config, list[str]]:
    """Keep of `values` what is good and name what is not: (config, one sentence a problem)."""
    config, problems = Config(), []
    good: dict[str, Any] = {} if own_data is None else {"own_data": own_data}
    for name, value in values.items():
        if p := problem(SETTINGS[name], value):
            problems.append(p)
        else:
            good[name] = value
    for name, s in SETTINGS.items():
        chosen = good.get(s.only_with, DEFAULTS.get(s.only_with))
        if good.get(name, DEFAULTS[name]) != DEFAULTS[name] and not s.plays_a_part(chosen):
            problems.append(_needs(s, chosen))
            del good[name]
    got, one_input = good.get("features", ()), _has_one_input(good.get("dataset", config.dataset), own_data)
    if one_input and got != _of_x1_alone(got):
        problems.append(f"Input features must be of x1 alone where there is one input; got {', '.join(got)}.")
        del good["features"]
    kept = {name: value for name, value in good.items() if _comes_with(name) not in ALSO_BY_OTHERS}
    config = config.changed(**kept)
    for chooser in ALSO_BY_OTHERS:
        these = {name: value for name, value in good.items() if _comes_with(name) == chooser}
        try:
            config = Config().changed(**kept, **these)
            kept |= these
        except ValueError as error:
            problems.append(str(error))
    return config, problems


def _comes_with(name: str) -> str:
    """The choice that a setting comes with, and stands or falls with; itself for any other."""
    return (SETTINGS[name].only_with if name in SETTINGS else "") or name
