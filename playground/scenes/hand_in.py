"""A solved challenge as a short code that can be read aloud, and the code recomputed: it is not believed.

    how-many-neurons~3~hidden:4~7kq2

says which lesson, how many stars are claimed, and the settings that differ from the challenge's start. The letters at
the end find slips of the pen. Whoever changes settings or stars and mends those letters gains nothing: the engine tries
the settings again.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from playground.run.config import DEFAULTS, SETTINGS, Config
from playground.run.experiment import Experiment
from playground.run.link import from_query, to_query
from playground.scenes.challenge import Challenge, Result, try_out
from playground.scenes.lesson import Lesson
from playground.scenes.rules import changed
from playground.scenes.trial import Trials, Turn

MOST_LETTERS = 400
_CODE = re.compile(r"([a-z0-9-]{1,60})~([1-3])((?:~[a-z0-9_]{1,40}:[^~:]{0,80})*)~([a-z2-7]{4})")
_USUAL = "usual"  # a setting that was brought back to its default, which a link does not write


@dataclass(frozen=True)
class HandedIn:
    """What a code says."""

    lesson: str
    stars: int
    settings: tuple[tuple[str, str], ...]
    """Keys of a link, and their values"""


def code_of(lesson: Lesson, experiment: Experiment, stars: int) -> str:
    """The code of a solution. Raises ValueError, in a sentence, where the lesson has no challenge."""
    challenge = _challenge(lesson)
    query = to_query(experiment.now)
    names = changed(experiment.now, challenge.start)
    pairs = [
        (SETTINGS[name].key, query.get(SETTINGS[name].key, _USUAL).replace(" ", "+"))
        for name in names
        if name in SETTINGS
    ]
    body = "~".join([lesson.name, str(stars), *(f"{key}:{value}" for key, value in pairs)])
    return f"{body}~{_check(body)}"


def read_code(text: str) -> HandedIn:
    """What a code says. Raises ValueError, in a sentence, for a text that is none or was altered."""
    code = "".join(text.split())
    if len(code) > MOST_LETTERS:
        raise ValueError(f"A code has at most {MOST_LETTERS} letters; this one has {len(code)}.")
    match = _CODE.fullmatch(code)
    if not match:
        raise ValueError("This is no code of a solution: one looks like how-many-neurons~3~hidden:4~7kq2.")
    if _check(code.rpartition("~")[0]) != match[4]:
        raise ValueError("This code was altered or mistyped: the letters at its end do not fit the rest.")
    pairs = [piece.partition(":") for piece in match[3].split("~") if piece]
    return HandedIn(match[1], int(match[2]), tuple((key, value) for key, _, value in pairs))


def solution(handed_in: HandedIn, challenge: Challenge) -> Experiment:
    """The experiment that a code speaks of. Raises ValueError, in a sentence, where its settings are none."""
    query = to_query(challenge.start)
    for key, value in handed_in.settings:
        query[key] = value.replace("+", " ")
        if value == _USUAL:
            del query[key]
    config, problems = from_query(query, challenge.start.own_data)
    if problems:
        raise ValueError(f"This code's settings cannot be: {problems[0]}")
    return Experiment(config)


def verify(code: str, lesson: Lesson, trials: Trials, turn: Turn) -> tuple[Result, Experiment]:
    """Have the engine try a code again. Raises ValueError, in a sentence, for one that does not do what it claims."""
    handed_in = read_code(code)
    challenge = _challenge(lesson)
    if handed_in.lesson != lesson.name:
        raise ValueError(f"This code is for “{handed_in.lesson}”, not for “{lesson.name}”.")
    experiment = solution(handed_in, challenge)
    result = try_out(challenge, experiment, trials, turn)
    if result.stars < handed_in.stars:
        raise ValueError(
            f"This code claims {_stars(handed_in.stars)}, and the engine finds {_stars(result.stars)}. "
            f"{result.reasons[0]}"
        )
    return result, experiment


def in_words(experiment: Experiment, start: Config) -> str:
    """The settings of a solution that differ from the challenge's start."""
    query = to_query(experiment.now)
    names = [name for name in changed(experiment.now, start) if name in SETTINGS]
    return ", ".join(f"{SETTINGS[n].label} {query.get(SETTINGS[n].key, _default(n))}" for n in names) or "as it began"


def _default(name: str) -> str:
    value = DEFAULTS[name]
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _stars(n: int) -> str:
    return "no star" if n == 0 else "1 star" if n == 1 else f"{n} stars"


def _challenge(lesson: Lesson) -> Challenge:
    if lesson.challenge is None:
        raise ValueError(f"“{lesson.title}” has no challenge.")
    return lesson.challenge


def _check(body: str) -> str:
    return base64.b32encode(hashlib.sha256(body.encode("utf-8", "replace")).digest()).decode().lower()[:4]
