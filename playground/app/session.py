"""The only file that knows the session's keys: what one user follows from page to page."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from playground.app.shared_runs import known, run_of
from playground.run import atlas as atlases
from playground.run import beside as besides
from playground.run import compared, descent, link, playback, way_back
from playground.run import search as searches
from playground.run.branches import MOST as MOST_BRANCHES
from playground.run.branches import Branch
from playground.run.branches import kept as kept_branches
from playground.run.branches import titles as branch_titles
from playground.run.config import LIVE, SETTINGS, calmer_rate
from playground.run.data import untrained
from playground.run.experiment import Experiment
from playground.run.on_show import VIEW_COOKIE, OnShow, from_query
from playground.scenes import packed
from playground.scenes.challenge import Challenge
from playground.web.question import MOST_SERIAL, read_wish

_P = ParamSpec("_P")
_LOG = logging.getLogger(__name__)
SHORT_EPOCHS = 60  # fewer are over before one has looked: they play at a quarter of the usual speed,
SHORT_SPEED = "15"  # where none was chosen
_EXPERIMENT, _MOMENT, _PAST, _NOTICES = "experiment", "moment", "past", "notices"
_LEFT = "left"
"""Kept of families that were left: the runs that stood beside one another, by the family's name"""
_NEWS, _HELD, _LAST_CHANGE = "news", "held", "last_change"
_BESIDE = "beside"
_ON_SHOW, _BRANCHES, _COMPARED, _COMPARE_VIEW = "on_show", "branches", "compared", "compare_view"
_ON_A_MAP, _ATLAS, _VIEW = "on_a_map", "atlas_shown", "atlas_view"
TALK = "talk source"
"""Where `keep` has the talk that this tab writes"""
_OPENING = "opening"  # how the last link that was opened is played, and how many were
_TASK = "task"
_IN_PLACE = "in_place"  # whether what is on screen has taken the place of what was, so that Back skips that
_GIVEN = "given"  # what each widget was given to show
_LASTING = "lasting"  # what widgets had that are drawn again when their page is
_FULFILLED = "fulfilled"  # the number of the last wish of the stage
STAGE = "stage"  # the key of the stage's component
_TAB = "session_of_the_tab"  # what its browser knows of it
_WRITTEN = "written"  # the experiment that was last written into the address bar
_PLAYED, _MADE_ROOM = "played", "made_room"  # runs that were seen beyond their start; what was said of one that went
_UNDO_DEPTH = 50
_MOST_LASTING = 200
_READING_TIME = 6.0  # seconds
_LATE_SECONDS = 5.0
"""For so long a page may not have heard that a widget shows another value"""
_ENDS = "_yield_callback"
_BURST_SECONDS = 2.0
"""Changes of one setting are one change if they follow each other before the page has shown the one before, however
long a busy server takes for that, or as quickly as this afterwards"""


def _in_one_go(deed: Callable[_P, None]) -> Callable[_P, None]:
    """Have a deed done as a whole. A script that is overtaken by the next press ends wherever it looks into its state,
    and would leave half of what it writes there undone."""

    @wraps(deed)
    def do(*args: _P.args, **settings: _P.kwargs) -> None:
        state: Any = getattr(get_script_run_ctx(), "session_state", None)
        ends = getattr(state, _ENDS, None)  # Streamlit's own: there is no public way to say this
        if ends is None:
            return deed(*args, **settings)
        object.__setattr__(state, _ENDS, lambda: None)
        try:
            return deed(*args, **settings)
        finally:
            object.__setattr__(state, _ENDS, ends)

    return do


def experiment() -> Experiment:
    """The experiment on screen."""
    result: Experiment = st.session_state[_EXPERIMENT]
    return result


def address(**query: str) -> str:
    """A link to the page on screen with a query of its own."""
    return f"{str(st.context.url or '').partition('?')[0]}?{urlencode(query)}"


def moment() -> int:
    """The step at which the timeline stood when the page last heard of it."""
    return int(st.session_state[_MOMENT])


def is_overtaken() -> bool:
    """End the script here if its user has done something else meanwhile, and say no otherwise: for long work, in which
    it does not look into its state."""
    moment()
    return False


