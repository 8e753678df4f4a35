"""Write docs/concepts/: a page for each kind of thing that can be chosen, made of the engine's own registries.

python -m scripts.concepts
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import numpy as np

import mlp
from mlp.activations import Activation
from mlp.optimizers import Optimizer
from mlp.source import source_of
from playground.run.config import Config
from playground.run.link import to_link

FOLDER = Path(__file__).parents[1] / "docs" / "concepts"
LANGUAGES = {"numpy": "NumPy", "torch": "PyTorch", "keras": "Keras", "sklearn": "scikit-learn"}
WIDTH, HEIGHT, SPAN = 220, 120, 4.0
HEADER = "<!-- Written by `python -m scripts.concepts` from the engine's registries; a test holds it to them. -->\n"


def pages() -> dict[str, str]:
    """All that is written, by file name."""
    result = {
        "activations.md": _page(
            "Activations",
            "What a neuron makes of its sum z. Solid: f(z); dashed: its slope f′(z); z from -4 to 4.",
            mlp.ACTIVATIONS.values(),
            _activation,
        ),
        "losses.md": _page(
            "Losses",
            "How wrong an answer ŷ is beside the truth y: training makes the mean over a mini-batch smaller.",
            mlp.LOSSES.values(),
            _loss,
        ),
        "optimizers.md": _page(
            "Optimizers",
            "How a gradient g becomes a step of the weights w, at the learning rate η. The rules are PyTorch's, under "
            "Keras's names.",
            mlp.OPTIMIZERS.values(),
            _optimizer,
        ),
        "schedules.md": _page(
            "Learning-rate schedules",
            "What the learning rate is multiplied by as time goes on.",
            mlp.SCHEDULES.values(),
            _schedule,
        ),
        "initializers.md": _page("Initial weights", "Where training begins.", mlp.INITIALIZERS.values(), _initializer),
        "datasets.md": _page("Datasets", "What there is to learn.", mlp.DATASETS.values(), _dataset),
        "features.md": _page("Features", "What the network is told about a point.", mlp.FEATURES.values(), _feature),
    }
    result.update({f"{name}.svg": _curve(rule) for name, rule in mlp.ACTIVATIONS.items()})
    kinds = (name for name in result if name.endswith(".md"))
    links = "".join(f"- [{result[name].partition('# ')[2].partition(chr(10))[0]}]({name})\n" for name in kinds)
    result["README.md"] = f"{HEADER}# What can be chosen\n\n{links}"
    return result


def _page(title: str, about: str, rules: Iterable[Any], tell: Callable[[Any], Iterator[str]]) -> str:
    entries = (f"## {rule.label}\n\n{rule.help}\n\n" + "\n\n".join(tell(rule)) for rule in rules)
    return f"{HEADER}# {title}\n\n{about}\n\n" + "\n\n".join(entry.rstrip() for entry in entries) + "\n"


def _activation(rule: Activation) -> Iterator[str]:
    yield f"![f and its slope]({rule.name}.svg)"
    yield f"f(z) = {rule.formula}"
    yield from _settings(type(rule))
    if not rule.learns:
        yield "Its slope is zero everywhere, so no gradient gets through: it cannot be trained."
    if rule.kinks:
        yield f"Its slope jumps at z = {', '.join(f'{z:g}' for z in rule.kinks)}."
    yield from _sources(rule)
    yield _try(activations=(rule.name,))


def _loss(rule: Any) -> Iterator[str]:
    yield f"L = {rule.formula}"
    yield f"For {', '.join(rule.tasks)} tasks." + (
        " It takes the last layer's raw sums, and makes the probabilities itself." if rule.from_logits else ""
    )
    yield from _sources(rule)


def _optimizer(rule: type[Optimizer]) -> Iterator[str]:
    yield rule.formula
    if rule.remembers:
        yield f"It remembers, for each parameter: {', '.join(name.replace('_', ' ') for name in rule.remembers)}."
    yield from _settings(rule)
    yield from _sources(rule)
    yield _try(optimizer=rule.name)


def _schedule(rule: Any) -> Iterator[str]:
    epochs = (0.0, 10.0, 50.0, 100.0, 200.0)
    yield from _settings(rule)
    yield _table(["epoch", *(f"{e:g}" for e in epochs)], [["× ", *(f"{rule().factor(e):.3g}" for e in epochs)]])
    yield _try(schedule=rule.name)


def _initializer(rule: Any) -> Iterator[str]:
    rng = np.random.default_rng(0)
    sizes = ((2, 8), (8, 8), (64, 64))
    drawn = [rule.draw(rng, *size) for size in sizes]
    rows = [[f"{a} to {b}", f"{np.abs(w).max():.3g}", f"{w.std():.3g}"] for (a, b), w in zip(sizes, drawn, strict=True)]
    yield _table(["a layer of", "largest weight", "standard deviation"], rows)
    yield _try(initializer=rule.name)


def _dataset(rule: Any) -> Iterator[str]:
    kind = {"binary": "two classes", "regression": "a number to predict"}.get(
        rule.task, f"{rule.default_classes} classes"
    )
    more = f"; 2 to {rule.max_classes} can be chosen" if rule.max_classes else ""
    yield (
        f"{rule.n_inputs} input{'s' * (rule.n_inputs > 1)}, {kind}{more}. Noise {rule.default_noise:g}, "
        f"or up to {rule.max_noise:g}."
    )
    if rule.n_inputs <= 2:
        yield _try(dataset=rule.name)


def _feature(rule: Any) -> Iterator[str]:
    yield f"`{rule.name}`: {rule.javascript.replace('Math.', '')}"


# ---- pieces ----------------------------------------------------------------------------------------------------
def _settings(rule: type) -> Iterator[str]:
    rows = []
    for f in fields(rule):
        if "low" not in f.metadata:
            continue
        low, high = ("(" if f.metadata["open_low"] else "["), (")" if f.metadata["open_high"] else "]")
        limits = f"{low}{f.metadata['low']:g}, {f.metadata['high']:g}{high}"
        default = "" if f.default is MISSING else f"{f.default:g}"
        rows.append([f"`{f.name}`", default, limits, f.metadata["help"]])
    if rows:
        yield _table(["setting", "usually", "allowed", ""], rows)


def _sources(rule: Any) -> Iterator[str]:
    rows = []
    for language, name in LANGUAGES.items():
        try:
            text = str(source_of(_made(rule), language, name))
        except ValueError:
            continue
        rows.append(f"{name}:\n```python\n{_without_holes(text)}\n```")
    yield from rows


def _made(rule: Any) -> Any:
    return rule() if isinstance(rule, type) else rule


def _without_holes(text: str) -> str:
    """A text whose {NAME} stand for settings, with those names."""
    return re.sub(r"{(\w+)}", r"\1", text)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _try(**settings: Any) -> str:
    link = to_link(Config().changed(**settings))
    return f"In the playground: `{link}`" if link else "In the playground it is there from the beginning."


def _curve(rule: Activation) -> str:
    """A picture of f and f': a viewer's own colour for lines shows on light and dark pages alike."""
    z = np.linspace(-SPAN, SPAN, 81)
    top, low = 2.0, -1.5

    def line(values: np.ndarray, look: str) -> str:
        x = (z + SPAN) / (2 * SPAN) * WIDTH
        y = HEIGHT * (top - np.clip(values, low, top)) / (top - low)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        return f'<polyline fill="none" stroke-width="2" {look} points="{points}"/>'

    zero = HEIGHT * top / (top - low)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<g stroke="#8a93a3" stroke-width="1"><path d="M0 {zero:.1f}H{WIDTH}M{WIDTH / 2:.1f} 0V{HEIGHT}"/></g>'
        + line(rule.slope(z), 'stroke="#d95f02" stroke-dasharray="5 4"')
        + line(rule.value(z), 'stroke="#1b66c9"')
        + "</svg>\n"
    )


def written(folder: Path = FOLDER) -> Mapping[str, str]:
    """What stands in the folder, by file name."""
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*")}


def main() -> None:
    """Write all pages, and take away those of rules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for name in written():
        if name not in wanted:
            (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
