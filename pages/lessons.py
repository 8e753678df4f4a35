"""Lessons: predict, see what comes, say why, and solve a challenge; a list of them, and one beside the stage."""

from __future__ import annotations

import streamlit as st

from playground.app import components, desk, place, screens, session, stage
from playground.app.shared_runs import classes, trials, turn
from playground.run.glossary import glossary
from playground.scenes import hand_in
from playground.scenes.challenge import Challenge
from playground.scenes.class_route import hand_in_address
from playground.scenes.lesson import Lesson, Screen
from playground.scenes.library import library

NO_LIST: dict[str, object] = {"lessons": [], "record": None, "room": "", "screen": ""}


def show() -> None:
    """The lesson of the link, or the list."""
    _room()
    lesson = place.lesson_here()
    if session.has_news():  # the link names none
        place.go()
        st.rerun()
    if lesson is None and place.at("desk") in desk.DESKS:
        desk.draw(place.at("desk"))
    elif lesson is None:
        every()
    elif place.at("solution"):
        solution(lesson, place.at("solution"))
    else:
        one(lesson)


# ---- the list ------------------------------------------------------------------------------------------------------
def every() -> None:
    """All lessons, with what this browser knows of them."""
    st.markdown(
        "**Learn by predicting.** Twelve lessons of five to ten minutes. In each you play, say what you expect, see "
        "what comes, find the reason, and solve a challenge. Nothing is locked; begin wherever you like."
    )
    if not place.at("room"):
        with st.popover("Join a class", icon=":material/groups:", key="join"):
            st.text_input("The five letters on the board", key="class_code", max_chars=12, on_change=_join)
    told = [
        {"name": each.name, "title": each.title, "about": each.about, "minutes": each.minutes}
        for each in library().values()
    ]
    components.lessons(key="lessons", data={**NO_LIST, "lessons": told, "room": place.at("room")}, on_open_change=_open)
    with st.container(horizontal=True), st.popover("All words", icon=":material/menu_book:", key="all_words"):
        st.markdown("\n\n".join(f"**{word}.** {meaning}" for word, meaning in glossary().items()))
    if not place.at("room"):
        desk.desks()


def _room() -> None:
    """Of which class one is."""
    room = place.at("room")
    if room and classes().is_open(room):
        st.info(f"You are in class {session.plain(room.strip().upper())}: what you solve here can be handed in.")
    elif room:
        st.warning(f"There is no class “{session.plain(room[:12])}” on this server, or it was closed.")


def _join() -> None:
    code = str(session.said("class_code") or "").strip().upper()
    if classes().is_open(code):
        place.go(room=code)
    elif code:
        session.notify(f"There is no class “{code}” on this server, or it was closed.")


def _open() -> None:
    name = getattr(session.said("lessons"), "open", None)
    if isinstance(name, str) and name in library():
        place.go(lesson=name)


# ---- one lesson ----------------------------------------------------------------------------------------------------
def one(lesson: Lesson) -> None:
    """A screen of a lesson: words and what one does beside the stage, on a phone above and below it."""
    if place.arrive(lesson):
        st.rerun()
    screen = place.screen_of(lesson)
    _way(lesson, screen)
    if screens.needs_guess(lesson, screen):
        screens.ask_first(lesson)
    elif screen.kind == "predict":
        with st.container(width=720, key="lesson_words"):
            screens.draw(lesson, screen)
            screens.way_on(lesson, screen)
    else:
        with st.container(key="lesson"):
            # In this order Tab goes: all that one does before the many controls of the stage.
            parts = ("words", "tools", "way_on", "stage")
            words, tools, way_on, picture = (st.container(key=f"lesson_{part}") for part in parts)
        with words:
            screens.draw(lesson, screen)
        with tools:
            screens.controls(screen)
            if screen.challenge is not None:
                screens.try_it(lesson, screen.challenge)
                _handing_in(lesson)
        with way_on:
            screens.way_on(lesson, screen)
        with picture:
            _stage(screen.challenge)
    components.lessons(key="kept", data={**NO_LIST, "record": place.record(lesson), "screen": screen.kind})


def _way(lesson: Lesson, screen: Screen) -> None:
    """Where one is, and the way to everywhere else."""
    with st.container(horizontal=True, vertical_alignment="center", key="lesson_way"):
        if not lesson.is_task:
            st.button("All lessons", key="all", icon=":material/apps:", on_click=place.go)
        st.markdown(f"**{session.plain(lesson.title)}**")
        if len(lesson.screens) > 1:
            kinds = [each.kind for each in lesson.screens]
            session.fill_widget("screen", screen.kind)
            st.segmented_control(
                "Screen", kinds, key="screen", required=True, label_visibility="collapsed", on_change=_turn,
                args=(lesson,), format_func=lambda kind: f"{kinds.index(kind) + 1} {screens.NAMES[kind]}",
            )  # fmt: skip


def _turn(lesson: Lesson) -> None:
    kind, is_new = session.read_widget("screen")
    if is_new and kind:
        place.to_screen(lesson, kind)


def _stage(challenge: Challenge | None) -> None:
    """The live picture; below it how far the run on screen is from the goal, where there is one."""
    if challenge is None:
        stage.show()
    else:
        stage.show("full", lambda: screens.live(challenge))


# ---- handing in ----------------------------------------------------------------------------------------------------
def _handing_in(lesson: Lesson) -> None:
    """The code and the link of the best solution."""
    code = place.record(lesson).get("code")
    if not code:
        return
    task = {"task": place.at("task")} if place.at("task") else {"lesson": lesson.name}
    link = session.address(**task, solution=code)
    if room := place.at("room"):
        told = {"address": hand_in_address(), "room": room, "lesson": lesson.name, "code": code}
        components.hand_in(key="handing in", data={**told, "task": place.at("task")})
    with st.expander("Hand it in by link", icon=":material/send:", key="hand_in"):
        st.markdown(
            "Your code, to be read aloud or typed, and a link that opens it. Whoever opens it has it recomputed."
        )
        st.code(code, language=None)
        st.code(link, language=None, wrap_lines=True)


def solution(lesson: Lesson, code: str) -> None:
    """A solution that was handed in, recomputed."""
    st.markdown(f"**{session.plain(lesson.title)}: a solution handed in**")
    challenge = lesson.challenge
    try:
        with st.spinner("The engine tries it again …"):
            result, experiment = hand_in.verify(code, lesson, trials(), turn)
    except ValueError as error:
        st.error(session.plain(str(error)), icon=":material/close:")
    else:
        assert challenge is not None
        st.success(f"Verified: recomputed just now on this server. {hand_in.in_words(experiment, challenge.start)}.")
        st.markdown(f"**The goal.** {challenge.goal.words}")
        screens.outcome(result, challenge)
    if not lesson.is_task:
        st.button("Try it yourself", key="try yourself", on_click=place.to_screen, args=(lesson, "challenge"))


show()
