"""The screens of a lesson: what stands beside the stage on each."""

from __future__ import annotations

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.app import components, place, session, sidebar
from playground.app.shared_runs import run_of, trials, turn
from playground.run.glossary import words_in
from playground.scenes import hand_in
from playground.scenes.answers import compute
from playground.scenes.border import Border, Line, border, line_in_words, read_line
from playground.scenes.challenge import Challenge, Result, try_out
from playground.scenes.lesson import Lesson, Question, Screen
from playground.scenes.rules import MEASURED, counts, named, told

NAMES = {
    "play": "Play", "predict": "Predict", "run": "Run", "compare": "Compare", "explain": "Explain",
    "challenge": "Challenge",
}  # fmt: skip


def draw(lesson: Lesson, screen: Screen) -> None:
    """A screen's heading, text, and what is to be done on it."""
    st.markdown(f"#### {screen.heading or NAMES[screen.kind]}")
    st.markdown(screen.text)
    _DRAW[screen.kind](lesson, screen)


def controls(screen: Screen) -> None:
    """The settings that this screen shows, and the hint of a challenge."""
    if screen.challenge is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"You may change: **{screen.challenge.controls_in_words}**.")
            if screen.hint:
                with st.popover("A hint", icon=":material/lightbulb:", key="hint"):
                    st.markdown(screen.hint)
    if screen.controls and screen.kind in ("play", "run", "challenge", "explain"):
        with st.container(border=True, key="lesson_controls"):
            sidebar.groups()


def way_on(lesson: Lesson, screen: Screen) -> None:
    """The next screen, or after the last the next lesson; and the words of this one."""
    with st.container(horizontal=True):
        _on(lesson, screen)
        _words(screen)


def needs_guess(lesson: Lesson, screen: Screen) -> bool:
    """Whether this screen waits for the prediction."""
    asks = (predict := lesson.screen("predict")) is not None and predict.question is not None
    return asks and screen.kind in ("run", "compare") and place.guess(lesson) is None


def ask_first(lesson: Lesson) -> None:
    """The way to the prediction, in place of what it is about."""
    st.info("First say what you expect: what comes as a surprise is remembered.")
    with st.container(horizontal=True):
        st.button("To the prediction", key="to predict", type="primary", on_click=place.to_screen,
                  args=(lesson, "predict"))  # fmt: skip
        st.button("I don't know, show me", key="unknown", on_click=_guess, args=(lesson, place.UNKNOWN))


def _on(lesson: Lesson, screen: Screen) -> None:
    following = place.after(lesson, screen)
    if following is not None and screen.kind != "predict":
        st.button(
            f"On: {NAMES[following.kind].lower()}", key="on", type="primary", on_click=place.to_screen,
            args=(lesson, following.kind), icon=":material/arrow_forward:",
        )  # fmt: skip
    elif following is None and (next_one := place.next_lesson(lesson)) is not None:
        st.button(
            f"Next lesson: {next_one.title}", key="next lesson", on_click=place.go, kwargs={"lesson": next_one.name},
            icon=":material/arrow_forward:",
        )  # fmt: skip


def _words(screen: Screen) -> None:
    """The words of this screen that the glossary explains."""
    words = words_in(f"{screen.text} {screen.hint}")
    if words:
        with st.popover("Words", icon=":material/menu_book:", key="words"):
            st.markdown("\n\n".join(f"**{word}.** {meaning}" for word, meaning in words.items()))


def _nothing(lesson: Lesson, screen: Screen) -> None:
    """The text says it all."""


