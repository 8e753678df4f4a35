"""The picture beside a finding that shows what its rule saw: the rule's own numbers, and its limit as a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from playground import figures
from playground.figures import Limit
from playground.health import verdicts, words
from playground.health.checkup import Array, Checkup, LayerNumbers
from playground.run.number import percent, say

MOST_INPUTS = 8


class Proof(NamedTuple):
    """A picture, its title, and what it shows in words and numbers."""

    title: str
    figure: go.Figure
    words: str
    says: str = ""
    """What is to be seen beyond what the finding says"""


def proof(rule: str, c: Checkup, theme: str) -> Proof:
    """What the rule of this name saw."""
    return PROOFS[rule](c, theme)


# ---- a bar for each layer -----------------------------------------------------------------------------------------
def flat(c: Checkup, theme: str, *, is_strip: bool = False) -> Proof:
    """The shares of flat outputs and of dead neurons, with the limits of the rules that look at them."""
    squash = [n.squashes for n in c.hidden]
    limits = [Limit(verdicts.MOSTLY_FLAT, "half flat")] if any(squash) else []
    limits += [Limit(verdicts.MANY_DEAD, "a quarter dead")] if not all(squash) else []
    title = "Flat and dead neurons"
    figure = figures.flat_units(
        [float(n.flat.mean()) for n in c.layers], [n.n_dead / n.n_units for n in c.layers], _names(c.layers),
        limits=limits, is_strip=is_strip, theme=theme,
    )  # fmt: skip
    says = f"{words.flat_says(c.layers)}{_no_harm(c)}"
    return Proof(title, figure, words.flat_units(c.layers), says)


def _no_harm(c: Checkup) -> str:
    """Why no rule complains of a layer that is beyond the line: its flat ends keep nothing from learning."""
    over = any(n.squashes and n.flat.mean() > verdicts.MOSTLY_FLAT for n in c.hidden)
    share = float(c.gradient_shares[0])
    if not (over and c.has_learned and share >= verdicts.FADES):
        return ""
    return f" That does no harm here: layer 1 gets {percent(share, 2)} of the output layer's gradient."


def staircase(c: Checkup, theme: str) -> Proof:
    """The gradient on its way back, as shares of the output layer's."""
    values, at = c.gradient_shares, verdicts.FADES
    limit = (
        Limit(at, f"{percent(at, 2)}: fades")
        if np.fmin.reduce(values, initial=np.inf) < 1.0
        else Limit(verdicts.EXPLODES, f"{percent(verdicts.EXPLODES, 2)}: explodes")
    )
    figure = figures.layer_bars(
        values, _names(c.layers), "share of the output layer's gradient", limits=[limit],
        texts=[verdicts.beside(at, float(v)) for v in values], log=True, theme=theme,
    )  # fmt: skip
    figure.update_xaxes(**_percents(values, figure.layout.xaxis.range[0]))
    title = "The gradient on its way back"
    told = _told("Share of the output layer's gradient", c, values)
    return Proof(title, figure, told, words.share_says(values, _names(c.layers)))


def _exploding(c: Checkup, theme: str) -> Proof:
    if max(n.gradient_norm for n in c.layers) <= verdicts.EXPLODES:
        return staircase(c, theme)
    values = np.array([n.gradient_norm for n in c.layers])
    figure = figures.layer_bars(
        values, _names(c.layers), "size of the gradient, ‖∂L/∂W‖", limits=[Limit(verdicts.EXPLODES, "limit: 100")],
        texts=[say(float(v), 3) for v in values], log=True, theme=theme,
    )  # fmt: skip
    return Proof("How large the gradients are", figure, _told("Gradient norms", c, values, say))


def _twins(c: Checkup, theme: str) -> Proof:
    values = np.array([n.n_twins / n.n_units for n in c.hidden])
    figure = figures.layer_bars(
        values, _names(c.hidden), "share of the neurons", limits=[Limit(verdicts.MANY_TWINS, "limit: half")],
        texts=[f"{n.n_twins} of {n.n_units}" for n in c.hidden], theme=theme,
    )  # fmt: skip
    figure.update_xaxes(tickformat=".0%")
    return Proof("Neurons that are copies of another", figure, _told("Neurons that are copies", c, values))


