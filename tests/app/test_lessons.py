"""The page Lessons, run without a browser: its screens, its lock, and what the engine says on it."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from streamlit.testing.v1 import AppTest

from playground.app.shared_runs import classes
from playground.health.sick import SICK
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_to_query
from playground.run.runs import new_trainer
from playground.scenes import hand_in, packed
from playground.scenes.border import border
from playground.scenes.library import library
from playground.scenes.task import Draft, markdown
from tests.app.test_home import FRAME

PAGES = FRAME.parents[2] / "pages"
NEURONS = library()["how-many-neurons"]


def opened(page: str = "lessons", **query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=120)
    app.query_params.update(query)
    app.switch_page(str(PAGES / f"{page}.py"))
    app.run()
    assert not app.exception
    return app


def run_on_screen(app: AppTest) -> Experiment:
    return app.session_state["experiment"]


def words(app: AppTest) -> str:
    shown = [*app.markdown, *app.info, *app.warning, *app.success, *app.error, *app.caption]
    return "\n".join(element.value for element in shown)


def keys(app: AppTest) -> set[str]:
    kinds = (app.slider, app.select_slider, app.selectbox, app.number_input, app.text_input, app.button)
    kinds += (app.button_group,)
    return {widget.key for kind in kinds for widget in kind if widget.key}


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


# ---- the way through a lesson ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", list(library()))
def test_every_screen_of_every_lesson_opens_by_its_link_on_its_run_and_shows_its_controls_alone(name):
    lesson = library()[name]
    app = opened(lesson=name)
    for screen in lesson.screens:
        app.session_state["page_lessons"] = {name: {"guess": "I don't know"}}
        app.button_group(key="screen").set_value(screen.kind).run()
        assert not app.exception
        assert screen.heading in words(app), screen.kind
        assert run_on_screen(app) == screen.run
        told_of = screen.challenge.epochs if screen.challenge else screen.until
        playing = app.session_state["opening"][1]
        assert (playing.play, playing.until, app.session_state["moment"]) == (True, told_of, 0), screen.kind
        assert (playing.speed, playing.usual_speed) == ("", "15" if told_of <= 60 else "60"), screen.kind
        assert [branch.run for branch in app.session_state["branches"]] == [screen.run], screen.kind
        assert app.query_params["lesson"] == name
        shown = {key for key in keys(app) if key.startswith("setting_")}
        drawn = {f"setting_{name}" for name in screen.controls if name != "dataset"}  # which is a component
        assert drawn == shown, screen.kind  # no setting that only comes with one of them


def came() -> str:
    """What the engine comes to on the second lesson's run."""
    score = new_trainer(library()["a-line-is-not-enough"].screen("run").run).run(epochs=150).test_score[-1]
    return f"{100 * score:.3g} %"


def test_a_run_waits_for_a_guess_and_not_to_know_is_one():
    app = opened(lesson="a-line-is-not-enough", screen="run")
    assert "First say what you expect" in words(app)
    click(app, "unknown")
    assert "First say" not in words(app)
    click(app, "on")
    assert f"**Your guess:** I don't know  \n**What came:** {came()}" in words(app)


@pytest.mark.parametrize(("guess", "verdict"), [(50, "You saw that coming."), (90, "A surprise, then.")])
def test_a_number_is_compared_with_what_the_engine_came_to(guess, verdict):
    app = opened(lesson="a-line-is-not-enough", screen="predict")
    click(app, "guessed")
    assert "Write your guess first" in words(app)
    assert app.query_params["screen"] == "predict"
    app.number_input(key="guess a-line-is-not-enough").set_value(guess).run()
    click(app, "guessed")
    assert app.query_params["screen"] == "run"
    click(app, "on")
    assert f"**Your guess:** {guess} %  \n**What came:** {came()}  \n{verdict}" in words(app)


@pytest.mark.parametrize(
    ("line", "verdict"),
    [((-2.0, 0.0, 2.0, 0.1), "You saw that coming."), ((0.0, -2.0, 0.1, 2.0), "A surprise, then.")],
)
def test_a_line_is_compared_with_the_border_of_the_engine(line, verdict):
    app = opened(lesson="one-neuron", screen="predict")
    assert app.button(key="guessed").disabled
    app.session_state["page_lessons"] = {"one-neuron": {"guess": line}}
    app.run()
    click(app, "guessed")
    assert app.query_params["screen"] == "run"
    assert run_on_screen(app).config.dataset == "moons"
    assert app.session_state["page_lessons"]["one-neuron"]["right"] is (verdict == "You saw that coming.")
    assert app.session_state["page_lessons"]["one-neuron"]["guessed"].startswith("the line through")
    click(app, "on")
    run = library()["one-neuron"].screen("run")
    share = border(run.run, run.until, nullcontext).agreement(line)
    assert f"agree on **{share:.1f} %** of the picture.  \n{verdict}" in words(app)


