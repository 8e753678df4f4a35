"""Codes, tasks and classes: recomputed and not believed, bounded, and nothing of a pupil but a chosen name."""

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Gate
from playground.scenes import class_route, hand_in, packed
from playground.scenes.class_route import ADDRESS, MOST_BYTES
from playground.scenes.classroom import HOURS, MOST_ENTRIES, MOST_NAME, MOST_ROOMS, Classes, as_csv, clean
from playground.scenes.lesson import read_lesson
from playground.scenes.library import library, text_of
from playground.scenes.task import Draft, markdown, problems
from playground.scenes.trial import Trials
from playground.scenes.worksheet import answer_key, worksheet

TRIALS = Trials()
XOR = library()["how-many-neurons"]
FOUR = Experiment(XOR.challenge.start.changed(hidden_layer_sizes=(4,)))
CODE = hand_in.code_of(XOR, FOUR, 3)
many = settings(max_examples=150, deadline=None)


def resealed(code: str, old: str, new: str) -> str:
    """A code that somebody has altered who knows how its last letters are made."""
    body = code.rpartition("~")[0].replace(old, new)
    return f"{body}~{hand_in._check(body)}"


# ---- codes ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", list(library()))
def test_the_code_of_every_solution_comes_back_as_the_same_settings(name):
    lesson = library()[name]
    for claim in lesson.screens[-1].solutions:
        code = hand_in.code_of(lesson, claim.run, 1)
        assert re.fullmatch(r"[\w~:.,+*^-]+", code), "a code must be easy to copy"
        read = hand_in.read_code(code)
        assert hand_in.solution(read, lesson.challenge).now == claim.run.now
        assert read.stars == 1


