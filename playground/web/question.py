"""Reading what the stage asks and wishes: anything may come from a browser, and what does not fit is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast, get_args

from playground.geometry.landscape import MOST_PLACES, PLANES
from playground.run.atlas import MOST_CELLS
from playground.run.beside import MOST_BESIDE
from playground.run.config import DEFAULTS
from playground.web.message import Action, AtlasQuestion, LandscapeQuestion, Question, Wish

MOST_STEPS = 2**24
"""The last step that a row of float32 can name"""
MOST_SERIAL = 2**53
"""The last number of a wish"""
MOST_EPOCHS = 10_000
"""In one question"""
MOST_SEED_EPOCHS = 1000
"""Up to which the same settings are trained from many seeds"""
_MOST_ITEMS = 100
_LONGEST = 64


def read_question(text: bytes) -> Question:
    """A question as it may be answered, from JSON; raises ValueError, in a sentence, where anything is wrong."""
    return cast(Question, _read(_json(text), _QUESTION, Question.__required_keys__))


def read_atlas_question(text: bytes) -> AtlasQuestion:
    """The same for a question about an atlas."""
    return cast(AtlasQuestion, _read(_json(text), _ATLAS_QUESTION, AtlasQuestion.__required_keys__))


def read_landscape_question(text: bytes) -> LandscapeQuestion:
    """The same for a question about a run's landscape."""
    return cast(LandscapeQuestion, _read(_json(text), _LANDSCAPE_QUESTION, LandscapeQuestion.__required_keys__))


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # the second where it is nested too deeply
        raise ValueError("it must be JSON.") from None


def read_wish(value: Any, furthest: int = MOST_STEPS) -> Wish:
    """A wish as it may be acted upon; raises ValueError, in a sentence, where anything is wrong.

    furthest : the last step that the run can be told to stand at; one beyond it would have to be trained first
    """
    near = {"moment": _whole(0, furthest), "refork": _whole(0, furthest)}
    return cast(Wish, _read(value, {**_WISH, **near}, Wish.__required_keys__))


_Rule = Callable[[str, Any], Any]


def _read(value: Any, rules: Mapping[str, _Rule], required: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"it must be an object; got {_told(value)}.")
    if missing := required - value.keys():
        raise ValueError(f"{', '.join(sorted(missing))} must be given.")
    for key in value:
        if key not in rules:
            raise ValueError(f"{_told(key)} is not one of its keys.")
    return {key: rules[key](key, item) for key, item in value.items()}


def _whole(low: int, high: int) -> _Rule:
    def read(key: str, x: Any) -> int:
        if isinstance(x, bool) or not isinstance(x, int) or not low <= x <= high:
            raise ValueError(f"{key} must be a whole number from {low} to {high}; got {_told(x)}.")
        return x

    return read


def _number(key: str, x: Any) -> float:
    if isinstance(x, bool) or not isinstance(x, int | float) or not abs(x) <= 2**53:
        raise ValueError(f"{key} must be a number; got {_told(x)}.")
    return float(x)


def _name(key: str, x: Any) -> str:
    if not isinstance(x, str) or len(x) > _LONGEST:
        raise ValueError(f"{key} must be a text of at most {_LONGEST} letters; got {_told(x)}.")
    return x


def _span(key: str, x: Any) -> list[int]:
    if not isinstance(x, list) or len(x) != 2:
        raise ValueError(f"{key} must be two steps; got {_told(x)}.")
    first = _whole(0, MOST_STEPS)(key, x[0])
    return [first, _whole(first, 2 * MOST_STEPS)(key, x[1])]


def _edit(key: str, x: Any) -> dict[str, Any]:
    if not isinstance(x, dict) or x.keys() != {"index", "value"}:
        raise ValueError(f"{key} must be an index and a value; got {_told(x)}.")
    return {"index": _whole(0, 2**53)("edit's index", x["index"]), "value": _number("edit's value", x["value"])}