def test_a_choice_is_compared_with_the_right_one():
    app = opened(lesson="batch-size", screen="predict")
    assert app.button(key="guessed").disabled
    app.radio(key="guess batch-size").set_value(0).run()
    click(app, "guessed")
    click(app, "on")
    assert "You saw that coming." in words(app)


def test_a_wrong_reason_shows_its_run_and_going_on_does_not_bring_it_back():
    app = opened(lesson="one-neuron", screen="explain")
    reasons = library()["one-neuron"].screen("explain").reasons
    app.radio(key="reason one-neuron").set_value(1).run()
    assert run_on_screen(app) == reasons[1].shows.run
    assert "200 epochs on points that need a bend" in words(app)
    app.radio(key="reason one-neuron").set_value(0).run()
    assert run_on_screen(app) == library()["one-neuron"].screen("explain").run
    app.radio(key="reason one-neuron").set_value(2).run()
    click(app, "on")
    assert run_on_screen(app).config.dataset == "separable"


def test_a_lesson_that_does_not_exist_is_a_sentence_and_the_list():
    app = opened(lesson="<b>no</b>")
    assert "There is no lesson" in words(app)
    assert "Learn by predicting" in words(app)


def test_a_lesson_is_put_away_on_another_page_and_its_settings_are_free_again():
    app = opened(lesson="one-neuron")
    assert "setting_l2" not in keys(app)
    app.switch_page(str(PAGES / "playground.py")).run()
    assert "lesson" not in app.query_params
    assert run_on_screen(app).config.dataset == "separable"
    assert "setting_activations" in keys(app)


def test_the_run_of_a_reason_plays_alone_to_the_epoch_of_its_rule_also_where_it_is_on_screen_already():
    lesson = library()["a-line-is-not-enough"]
    app = opened(lesson=lesson.name, screen="explain")
    for k, reason in enumerate(lesson.screen("explain").reasons):
        before, _ = app.session_state["opening"]
        app.radio(key=f"reason {lesson.name}").set_value(k).run()
        number, playing = app.session_state["opening"]
        assert number == before + 1
        assert playing.until == (reason.shows.rule.epochs if reason.shows else lesson.screen("explain").until)
        assert len(app.session_state["branches"]) == 1


def test_what_came_is_the_number_that_the_stage_stands_at():
    run = library()["a-line-is-not-enough"].screen("run")
    app = opened(lesson="a-line-is-not-enough", screen="run")
    click(app, "unknown")
    opening = app.session_state["opening"]
    assert opening[1].until == run.until
    click(app, "on")
    assert app.session_state["opening"] == opening, "the run goes on where it is"
    assert f"**What came:** {came()}" in words(app)


def test_after_the_challenge_the_next_lesson_follows_and_nothing_after_the_last():
    first, second, *_, last = library().values()
    app = opened(lesson=first.name, screen="challenge")
    click(app, "next lesson")
    assert app.query_params["lesson"] == second.name
    assert second.screens[0].heading in words(app)
    assert "next lesson" not in keys(opened(lesson=last.name, screen="challenge"))
    assert "next lesson" not in keys(opened(task=LINK))


# ---- challenges ----------------------------------------------------------------------------------------------------
def test_a_challenge_is_tried_from_five_seeds_and_gives_a_code_that_is_verified():
    app = opened(lesson=NEURONS.name, screen="challenge")
    click(app, "try")
    assert "Not yet." in words(app)
    assert "0 of the 5 beginnings led there" in words(app)
    app.text_input(key="setting_hidden_layer_sizes").set_value("4").run()
    assert "Not yet." not in words(app), "that was said of another run"
    click(app, "try")
    assert "Solved: ★★★." in words(app)
    assert len(app.table[0].value) == 5
    code = app.code[0].value
    assert code == hand_in.code_of(NEURONS, Experiment(run_on_screen(app).now), 3)
    assert f"solution={code.replace('~', '~').replace(':', '%3A')}" in app.code[1].value
    other = opened(lesson=NEURONS.name, solution=code)
    assert "Verified: recomputed just now" in words(other)
    assert "Hidden layers 4" in words(other)
    forged = opened(lesson=NEURONS.name, solution=code.replace("hidden:4", "hidden:3"))
    assert "altered or mistyped" in words(forged)
    assert "Verified" not in words(forged)