def _too_fast(c: Checkup, theme: str) -> Proof:
    """The last updates, or the largest of each layer where that has done the harm; the loss of a run that broke."""
    if c.diverged:
        return _loss(c, theme)
    if verdicts.jumps(c):
        return _updates(c, theme, c.recent_ratios, Limit(verdicts.TOO_FAST, "too fast"))
    largest = np.nanmax(c.history.update_ratios, axis=0, initial=0.0)
    if largest.max() <= verdicts.FAR_TOO_FAST:  # it once was lower
        return _loss(c, theme)
    return _updates(c, theme, largest, Limit(verdicts.FAR_TOO_FAST, "far too fast"), "the largest")


def _too_slow(c: Checkup, theme: str) -> Proof:
    return _updates(c, theme, c.recent_ratios, Limit(verdicts.TOO_SLOW, "too slow"))


def _updates(c: Checkup, theme: str, values: Array, limit: Limit, which: str = "one") -> Proof:
    figure = figures.layer_bars(
        values, _names(c.layers), "update / weights, ‖ΔW‖ / ‖W‖", limits=[limit],
        texts=[verdicts.beside(limit.at, float(v)) for v in values], log=True, theme=theme,
    )  # fmt: skip
    figure.update_xaxes(**_percents(values, figure.layout.xaxis.range[0]))
    title = f"How far {which} update moved the weights"
    return Proof(title, figure, _told(title, c, values))


def _inputs(c: Checkup, theme: str) -> Proof:
    """How far each input is beyond what is easy to learn from; of many inputs those that are farthest."""
    values = np.maximum(np.abs(c.input_means) / verdicts.MOST_MEAN, c.input_deviations / verdicts.MOST_DEVIATION)
    worst = np.sort(np.argsort(-values, kind="stable")[:MOST_INPUTS])
    names = [verdicts.input_name(c, int(k)) for k in worst]
    figure = figures.layer_bars(
        values[worst], [name if len(name) < 12 else f"{name[:10]}…" for name in names], "times as far out as is easy",
        limits=[Limit(1.0, "limit")], texts=[f"{say(float(values[k]), 2)} times" for k in worst], log=True, theme=theme,
    )  # fmt: skip
    parts = [f"{name}: {say(float(values[k]), 3)} times the limit" for name, k in zip(names, worst, strict=True)]
    return Proof("How far the inputs are from around 0", figure, f"Inputs. {'. '.join(parts)}.")


# ---- curves -------------------------------------------------------------------------------------------------------
def _loss(c: Checkup, theme: str, last: int = 0) -> Proof:
    """The loss up to the moment, or over so many of the last epochs, beside what guessing costs."""
    past = c.history
    k = slice(-last if last else None, None)
    title = f"The loss over the last {len(past.epochs[k]) - 1} epochs" if last else "The loss up to here"
    figure = figures.loss_curve(
        past.epochs[k],
        past.train_loss[k],
        past.test_loss[k],
        theme=theme,
        guessing=None if last else c.chance,
        title="",
    )
    if last:
        figure.update_xaxes(range=[past.epochs[k][0], past.epochs[-1]])
        figure.update_yaxes(rangemode="normal")
    told = words.over_time("Loss", past.epochs[k], past.train_loss[k][:, None], ["training loss"])
    return Proof(title, figure, f"{told} Guessing costs {say(c.chance, 3)}.")


def _last_epochs(c: Checkup, theme: str) -> Proof:
    return _loss(c, theme, last=21)


PROOFS: dict[str, Callable[[Checkup, str], Proof]] = {
    "twins": _twins,
    "unscaled": _inputs,
    "rate_too_high": _too_fast,
    "rate_too_low": _too_slow,
    "noisy": _last_epochs,
    "dead": flat,
    "too_small": _loss,
    "saturated": flat,
    "vanishing": staircase,
    "exploding": _exploding,
    "chance": _loss,
    "overfitting": _loss,
}
"""One for each rule"""


def _names(layers: list[LayerNumbers]) -> list[str]:
    return [layer.name for layer in layers]


def _told(title: str, c: Checkup, values: np.ndarray, write: Callable[[float, int], str] = percent) -> str:
    parts = [f"{n.name}: {write(float(v), 3)}" for n, v in zip(c.layers, values, strict=False)]
    return f"{title}. {'. '.join(part[0].upper() + part[1:] for part in parts)}."


def _percents(values: Array, low: float) -> dict[str, object]:
    """Whole powers of ten of a log axis as percentages, five at most; where only the numbers of bars stand, none."""
    top = np.max(values, where=np.isfinite(values), initial=0.01)
    powers = list(range(int(np.ceil(low)), int(np.ceil(np.log10(top))) + 1))
    powers = powers[:: max(1, -(-len(powers) // 5))]
    return {"tickvals": [10.0**p for p in powers], "ticktext": [percent(10.0**p, 2) for p in powers]}