def set_moment(step: int) -> None:
    """Keep the step at which the timeline stands."""
    st.session_state[_MOMENT] = max(0, step)
    if step > 0:
        st.session_state[_PLAYED] |= {experiment().name}


@_in_one_go
def change(waited: float = 0.0, /, **settings: Any) -> None:
    """Change settings at the present moment; what does not fit becomes a notice and changes nothing.

    waited : for how long the change has been on its way, in seconds

    A slider that is moved over several stops changes the same settings again and again: each change takes the place of
    the one before, as if only the last had been made.
    """
    last: _Change | None = st.session_state[_LAST_CHANGE]
    again = last is not None and last.goes_on(experiment(), settings, time.monotonic() - waited)
    now = 0 if on_show().only is not None else moment()  # in a lesson every change begins a run anew
    before, step = (last.before, last.step) if last and again else (experiment(), now)
    try:
        new = before.change(step, **settings)
    except ValueError as error:
        notify(str(error))
        return
    if again:
        _replace(new, before)
    else:
        show(new)
    if experiment() != before:
        st.session_state[_LAST_CHANGE] = _Change(experiment(), before, step, settings)


@dataclass(frozen=True)
class _Change:
    """Settings that were changed just now."""

    after: Experiment
    before: Experiment
    step: int
    settings: dict[str, Any]
    drawn_at: float | None = None  # seconds; None until the page shows it

    def goes_on(self, now: Experiment, settings: dict[str, Any], at: float) -> bool:
        """Whether a change of these settings is one more stop of the same slider; one of words or layers is not."""
        soon = self.drawn_at is None or at - self.drawn_at < _BURST_SECONDS
        same = now == self.after and settings.keys() == self.settings.keys()
        chosen = any(SETTINGS[name].choices or name == "frozen" for name in settings if name in SETTINGS)
        return soon and same and not chosen


def drawn() -> None:
    """The page shows the last change."""
    last: _Change | None = st.session_state[_LAST_CHANGE]
    if last and last.drawn_at is None:
        st.session_state[_LAST_CHANGE] = replace(last, drawn_at=time.monotonic())


def _replace(new: Experiment, before: Experiment) -> None:
    """Follow an experiment in place of the one on screen, which was `before` with another value."""
    if _is_locked_out(new):
        return
    _tell_what_it_means(new, experiment())
    st.session_state[_BRANCHES] = [branch for branch in _branches() if branch.run != experiment()]
    if st.session_state[_WRITTEN] == experiment():  # else it has no entry in the history yet that `new` could take over
        st.session_state[_IN_PLACE] = True
    st.session_state[_EXPERIMENT] = new
    if new == before and st.session_state[_PAST]:  # the slider is back where it was
        st.session_state[_PAST] = st.session_state[_PAST][:-1]
    _keep_branch(new, before)
    set_moment(new.changes[-1].step if new.changes else 0)


@_in_one_go
def show(new: Experiment) -> None:
    """Follow another experiment; `undo` brings the present one back."""
    old = experiment()
    if new == old or _is_locked_out(new):
        return
    _tell_what_it_means(new, old)
    st.session_state[_PAST] = [*st.session_state[_PAST], (old, moment())][-_UNDO_DEPTH:]
    if new.family != old.family:
        keep(_LEFT, dict([*kept(_LEFT, {}).items(), (old.family, st.session_state[_BRANCHES])][-_UNDO_DEPTH:]))
    st.session_state[_EXPERIMENT] = new
    st.session_state[_IN_PLACE] = False
    st.session_state[_MADE_ROOM] = ""
    _keep_branch(new, old)
    set_moment(new.changes[-1].step if new.changes else 0)


@_in_one_go
def present(new: Experiment, until: int) -> None:
    """Show an experiment alone, and let it play from its beginning to the end of an epoch."""
    if _is_locked_out(new):
        return
    show(new)
    st.session_state[_BRANCHES] = []
    _keep(new)
    set_moment(0)
    usual = SHORT_SPEED if until <= SHORT_EPOCHS else playback.USUAL_SPEED
    st.session_state[_OPENING] = (opening()[0] + 1, playback.Playback(play=True, until=until, usual_speed=usual))


def edit(index: int, value: float) -> None:
    """Set one parameter by hand at the present moment; what cannot be becomes a notice."""
    try:
        show(experiment().edit(moment(), {index: value}))
    except ValueError as error:
        notify(str(error))