@pytest.mark.parametrize(("epoch", "shown"), [(2, 2), (4, 4), (150, 4)])
def test_how_far_a_run_is_stops_at_the_epoch_of_the_goal(epoch, shown):
    lesson = library()["one-neuron"]
    recording = new_trainer(lesson.screen("challenge").run).run(epochs=200)
    app = opened(lesson=lesson.name, screen="challenge")
    app.session_state["moment"] = int(recording.steps[recording.epochs == epoch][0])
    app.run()
    score = recording.test_score[recording.epochs == shown][0]
    assert f"epoch **{shown}** of 4: test accuracy **{100 * score:.3g} %** (goal" in words(app)


def test_in_a_lesson_every_change_begins_a_run_anew():
    app = opened(lesson="one-neuron", screen="challenge")
    app.session_state["moment"] = 100
    app.button_group(key="setting_learning_rate").set_value(0.1).run()
    assert run_on_screen(app).changes == ()
    assert run_on_screen(app).config.learning_rate == 0.1


def test_what_was_tried_is_still_there_after_a_reload():
    tried = NEURONS.challenge.start.changed(hidden_layer_sizes=(5,))
    query = run_to_query(Experiment(tried))
    app = opened(**query, lesson=NEURONS.name, screen="challenge")
    assert run_on_screen(app).config == tried


# ---- tasks and their lock --------------------------------------------------------------------------------------------
MOONS = Experiment(Config(dataset="moons", hidden_layer_sizes=(2,)))
TASK = markdown(Draft("Mine", "Do **it**.", MOONS, ("hidden_layer_sizes",), "test accuracy >= 90 %; epochs <= 40"))
LINK = packed.to_text(TASK)


def test_a_task_says_so_and_shows_what_may_be_changed_and_nothing_else():
    app = opened(task=LINK, view="full")
    assert "This is a task" in words(app)
    assert run_on_screen(app) == MOONS
    assert {key for key in keys(app) if key.startswith("setting_")} == {"setting_hidden_layer_sizes"}
    assert not {"settings_shown", "add to compare", "classic", "all", "screen"} & keys(app)
    app.text_input(key="setting_hidden_layer_sizes").set_value("8").run()
    click(app, "try")
    assert "Solved: ★." in words(app)
    assert "task=" in app.code[1].value


def test_the_settings_of_a_link_cannot_pass_the_lock_of_its_task():
    for query in ({"noise": "0.0"}, {"dataset": "separable"}, {"then": "50@lr:1.0"}, {"then": "5@w1:9"}):
        app = opened(task=LINK, **query)
        assert run_on_screen(app) == MOONS, query
    fine = opened(task=LINK, dataset="moons", hidden="8")
    assert run_on_screen(fine).config.hidden_layer_sizes == (8,)


@pytest.mark.parametrize("page", ["playground", "compare", "data", "export"])
def test_the_pages_that_a_task_does_not_need_are_closed_with_a_sentence(page):
    app = opened(page, task=LINK)
    assert "This is a task" in app.info[0].value
    assert not keys(app)


def test_pages_that_only_look_are_open_and_what_they_would_change_is_refused():
    sick = Experiment(SICK["deep_sigmoid"].config)
    task = Draft("Sick", "", sick, ("seed",), "test accuracy >= 90 %")
    app = opened("health", task=packed.to_text(markdown(task)), step="3000")
    assert run_on_screen(app) == sick
    click(app, next(key for key in keys(app) if key.startswith("try_")))
    assert run_on_screen(app) == sick
    assert "This task leaves as it is" in words(app)
    assert {key for key in keys(app) if key.startswith("setting_")} == {"setting_seed"}


def test_a_task_that_cannot_be_read_is_a_sentence_and_locks_nothing():
    for text in ("nonsense", LINK[:-9], packed.to_text("# no task")):
        app = opened(task=text)
        assert "link's task" in words(app)
        assert "Learn by predicting" in words(app)


