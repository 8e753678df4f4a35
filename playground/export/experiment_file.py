"""The experiment as JSON, and back: all that makes the run, in words; docs/formats.md describes it.

Reading believes nothing: what is good is kept, what is not is named in a sentence, as with links.
"""

from __future__ import annotations

import hashlib
import json
import math
import platform
from typing import Any

import numpy as np

from playground.export.subject import Subject
from playground.run import link
from playground.run.config import DEFAULTS, SETTINGS, best_of, item_of
from playground.run.experiment import Experiment
from playground.tables import pack

FORMAT = "mlp-playground-experiment"
VERSION = 1
MAX_BYTES = 40 * 2**20


def experiment_json(subject: Subject) -> bytes:
    """Write the experiment, the step, and what came out there."""
    e, net = subject.experiment, subject.net
    plain = {
        "format": FORMAT,
        "version": VERSION,
        "config": {name: _plain(getattr(e.config, name)) for name in SETTINGS if e.config.applies(name)},
        "changes": [
            {"step": c.step, "settings": dict(c.settings), **({"edits": c.edits} if c.edits else {})} for c in e.changes
        ],
        "step": subject.step,
        "own_data": None if e.config.own_data is None else pack.to_plain(e.config.own_data),
        "result": {
            "train_loss": _number(subject.transcript.train_loss),
            "test_loss": _number(subject.transcript.test_loss),
            "parameters_sha256": fingerprint(net.parameters),
            "numpy": np.__version__,
            "python": platform.python_version(),
            "machine": platform.machine(),
        },
    }
    return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n"


def _number(loss: float | None) -> float | None:
    """JSON has no infinity: a run that blows up has a loss beyond all numbers in the end."""
    return loss if loss is not None and math.isfinite(loss) else None


def fingerprint(parameters: np.ndarray) -> str:
    """A hash of all parameters, to the last bit."""
    return hashlib.sha256(parameters.astype("<f8").tobytes()).hexdigest()


def read_experiment(raw: bytes) -> tuple[Experiment, int, list[str]]:
    """Read what `experiment_json` wrote: the experiment, the step, and a sentence for what was left out.

    Raises ValueError, in one sentence, where it is no such file.
    """
    if len(raw) > MAX_BYTES:
        raise ValueError(f"The file must be at most {MAX_BYTES // 2**20} MB; it has {len(raw) / 2**20:.1f} MB.")
    plain = pack.read_json(raw)
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise ValueError("This is not an experiment of the playground.")
    if plain.get("version") != VERSION:
        found = str(plain.get("version"))[:10]
        raise ValueError(f"The experiment is of version {found}; this playground reads {VERSION}.")
    own_data = None if plain.get("own_data") is None else pack.from_plain(plain["own_data"])
    values, problems = _settings(plain.get("config"))
    config, more = best_of(values, own_data)
    problems += more
    experiment = Experiment(config)
    changes = plain.get("changes", [])
    for k, change in enumerate(changes if isinstance(changes, list) else [None], start=1):
        try:
            if not isinstance(change, dict):
                raise ValueError("a change must have a step and settings.")
            settings, wrong = _settings(change.get("settings"))
            if wrong:
                raise ValueError(wrong[0])
            experiment = link.with_change(experiment, change.get("step"), settings, _edits(change.get("edits", [])))
        except ValueError as error:
            problems.append(f"The changes end before number {k}: {error}")
            break
    try:
        step = link.check_step(experiment, plain.get("step", 0))
    except ValueError as error:
        problems.append(str(error))
        step = 0
    return experiment, step, problems


def _edits(plain: Any) -> dict[int, Any]:
    """Parameters set by hand, as [[place, value], ...]; `Experiment.edit` checks what stands in them."""
    if not isinstance(plain, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in plain):
        raise ValueError("edits must be a list of pairs, a place and a value.")
    if any(isinstance(index, bool) or not isinstance(index, int) for index, _ in plain):
        raise ValueError("the places of edits must be whole numbers.")
    return dict(plain)


def _settings(plain: Any) -> tuple[dict[str, Any], list[str]]:
    """Settings by name with the type of their default, and a sentence for what is none."""
    if not isinstance(plain, dict):
        return {}, ["The settings must be an object of names and values."]
    values, problems = {}, []
    for name, value in plain.items():
        if name not in SETTINGS:
            problems.append(f"“{str(name)[:40]}” is not a setting; it was left out.")
        else:
            values[name] = _typed(value, DEFAULTS[name])
    return values, problems


def _typed(value: Any, like: Any) -> Any:
    """A value of JSON as the setting has it; what does not fit stays, for the checker to name."""
    if isinstance(like, tuple):
        if not isinstance(value, list):
            return str(value)[:40]
        return tuple(_typed(item, item_of(like)) for item in value[:100])
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    if type(value) is type(like):
        return value
    return str(value)[:40]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
