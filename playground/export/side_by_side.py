"""A classic's own code, the engine's, Keras's and PyTorch's for the same run, with what `benchmarks.classics` measured.

All of it stands in docs/classics.md, whose code is run by a test; here it is read for the page.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mlp
from playground.run.classics import Classic

_TEXT = Path(__file__).parents[2] / "docs" / "classics.md"
_OWN = {"from_scratch": mlp.TutorialMLP, "sum": mlp.DemoMLP}
WAYS = {"classic": "Its own code", "engine": "The engine", "keras": "Keras on TensorFlow", "pytorch": "PyTorch"}


@dataclass(frozen=True)
class SideBySide:
    """The same run in several ways."""

    data: str
    """The code that makes the data, and the network's first weights"""
    code: dict[str, str]
    """For each of WAYS what comes after `data`; of the classic also the class itself"""
    epochs: int
    """How long all of them train"""
    measured: tuple[dict[str, str], ...]
    """A row for each way: in, lines, time, test error"""


def side_by_side(classic: Classic) -> SideBySide | None:
    """What docs/classics.md has of a classic; None for one that no text has."""
    if classic.name not in _OWN:
        return None
    section = sections()[list(_OWN).index(classic.name)]
    code = pieces(section)
    own = f"import numpy as np\n\n\n{inspect.getsource(_OWN[classic.name])}\n\n{code['classic']}"
    ways = {way: own if way == "classic" else code[way] for way in WAYS}
    epochs = re.search(r"^epochs\D*= (\d+)", code["data"], re.MULTILINE)
    assert epochs
    return SideBySide(code["data"], ways, int(epochs[1]), _table(section))


def promises() -> str:
    """What the demo's text promises, with a number to each promise, as Markdown without its heading."""
    return _parts()[2].partition("\n")[2]


def sections() -> tuple[str, str]:
    """The text's parts on the two classics."""
    return _parts()[0], _parts()[1]


@cache
def _parts() -> list[str]:
    return re.split(r"^## ", _TEXT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


def pieces(section: str) -> dict[str, str]:
    """The pieces of code in a part, by the word behind `python`: data, and each of WAYS."""
    return dict(re.findall(r"^```python (\w+)\n(.*?)^```$", section, re.MULTILINE | re.DOTALL))


def _table(section: str) -> tuple[dict[str, str], ...]:
    """The first table of a part."""
    lines = re.search(r"^\|.*?(?=^$)", section, re.MULTILINE | re.DOTALL)
    assert lines
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines[0].splitlines())
    return tuple(dict(zip(head, row, strict=True)) for row in rows)
