"""The picture beside a finding that shows what its rule saw: the rule's own numbers, and its limit as a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from playground import figures
from playground.figures import Limit
from playground.health import verdicts, words
from playground.health.checkup import Array, Checkup, LayerNumbers
from playground.run.number import percent, say

MOST_INPUTS = 8
FADES = Limit(verdicts.FADES, f"{percent(verdicts.FADES, 2)}: fades", "below")
EXPLODES = Limit(verdicts.EXPLODES, f"{percent(verdicts.EXPLODES, 2)}: explodes", "above")


class Proof(NamedTuple):
    """A picture, its title, and what it shows in words and numbers."""

    title: str
    figure: go.Figure
    words: str
    says: str = ""
    """What is to be seen beyond what the finding says"""


Picture = Callable[[Checkup, str], Proof]
"""From a run and a theme"""


def proof(rule: str, c: Checkup, theme: str) -> Proof:
    """What the rule of this name saw."""
    return PICTURES[rule](c)(c, theme)


def before_and_after(rule: str, before: Checkup, after: Checkup, theme: str) -> tuple[Proof, Proof]:
    """What a rule saw, and the same picture of the run with a cure, on one scale."""
    draw = PICTURES[rule](before)
    first, then = draw(before, theme), draw(after, theme)
    _on_one_axis(first.figure, then.figure)
    return first, then


# ---- a bar for each layer -----------------------------------------------------------------------------------------
def flat(c: Checkup, theme: str, *, is_strip: bool = False) -> Proof:
    """The shares of flat outputs and of dead neurons, with the limits of the rules that look at them."""
    squash, harmless = [n.squashes for n in c.hidden], _no_harm(c)
    limits = [Limit(verdicts.MOSTLY_FLAT, "half flat", "" if harmless else "above")] if any(squash) else []
    limits += [Limit(verdicts.MANY_DEAD, "a quarter dead", "above")] if not all(squash) else []
    title = "Flat and dead neurons"
    figure = figures.flat_units(
        [float(n.flat.mean()) for n in c.layers], [n.n_dead / n.n_units for n in c.layers], _names(c.layers),
        limits=limits, ill=[verdicts.is_flat(n) and not (n.squashes and harmless) for n in c.hidden],
        is_strip=is_strip, theme=theme,
    )  # fmt: skip
    return Proof(title, figure, words.flat_units(c.layers), f"{words.flat_says(c.layers)}{harmless}")


def _no_harm(c: Checkup) -> str:
    """Why no rule complains of a layer that is beyond the line: its flat ends keep nothing from learning."""
    over = any(n.squashes and n.flat.mean() > verdicts.MOSTLY_FLAT for n in c.hidden)
    share = float(c.gradient_shares[0])
    if not (over and (c.has_learned or verdicts.is_learning(c)) and share >= verdicts.FADES):
        return ""
    return f" That does no harm here: layer 1 gets {percent(share, 2)} of the output layer's gradient."


def staircase(c: Checkup, theme: str, limit: Limit = FADES) -> Proof:
    """The gradient on its way back, as shares of the output layer's."""
    values = c.gradient_shares
    texts = [verdicts.beside(limit.at, float(v)) for v in values]
    figure = _log_bars(values, c.layers, "share of the output layer's gradient", limit, texts, theme, is_percent=True)
    told = _told("Share of the output layer's gradient", c, values)
    return Proof("The gradient on its way back", figure, told, words.share_says(values, _names(c.layers)))


def _growing(c: Checkup, theme: str) -> Proof:
    return staircase(c, theme, EXPLODES)


def _stairs(c: Checkup) -> Picture:
    return staircase if np.fmin.reduce(c.gradient_shares, initial=np.inf) < 1.0 else _growing


def _norms(c: Checkup, theme: str) -> Proof:
    values = np.array([n.gradient_norm for n in c.layers])
    limit, texts = Limit(verdicts.EXPLODES, "a size of 100: explodes", "above"), [say(float(v), 3) for v in values]
    figure = _log_bars(values, c.layers, "size of the gradient, ‖∂L/∂W‖", limit, texts, theme)
    return Proof("How large the gradients are", figure, _told("Gradient norms", c, values, say))


def _explosion(c: Checkup) -> Picture:
    return _norms if max(n.gradient_norm for n in c.layers) > verdicts.EXPLODES else _growing


def _twins(c: Checkup, theme: str) -> Proof:
    values = np.array([n.n_twins / n.n_units for n in c.hidden])
    figure = figures.layer_bars(
        values, _names(c.hidden), "share of the neurons",
        limits=[Limit(verdicts.MANY_TWINS, "half of the neurons: too many", "above")],
        texts=[f"{n.n_twins} of {n.n_units}" for n in c.hidden], theme=theme,
    )  # fmt: skip
    figure.update_xaxes(tickformat=".0%")
    return Proof("Neurons that are copies of another", figure, _told("Neurons that are copies", c, values))


def _too_fast(c: Checkup) -> Picture:
    """The last updates, or the largest of each layer where that has done the harm; the loss of a run that broke."""
    if c.diverged:
        return _loss
    if verdicts.largest_update(c) > verdicts.FAR_TOO_FAST:
        return _largest_updates
    return _last_updates if verdicts.jumps(c) else _loss  # that once was lower