# ---- predict -------------------------------------------------------------------------------------------------------
def _predict(lesson: Lesson, screen: Screen) -> None:
    q = screen.question
    if q is None:
        return
    guess = place.guess(lesson)
    known = guess if isinstance(guess, int | float) else None
    chosen: float | Line | None
    if q.is_line:
        if (truth := _border(lesson, 0)) is None:
            return
        line = guess if isinstance(guess, tuple) else None
        laid = components.line(
            key=f"line {lesson.name}", data=_plane(truth, line, is_told=False), on_at_change=lambda: None,
        )  # fmt: skip
        chosen = line if laid.at is None else read_line(laid.at, truth.side)
    elif q.options:
        chosen = st.radio(
            "Your guess", range(len(q.options)), index=None if known is None else int(known),
            key=f"guess {lesson.name}", format_func=lambda k: q.options[k], label_visibility="collapsed",
        )  # fmt: skip
    elif q.is_epoch:
        mark = components.mark(
            key=f"mark {lesson.name}", data=_chart(q, guess=known), on_at_change=lambda: None,
        )  # fmt: skip
        chosen = known if mark.at is None else float(mark.at)
    else:
        # A slider would stand somewhere from the beginning, and that would be taken for an answer.
        chosen = st.number_input(
            f"Your guess{f' ({q.unit})' if q.unit else ''}", int(q.low), int(q.high),
            None if known is None else int(known), key=f"guess {lesson.name}", width=240,
            placeholder=f"{q.low:g} to {q.high:g}",
        )  # fmt: skip
    with st.container(horizontal=True):
        # A number that is being written is told when its field is left: by this very button, perhaps.
        waits = chosen is None and (q.is_line or q.is_epoch or bool(q.options))
        st.button("That is my guess", key="guessed", type="primary", disabled=waits, on_click=_guess,
                  args=(lesson, None))  # fmt: skip
        st.button(place.UNKNOWN, key="unknown", on_click=_guess, args=(lesson, place.UNKNOWN))


def _guess(lesson: Lesson, guess: str | float | Line | None) -> None:
    """Keep a guess and go on; None for what its widget says by now: that may be newer than the button."""
    screen = lesson.screen("predict")
    q = screen.question if screen else None
    if q is None:
        return
    if guess is None and q.is_line:
        laid, truth = getattr(session.said(f"line {lesson.name}"), "at", None), _border(lesson, 0)
        guess = read_line(laid, truth.side) if truth is not None else None
        if guess is None and laid is not None:
            return  # pulled together since
    elif guess is None:
        said = session.said(f"{'mark' if q.is_epoch else 'guess'} {lesson.name}")
        guess = getattr(said, "at", None) if q.is_epoch else said
    if guess is None:  # marked before, and not touched since
        guess = place.guess(lesson)
    if guess is None:
        session.notify(f"Write your guess first: a number from {q.low:g} to {q.high:g}.")
        return
    place.remember(lesson, guess=guess, guessed=_in_words(q, guess), right=_is_right(lesson, q, guess))
    place.to_screen(lesson, "run")


def _in_words(q: Question, guess: str | float | Line) -> str:
    if isinstance(guess, str):
        return guess
    if isinstance(guess, tuple):
        return line_in_words(guess)
    unit = f" {q.unit}" if q.unit else ""
    return q.options[int(guess)] if q.options else f"epoch {guess:g}" if q.is_epoch else f"{guess:g}{unit}"


def _is_right(lesson: Lesson, q: Question, guess: str | float | Line) -> bool:
    if isinstance(guess, tuple):
        run = lesson.screen("run")
        truth = _border(lesson, run.until) if run else None
        return truth is not None and q.is_right(truth.agreement(guess), 100.0)
    return not isinstance(guess, str) and q.is_right(guess, _answer(lesson, q))


def _answer(lesson: Lesson, q: Question) -> float:
    """What the engine says; NaN for a choice, whose answer the lesson knows, and for a line."""
    run = lesson.screen("run")
    if q.answer is None or run is None:
        return math.nan
    try:
        return compute(q.answer, run.run, run.until, trials(), turn)
    except ValueError as error:
        session.notify(str(error))
        return math.nan


def _chart(q: Question, guess: float | None) -> dict[str, object]:
    return {"low": q.low, "high": q.high, "guess": guess, "answer": None, "curves": [], "label": "epoch"}


def _border(lesson: Lesson, epochs: int) -> Border | None:
    """The border of the screen `run` after so many epochs, and its plane; None, with a notice, where there is none."""
    run = lesson.screen("run")
    if run is None:
        return None
    try:
        return border(run.run, epochs, turn)
    except ValueError as error:
        session.notify(str(error))
        return None


