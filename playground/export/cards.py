"""What the page Take along shows of each export before it is taken: numbers for a small picture, and what is inside."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import numpy as np

from playground.export import EXPORTERS, Exporter
from playground.export.archive import NO_PICTURES
from playground.export.subject import Subject
from playground.health.portrait import portrait

MOST_MOMENTS = 60
MOST_UNITS = 16
MOST_LINES = 40
CODE_LINES = 12
KINDS = (r"def |class |return|for |import |from |with |if ", r"#|\"", "")
"""How a line begins that is held together by a keyword, one of words, and any other"""
NUMBERS = "# ---- the numbers"
"""Where a program's packed numbers begin"""


# ---- pictures ----------------------------------------------------------------------------------------------------
def drawn_from(subject: Subject) -> dict[str, Any]:
    """The numbers that the pictures on the cards are drawn from.

    film : portraits at the beginning, halfway and at the moment; losses : training and test loss, from 0 for the least
    to 1, None for none; weights : of each layer (n_in, n_out), divided by the largest; sizes : units of each layer;
    code : of each program, by its name, its first lines: [letters it stands in, letters, kind], none where the run
    cannot be written so.
    """
    frames, net = subject.frames, subject.net.copy()
    film = []
    for k in sorted({0, (len(frames) - 1) // 2, len(frames) - 1}):
        net.parameters[...] = frames.parameters[k]
        film.append(portrait(subject.experiment, net))
    weights = [layer.weights[:MOST_UNITS, :MOST_UNITS] for layer in subject.net.layers]
    return {
        "film": film,
        "losses": _losses(np.stack([frames.train_loss, frames.test_loss])),
        "weights": [_shares(w) for w in weights],
        "sizes": list(subject.net.sizes),
        "code": {e.name: _lines(subject, e) for e in EXPORTERS.values() if e.group == "code"},
    }


def _lines(subject: Subject, exporter: Exporter) -> list[list[int]]:
    """The first lines of a program from its first definition on; a kind is a place in KINDS."""
    try:
        source = exporter.write(subject).decode()
    except ValueError:
        return []
    found = re.search(r"^(?:def|class) ", source, re.MULTILINE)
    lines = source[found.start() if found else 0 :].splitlines()[:CODE_LINES]
    return [[len(line) - len(line.lstrip()), len(line.strip()), _kind(line.strip())] for line in lines]


def _kind(line: str) -> int:
    return next(k for k, pattern in enumerate(KINDS) if re.match(pattern, line))


def _losses(losses: np.ndarray) -> list[list[float | None]]:
    """Losses (2, k) on a logarithmic scale from 0 to 1."""
    chosen = np.unique(np.linspace(0, losses.shape[1] - 1, MOST_MOMENTS).round().astype(int))
    with np.errstate(all="ignore"):
        high = np.log10(np.maximum(losses[:, chosen], 1e-12))
    known = np.isfinite(high)
    low, top = (high[known].min(), high[known].max()) if known.any() else (0.0, 1.0)
    place = (high - low) / max(top - low, 1e-9)
    return [[round(x, 3) if np.isfinite(x) else None for x in row] for row in place.tolist()]


def _shares(weights: np.ndarray) -> list[list[float]]:
    most = float(np.abs(weights).max(initial=0.0)) or 1.0
    shares: list[list[float]] = np.nan_to_num(weights / most).round(3).tolist()
    return shares


# ---- what is inside ------------------------------------------------------------------------------------------------
def inside(subject: Subject, exporter: Exporter) -> tuple[str, str | None] | None:
    """What is in a file, (text, language): its beginning, or a list in no language; None for a picture.

    Raises ValueError, in one sentence, for what the run cannot be written as.
    """
    if exporter.name == "zip":
        files = [f"{e.filename(subject)}: {e.help}" for e in EXPORTERS.values() if e.name != "zip"]
        return "\n".join([*files, NO_PICTURES]), None
    if exporter.suffix.endswith((".npz", ".safetensors")):
        return _arrays(exporter.write(subject), exporter.suffix), None
    if exporter.name == "onnx":
        return _nodes(exporter.write(subject)), None
    if exporter.name == "replay":
        n = len(subject.frames)
        return f"{n:,} moments of {subject.net.n_parameters:,} numbers each\nthe points\nwhat draws them", None
    if exporter.mime not in LANGUAGES:
        return None
    text = exporter.write(subject).decode()
    if exporter.group == "code":
        shown, _, _ = text.partition(NUMBERS)
        text = f"{shown.rstrip()}\n\n# ... and below, packed: the data, the first weights, and what must come out"
        return text, LANGUAGES[exporter.mime]
    lines = text.splitlines()
    more = [f"… and {len(lines) - MOST_LINES:,} more lines"] * (len(lines) > MOST_LINES)
    return "\n".join([*(_shortened(line) for line in lines[:MOST_LINES]), *more]), LANGUAGES[exporter.mime]


def _shortened(line: str) -> str:
    return line if len(line) <= 200 else f"{line[:199]}…"


def _nodes(raw: bytes) -> str:
    """What goes into a model, each of its steps, and what comes out."""
    import onnx

    graph = onnx.load_from_string(raw).graph
    steps = [f"{node.op_type}: {', '.join(node.input)} → {', '.join(node.output)}" for node in graph.node]
    names = (", ".join(value.name for value in values) for values in (graph.input, graph.output))
    return "in: {}\n{}\nout: {}".format(next(names), "\n".join(steps), next(names))


def _arrays(raw: bytes, suffix: str) -> str:
    """The arrays of a file of weights, with their shapes, and the words that stand beside them."""
    if suffix == ".npz":
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        told = {name: str(array) for name, array in arrays.items() if array.dtype.kind == "U"}
        shapes = {name: array.shape for name, array in arrays.items() if array.dtype.kind != "U"}
    else:
        header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
        told = header.pop("__metadata__", {})
        shapes = {name: part["shape"] for name, part in header.items()}
    lines = [f"{name}: {' × '.join(map(str, shape))} numbers" for name, shape in shapes.items()]
    return "\n".join([*lines, *(f"{name}: {_shortened(text)}" for name, text in told.items())])


LANGUAGES = {"text/x-python": "python", "application/json": "json", "text/csv": "text"}
"""What is shown as text, and in which colours"""