def _action(key: str, x: Any) -> Action:
    for action in get_args(Action):
        if isinstance(x, str) and x == action:
            return cast(Action, action)
    raise ValueError(f"{key} must be one of {', '.join(get_args(Action))}; got {_told(x)}.")


def _one_of(*words: str) -> _Rule:
    def read(key: str, x: Any) -> str:
        if not isinstance(x, str) or x not in words:
            raise ValueError(f"{key} must be one of {', '.join(words)}; got {_told(x)}.")
        return x

    return read


def _two_places(key: str, x: Any) -> list[int]:
    if not isinstance(x, list) or len(x) != 2:
        raise ValueError(f"{key} must be two places; got {_told(x)}.")
    return [_whole(0, MOST_STEPS)(key, place) for place in x]


def _names(key: str, x: Any) -> list[str]:
    if not isinstance(x, list) or len(x) > MOST_BESIDE:
        raise ValueError(f"{key} must be a list of at most {MOST_BESIDE} runs; got {_told(x)}.")
    return [_name(key, name) for name in x]


def _settings(key: str, x: Any) -> dict[str, Any]:
    """Settings with values of their own types. Whether a value is in its range the settings themselves say."""
    if not isinstance(x, dict):
        raise ValueError(f"{key} must be settings and their values; got {_told(x)}.")
    for name in x:
        if name not in DEFAULTS:
            raise ValueError(f"{key} must name settings; got {_told(name)}.")
    return {name: _like(name, value, DEFAULTS[name]) for name, value in x.items()}


def _like(name: str, value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        if not isinstance(value, list) or len(value) > _MOST_ITEMS:
            raise ValueError(f"{name} must be a list of at most {_MOST_ITEMS}; got {_told(value)}.")
        return tuple(_like(name, item, default[0] if default else 0) for item in value)
    return _READERS[type(default)](name, value)


_READERS: Mapping[type, _Rule] = {int: _whole(-(2**53), 2**53), float: _number, str: _name}


def _told(x: Any) -> str:
    """What came, in a few letters on one line, whatever it is."""
    if isinstance(x, str):
        return ascii(x[:40])
    if isinstance(x, int) and x.bit_length() > 64:
        return f"a whole number of {x.bit_length()} bits"
    return ascii(x) if x is None or isinstance(x, bool | int | float) else f"a {type(x).__name__} of {len(x)}"


_QUESTION: Mapping[str, _Rule] = {
    "run": _name,
    "have": _whole(-1, MOST_STEPS),
    "want": _whole(0, MOST_EPOCHS),
    "single": _span,
    "answers": _whole(0, MOST_STEPS),
    "verdict": _whole(0, MOST_STEPS),
    "passing": _whole(0, MOST_STEPS),
    "seeds": _whole(1, MOST_SEED_EPOCHS),
    "seeds_at": _whole(0, MOST_SEED_EPOCHS),
}
_ATLAS_QUESTION: Mapping[str, _Rule] = {"atlas": _name, "have": _whole(0, MOST_CELLS)}
_LANDSCAPE_QUESTION: Mapping[str, _Rule] = {
    "run": _name,
    "step": _whole(0, MOST_STEPS),
    "last": _whole(0, MOST_STEPS),
    "what": _one_of("map", "curve", "spectrum"),
    "plane": _one_of(*PLANES),
    "n": _whole(0, MOST_PLACES),
    "seed": _whole(0, 99_999),
    "weights": _two_places,
    "beside": _names,
}
_WISH: Mapping[str, _Rule] = {
    "serial": _whole(0, MOST_SERIAL),
    "run": lambda key, x: x if x is None else _name(key, x),
    "have": _whole(-1, MOST_STEPS),
    "change": _settings,
    "edit": _edit,
    "branch": _name,
    "action": _action,
    "waited": _whole(0, 2**53),
}
