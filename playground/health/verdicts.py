"""Verdicts on a run: a rule of thumb each, the numbers it rests on, where it comes from, and what to try.

A new rule is one more function with a `@rule` above it. All of them are rules of thumb: they point at what is worth a
look, and are no proof of anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import mlp
from playground.figures import RATIO_BAND
from playground.health.checkup import Checkup, LayerNumbers
from playground.run.config import DEFAULTS, EASY_NEURONS, LIVE, MAX_SAMPLES, calmer, nearest_preset
from playground.run.experiment import Experiment
from playground.run.number import percent, say


@dataclass(frozen=True)
class Source:
    """Where a rule comes from."""

    title: str
    url: str


TOO_SLOW, TOO_FAST = RATIO_BAND
"""Size of an update over that of the weights: the picture's green band ends where the rules begin"""
OFTEN_RISES = 0.4
"""Share of the last epochs"""
FAR_TOO_FAST = 0.3
"""The same, of a single update that throws a network to where it cannot learn"""
MANY_TWINS, MANY_DEAD = 0.5, 0.25
"""Shares of a hidden layer's neurons"""
MOSTLY_FLAT = 0.5
"""Share of a hidden layer's outputs"""
RISEN = 1.25
"""Times the lowest loss, from which on it is told to have risen, as by the mark on the timeline"""
JUMPS = 0.2
"""Of the training loss from epoch to epoch, as a share of itself: beyond it a single moment says little"""
THROWN_OFF = 4 / 3
"""Times the lowest loss so far, from which on a loss that stands still is that of another place than the best"""
FADES, EXPLODES = 0.01, 100.0
"""The first layer's gradient over the output layer's"""
MOST_FIGURES = 17
"""Of a double: no two of them are written alike"""
MOST_MEAN, MOST_DEVIATION = 1.0, 3.0
"""Of an input"""

CS231N = Source(
    "CS231n, Neural networks part 3: babysitting the learning", "https://cs231n.github.io/neural-networks-3/"
)
CS231N_2 = Source("CS231n, Neural networks part 2: initialization", "https://cs231n.github.io/neural-networks-2/")
CS231N_1 = Source("CS231n, Neural networks part 1: activations", "https://cs231n.github.io/neural-networks-1/")
GLOROT = Source("Glorot & Bengio 2010", "https://proceedings.mlr.press/v9/glorot10a.html")
HE = Source("He et al. 2015", "https://arxiv.org/abs/1502.01852")
KARPATHY = Source(
    "Karpathy, makemore part 3: activations, gradients, BatchNorm", "https://www.youtube.com/watch?v=P6sfmUTpUmc"
)
LECUN = Source("LeCun et al. 1998, Efficient BackProp", "http://yann.lecun.com/exdb/publis/pdf/lecun-98b.pdf")
PASCANU = Source("Pascanu et al. 2013", "https://arxiv.org/abs/1211.5063")
MCCANDLISH = Source("McCandlish et al. 2018", "https://arxiv.org/abs/1812.06162")
GOODFELLOW = Source(
    "Goodfellow, Bengio & Courville 2016, Deep Learning, section 5.2: capacity, overfitting and underfitting",
    "https://www.deeplearningbook.org/contents/ml.html",
)
PRECHELT = Source("Prechelt 1998, Early stopping: but when?", "https://doi.org/10.1007/3-540-49430-8_3")


@dataclass(frozen=True)
class Try:
    """An experiment to make: settings that may cure it. Some of them start a new run, the others fork this one."""

    label: str
    settings: tuple[tuple[str, Any], ...]
    again: bool = False
    """Whether the change shall count from the very beginning"""

    def experiment(self, present: Experiment, step: int) -> Experiment:
        """What to show instead of the present experiment."""
        if self.again:
            return Experiment(present.now.changed(**dict(self.settings)))
        return present.change(step, **dict(self.settings))