def test_a_code_is_verified_by_the_engine_whatever_blanks_came_into_it():
    for code in (CODE, f"  {CODE[:9]} \n {CODE[9:]} "):
        result, experiment = hand_in.verify(code, XOR, TRIALS, nullcontext)
        assert result.stars == 3
        assert experiment.now == FOUR.now
    assert hand_in.in_words(FOUR, XOR.challenge.start) == "Hidden layers 4"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (CODE.replace("~3~", "~2~"), "altered or mistyped"),
        (CODE.replace("hidden:4", "hidden:3"), "altered or mistyped"),
        (CODE[:-1] + ("a" if CODE[-1] != "a" else "b"), "altered or mistyped"),
        (resealed(CODE, "hidden:4", "hidden:3"), "claims 3 stars, and the engine finds no star"),
        (resealed(CODE, "hidden:4", "hidden:8"), "claims 3 stars, and the engine finds 1 star."),
        (resealed(CODE, "hidden:4", "noise:0.0"), "leaves as it is: Noise"),
        (resealed(CODE, "hidden:4", "hidden:four"), "settings cannot be"),
        (resealed(CODE, "hidden:4", "colour:4"), "settings cannot be"),
        (resealed(CODE, "how-many-neurons", "batch-size"), "is for “batch-size”"),
        ("", "is no code"),
        ("how-many-neurons~9~hidden:4~aaaa", "is no code"),
        ("x" * 500, "at most 400 letters"),
    ],
)
def test_a_forged_or_altered_code_is_refused_in_a_sentence(code, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        hand_in.verify(code, XOR, TRIALS, nullcontext)


@many
@given(st.integers(0, len(CODE)), st.text(max_size=8), st.integers(0, 8))
def test_a_broken_code_is_a_sentence(at, put, cut):
    try:
        hand_in.read_code(CODE[:at] + put + CODE[at + cut :])
    except ValueError as error:
        assert str(error).endswith(".")  # noqa: PT017
        assert len(str(error)) < 200  # noqa: PT017


# ---- tasks ---------------------------------------------------------------------------------------------------------
def draft(**changes) -> Draft:
    usual = {"title": "Mine", "text": "Do it.", "start": Experiment(Config(dataset="moons")), "may_change": ("l2",)}
    return Draft(**{**usual, "goal": "test accuracy >= 90 %; seeds 1 of 2", **changes})


def test_a_task_is_a_file_a_link_and_a_lesson_with_one_screen_and_a_lock():
    text = markdown(draft(stars=("epochs <= 50", ""), hint="Think; again."))
    lesson = packed.from_text(packed.to_text(text))
    assert lesson.is_task
    assert lesson.title == "Mine"
    assert lesson.screens[0].text == "Do it."
    assert lesson.screens[0].hint == "Think; again."
    assert lesson.challenge.may_change == ("l2",)
    assert lesson.challenge.start == Config(dataset="moons")
    assert len(lesson.challenge.rules) == 2
    assert packed.markdown_of(packed.to_text(text)) == text
    assert lesson.name != packed.from_text(packed.to_text(text + "\n")).name


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"goal": "win"}, "no clause of a rule"),
        ({"may_change": ()}, "needs “controls”"),
        ({"stars": ("fast",)}, "no clause of a rule"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said(change, sentence):
    assert any(sentence in problem.sentence for problem in problems(markdown(draft(**change))))


hostile = st.text(max_size=60) | st.sampled_from(
    ["<!-- goal: x -->", "---\n---", "</style><script>x</script>", "a\n---\nb", "--> <!--", "x ; goal: test loss <= 9"]
)


@many
@given(hostile, hostile, hostile)
def test_hostile_titles_texts_and_hints_change_no_rule_and_lose_no_lock(title, text, hint):
    made = markdown(draft(title=title, text=text, hint=hint))
    lesson, found = read_lesson(made, "task")
    assert all(str(problem).startswith("Line ") for problem in found)
    if lesson is not None and not found:
        assert lesson.is_task
        assert lesson.challenge.may_change == ("l2",)
        assert [str(rule) for rule in lesson.challenge.rules] == ["test accuracy >= 90 %; epochs <= 200; seeds 1 of 2"]
        sheet = worksheet(lesson)
        assert "<script" not in sheet
        assert sheet.count("<h1>") == 1


def test_a_comment_in_the_text_of_a_task_is_text():
    made = markdown(draft(text="<!-- star: epochs <= 1 -->\n<!-- goal: test loss <= 9 -->"))
    assert problems(made) == []
    assert len(read_lesson(made, "task")[0].challenge.rules) == 1


@many
@given(st.text(max_size=300) | st.binary(max_size=80).map(lambda raw: raw.hex()))
def test_any_text_in_place_of_a_task_is_a_sentence(text):
    with pytest.raises(ValueError, match=r"link's task"):
        packed.from_text(text)


def test_a_task_too_long_for_a_link_is_a_sentence_and_a_bomb_is_refused():
    import base64
    import random
    import zlib

    noise = random.Random(1)
    with pytest.raises(ValueError, match="too long for a link"):
        packed.to_text("".join(chr(noise.randrange(32, 0x3000)) for _ in range(20_000)))
    bomb = base64.urlsafe_b64encode(zlib.compress(b"a" * 3_000_000)).decode().rstrip("=")
    with pytest.raises(ValueError, match="missing or wrong"):
        packed.from_text(bomb)


# ---- worksheets ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", list(library()))
def test_a_worksheet_asks_and_its_key_tells(name):
    lesson = library()[name]
    sheet, key = worksheet(lesson, address="http://x/?a=1&b=2"), answer_key(lesson, TRIALS, nullcontext)
    assert "a=1&amp;b=2" in sheet
    assert sheet.count("<tr>") == 6
    assert "☒" not in sheet.partition("<body>")[2]
    assert 'class="right"' not in sheet
    assert 'class="right"' in key
    assert lesson.challenge is not None
    for claim in lesson.screens[-1].solutions:
        assert html.escape(hand_in.in_words(claim.run, lesson.challenge.start)) in key
    body = key.partition("<body>")[2].partition("</body>")[0]
    assert not re.search(r"<(?!/?(?:h1|h2|p|small|div|span|ul|li|em|strong|i|table|tr|th|td|svg|circle|path)\b)", body)


# ---- classes -------------------------------------------------------------------------------------------------------
class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def a_class(clock: Clock | None = None) -> Classes:
    return Classes(TRIALS, Gate().turn, clock or Clock())


def test_a_board_shows_what_was_verified_and_the_better_solution_of_a_name():
    classes = a_class()
    room, key = classes.begin()
    eight = hand_in.code_of(XOR, Experiment(XOR.challenge.start.changed(hidden_layer_sizes=(8,))), 1)
    for name, code in (("Ada", eight), ("ada", CODE), ("Ada", eight), ("Bob", eight)):
        classes.hand_in(room.lower(), name, XOR.name, code)
    board = classes.entries(room, key)
    assert [(entry.name, entry.stars, entry.settings) for entry in board] == [
        ("ada", 3, "Hidden layers 4"),
        ("Bob", 1, "Hidden layers 8"),
    ]
    classes.remove(room, key, board[0].number)
    assert [entry.name for entry in classes.entries(room, key)] == ["Bob"]
    with pytest.raises(ValueError, match="engine finds no star"):
        classes.hand_in(room, "Eve", XOR.name, resealed(CODE, "hidden:4", "hidden:2"))
    assert len(classes.entries(room, key)) == 1


def test_a_class_needs_its_key_ends_after_hours_and_is_forgotten_when_closed():
    clock = Clock()
    classes = a_class(clock)
    room, key = classes.begin()
    for forbidden in (classes.entries, classes.close):
        with pytest.raises(ValueError, match="not yours"):
            forbidden(room, "guess")
    with pytest.raises(ValueError, match="no class"):
        classes.hand_in("ZZZZZ", "Ada", XOR.name, CODE)
    clock.now = HOURS * 3600 + 1
    assert not classes.is_open(room)
    again, key = classes.begin()
    classes.close(again, key)
    assert not classes.is_open(again)
    rooms = {classes.begin()[0] for _ in range(MOST_ROOMS)}
    assert len(rooms) == MOST_ROOMS
    with pytest.raises(ValueError, match="takes no more"):
        classes.begin()


def test_a_board_is_bounded():
    classes = a_class()
    room, key = classes.begin()
    for k in range(MOST_ENTRIES):
        classes.hand_in(room, f"pupil {k}", XOR.name, CODE)
    with pytest.raises(ValueError, match="board is full"):
        classes.hand_in(room, "one more", XOR.name, CODE)
    assert len(classes.entries(room, key)) == MOST_ENTRIES


@many
@given(st.text(max_size=60))
def test_a_name_is_one_line_of_text_that_can_be_seen(name):
    try:
        shown = clean(name)
    except ValueError as error:
        assert "1 to 30 letters" in str(error)  # noqa: PT017
        return
    assert 1 <= len(shown) <= MOST_NAME
    assert shown.isprintable()
    assert not set(shown) & set("\u202e\u2066\u200b\n\t")


def test_the_table_of_a_class_holds_no_formula():
    classes = a_class()
    room, key = classes.begin()
    classes.hand_in(room, '=HYPERLINK("x")', XOR.name, CODE)
    classes.hand_in(room, 'a,"b"', XOR.name, CODE)
    rows = as_csv(classes.entries(room, key)).split("\r\n")
    assert rows[0] == "name,lesson,stars,settings,code"
    assert rows[1].startswith('"\'=HYPERLINK(""x"")",How many neurons?,3,')
    assert rows[2].startswith('"a,""b""",')


def test_forty_pupils_hand_in_at_once_and_each_is_answered():
    classes = Classes(Trials(), Gate().turn)
    room, key = classes.begin()
    app = Starlette(routes=class_route.routes(lambda: classes))
    sizes = [(4,), (5,), (6,), (8,)]
    codes = [hand_in.code_of(XOR, Experiment(XOR.challenge.start.changed(hidden_layer_sizes=s)), 1) for s in sizes]
    with TestClient(app) as client, ThreadPoolExecutor(40) as pupils:

        def one(k: int) -> tuple[int, str]:
            code = codes[k % 4] if k < 36 else resealed(CODE, "hidden:4", "hidden:2")
            told = {"room": room, "name": f"pupil {k}", "lesson": XOR.name, "code": code, "task": ""}
            answer = client.post(f"/{ADDRESS}", json=told)
            return answer.status_code, answer.json()["sentence"]

        answers = list(pupils.map(one, range(40)))
    assert [status for status, _ in answers] == [200] * 36 + [400] * 4
    assert all("Verified, pupil" in sentence for _, sentence in answers[:36])
    assert all("engine finds no star" in sentence for _, sentence in answers[36:])
    assert {entry.name for entry in classes.entries(room, key)} == {f"pupil {k}" for k in range(36)}


GOOD = {"room": "ABCDE", "name": "Ada", "lesson": XOR.name, "code": CODE, "task": ""}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[" * 5000, 400),
        (b"null", 400),
        (json.dumps({**GOOD, "more": "x"}).encode(), 400),
        (json.dumps({**GOOD, "name": 5}).encode(), 400),
        (json.dumps({k: v for k, v in GOOD.items() if k != "task"}).encode(), 400),
        (json.dumps({**GOOD, "task": "x"}).encode(), 400),
        (json.dumps({**GOOD, "room": "<b>"}).encode(), 400),
        (json.dumps({**GOOD, "name": "\ud800"}).encode(), 400),
        (b" " * (MOST_BYTES + 1), 413),
    ],
)
def test_whatever_is_posted_gets_a_sentence(body, status):
    classes = a_class()
    with TestClient(Starlette(routes=class_route.routes(lambda: classes))) as client:
        answer = client.post(f"/{ADDRESS}", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status
        assert answer.json()["sentence"].endswith(".")
        assert client.get(f"/{ADDRESS}").status_code == 405
        # A form of another site can post text, but not JSON, without being let.
        assert client.post(f"/{ADDRESS}", content=body, headers={"Content-Type": "text/plain"}).status_code == 415


def test_a_pupil_of_a_class_may_solve_a_task_of_its_teacher():
    text = packed.to_text(
        markdown(draft(may_change=("hidden_layer_sizes",), goal="test accuracy >= 90 %; epochs <= 40"))
    )
    lesson = packed.from_text(text)
    code = hand_in.code_of(lesson, Experiment(lesson.challenge.start), 1)
    classes = a_class()
    room, key = classes.begin()
    classes.hand_in(room, "Ada", lesson.name, code, text)
    assert classes.entries(room, key)[0].lesson == "Mine"
    other = packed.to_text(markdown(draft(goal="test accuracy >= 1 %")))
    with pytest.raises(ValueError, match="is for"):
        classes.hand_in(room, "Eve", lesson.name, code, other)


def test_the_files_of_the_lessons_fit_into_links():
    for name in library():
        assert packed.from_text(packed.to_text(text_of(name))).title == library()[name].title