def _branches() -> list[Branch]:
    """The runs of this session that stay beside the one on screen, and that one itself, oldest first."""
    return kept_branches(st.session_state[_BRANCHES], experiment())[0]


def branches() -> dict[Branch, str]:
    """The same, each with its name."""
    found = _branches()
    return dict(zip(found, _names(found), strict=True))


def _names(these: list[Branch]) -> list[str]:
    return branch_titles([branch.run for branch in these], lambda run, step: run_of(run).epoch_of(step))


def made_room() -> str:
    """Which branch has had to go with the last change, in a sentence; "" if none has."""
    return str(st.session_state[_MADE_ROOM])


def _keep_branch(new: Experiment, old: Experiment) -> None:
    """Keep the run that was left beside the new one, unless nobody has seen more of it than its start."""
    if old.changes or old.name in st.session_state[_PLAYED]:
        _keep(new, old)
    else:
        st.session_state[_BRANCHES] = [branch for branch in st.session_state[_BRANCHES] if branch.run != old]
        _keep(new)


def _keep(shown: Experiment, *others: Experiment) -> None:
    before = st.session_state[_BRANCHES]
    st.session_state[_BRANCHES], gone = kept_branches(before, shown, *others)
    if gone:
        names = dict(zip(before, _names(before), strict=True))
        words = " and ".join(f"“{names[branch]}”" for branch in gone)
        st.session_state[_MADE_ROOM] = (
            f"At most {MOST_BRANCHES} runs stay here: {words} has made room. The first run always stays."
        )


@_in_one_go
def switch(name: str) -> None:
    """Go to another branch, at the same moment."""
    step = moment()
    branch = next((branch for branch in _branches() if branch.run.name == name), None)
    if branch is None:
        _once_told(name)
    else:
        show(branch.run)
        set_moment(step)


def replaced() -> Experiment | None:
    """The experiment that went on under other settings just now, if the browser may have played it further."""
    last: _Change | None = st.session_state[_LAST_CHANGE]
    goes_on = last is not None and last.after == experiment() and LIVE.issuperset(last.settings)
    return last.before if last and goes_on and on_show().only is None else None


@_in_one_go
def refork(step: int) -> None:
    """Let the change of settings just made count from `step`: the browser had played on when it was made."""
    last: _Change | None = st.session_state[_LAST_CHANGE]
    if last and replaced():
        st.session_state[_PLAYED] |= {last.before.name}
        _replace(last.before.change(step, **last.settings), last.before)
        set_moment(step)
        drawn_at = last.drawn_at if experiment() == last.after else None
        st.session_state[_LAST_CHANGE] = replace(last, after=experiment(), step=step, drawn_at=drawn_at)
        past = st.session_state[_PAST]
        if past and past[-1][0] == last.before:  # Undo, too, leads to where the picture was
            st.session_state[_PAST] = [*past[:-1], (last.before, step)]


@_in_one_go
def undo() -> None:
    """Take the last change of settings back."""
    past = st.session_state[_PAST]
    if past:
        before, (st.session_state[_EXPERIMENT], step) = experiment(), past[-1]
        if experiment().family != before.family:  # what stood beside it comes back as well
            st.session_state[_BRANCHES] = kept(_LEFT, {}).get(experiment().family, [])
        st.session_state[_IN_PLACE] = False
        st.session_state[_PAST] = past[:-1]
        st.session_state[_MADE_ROOM] = ""
        _keep(experiment())
        set_moment(step)
    else:
        _once_told(None)


def undo_in_words() -> str:
    """What `undo` would take back; "" where there is nothing."""
    past = st.session_state[_PAST]
    return compared.taken_back(experiment(), past[-1][0]) if past else ""


def fill_widget(key: str, value: Any) -> Any:
    """Give a widget its value before it is drawn.

    Only where it has another: a widget that is given a value shows that, and forgets what the user has done to it since
    the page was sent for.
    """
    given = st.session_state.setdefault(_GIVEN, {})
    before = given.get(key)
    if before is None or before.value != value:
        given[key] = _Given(value, before.past() if before else ())
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return value


