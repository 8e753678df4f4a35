"""The page "Talk" without a browser: ready talks, one's own, its faults beside it, scenes put in order and added."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.app import my_talk
from playground.run.atlas import Atlas, Axis, View
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.scenes import arrange
from playground.scenes.ready import ready_talk, ready_talks
from playground.scenes.talk import read_talk

FRAME = Path(__file__).parents[2] / "playground" / "app" / "frame.py"
ABC = "\n\n---\n\n".join(f"# {letter}\n\n<!-- run: ?seed={k} -->" for k, letter in enumerate("ABC", start=1))


def page(**query: str) -> AppTest:
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run().switch_page("../../pages/talk.py").run()


def written(at: AppTest) -> str:
    return at.text_area(key=my_talk.TEXT).value


def headings(source: str) -> list[str]:
    return [scene.heading for scene in read_talk(source)[0].scenes]


def button(at: AppTest, label: str):
    return next(each for each in at.button if each.label == label)


def test_the_ready_talks_are_offered_and_can_be_changed():
    at = page()
    assert not at.exception
    said = " ".join(element.value for element in at.markdown)
    assert all(ready_talk(name).title in said for name in ready_talks())
    at.button(key="open vanishing").click().run()
    assert written(at) == ready_talks()["vanishing"]
    assert "In order: 8 scenes" in at.success[0].value


def test_faults_stand_beside_the_text_and_keep_it_from_being_started():
    at = page()
    button(at, "Begin with an empty talk").click().run()
    at.text_area(key=my_talk.TEXT).set_value("# A\n\n<!-- run: ?lr=nan -->").run()
    assert not at.exception
    assert "Learning rate must be between 1e\\-05 and 10" in at.warning[0].value
    assert button(at, "Start the talk").disabled
    assert button(at, "Make the offline file").disabled


def test_scenes_are_put_in_order_and_taken_away():
    at = page()
    button(at, "Begin with an empty talk").click().run()
    at.text_area(key=my_talk.TEXT).set_value(ABC).run()
    at.button(key="down 0").click().run()
    assert headings(written(at)) == ["B", "A", "C"]
    at.button(key="up 2").click().run()
    assert headings(written(at)) == ["B", "C", "A"]
    at.button(key="away 1").click().run()
    assert headings(written(at)) == ["B", "A"]
    assert not at.exception


def test_a_run_of_another_page_becomes_a_scene_of_this_tabs_talk():
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    for key, value in {"dataset": "moons", "lr": "0.3", "step": "37"}.items():
        app.query_params[key] = value
    app.run()
    app.button(key="add scene").click().run()
    app.button(key="add scene").click().run()
    assert "last scene" in app.toast[0].value
    assert not app.warning, "a notice would push the stage down"
    at = app.switch_page("../../pages/talk.py").run()
    assert [head.value for head in at.main.subheader] == ["Your own", "Ready to be given"]
    talk, problems = read_talk(written(at))
    assert problems == []
    assert [(scene.runs[0], scene.subject.step) for scene in talk.scenes] == [
        (Experiment(Config(dataset="moons", learning_rate=0.3)), 37)
    ] * 2
    assert talk.title == arrange.NEW_TITLE


ATLAS = "lr:0.01,0.1;width:2,3;seeds:1;epochs:20"


@pytest.mark.parametrize(
    ("page_file", "query", "written_is"),
    [
        (
            "compare",
            {"compare": "lr=0.1|lr=1"},
            "# Learning rate\n<!-- compare: ?lr=0.1 | ?lr=1.0 -->\n<!-- show: picture, loss -->\n"
            "<!-- play: 0..200 in 8s -->",
        ),
        (
            "atlas",
            {"dataset": "moons", "atlas": ATLAS, "tiles": "score", "at": "7"},
            "# Learning rate and Neurons in a layer\n"
            f"<!-- atlas: ?dataset=moons&atlas={ATLAS}&tiles=score&at=7 -->\n<!-- play: 0..20 in 8s -->",
        ),
        (
            "fold",
            {"dataset": "xor", "hidden": "4,2", "step": "40"},
            "# Layer by layer: Xor, 2-4-2-1, learning rate 0.01\n<!-- run: ?dataset=xor&hidden=4,2&step=40 -->\n"
            "<!-- play: hold -->\n<!-- fold: 0..2 in 8s -->",
        ),
    ],
)
def test_what_another_page_shows_becomes_a_scene(page_file, query, written_is):
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    app.query_params.update(query)
    app.run().switch_page(f"../../pages/{page_file}.py").run()
    app.button(key="add scene").click().run()
    assert not app.exception
    at = app.switch_page("../../pages/talk.py").run()
    text = written(at)
    assert read_talk(text)[1] == []
    assert text.partition("---\n\n")[2].strip() == written_is


def test_what_no_scene_can_show_is_a_sentence_and_the_talk_stays():
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    app.query_params["hidden"] = "none"
    app.run().switch_page("../../pages/fold.py").run()
    app.button(key="add scene").click().run()
    assert "no hidden layer" in app.warning[0].value
    with pytest.raises(ValueError, match="at most 8 tiles across and 6 up"):
        arrange.of_atlas(Atlas(axes=(Axis("seed", tuple(range(1, 10))),)), View())


def test_a_talk_travels_in_a_link_that_opens_it_in_another_tab():
    at = page()
    at.button(key="open depth").click().run()
    link = next(each.value for each in at.code if "?talk=" in each.value)
    other = page(talk=link.partition("?talk=")[2])
    assert not other.exception
    assert written(other) == ready_talks()["depth"]
    assert not other.warning
    assert "talk" not in other.query_params, "the address is short again"


def test_a_link_with_a_broken_talk_is_a_sentence_and_one_that_is_too_long_says_so():
    at = page(talk="eNqrVkrLz1eyUkpKLFKqBQAWYwRT!")
    assert "The link's talk cannot be read: some of its letters are missing or wrong" in at.warning[0].value.replace(
        "\\", ""
    )
    assert not at.text_area
    button(at, "Begin with an empty talk").click().run()
    random = np.random.default_rng(1)
    words = " ".join(str(number) for number in random.integers(0, 10**9, 1500))
    at.text_area(key=my_talk.TEXT).set_value(f"# A\n\n<!-- note: {words} -->").run()
    assert any("This is too long for a link" in each.value for each in at.markdown)
    assert not any("?talk=" in each.value for each in at.code)


def test_the_offline_file_is_made_and_offered():
    at = page()
    button(at, "Begin with an empty talk").click().run()
    at.text_area(key=my_talk.TEXT).set_value("# A\n\n<!-- run: ?samples=40&hidden=2 ; play: 0..5 in 1s -->").run()
    button(at, "Make the offline file").click().run()
    assert not at.exception
    assert any("MB as one file" in element.value for element in at.markdown)
    at.text_area(key=my_talk.TEXT).set_value(
        "# A\n\n<!-- run: ?samples=40&hidden=2 ; play: until test-loss<=0.000001 -->"
    ).run()
    assert not any("MB as one file" in element.value for element in at.markdown), "it is the file of another text"


@pytest.mark.parametrize("source", ["", "# A", ABC])
def test_a_scene_is_added_behind_all_others(source):
    before = headings(source) if source else []
    experiment = Experiment().change(50, learning_rate=0.1)
    talk, problems = read_talk(arrange.added(source, arrange.of_run(experiment, 60)))
    assert problems == []
    assert [scene.heading for scene in talk.scenes[:-1]] == before
    assert (talk.scenes[-1].runs, talk.scenes[-1].subject.step, len(talk.scenes[-1].stops)) == ((experiment,), 60, 1)


@pytest.mark.parametrize(("k", "by", "order"), [(0, 1, "BAC"), (2, -5, "CAB"), (0, -1, "ABC"), (7, 1, "ABC")])
def test_a_scene_stays_within_the_talk(k, by, order):
    assert headings(arrange.moved(ABC, k, by)) == list(order)
