"""Config to link and back: short keys, only what differs from the defaults, the good kept and the bad named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from playground.config import DEFAULTS, SETTINGS, Config, best_of

_NAME_OF_KEY = {s.key: name for name, s in SETTINGS.items()}


def to_query(config: Config) -> dict[str, str]:
    """What stands behind the `?` of a link that opens `config`."""
    return {
        s.key: _write(getattr(config, name))
        for name, s in SETTINGS.items()
        if getattr(config, name) != DEFAULTS[name]
    }


def to_link(config: Config) -> str:
    """The same as one string; empty for the default config."""
    query = to_query(config)
    return f"?{urlencode(query, safe=',')}" if query else ""


def from_query(query: Mapping[str, str]) -> tuple[Config, list[str]]:
    """Read a link, hand-edited or not: the config with all that is good, and a sentence for what is not."""
    values: dict[str, Any] = {}
    problems = []
    for key, text in query.items():
        name = _NAME_OF_KEY.get(key)
        if name is None:
            if not key.startswith("embed"):
                problems.append(f"The link's “{key[:40]}” is not a setting; it was left out.")
            continue
        values[name] = _read(text, DEFAULTS[name])
    config, more = best_of(values)
    return config, problems + more


def _write(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value)) if value else "none"
    return f"{value!r}" if isinstance(value, float) else str(value)


def _read(text: str, like: Any) -> Any:
    """Text to a value of the type of `like`; what cannot be read stays text, for the checker to name."""
    if isinstance(like, tuple):
        items = [] if text.strip() in ("", "none") else text.split(",")
        example = like[0]
        return tuple(_read(item, example) for item in items)
    text = text.strip()
    try:
        return type(like)(text)
    except ValueError:
        return text