def _plane(truth: Border, line: Line | None, *, is_told: bool) -> dict[str, object]:
    """The plane of a question for a line, with the answer or without."""
    told = {
        "n": len(truth.values),
        "values": truth.values.ravel().round(6).tolist(),
        "differs": [] if line is None else truth.differs(line).ravel().astype(int).tolist(),
    }
    return {
        "side": truth.side, "points": truth.points.round(3).tolist(), "guess": None if line is None else list(line),
        "border": told if is_told else None,
    }  # fmt: skip


# ---- compare -------------------------------------------------------------------------------------------------------
def _compare(lesson: Lesson, screen: Screen) -> None:
    """The guess beside what came."""
    predict, run = lesson.screen("predict"), lesson.screen("run")
    q = predict.question if predict else None
    guess = place.guess(lesson)
    if q is None or run is None or guess is None:
        return
    is_known = not isinstance(guess, str)
    right = _is_right(lesson, q, guess)
    verdict = "You saw that coming." if right else "That is how it came." if not is_known else "A surprise, then."
    if q.is_line:
        _compare_lines(lesson, run, guess if isinstance(guess, tuple) else None, verdict)
        return
    answer = _answer(lesson, q)
    if q.options:
        came = q.options[q.right]
    else:
        came = f"epoch {answer:.0f}" if q.is_epoch else f"{told('', answer)}{f' {q.unit}' if q.unit else ''}"
        came = "it never came" if math.isnan(answer) else came
    with st.container(border=True, key="guess_and_truth"):
        st.markdown(f"**Your guess:** {_in_words(q, guess)}  \n**What came:** {came}  \n{verdict}")
        if q.is_epoch:
            curves = trials().alone(run.run.now, run.until, turn)
            kind = "accuracy" if q.answer and q.answer.first and "accuracy" in q.answer.first.name else "loss"
            shown = [
                {"name": named(name), "y": getattr(curves, MEASURED[name])[: run.until + 1, 0].round(5).tolist()}
                for name in (f"train {kind}", f"test {kind}")
            ]
            known = guess if isinstance(guess, int | float) else None
            at = None if math.isnan(answer) else answer
            components.mark(key="compared", data={**_chart(q, known), "answer": at, "curves": shown})


def _compare_lines(lesson: Lesson, run: Screen, line: Line | None, verdict: str) -> None:
    """The line that was laid beside the border that came, after the last epoch of the run."""
    truth = _border(lesson, run.until)
    if truth is None:
        return
    with st.container(border=True, key="guess_and_truth"):
        if line is None:
            st.markdown(f"**Your guess:** {place.UNKNOWN}  \n{verdict}")
        else:
            st.markdown(
                f"Your line and the network's border agree on **{truth.agreement(line):.1f} %** of the picture.  \n"
                f"{verdict}"
            )
        components.line(key="compared lines", data=_plane(truth, line, is_told=True))


# ---- explain -------------------------------------------------------------------------------------------------------
def _explain(lesson: Lesson, screen: Screen) -> None:
    picked = st.radio(
        "Why?", range(len(screen.reasons)), index=place.reason(lesson), key=f"reason {lesson.name}",
        format_func=lambda k: screen.reasons[k].text, label_visibility="collapsed", on_change=_pick, args=(lesson,),
    )  # fmt: skip
    if picked is None:
        return
    reason = screen.reasons[picked]
    if reason.is_right:
        st.success(reason.says or "Right.", icon=":material/check:")
    else:
        st.warning(reason.says or "See the run: that is not it.", icon=":material/science:")


def _pick(lesson: Lesson) -> None:
    """Show the run that puts a reason to the test."""
    screen, picked = lesson.screen("explain"), session.said(f"reason {lesson.name}")
    if screen is None or picked is None or picked == place.reason(lesson):
        return  # Streamlit also calls back for a choice that has left the page
    place.remember(lesson, reason=picked)
    shows = screen.reasons[picked].shows
    if shows is not None and shows.rule is not None:
        session.present(shows.run, shows.rule.epochs)
    else:
        session.present(screen.run, screen.until)