def read_widget(key: str) -> tuple[Any, bool]:
    """A widget's value, and whether the user has set it to another than the one it was given.

    Streamlit also calls back for a widget that has left the page, with the value that it had, and for one that was
    given another value of which the page had not heard yet when it told of something else.
    """
    value, given = st.session_state[key], st.session_state.get(_GIVEN, {})
    if key not in given:
        return value, True
    return value, value != given[key].value and not (given[key].is_late(value) and _something_else(key))


@dataclass(frozen=True)
class _Given:
    """What a widget was given to show, and what it showed before, each until some time."""

    value: Any
    before: tuple[tuple[Any, float], ...]  # the last one last; seconds

    def past(self) -> tuple[tuple[Any, float], ...]:
        """What it shows no longer from now on, as far as a page may still take it for the present one."""
        now = time.monotonic()
        return *((value, until) for value, until in self.before if now - until < _LATE_SECONDS), (self.value, now)

    def is_late(self, value: Any) -> bool:
        """Whether this is the value of a page that may not have heard of the new one, nor of some before it."""
        now = time.monotonic()
        return any(value == old and now - until < _LATE_SECONDS for old, until in self.before)


def _something_else(key: str) -> bool:
    """Whether the page was drawn anew because of something else than this widget: the stage, or another widget."""
    if getattr(said(STAGE), "wish", None) is not None:
        return True
    others = ((name, given) for name, given in st.session_state[_GIVEN].items() if name != key)
    values = ((given, st.session_state[name]) for name, given in others if name in st.session_state)
    return any(value != given.value and not given.is_late(value) for given, value in values)


def notify(sentence: str) -> None:
    """Say something at the top of the page, for as long as it takes to read."""
    st.session_state[_NOTICES].append((time.monotonic(), sentence))
    st.session_state[_NEWS] = True


def has_news() -> bool:
    """Whether something was said since the page was drawn."""
    return bool(st.session_state[_NEWS])


def plain(text: str) -> str:
    """Text that Streamlit shows as it is: what came from a link or a file must not work as Markdown."""
    # An address becomes a link even with every sign escaped; a joiner that nobody sees keeps it from that.
    text = re.sub(r"(https?:/|www|@)", "\\1\u2060", text, flags=re.IGNORECASE)
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~:$-])", r"\\\1", text)


def take_notices() -> list[str]:
    """The sentences to say now; the stage may have the page drawn again before anybody has read them."""
    now = time.monotonic()
    unread = [(said, text) for said, text in st.session_state[_NOTICES] if now - said < _READING_TIME]
    st.session_state.update({_NOTICES: unread, _NEWS: False})
    return list(dict.fromkeys(text for _, text in unread))


@_in_one_go
def begin(*, at_home: bool, has_stage: bool = True, has_moved: bool = False, has_lessons: bool = False) -> None:
    """Read the link on the first run, and when Back or Forward in the browser leads to another; else write it.

    has_stage : whether the page carries the stage, which writes into the address bar too (stage/address.js)
    has_moved : whether another page was on screen before
    has_lessons : whether it is the page of lessons; elsewhere a lesson is put away, but not a task

    Streamlit opens a page with a bare address first: going back to that is no wish for the default experiment. Where
    there is a stage, it completes that address; ours would be an entry more, and at home Back would lead to the other.
    """
    context = get_script_run_ctx()
    if _EXPERIMENT not in st.session_state:
        st.session_state.update({_EXPERIMENT: Experiment(), _MOMENT: 0, _PAST: [], _BRANCHES: []})
        st.session_state.update({_NOTICES: [], _ON_SHOW: OnShow(), _LAST_CHANGE: None, _COMPARED: (), _TASK: None})
        st.session_state.update({_COMPARE_VIEW: compared.View(), _ON_A_MAP: None, _BESIDE: ()})
        st.session_state.update({_ATLAS: None, _VIEW: atlases.View()})
        st.session_state.update({_IN_PLACE: False, _WRITTEN: None, _OPENING: (0, playback.Playback())})
        st.session_state.update({_FULFILLED: 0, _NEWS: False, _HELD: {}})
        st.session_state.update({_PLAYED: frozenset(), _MADE_ROOM: ""})
        _follow_link()
        arrived = way_back.of_run(st.query_params.to_dict())
        st.session_state[_TAB] = _Tab(secrets.token_hex(8), experiment(), arrived)
    elif context and context.is_history_navigation:
        if at_home or st.query_params:
            _follow_link()
        return
    if not has_lessons and task() is None and on_show().place:
        set_on_show(place=(), only=None)
    is_completed = has_moved and not st.query_params and not has_lessons and task() is None
    if is_completed and has_stage:
        st.session_state[_WRITTEN] = experiment()
    elif not (has_stage and st.session_state[_IN_PLACE]):
        mirror()


