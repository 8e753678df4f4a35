"""Python and the browser declare one contract: the same keys, of the same types, in every part of it."""

import collections.abc
import re
import types
import typing
from pathlib import Path
from typing import Any, Literal, NotRequired

import pytest

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.tables.drawn import drawn_table
from playground.web import message
from playground.web.message import AboutRun, Progress, Question, decode, encode
from playground.web.reply import first_reply, reply

DECLARED = (Path(__file__).parents[2] / "playground/web/js/stage/types.d.ts").read_text(encoding="utf-8")
SIMPLE: dict[Any, str] = {
    int: "number",
    float: "number",
    str: "string",
    bool: "boolean",
    type(None): "null",
    Any: "any",
}
PARTS = {
    name: part
    for name, part in vars(message).items()
    if typing.is_typeddict(part) and name not in ("Header", "AboutRun")
}


def typescript(hint: Any) -> str:
    """A Python type as TypeScript writes it."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is NotRequired:
        return typescript(inner[0])
    if origin is Literal:
        name = next((name for name, thing in vars(message).items() if thing == hint), None)
        return name or " | ".join(f'"{choice}"' for choice in inner)
    if origin in (list, collections.abc.Sequence):
        item = typescript(inner[0])
        return f"({item})[]" if " | " in item and not item.endswith("[]") else f"{item}[]"
    if origin is dict:
        return f"Record<{', '.join(map(typescript, inner))}>"
    if origin in (types.UnionType, typing.Union):
        return " | ".join(map(typescript, inner))
    return SIMPLE.get(hint) or hint.__name__


def interface(name: str, source: str = DECLARED) -> dict[str, str]:
    """What an interface declares: {"key" or "key?": type}."""
    found = re.search(rf"export interface {name} \{{\n(.*?)\n\}}", source, re.DOTALL)
    assert found, f"types.d.ts declares no {name}"
    return dict(re.findall(r"^  (\w+\??): (.*);$", found[1], re.MULTILINE))


def declared_in_python(part: Any) -> dict[str, str]:
    hints = typing.get_type_hints(part, include_extras=True)
    return {f"{key}?" if key in part.__optional_keys__ else key: typescript(hint) for key, hint in hints.items()}


@pytest.mark.parametrize("name", PARTS)
def test_python_and_the_browser_declare_the_same_keys_and_types(name: str):
    assert interface(name) == declared_in_python(PARTS[name])


def test_the_browser_declares_nothing_that_python_does_not():
    only_here = {"Message", "Answer", "Line"}
    assert set(re.findall(r"export interface (\w+)", DECLARED)) - only_here == set(PARTS)


@pytest.mark.parametrize("name", ["Action", "Parts", "View"])
def test_both_name_the_same_choices(name: str):
    choices = " | ".join(f'"{choice}"' for choice in typing.get_args(getattr(message, name)))
    assert f"export type {name} = {choices};" in DECLARED


@pytest.mark.parametrize("planted", ["  have: string;", "  hold: number;", "  have?: number;"])
def test_a_difference_is_found(planted: str):
    assert interface("Question", DECLARED.replace("  have: number;", planted)) != declared_in_python(Question)


def misfits(value: Any, hint: Any, at: str = "header") -> list[str]:
    """Where a value read from JSON is not what its type declares."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if typing.is_typeddict(hint):
        if not isinstance(value, dict):
            return [f"{at} is {value!r}"]
        hints = typing.get_type_hints(hint)
        wrong = [f"{at}.{key} is missing" for key in hint.__required_keys__ - value.keys()]
        wrong += [f"{at}.{key} is not declared" for key in value.keys() - hints.keys()]
        return wrong + [
            m for key in value.keys() & hints.keys() for m in misfits(value[key], hints[key], f"{at}.{key}")
        ]
    if origin in (types.UnionType, typing.Union):
        return min((misfits(value, one, at) for one in inner), key=len)
    if origin in (list, collections.abc.Sequence):
        if not isinstance(value, list):
            return [f"{at} is {value!r}"]
        return [m for k, item in enumerate(value) for m in misfits(item, inner[0], f"{at}[{k}]")]
    if origin is dict:
        return [m for key, item in value.items() for m in misfits(item, inner[1], f"{at}[{key}]")]
    if hint is Any:
        return []
    kinds = (int, float) if hint is float else (hint,)
    return [] if type(value) in kinds else [f"{at} is {value!r}"]


DRAWN = drawn_table({"points": [float(k % 7) / 3 if k % 3 < 2 else (k // 3) % 2 for k in range(60)]})
EXPERIMENTS = {
    "two classes": Experiment(Config(dataset="xor", n_samples=60)),
    "several classes": Experiment(Config(dataset="blobs", n_samples=60, n_classes=4)),
    "regression": Experiment(Config(dataset="plane", n_samples=60)),
    "a curve": Experiment(Config().changed(dataset="sine", n_samples=60)),
    "own data": Experiment(Config(own_data=DRAWN)),
    "a fork": Experiment(Config(dataset="xor", n_samples=60)).change(5, learning_rate=0.5),
}


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_what_is_sent_is_what_is_declared(experiment: Experiment):
    run = Runs().get(experiment)
    first = first_reply(experiment, run, moment=0, has_parent=True)
    question: Question = {"run": experiment.name, "have": first.last, "answers": 3, "want": 2, "single": [1, 3]}
    answer = reply(experiment, run, question)
    for told, declared in ((first, AboutRun), (answer, Progress)):
        header, rows = decode(encode({"run": told.header}, told.rows))
        assert misfits(header["run"], declared) == []
        assert rows.shape == (len(told.rows), header["run"]["width"])
    assert misfits({**answer.header, "stride": "1", "more": 0}, Progress)[0] == "header.more is not declared"