@dataclass(frozen=True)
class Verdict:
    """What a rule has to say about a run."""

    rule: Rule
    sentence: str
    numbers: tuple[tuple[str, float], ...]
    """What it rests on, by name"""
    tries: tuple[Try, ...]
    cause: str = ""
    """The title of the finding that it follows from in the end; "" for one that is a cause itself"""


@dataclass(frozen=True)
class Finding:
    """What a rule's function hands back."""

    sentence: str
    numbers: dict[str, float]
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One entry of RULES."""

    name: str
    title: str
    when: str
    """The rule in one sentence, thresholds included"""
    sources: tuple[Source, ...]
    judge: Callable[[Checkup], Finding | None]
    follows: tuple[str, ...] = ()
    """The names of the rules whose consequence it often is: with one of them it needs no cure of its own"""


RULES: dict[str, Rule] = {}


def rule(
    title: str, when: str, *sources: Source, follows: tuple[str, ...] = ()
) -> Callable[[Callable[[Checkup], Finding | None]], Rule]:
    """Enter a function into RULES under its own name."""

    def enter(judge: Callable[[Checkup], Finding | None]) -> Rule:
        RULES[judge.__name__] = entry = Rule(judge.__name__, title, when, sources, judge, follows)
        return entry

    return enter


def verdicts(checkup: Checkup) -> list[Verdict]:
    """What the rules say, in the order of RULES: causes first, then what may only follow from one of them."""
    findings = {name: finding for name, entry in RULES.items() if (finding := entry.judge(checkup))}
    found: list[Verdict] = []
    for name, finding in findings.items():
        first = name  # a cause may follow from another itself
        while cause := next((n for n in findings if n in _causes(RULES[first], checkup)), ""):
            first = cause
        is_cause = first == name
        numbers, tries = tuple(finding.numbers.items()), finding.tries if is_cause else ()
        found.append(Verdict(RULES[name], finding.sentence, numbers, tries, "" if is_cause else RULES[first].title))
    return sorted(found, key=lambda verdict: bool(verdict.cause))


def _causes(entry: Rule, c: Checkup) -> set[str]:
    """The names of the rules whose consequence a rule's finding is here.

    Flat ends make the gradient fade. Where even the steepest slopes would, they only add to it, and fading comes first.
    """
    causes = {*entry.follows}
    if _steepest_together(c) < FADES:
        if entry is vanishing:
            causes.discard("saturated")
        if entry is saturated:
            causes.add("vanishing")
    return causes


def headline(checkup: Checkup) -> str:
    """The first cause in a few words, as the stage tells it; "" where no rule complains."""
    found = verdicts(checkup)
    return found[0].rule.title if found else ""


# ---- the rules ---------------------------------------------------------------------------------------------------
@rule(
    "All neurons of a layer are the same",
    "At least half of a hidden layer's neurons have the same weights as another neuron of the layer.",
    CS231N_2,
)
def twins(c: Checkup) -> Finding | None:
    """Neurons that start alike get the same gradient, and stay alike for ever."""
    alike = [layer for layer in c.hidden if _has_twins(layer)]
    if not alike:
        return None
    layer = alike[0]
    distinct = layer.n_units - layer.n_twins
    start = mlp.INITIALIZERS[c.initializer].label.lower()
    return Finding(
        f"The {layer.n_units} neurons of {layer.name} are only {_count(distinct, 'different neuron')}: the others are "
        f"copies, because all of them started from the same weights ({start}) and so always get the same gradient.",
        {"neurons": layer.n_units, "different neurons": distinct},
        (_try("Start from random weights", initializer="glorot_uniform"),),
    )


@rule(
    "The inputs are not scaled",
    "An input's mean is beyond ±1, or its deviation is above 3.",
    LECUN, CS231N_2,
)  # fmt: skip
def unscaled(c: Checkup) -> Finding | None:
    """Inputs that are not centred push the weights of a neuron all in the same direction."""
    means, deviations = np.abs(c.input_means), c.input_deviations
    if means.max() <= MOST_MEAN and deviations.max() <= MOST_DEVIATION:
        return None
    k = int(np.argmax(np.maximum(means / MOST_MEAN, deviations / MOST_DEVIATION)))
    plain, own, tries = ("x1", "x2"), c.own_data, []
    if own is not None and own.scaling != "standard":
        scaled = replace(own, scaling="standard")
        tries.append(_try("Scale each input to mean 0 and deviation 1", again=True, own_data=scaled))
    if c.features not in ((), plain):
        tries.append(_try("Use the plain coordinates", features=plain))
    return Finding(
        f"Input {input_name(c, k)} has a mean of {say(c.input_means[k], 3)}, and its values typically lie "
        f"{say(deviations[k], 3)} away from that. Learning is easiest from inputs around 0, about 1 away from it.",
        {"mean": float(c.input_means[k]), "standard deviation": float(deviations[k])},
        tuple(tries),
    )


@rule(
    "The learning rate is too high",
    "The run broke; or an update was ever more than 30 % of the weights and the loss is no better than guessing; or "
    "the loss was better than guessing and is a third worse than that; or it rises in at least 40 % of the last 20 "
    "epochs while an update is more than 2 % of the weights; or it stands still, a third above the lowest that it has "
    "had, on the mean of ten epochs.",
    CS231N, KARPATHY,
)  # fmt: skip
def rate_too_high(c: Checkup) -> Finding | None:
    """Steps so long that they jump over the valley."""
    lower = calmer(c.optimizer, c.learning_rate)
    go_on = _try(f"Go on with a learning rate of {lower:g}", learning_rate=lower)
    again = _try(f"Start again with a learning rate of {lower:g}", learning_rate=lower, again=True)
    # Where little is learned yet, weights that were thrown about are a worse beginning than new ones.
    tries = (again, go_on) if c.train_loss > 0.5 * c.chance else (go_on, again)
    if c.diverged:
        return Finding(
            f"The numbers grew beyond all bounds at a learning rate of {c.learning_rate:g}.",
            {"learning rate": c.learning_rate, "step": c.step},
            (again, *_clip(c)),
        )
    worst = largest_update(c)
    if worst > FAR_TOO_FAST and c.train_loss > 0.95 * c.chance and c.epoch >= 1.0 and not _any_twins(c):
        return Finding(
            f"A single update moved the weights of a layer by {beside(FAR_TOO_FAST, worst)}; about 0.1 % is usual. The "
            f"network was thrown to where it cannot learn: its loss is {say(c.train_loss, 3)}, and guessing costs "
            f"{say(c.chance, 3)}.",
            {"largest update / weights": worst, "training loss": c.train_loss, "chance": c.chance},
            (again,),
        )
    lowest = float(np.nanmin(c.history.train_loss))
    if lowest < c.chance and c.train_loss > THROWN_OFF * c.chance:
        return Finding(
            f"The loss was as low as {say(lowest, 3)}; now it is {say(c.train_loss, 3)}, far worse than the "
            f"{say(c.chance, 3)} that guessing costs: steps of this size have thrown the network off.",
            {"lowest loss": lowest, "training loss": c.train_loss, "chance": c.chance},
            tries,
        )
    if jumps(c):
        recent = c.recent_ratios[np.isfinite(c.recent_ratios)]
        # Of layers that were thrown into their flat ends, the last updates are small: the harm was done by the largest.
        size, moves = (worst, "has moved") if worst > FAR_TOO_FAST else (float(recent.max()), "moves")
        return Finding(
            f"The loss rose in {beside(OFTEN_RISES, c.rises)} of the last epochs, and one update {moves} the weights "
            f"by {beside(TOO_FAST, size)}; about 0.1 % is usual.",
            {"share of rising epochs": c.rises, "update / weights": size},
            tries,
        )
    now, (best, when) = _mean_loss(c, c.epoch), _best_loss(c)
    if _stands_still(c) and now > THROWN_OFF * best and not c.regularized and not _any_twins(c):
        return Finding(
            f"Around epoch {say(when)} the loss was {say(best, 3)}; now it is {say(now, 3)} and falls no further. This "
            "network can do better: steps of this size have thrown it off.",
            {"lowest loss": best, "training loss": now, "learning rate": c.learning_rate},
            tries,
        )
    return None


@rule(
    "The learning rate is too low",
    "Every layer's updates are below 1/10000 of its weights, while the loss falls steadily and is still more than half "
    "of what guessing costs.",
    CS231N, KARPATHY,
)  # fmt: skip
def rate_too_low(c: Checkup) -> Finding | None:
    """Steps so short that it would take for ever."""
    recent = c.recent_ratios
    if not np.isfinite(recent).all() or c.epoch < 1.0 or _dead_layers(c) or _any_twins(c):
        return None
    largest = float(recent.max())
    if not 0.0 < largest < TOO_SLOW or c.rises > 0.1 or c.has_learned:
        return None
    pace = (
        f"One update moves the weights by {beside(TOO_SLOW, largest)} at most; about 0.1 % is usual. "
        f"The loss falls, but at this pace it takes very long."
    )
    numbers = {"largest update / weights": largest, "learning rate": c.learning_rate * c.rate_factor}
    if c.rate_factor < 0.1:
        label = mlp.SCHEDULES[c.schedule].label
        reason = f"The schedule “{label}” has brought the learning rate down to {percent(c.rate_factor, 2)}."
        tries = (_try("Go on with a constant learning rate", schedule="constant"),)
        return Finding(f"{pace} {reason}", numbers, tries)
    higher = nearest_preset("learning_rate", c.learning_rate * min(1e-3 / largest, 1e4))
    return Finding(pace, numbers, (_try(f"Go on with a learning rate of {higher:g}", learning_rate=higher),))


@rule(
    "The batches are too small for this noise",
    "After 60 epochs the training loss has fallen by less than 3 % over the last 30, on the mean of ten, and is still "
    "between 30 and 97 % of what guessing costs, while it rises in at least 35 % of the last 20 epochs and jumps by "
    "more than 2 % from epoch to epoch; and the batch is less than a tenth of the gradient's noise scale.",
    MCCANDLISH,
    follows=("unscaled", "rate_too_high"),
)
def noisy(c: Checkup) -> Finding | None:
    """What a batch shows is mostly the luck of the draw, and the loss does not come down for it.

    While it still falls, larger batches only make fewer steps of an epoch, and end worse.
    """
    if not c.batch_size < 0.1 * c.noise_scale or c.batch_size >= c.n_train:
        return None
    if c.rises < 0.35 or c.jitter < 0.02 or not _stands_still(c) or not c.train_loss < 0.97 * c.chance:
        return None
    larger = int(nearest_preset("batch_size", min(max(8 * c.batch_size, 32), c.n_train)))
    lower = nearest_preset("learning_rate", c.learning_rate / 10.0)
    return Finding(
        f"The loss jumps by {beside(0.02, c.jitter)} from epoch to epoch, and has hardly fallen in 30 epochs. A batch "
        f"of {c.batch_size} shows more luck than slope: here it takes about {say(c.noise_scale, 3)} points until "
        "signal and noise are of one size.",
        {"noise scale": c.noise_scale, "batch size": c.batch_size, "jump from epoch to epoch": c.jitter},
        (
            _try(f"Start again with batches of {larger}", batch_size=larger, again=True),
            _try(f"Go on with a learning rate of {lower:g}", learning_rate=lower),
        ),
    )


@rule(
    "Dead neurons",
    "At least a quarter of a hidden layer's neurons are flat for every training point (for ReLU: always off).",
    CS231N_1, KARPATHY, follows=("unscaled", "rate_too_high"),
)  # fmt: skip
def dead(c: Checkup) -> Finding | None:
    """A neuron that is off for all points gets no gradient, and so stays off."""
    layers = [n for n in c.hidden if not n.squashes and is_flat(n)]
    if not layers:
        return None
    worst = max(layers, key=lambda n: n.n_dead / n.n_units)
    if not worst.activation.learns:
        return Finding(
            f"{worst.activation.label} has no slope anywhere, so no gradient gets through {worst.name}: "
            "only the layers after it learn.",
            {"neurons": worst.n_units, "dead neurons": worst.n_dead},
            (_try("Use tanh instead", activations=("tanh",)),),
        )
    lower = calmer(c.optimizer, c.learning_rate)
    return Finding(
        f"{worst.n_dead} of {worst.n_units} neurons of {worst.name} are off for every single training point. "
        "They get no gradient, so they can never wake up by themselves.",
        {"neurons": worst.n_units, "dead neurons": worst.n_dead, "learning rate": c.learning_rate},
        (
            _try("Use leaky ReLU with a lower learning rate", activations=("leaky_relu",), learning_rate=lower),
            _try(f"Keep {worst.activation.label}, with a learning rate of {lower:g}", learning_rate=lower, again=True),
        ),
    )


@rule(
    "The network is too small",
    "After 60 epochs the training loss has fallen by less than 3 % over the last 30, on the mean of ten, and is still "
    "between 30 and 97 % of what guessing costs, though the steps are of a good size, every layer gets a gradient, and "
    "nothing holds the weights back.",
    GOODFELLOW, follows=("dead",),
)  # fmt: skip
def too_small(c: Checkup) -> Finding | None:
    """It has stopped learning, far from solved, and nothing is wrong with it: it has too few neurons for these data."""
    if (
        c.epoch < 60.0
        or c.diverged
        or c.regularized
        or c.frozen
        or c.rate_factor < 0.1
        or _dead_layers(c)
        or _any_twins(c)
    ):
        return None
    if any(entry.judge(c) for entry in (unscaled, rate_too_high, rate_too_low, noisy, vanishing, exploding)):
        return None
    if len(c.hidden) > 2 and saturated.judge(c):  # it is its depth that is too much for its activation
        return None
    if not _stands_still(c) or not c.train_loss < 0.97 * c.chance:
        return None
    sizes = tuple(layer.n_units for layer in c.hidden)
    wider = tuple(min(max(8, 2 * n), EASY_NEURONS) for n in sizes) or (8,)
    deeper = (*wider, 8)
    tries = [
        _try(f"Start again with {_listed(s)} neurons", hidden_layer_sizes=s) for s in (deeper, wider) if s != sizes
    ]
    neurons = f"{_listed(sizes)} hidden {'neuron' if sizes == (1,) else 'neurons'}" if sizes else "no hidden neurons"
    return Finding(
        f"The training loss has hardly fallen in the last 30 epochs and stands at {say(c.train_loss, 3)}, where "
        f"guessing costs {say(c.chance, 3)}. Nothing is wrong with the steps or the gradients: with "
        f"{neurons}, the network seems too small for these data.",
        {"training loss": c.train_loss, "chance": c.chance, "hidden neurons": float(sum(sizes))},
        tuple(tries),
    )


@rule(
    "Saturated neurons",
    "More than half of a hidden sigmoid or tanh layer's outputs are in the flat ends (slope below 6 % of the "
    "steepest), while the loss is still more than half of what guessing costs, and does not fall by 3 % or more in 30 "
    "epochs below that.",
    GLOROT, KARPATHY, follows=("unscaled", "rate_too_high", "noisy", "too_small"),
)  # fmt: skip
def saturated(c: Checkup) -> Finding | None:
    """In its flat ends an S-shaped neuron hardly lets a gradient through."""
    layers = [n for n in c.hidden if n.squashes and is_flat(n)]
    if not layers or c.has_learned or is_learning(c):
        return None
    worst = max(layers, key=lambda n: float(n.flat.mean()))
    share = float(worst.flat.mean())
    tries = [_try("Use GELU with He initialization", activations=("gelu",), initializer="he_normal")]
    if len(c.hidden) > 2:
        tries.insert(0, _try("Use two hidden layers of tanh", hidden_layer_sizes=(8, 8), activations=("tanh",)))
    if c.initializer in ("normal", "uniform"):
        tries.insert(0, _try("Start from smaller weights (Glorot)", initializer="glorot_uniform"))
    return Finding(
        f"{beside(MOSTLY_FLAT, share)} of the outputs of {worst.name} lie in the flat ends of {worst.activation.name}, "
        "where hardly any gradient gets through.",
        {"share of flat outputs": share, "training loss": c.train_loss},
        tuple(tries),
    )


@rule(
    "The gradient fades",
    "The first layer's gradient is less than 1 % of the output layer's, and no layer is dead or made of copies.",
    GLOROT, HE, follows=("unscaled", "rate_too_high", "dead", "saturated"),
)  # fmt: skip
def vanishing(c: Checkup) -> Finding | None:
    """Each layer on the way back takes its toll, so that the first ones hardly learn."""
    first, last = c.layers[0].gradient_norm, c.layers[-1].gradient_norm
    share = float(c.gradient_shares[0])
    if len(c.layers) < 2 or not last > 1e-7 or not share < FADES or _dead_layers(c) or _any_twins(c):
        return None
    at_best, why = _steepest_together(c), ""
    if at_best < FADES:
        why = (
            f" On the way back it is multiplied by a slope in each of the {len(c.hidden)} hidden layers: even the "
            f"steepest slopes make {percent(at_best, 2)} together, and only large weights make up for some of that."
        )
    return Finding(
        f"Layer 1 gets {beside(FADES, share)} of the output layer's gradient, so it hardly learns.{why}",
        {"gradient norm of layer 1": first, "gradient norm of the output": last},
        (
            _try("Use two hidden layers of tanh", hidden_layer_sizes=(8, 8), activations=("tanh",)),
            _try("Use GELU with He initialization", activations=("gelu",), initializer="he_normal"),
        ),
    )


@rule(
    "The gradient explodes",
    "The first layer's gradient is more than 100 times the output layer's, or a layer's gradient norm is above 100.",
    PASCANU, GLOROT, follows=("unscaled", "rate_too_high"),
)  # fmt: skip
def exploding(c: Checkup) -> Finding | None:
    """Each layer on the way back makes it larger."""
    norms = np.array([layer.gradient_norm for layer in c.layers])
    last = norms[-1]
    if not (norms.max() > EXPLODES or (len(norms) > 1 and last > 1e-9 and c.gradient_shares[0] > EXPLODES)):
        return None
    k = int(norms.argmax())
    tries = [_try("Start from smaller weights (Glorot)", initializer="glorot_uniform")]
    if c.initializer.startswith("glorot"):
        lower = calmer(c.optimizer, c.learning_rate)
        tries = [_try(f"Start again with a learning rate of {lower:g}", learning_rate=lower, again=True)]
    return Finding(
        f"The gradient of {c.layers[k].name} has the norm {beside(EXPLODES, float(norms[k]), say, 3)}, and the output "
        f"layer's {say(last, 3)}: steps in the first layers are wild jumps.",
        {f"gradient norm of {c.layers[k].name}": float(norms[k]), "gradient norm of the output": float(last)},
        (*tries, *_clip(c)),
    )


@rule(
    "The loss is stuck at chance",
    "After 10 epochs the training loss is still within 3 % of the best answer that ignores the inputs, or above it, "
    "and it is not only that a learning rate that is too low makes it fall slowly.",
    CS231N,
    follows=("twins", "unscaled", "rate_too_high", "dead", "saturated", "vanishing", "exploding"),
)
def chance(c: Checkup) -> Finding | None:
    """A network that has learned no more than how often each answer occurs."""
    if c.epoch < 10.0 or not c.train_loss > 0.97 * c.chance or rate_too_low.judge(c):
        return None
    usual = _try(
        "Begin again with settings that usually work", activations=("tanh",), initializer="glorot_uniform",
        hidden_layer_sizes=(8, 8), **{name: DEFAULTS[name] for name in sorted(LIVE - {"batch_size"})},
    )  # fmt: skip
    return Finding(
        f"The training loss is {say(c.train_loss, 3)} after {say(c.epoch)} epochs. Always giving the same answer, "
        f"without a look at the inputs, costs {say(c.chance, 3)}: the network is no better than guessing.",
        {"training loss": c.train_loss, "chance": c.chance},
        () if unscaled.judge(c) else (usual,),  # no settings make up for inputs in the thousands
    )


@rule(
    "It learns by heart",
    "The test loss is at least 1.5 times its best so far and twice the training loss, and has risen by at least 5 % of "
    "what guessing costs, while the training loss has fallen since, to less than 1.25 times its lowest; and where that "
    "jumps by more than 20 % from epoch to epoch, the test loss was not near its best in the last 20.",
    PRECHELT, CS231N,
)  # fmt: skip
def overfitting(c: Checkup) -> Finding | None:
    """The training points are learned one by one, and what they have in common is lost."""
    test = c.history.test_loss
    if not np.isfinite(test).any():
        return None
    now, best = float(test[-1]), float(np.nanmin(test))
    when = float(c.history.epochs[int(np.nanargmin(test))])
    if now < 1.5 * best or now < 2.0 * c.train_loss or now - best < 0.05 * c.chance or is_restless(c):
        return None
    return Finding(
        f"The test loss was {say(best, 3)} at epoch {say(when)} and has risen to {say(now, 3)}, while the training "
        f"loss went down to {say(c.train_loss, 3)}.",
        {"test loss": now, "best test loss": best, "training loss": c.train_loss},
        (
            _try("Start again with L2 regularization", l2=0.03, again=True),
            _try("Use more samples", n_samples=MAX_SAMPLES),
            _try("Go on with 20 % dropout", dropout=0.2),
            _try("Start again, and stop early", patience=20, again=True),
        ),
    )


# ---- what they share ---------------------------------------------------------------------------------------------
def is_flat(layer: LayerNumbers) -> bool:
    """Whether a hidden layer lets hardly any gradient through: mostly in its flat ends, or a good part of it dead."""
    if layer.squashes:
        return bool(layer.flat.mean() > MOSTLY_FLAT)
    return layer.n_dead >= MANY_DEAD * layer.n_units


def jumps(c: Checkup) -> bool:
    """Whether the loss rises again and again while the updates are large; of fewer than ten epochs it is not known."""
    if len(c.history.train_loss) <= 10:
        return False
    recent = np.where(np.isfinite(c.recent_ratios), c.recent_ratios, 0.0)
    return bool(c.rises >= OFTEN_RISES and recent.max(initial=0.0) > TOO_FAST and c.train_loss > 0.1 * c.chance)


def largest_update(c: Checkup) -> float:
    """Over the weights of its layer, of all updates so far that were looked at."""
    ratios = c.history.update_ratios
    return float(np.max(ratios, where=np.isfinite(ratios), initial=0.0))


def is_restless(c: Checkup) -> bool:
    """Whether a test loss above its lowest does not tell of learning by heart: it only jumps, or both losses rise.

    Points that are learned one by one have a training loss that goes on falling.
    """
    train, k = c.history.train_loss, int(np.nanargmin(c.history.test_loss))
    return is_jumping(c) or c.train_loss > min(float(train[k]), RISEN * float(train.min()))


def is_jumping(c: Checkup) -> bool:
    """Whether the loss jumps from epoch to epoch, and the test loss was as good as its lowest a short time ago."""
    test = c.history.test_loss
    return c.jitter > JUMPS and float(np.nanmin(test[-21:])) < RISEN * float(np.nanmin(test))


def input_name(c: Checkup, k: int) -> str:
    """An input by its place, counted from 0: a column of one's own table, a feature, or its number."""
    named = c.own_data.inputs if c.own_data is not None and c.features in ((), ("x1", "x2")) else ()
    return named[k] if named else mlp.FEATURES[c.features[k]].label if c.features else f"input {k + 1}"


