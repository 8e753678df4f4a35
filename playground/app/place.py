"""Where a user is on the page Lessons: which lesson, which screen, what was guessed there and what the engine said."""

from __future__ import annotations

from typing import Any

from playground.app import session
from playground.run.experiment import Experiment
from playground.scenes import packed
from playground.scenes.border import Line
from playground.scenes.challenge import Result
from playground.scenes.lesson import Lesson, Screen
from playground.scenes.library import library, text_of

UNKNOWN = "I don't know"


def at(key: str) -> str:
    """What the link says of one of the keys of `on_show.PLACE`; "" for nothing."""
    return dict(session.on_show().place).get(key, "")


def go(**where: str) -> None:
    """Go to another place; what is not named is left, but for the class."""
    room = {"room": at("room")} if at("room") else {}
    session.set_on_show(place=tuple((room | {k: v for k, v in where.items() if v}).items()))
    lesson = lesson_here()
    if lesson is None:
        session.set_on_show(only=None)
        session.keep("arrived", None)
    else:
        _arrive(lesson, screen_of(lesson))


def lesson_here() -> Lesson | None:
    """The lesson or task of the link; a name that is none becomes a notice."""
    name, text = at("lesson"), at("task")
    if text:
        try:
            return packed.from_text(text)
        except ValueError as error:
            session.notify(str(error))
    elif name in library():
        return library()[name]
    elif name:
        session.notify(f"There is no lesson “{name[:40]}”.")
    return None


def markdown_of(lesson: Lesson) -> str:
    """The file of a lesson."""
    return packed.markdown_of(at("task")) if at("task") else text_of(lesson.name)


def screen_of(lesson: Lesson) -> Screen:
    """The screen of the link, or the first."""
    return lesson.screen(at("screen")) or lesson.screens[0]


def arrive(lesson: Lesson) -> bool:
    """Begin a screen on which its user has come by a link; gives whether the page must be drawn again."""
    screen = screen_of(lesson)
    if session.kept("arrived", None) == (lesson.name, screen.kind):
        return False
    own = session.experiment() not in (Experiment(), screen.run)
    on_the_way = session.kept("arrived", None) is None and own
    _arrive(lesson, screen, keep_run=on_the_way)  # a link may hold what was tried on the screen
    return True


def _arrive(lesson: Lesson, screen: Screen, *, keep_run: bool = False) -> None:
    session.keep("arrived", (lesson.name, screen.kind))
    session.set_on_show(only=frozenset(screen.controls))
    if keep_run or (screen.kind == "compare" and session.experiment() == screen.run):
        return  # what came stands on screen already, or is still on its way there
    session.present(screen.run, screen.challenge.epochs if screen.challenge else screen.until)


def to_screen(lesson: Lesson, kind: str) -> None:
    """Go to a screen of the lesson."""
    where = {"task": at("task")} if at("task") else {"lesson": lesson.name}
    go(**where, screen=kind)


def after(lesson: Lesson, screen: Screen) -> Screen | None:
    """The next screen; None after the last."""
    place = lesson.screens.index(screen)
    return lesson.screens[place + 1] if place + 1 < len(lesson.screens) else None


def next_lesson(lesson: Lesson) -> Lesson | None:
    """The lesson that follows in the list; None after the last, and after one that is not in it."""
    every = list(library().values())
    return every[every.index(lesson) + 1] if lesson in every[:-1] else None


# ---- what was done there -------------------------------------------------------------------------------------------
def _remembered(lesson: Lesson) -> dict[str, Any]:
    every: dict[str, dict[str, Any]] = session.kept("lessons", {})
    return every.get(lesson.name, {})


def remember(lesson: Lesson, **what: Any) -> None:
    """Keep what was done in a lesson, for as long as the tab is open."""
    session.keep("lessons", {**session.kept("lessons", {}), lesson.name: {**_remembered(lesson), **what}})


def guess(lesson: Lesson) -> float | str | Line | None:
    """What was guessed: the number of an option, a number, a line, UNKNOWN, or None before the guess."""
    return _remembered(lesson).get("guess")


def reason(lesson: Lesson) -> int | None:
    """Which reason was picked."""
    return _remembered(lesson).get("reason")


def result(lesson: Lesson) -> tuple[str, Result] | None:
    """What the engine said last: of which run, and what."""
    return _remembered(lesson).get("result")


def record(lesson: Lesson) -> dict[str, Any]:
    """What the browser keeps of a lesson: no more than this crosses the wire for it."""
    kept = _remembered(lesson)
    return {"name": lesson.name, **{key: kept[key] for key in ("guessed", "right", "stars", "code") if key in kept}}