def _follow_link() -> None:
    query, before = st.query_params.to_dict(), on_show()
    st.session_state[_EXPERIMENT], step, problems = link.run_from_query(query, known=_shown)
    problems += link.twice((key, text) for key in query for text in st.query_params.get_all(key))
    if compared.KEY in query:
        st.session_state[_COMPARED], more = compared.from_text(query[compared.KEY])
        problems += more
        st.session_state[_COMPARE_VIEW], more = compared.view_from_query(query, len(side_by_side()))
        problems += more
    st.session_state[_ON_A_MAP], more = descent.from_query(query)
    problems += more
    if besides.KEY in query:
        st.session_state[_BESIDE], more = compared.from_text(query[besides.KEY])
        problems += more
    for key, read in ((atlases.KEY, atlases.from_text), (searches.KEY, searches.from_text)):
        if key in query:
            st.session_state[_ATLAS], more = read(query[key], Experiment(experiment().now))
            st.session_state[_VIEW], wrong = atlases.view_from_query(query)
            problems += more + wrong
    st.session_state[_ON_SHOW], more = from_query(query, st.context.cookies.get(VIEW_COOKIE))
    if "talk" in query and not kept(TALK, ""):  # one that was begun stays
        try:
            keep(TALK, packed.markdown_of(query["talk"], "talk"))
        except ValueError as error:
            more.append(str(error))
    keep("arrived", None)  # a lesson takes its screen from the link, and its run too, where there is one
    if "task" in query:
        more += _follow_task(query["task"])
    elif on_show().place:
        st.session_state[_TASK] = None
    elif locked := task():  # a bare address, gone back to, does not end it
        set_on_show(place=before.place, only=before.only)
        _within(locked)
    set_moment(step)
    opened, others = playback.from_query(query, experiment().config)
    st.session_state[_OPENING] = (st.session_state[_OPENING][0] + 1, opened)
    for sentence in problems + more + others:
        notify(sentence)
    _tell_cost(experiment())
    _tell_untrained(experiment())


def _follow_task(text: str) -> list[str]:
    """Lock what a task in a link does not let be changed; what the link sets beyond that goes back to the start."""
    st.session_state[_TASK] = None
    try:
        lesson = packed.from_text(text)
    except ValueError as error:
        set_on_show(place=())
        return [str(error)]
    if not lesson.is_task or lesson.challenge is None:
        return []
    lock(lesson.challenge)
    _within(lesson.challenge)
    return []


def _within(challenge: Challenge) -> None:
    """Put what a link sets beyond a task's lock back to the start."""
    if challenge.problem(experiment()) or experiment().changes:
        st.session_state[_EXPERIMENT] = Experiment(challenge.start)


def lock(challenge: Challenge) -> None:
    """Let only that be changed, on any page, which a task says; what was before cannot be gone back to."""
    st.session_state[_TASK] = challenge
    st.session_state[_PAST], st.session_state[_BRANCHES], st.session_state[_COMPARED] = [], [], ()
    set_on_show(only=frozenset(challenge.may_change))


def task() -> Challenge | None:
    """The task that locks this session; None without one."""
    result: Challenge | None = st.session_state[_TASK]
    return result


def _is_locked_out(new: Experiment) -> bool:
    """Whether a task forbids this experiment; then a sentence says so."""
    locked = task()
    sentence = locked.problem(new) if locked else None
    if sentence is None and locked and any(change.edits for change in new.changes):
        sentence = "In a task weights cannot be set by hand."
    if sentence:
        notify(sentence)
    return bool(sentence)


def _tell_untrained(of: Experiment) -> None:
    if sentence := untrained(of):
        notify(sentence)


def _tell_what_it_means(new: Experiment, old: Experiment) -> None:
    """What a larger network costs, and which classes other data leave untrained."""
    if new.now.hidden_layer_sizes != old.now.hidden_layer_sizes:
        _tell_cost(new)
    if new.data_name != old.data_name:
        _tell_untrained(new)