def beside(limit: float, value: float, write: Callable[[float, int], str] = percent, figures: int = 2) -> str:
    """A number with so many figures, or with as many as tell it from a rule's limit: 0.998 %, where that is 1 %."""
    while figures < MOST_FIGURES and value != limit and write(value, figures) == write(limit, figures):
        figures += 1
    return write(value, figures)


def _steepest_together(c: Checkup) -> float:
    """The product of the largest slopes of the hidden layers: all of a gradient that weights of size 1 let through."""
    return float(np.prod([layer.steepest for layer in c.hidden]))


def _dead_layers(c: Checkup) -> list[LayerNumbers]:
    """Hidden layers that let no gradient through at all."""
    return [layer for layer in c.hidden if layer.n_dead == layer.n_units]


def _stands_still(c: Checkup) -> bool:
    """Whether the loss has hardly fallen for 30 epochs, far from solved."""
    before, now = _mean_loss(c, c.epoch - 30.0), _mean_loss(c, c.epoch)  # NaN without frames, which fails below
    return c.epoch >= 60.0 and now > 0.97 * before and c.train_loss > 0.3 * c.chance


def is_learning(c: Checkup) -> bool:
    """Whether the loss is below guessing and has fallen over the last 30 epochs."""
    before, now = _mean_loss(c, c.epoch - 30.0), _mean_loss(c, c.epoch)  # NaN without frames, which fails below
    return c.train_loss < 0.97 * c.chance and now <= 0.97 * before