# ---- the desk ------------------------------------------------------------------------------------------------------
def test_the_builder_makes_a_link_that_opens_as_the_task():
    app = opened(desk="make")
    app.text_input(key="make_title").set_value("Try <b>this</b>").run()
    app.text_input(key="make_link").set_value("?dataset=xor&hidden=2&lr=0.03").run()
    app.text_input(key="make_goal").set_value("test accuracy >= 95 %; neurons <= 6; epochs <= 100").run()
    assert not app.exception
    link = app.code[0].value
    task = packed.from_text(link.partition("task=")[2])
    assert task.title == "Try <b>this</b>"
    assert task.challenge.start == Config(dataset="xor", hidden_layer_sizes=(2,), learning_rate=0.03)
    click(app, "preview_task")
    assert "This is a task" in words(app)
    assert "Try \\<b\\>this\\</b\\>" in words(app)


def test_the_builder_says_where_nothing_is_left_to_do():
    app = opened(desk="make")
    app.text_input(key="make_link").set_value("?dataset=separable&hidden=2&lr=0.1").run()
    app.text_input(key="make_goal").set_value("test accuracy >= 80 %; epochs <= 60; seeds 2 of 2").run()
    assert "meets the goal already" in words(app)
    app.text_input(key="make_link").set_value("?dataset=spirals&hidden=none").run()
    assert not app.exception
    assert "meets the goal already" not in words(app)
    assert app.code


def test_the_builder_says_what_is_wrong():
    app = opened(desk="make")
    app.text_input(key="make_goal").set_value("win").run()
    assert "is no clause of a rule" in words(app)
    app.text_input(key="make_goal").set_value("test loss <= 1").run()
    app.text_input(key="make_link").set_value("?dataset=nothing").run()
    assert "Dataset must be one of" in words(app)
    assert not app.code


def test_a_whole_lesson_is_checked_by_line():
    app = opened(desk="make")
    text = TASK.replace("90 %", "90")
    app.text_area(key="whole").set_value(text).run()
    click(app, "check_whole")
    assert any(error.value.startswith("Line ") for error in app.error)
    app.text_area(key="whole").set_value(TASK).run()
    click(app, "check_whole")
    assert "needs a “solution”" in words(app)


def test_a_class_is_opened_shows_its_board_and_is_closed():
    app = opened(desk="class")
    click(app, "open_class")
    code, key = app.session_state["page_class"]
    assert f"Class {code}" in words(app)
    solution = library()["how-many-neurons"].screens[-1].solutions[0].run
    classes().hand_in(code, "A *b* <i>c</i>", NEURONS.name, hand_in.code_of(NEURONS, solution, 3))
    app.run()
    assert "1 solution, recomputed" in words(app)
    assert list(app.table[0].value["Name"]) == ["A \\*b\\* \\<i\\>c\\</i\\>"]
    pupil = opened(room=code, lesson=NEURONS.name, screen="challenge")
    assert f"You are in class {code}" in words(pupil)
    click(app, f"remove {classes().entries(code, key)[0].number}")
    assert "0 solutions" in words(app)
    click(app, "close_class")
    assert not classes().is_open(code)
    assert "There is no class" in words(opened(room=code))


def test_a_class_is_joined_by_its_code_and_hands_out_a_lesson_or_a_task():
    code, key = classes().begin()
    app = opened()
    app.text_input(key="class_code").set_value("zzzzz").run()
    assert "There is no class “ZZZZZ”" in words(app)
    app.text_input(key="class_code").set_value(code.lower()).run()
    assert app.query_params["room"] == code
    assert f"You are in class {code}" in words(app)
    board = opened(desk="class")
    board.session_state["page_class"] = (code, key)
    board.run()
    assert board.code[0].value.endswith(f"?room={code}")
    board.selectbox(key="class_opens").set_value(NEURONS.name).run()
    assert board.code[0].value.endswith(f"?room={code}&lesson={NEURONS.name}")
    click(board, "all")
    click(board, "desk make")
    link = board.code[0].value
    assert f"room={code}&task=" in link
    pupil = opened(room=code, task=link.partition("task=")[2])
    assert "This is a task" in words(pupil)
    assert f"You are in class {code}" in words(pupil)
    classes().close(code, key)


def test_a_worksheet_and_its_key_are_there_for_every_lesson():
    app = opened(desk="sheets")
    assert app.selectbox(key="sheet_of").options == [lesson.title for lesson in library().values()]