# ---- challenge -----------------------------------------------------------------------------------------------------
def _challenge(lesson: Lesson, screen: Screen) -> None:
    challenge = screen.challenge
    if challenge is None:
        return
    if lesson.is_task:
        st.caption("This is a task: what is not named here cannot be changed, on any page.")
    stars = [f"{'★' * (k + 2)} {star.more_than(challenge.goal)}" for k, star in enumerate(challenge.stars)]
    st.markdown("  \n".join([f"**The goal.** {challenge.goal.words}", *stars]))


def try_it(lesson: Lesson, challenge: Challenge) -> None:
    """The button that has the engine try the settings from every seed, and what it said."""
    n = challenge.goal.seeds
    said = st.container()  # above the button, so that it is seen where the button was pressed
    if st.button(f"Try it from {n} beginnings", key="try", type="primary", icon=":material/casino:"):
        bar = said.progress(0.0, f"{n} networks train side by side …")
        try:
            result = try_out(
                challenge, session.experiment(), trials(), turn,
                tell=lambda epoch: _tell(bar, epoch, challenge.epochs),
            )  # fmt: skip
            place.remember(lesson, result=(session.experiment().name, result))
            if result.stars > int(place.record(lesson).get("stars", 0)):
                code = hand_in.code_of(lesson, session.experiment(), result.stars)
                place.remember(lesson, stars=result.stars, code=code)
        except ValueError as error:
            session.notify(str(error))
        bar.empty()
        st.rerun()
    kept = place.result(lesson)
    if kept is not None and kept[0] == session.experiment().name:
        with said:
            outcome(kept[1], challenge)


def _tell(bar: DeltaGenerator, epoch: int, of: int) -> None:
    bar.progress(min(1.0, epoch / of), f"Epoch {epoch} of {of}")


def outcome(result: Result, challenge: Challenge) -> None:
    """What the engine found, with reasons."""
    most = len(challenge.rules)
    if result.stars:
        st.success(f"Solved: {'★' * result.stars}{'☆' * (most - result.stars)}. " + " ".join(result.reasons))
        if result.stars < most:
            st.markdown(f"For the next star: {challenge.stars[result.stars - 1].more_than(challenge.goal)}.")
    else:
        st.error("Not yet. " + " ".join(result.reasons), icon=":material/close:")
    if result.verdicts:
        seeds = result.verdicts[0].seeds
        rows = [
            {
                "Beginning": str(k + 1),
                "Goal reached": _when(seed.epoch),
                **{named(c.name): told(c.name, v) for c, v in zip(challenge.goal.measured, seed.best, strict=True)},
            }
            for k, seed in enumerate(seeds)
        ]
        st.table(rows)


def _when(epoch: int) -> str:
    return "never" if epoch < 0 else "before it learns" if epoch == 0 else f"at epoch {epoch}"


def live(challenge: Challenge) -> None:
    """How far the run on screen is, at the moment of the timeline or, once that is past it, at the goal's epoch."""
    goal = challenge.goal
    experiment = session.experiment()
    run = run_of(experiment)
    with run.lock:
        recording = run.recording
        seen = (recording.steps <= session.moment()) & (recording.epochs <= goal.epochs)
        k = max(0, int(seen[: len(recording)].sum()) - 1)
        epoch = float(recording.epochs[k])
        values = {name: float(getattr(recording, figure)[k]) for name, figure in MEASURED.items()}
    values |= counts(experiment.now, challenge.start)
    cells = [
        f"{named(clause.name)} **{told(clause.name, values[clause.name])}** "
        f"(goal {clause.sign} {told(clause.name, clause.bound)}{', met' * bool(clause.holds(values[clause.name]))})"
        for clause in goal.clauses
    ]
    with st.container(key="live"):
        st.markdown(f"This run at epoch **{epoch:.4g}** of {goal.epochs}: " + " · ".join(cells))


_DRAW = {
    "play": _nothing, "predict": _predict, "run": _nothing, "compare": _compare, "explain": _explain,
    "challenge": _challenge,
}  # fmt: skip