def _best_loss(c: Checkup) -> tuple[float, float]:
    """The lowest mean training loss of ten frames in a row, and the epoch of the last of them."""
    losses = c.history.train_loss
    if len(losses) < 10:
        return np.nan, np.nan
    means = np.convolve(losses, np.full(10, 0.1), "valid")
    k = int(np.argmin(np.where(np.isfinite(means), means, np.inf)))
    return float(means[k]), float(c.history.epochs[k + 9])


def _mean_loss(c: Checkup, epoch: float) -> float:
    """The mean training loss of the ten epochs up to one."""
    h = c.history
    losses = h.train_loss[(h.epochs > epoch - 10.0) & (h.epochs <= epoch)]
    return float(losses.mean()) if len(losses) else np.nan


def _listed(sizes: tuple[int, ...]) -> str:
    """8 and 4, or of many layers 5 layers of 8."""
    if len(sizes) > 3 and len(set(sizes)) == 1:
        return f"{len(sizes)} layers of {sizes[0]}"
    return " and ".join(map(str, sizes)) if len(sizes) <= 4 else f"{sum(sizes)} hidden"


def _any_twins(c: Checkup) -> bool:
    return any(map(_has_twins, c.hidden))


def _has_twins(layer: LayerNumbers) -> bool:
    return layer.n_units > 1 and layer.n_twins >= MANY_TWINS * layer.n_units


def _clip(c: Checkup) -> tuple[Try, ...]:
    """Clipping, where it is not at work yet."""
    return () if c.clipped else (_try("Start again with gradients clipped to length 1", clip_norm=1.0, again=True),)


def _try(label: str, again: bool = False, **settings: Any) -> Try:
    return Try(label, tuple(settings.items()), again)


def _count(n: int, what: str) -> str:
    return f"one {what}" if n == 1 else f"{n} {what}s"