def _tell_cost(of: Experiment) -> None:
    if cost := of.now.cost:
        notify(cost)


def opening() -> tuple[int, playback.Playback]:
    """How the link that was opened last is played; the number is another for each that was."""
    result: tuple[int, playback.Playback] = st.session_state[_OPENING]
    return result


def on_show() -> OnShow:
    """How much the page shows."""
    result: OnShow = st.session_state[_ON_SHOW]
    return result


def set_on_show(**changes: Any) -> None:
    """Show more or less."""
    st.session_state[_ON_SHOW] = replace(on_show(), **changes)
    st.session_state[_IN_PLACE] = False


def mirror() -> None:
    """Write the run, or those side by side, into the address bar, as a new entry of the browser's history.

    The moment is the browser's to add, once it stands, and how it plays.
    """
    query = link.run_to_query(experiment()) | on_show().to_query()
    if kept("page", "") == "compare":
        if compared.fits(side_by_side()):
            query[compared.KEY] = compared.to_text(side_by_side())
        if chosen := on_a_map():
            query |= descent.to_query(chosen)
    query |= beside_query()
    if kept("page", "") == "atlas" and (of := atlas()) is not None:
        if isinstance(of, searches.Search):
            told = {searches.KEY: searches.to_text(of)}
        else:
            told = {atlases.KEY: atlases.to_text(of)}
        query = link.run_to_query(of.base) | on_show().to_query() | told
    browsers = ("step", *playback.KEYS, *compared.VIEW_KEYS, *atlases.VIEW_KEYS)
    shown = {key: text for key, text in st.query_params.to_dict().items() if key not in browsers}
    st.session_state[_WRITTEN] = experiment()
    if shown != query:
        st.query_params.from_dict(query)


# ---- runs side by side -------------------------------------------------------------------------------------------
def side_by_side() -> tuple[Experiment, ...]:
    """The runs of the page Compare."""
    result: tuple[Experiment, ...] = st.session_state[_COMPARED]
    return result


def compare_view() -> compared.View:
    """What a link has told to show of them; the browser follows it once, and then its user."""
    result: compared.View = st.session_state[_COMPARE_VIEW]
    return result


def on_a_map() -> descent.OnAMap | None:
    """The map on which the optimizers race; None where the page shows runs."""
    result: descent.OnAMap | None = st.session_state[_ON_A_MAP]
    return result


def set_on_a_map(chosen: descent.OnAMap | None) -> None:
    """Show a map, or the runs again."""
    st.session_state[_ON_A_MAP] = chosen


def compare(*runs: Experiment) -> None:
    """Put runs side by side in place of those that are."""
    st.session_state[_COMPARED] = runs


def add_to_compare(run: Experiment) -> None:
    """Keep a run to compare with; what cannot be becomes a notice."""
    try:
        compare(*compared.added(side_by_side(), run))
    except ValueError as error:
        notify(str(error))


def add_with_seeds(run: Experiment) -> None:
    """Keep a run to compare with, and have all of them shown from twenty seeds; a notice where there is no room."""
    if run not in side_by_side():
        add_to_compare(run)
    if run in side_by_side():
        st.session_state[_ON_A_MAP] = None
        st.session_state[_COMPARE_VIEW] = compared.View(show=("seeds",))
        keep("seeds wished", kept("seeds wished", 0) + 1)


# ---- runs in the pictures of another -----------------------------------------------------------------------------
def beside() -> tuple[Experiment, ...]:
    """The runs that were chosen to be shown beside the one on screen, whether or not they can be."""
    result: tuple[Experiment, ...] = st.session_state[_BESIDE]
    return result


def set_beside(*runs: Experiment) -> None:
    """Show these beside the run on screen."""
    st.session_state[_BESIDE] = runs[: besides.MOST_BESIDE]


def beside_query() -> dict[str, str]:
    """What stands in a link for them, on the pages that show them."""
    runs = beside()
    is_there = runs and kept("page", "") in besides.PAGES and compared.fits(runs)
    return {besides.KEY: compared.to_text(runs)} if is_there else {}