def _largest(c: Checkup) -> Array:
    return np.asarray(np.nanmax(c.history.update_ratios, axis=0, initial=0.0))


def _last_updates(c: Checkup, theme: str) -> Proof:
    return _updates(c, theme, c.recent_ratios, Limit(verdicts.TOO_FAST, "2 % of the weights: too fast", "above"))


def _largest_updates(c: Checkup, theme: str) -> Proof:
    limit = Limit(verdicts.FAR_TOO_FAST, "30 % of the weights: far too fast", "above")
    return _updates(c, theme, _largest(c), limit, "the largest")


def _too_slow(c: Checkup, theme: str) -> Proof:
    return _updates(c, theme, c.recent_ratios, Limit(verdicts.TOO_SLOW, "too slow", "below"))


def _updates(c: Checkup, theme: str, values: Array, limit: Limit, which: str = "one") -> Proof:
    texts = [verdicts.beside(limit.at, float(v)) for v in values]
    figure = _log_bars(values, c.layers, "update / weights, ‖ΔW‖ / ‖W‖", limit, texts, theme, is_percent=True)
    title = f"How far {which} update moved the weights"
    return Proof(title, figure, _told(title, c, values))


def _log_bars(
    values: Array,
    layers: list[LayerNumbers],
    axis: str,
    limit: Limit,
    texts: list[str],
    theme: str,
    *,
    is_percent: bool = False,
) -> go.Figure:
    figure = figures.layer_bars(values, _names(layers), axis, limits=[limit], texts=texts, log=True, theme=theme)
    return figure.update_xaxes(**_percents(figure.layout.xaxis.range)) if is_percent else figure


def _inputs(c: Checkup, theme: str) -> Proof:
    """How far each input is beyond what is easy to learn from; of many inputs those that are farthest."""
    values = np.maximum(np.abs(c.input_means) / verdicts.MOST_MEAN, c.input_deviations / verdicts.MOST_DEVIATION)
    worst = np.sort(np.argsort(-values, kind="stable")[:MOST_INPUTS])
    names = [verdicts.input_name(c, int(k)) for k in worst]
    figure = figures.layer_bars(
        values[worst], names, "mean or deviation, in times its limit",
        limits=[Limit(1.0, f"mean {verdicts.MOST_MEAN:g} or deviation {verdicts.MOST_DEVIATION:g}: too far", "above")],
        texts=[f"{say(float(values[k]), 2)} times" for k in worst], log=True, theme=theme,
    )  # fmt: skip
    parts = [f"{name}: {say(float(values[k]), 3)} times the limit" for name, k in zip(names, worst, strict=True)]
    return Proof("How far the inputs are from 0", figure, f"Inputs. {'. '.join(parts)}.")


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


def _always(picture: Picture) -> Callable[[Checkup], Picture]:
    return lambda c: picture


PICTURES: dict[str, Callable[[Checkup], Picture]] = {
    "twins": _always(_twins),
    "unscaled": _always(_inputs),
    "rate_too_high": _too_fast,
    "rate_too_low": _always(_too_slow),
    "noisy": _always(_last_epochs),
    "dead": _always(flat),
    "too_small": _always(_loss),
    "saturated": _always(flat),
    "vanishing": _stairs,
    "exploding": _explosion,
    "chance": _always(_loss),
    "overfitting": _always(_loss),
}
"""For each rule the picture of what it saw in a run"""


def _on_one_axis(*shown: go.Figure) -> None:
    """Give pictures of the same kind the same scale: bars along, curves upwards."""
    if all(figure.data[0].type == "bar" for figure in shown):
        lows, highs = zip(*(figure.layout.xaxis.range for figure in shown), strict=True)
        ends = [min(lows), max(highs)]
        for figure in shown:
            figure.update_xaxes(range=ends)
            if figure.layout.xaxis.tickvals:
                figure.update_xaxes(**_percents(ends))
            elif figure.layout.xaxis.type == "log":
                figure.update_xaxes(dtick=max(1, round((ends[1] - ends[0]) / 6)))
        return
    values = np.concatenate([np.asarray(trace.y, float) for figure in shown for trace in figure.data])
    top = np.max(values, where=np.isfinite(values), initial=0.0)
    for figure in shown:
        figure.update_yaxes(range=[0.0, 1.05 * float(top)])


def _names(layers: list[LayerNumbers]) -> list[str]:
    return [layer.name for layer in layers]


def _told(title: str, c: Checkup, values: np.ndarray, write: Callable[[float, int], str] = percent) -> str:
    parts = [f"{n.name}: {write(float(v), 3)}" for n, v in zip(c.layers, values, strict=False)]
    return f"{title}. {'. '.join(part[0].upper() + part[1:] for part in parts)}."


def _percents(ends: Sequence[float]) -> dict[str, object]:
    """Ticks of a log axis as percentages: whole powers of ten, six at most; a short axis has 2 and 5 between them."""
    low, high = ends
    powers = np.arange(np.ceil(low), np.floor(high) + 1.0)
    if len(powers) < 2:
        every = np.arange(np.floor(low), np.ceil(high))[:, None] + np.log10([1.0, 2.0, 5.0])
        powers = every[(every >= low) & (every <= high)]
    ticks = 10.0 ** powers[:: max(1, -(-len(powers) // 6))]
    return {"tickvals": ticks.tolist(), "ticktext": [percent(float(tick), 2) for tick in ticks]}