# ---- an atlas of settings ----------------------------------------------------------------------------------------
def atlas() -> atlases.Atlas | searches.Search | None:
    """The grid or the search of the page Atlas; None before it was opened."""
    result: atlases.Atlas | searches.Search | None = st.session_state[_ATLAS]
    return result


def atlas_view() -> atlases.View:
    """How the atlas of the last link was looked at."""
    result: atlases.View = st.session_state[_VIEW]
    return result


def set_atlas(new: atlases.Atlas | searches.Search) -> None:
    """Show another one."""
    st.session_state[_ATLAS] = new


# ---- what the stage in the browser tells ------------------------------------------------------------------------
@_in_one_go
def hear(key: str = STAGE) -> None:
    """Take a wish from the stage, and fulfil it; one that does not fit changes nothing but the log."""
    told = getattr(st.session_state.get(key), "wish", None)  # its page may have been left meanwhile
    if told is None:
        return
    try:
        wish = read_wish(told, _furthest())
    except ValueError as problem:
        _LOG.warning("A wish of the stage was dropped: %s", problem)
        serial = told.get("serial") if isinstance(told, dict) else None
        if type(serial) is int and 0 <= serial <= MOST_SERIAL:
            st.session_state[_FULFILLED] = serial  # or it would be told again and again
        return
    if wish["run"] == experiment().name:
        set_moment(wish["moment"])
        set_held(experiment().name, wish["have"])
    if "refork" in wish:
        refork(wish["refork"])
    if "change" in wish:
        change(wish.get("waited", 0) / 1000, **wish["change"])
    if "action" in wish and wish["serial"] != st.session_state[_FULFILLED]:  # told again, its answer may be on its way
        _ACTIONS[wish["action"]]()
    if "edit" in wish:
        edit(**wish["edit"])
    if "branch" in wish:
        switch(wish["branch"])
    st.session_state[_FULFILLED] = wish["serial"]


def _furthest() -> int:
    """The last step that can be told: recorded, of this run or of the one it has replaced, or within reach."""
    runs = [run_of(each) for each in (experiment(), replaced()) if each is not None]
    return max(link.reach(experiment()), *(run.last_step for run in runs))


def heard() -> int:
    """The number of the last wish that was heard; 0 before the first."""
    serial: int = st.session_state[_FULFILLED]
    return serial


def held(run: str) -> int:
    """The last step of a run that this browser holds, as far as was heard of it; -1 for none."""
    return int(st.session_state[_HELD].get(run, -1))


def set_held(run: str, step: int) -> None:
    """Keep what the browser holds."""
    st.session_state[_HELD] = {run: step}


def reset() -> None:
    """Begin again with the settings in force, from the same first weights."""
    show(Experiment(experiment().now))
    set_moment(0)


def new_seed() -> None:
    """Begin again from other first weights."""
    show(Experiment(experiment().now.changed(seed=(experiment().now.seed + 1) % 100_000)))


def calm() -> None:
    """Begin again with a lower learning rate."""
    now = experiment().now
    if rate := calmer_rate(now):
        show(Experiment(now.changed(learning_rate=rate)))


def show_everything() -> None:
    """Go to Full."""
    choose_view(full=True)


def show_less() -> None:
    """Go back to Simple."""
    choose_view(full=False)


def choose_view(*, full: bool) -> None:
    """Show everything or less, as the user of this browser wishes, who finds it so again."""
    set_on_show(full=full)
    keep("view_was_chosen", True)


_ACTIONS = {
    "reset": reset, "new_seed": new_seed, "calm": calm, "undo": undo,
    "show_everything": show_everything, "show_less": show_less,
}  # fmt: skip


# ---- what the browser keeps of a session -------------------------------------------------------------------------
@dataclass(frozen=True)
class _Tab:
    """A session as its browser knows it."""

    name: str
    began: Experiment
    arrived: dict[str, str]
    """What its address said of the run"""
    is_told: bool = False
    """Whether it has heard of the session before it, if there was one"""
    owed: tuple[str | None, ...] = ()
    """What was wished that needs to be told of first: branches by their names, None for Undo"""
    kept: tuple[tuple[Experiment, way_back.Kept], ...] = ()
    """The runs that are kept: to write a link takes a while where data travel in it"""


def keeping() -> dict[str, Any]:
    """What the browser is to keep of this session, under which name, and whether it may tell of the one before."""
    tab: _Tab = st.session_state[_TAB]
    if task() is not None or on_show().only is not None:  # what was before cannot be gone back to
        return {"name": tab.name, "text": "", "asks": False}
    ready = dict(tab.kept)
    past: list[tuple[Experiment, int]] = st.session_state[_PAST][-way_back.MOST_UNDO :]
    runs = {experiment(), *(run for run, _ in past), *(b.run for b in _branches()), *side_by_side()}
    ready = {run: ready.get(run) or way_back.kept(run) for run in runs}
    st.session_state[_TAB] = replace(tab, kept=tuple(ready.items()))
    undo = tuple((ready[run], step) for run, step in past)
    others = (tuple(ready[run] for run in these) for these in ([b.run for b in _branches()], side_by_side()))
    text = way_back.to_text(way_back.WayBack(ready[experiment()], moment(), undo, *others))
    return {"name": tab.name, "text": text, "asks": not tab.is_told}


def _once_told(wish: str | None) -> None:
    """Fulfil a wish later: on a server started anew it may come before what the tab has kept."""
    tab: _Tab = st.session_state[_TAB]
    if not tab.is_told:
        st.session_state[_TAB] = replace(tab, owed=(*tab.owed, wish))


@_in_one_go
def recall(text: Any) -> None:
    """Take up, once, what this tab was doing before its session began: after a reload, or on a server started anew.

    Only where the address opened the very run that was on screen then; any other link begins afresh.
    """
    tab: _Tab = st.session_state[_TAB]
    if tab.is_told or task() is not None or on_show().only is not None:
        return
    st.session_state[_TAB] = replace(tab, is_told=True)
    try:
        way = way_back.from_text(text)
    except ValueError as problem:
        _LOG.warning("What a tab has kept was dropped: %s", problem)
        return
    now = way.now
    if now.run != tab.began.name and (now.whole or dict(parse_qsl(now.link[1:])) != tab.arrived):
        return
    find = way_back.finder(_known)
    undo_to = [(run, way_back.reachable(run, step)) for one, step in way.undo if (run := find(one)) is not None]
    st.session_state[_PAST] = [*undo_to, *st.session_state[_PAST]][-_UNDO_DEPTH:]
    before = [run for one in way.branches if (run := find(one)) is not None]
    st.session_state[_BRANCHES] = kept_branches([], experiment(), *before, *(b.run for b in _branches()))[0]
    for name in tab.owed:
        undo() if name is None else switch(name)
    if not side_by_side():
        these = [run for one in way.compared if (run := find(one)) is not None]
        st.session_state[_COMPARED] = tuple(dict.fromkeys(these))[: compared.MOST]


def _shown(name: str) -> Experiment | None:
    """The run of this name, if this session has shown it, or the server knows it."""
    past = (run for run, _ in reversed(st.session_state[_PAST]))
    these = (experiment(), *past, *(branch.run for branch in st.session_state[_BRANCHES]))
    return next((run for run in these if run.name == name), None) or _known(name)


def _known(name: str) -> Experiment | None:
    found = known(name)
    return found.experiment if found else None


# ---- what a page remembers for itself ----------------------------------------------------------------------------
def kept(name: str, otherwise: Any) -> Any:
    """What a page has kept under a name."""
    return st.session_state.get(f"page_{name}", otherwise)


def keep(name: str, value: Any) -> None:
    """Keep something for a page, for as long as the tab is open."""
    st.session_state[f"page_{name}"] = value


def said(key: str) -> Any:
    """The state of a widget or a component, for its own callbacks; None before it is drawn."""
    return st.session_state.get(key)


def lasting(key: str, first: Any, among: Collection[Any] | None = None) -> str:
    """The key of a widget that is to be drawn with a value, and has it again when its page was left meanwhile.

    Streamlit forgets both. A value that is not `among` those to choose from gives way to the first. Of the widgets of
    this kind the last `_MOST_LASTING` are remembered.
    """
    held: dict[str, Any] = st.session_state.setdefault(_LASTING, {})
    value = st.session_state.get(key, held.get(key, first))
    if among is not None and value not in among:
        value = first
    held.pop(key, None)
    st.session_state[_LASTING] = dict(list(held.items())[1 - _MOST_LASTING :]) | {key: value}
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key
