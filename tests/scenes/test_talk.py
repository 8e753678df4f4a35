"""Talks: read as they are meant, every fault a sentence with its line, and recorded as the engine has it."""

import json
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from playground.run.atlas import VIEWS, Atlas, Axis
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.scenes.ready import ready_talks
from playground.scenes.recorded import new_studio, record, shortfalls
from playground.scenes.talk import COMMANDS, Play, Point, Rule, read_talk
from playground.scenes.talk_check import check
from playground.scenes.told import packed
from playground.web.message import decode

SMALL = "?dataset=moons&samples=60&hidden=3"


def scene(*commands: str, text: str = "Some words.") -> str:
    return f"# A heading\n\n{text}\n\n" + "\n".join(f"<!-- {command} -->" for command in commands)


def read_one(*commands: str, text: str = "Some words."):
    talk, problems = read_talk(scene(*commands, text=text))
    assert [str(problem) for problem in problems] == []
    return talk.scenes[0]


def told(*commands: str, text: str = "Some words.") -> list[str]:
    return [str(problem) for problem in read_talk(scene(*commands, text=text))[1]]


# ---- what a scene is -------------------------------------------------------------------------------------------
def test_a_scene_is_entered_standing_and_the_first_press_plays():
    found = read_one(f"run: {SMALL}&lr=0.1", "play: 5..40 in 3s", "step: say More.", "also: show loss")
    assert found.runs == (
        Experiment(Config(dataset="moons", n_samples=60, hidden_layer_sizes=(3,), learning_rate=0.1)),
    )
    entry, playing, said = found.stops
    assert (entry.play, entry.say, entry.show) == (None, "Some words.", ("picture", "network"))
    assert playing.play == Play(5.0, 40.0, 3.0, 6)
    assert (said.say, said.play, said.show) == ("More.", None, ("picture", "network", "loss"))


@pytest.mark.parametrize(
    ("text", "play"),
    [
        ("0..100", Play(0.0, 100.0, 6.0, 6)),
        ("..100 in 2.5 seconds", Play(None, 100.0, 2.5, 6)),
        ("until test>=0.95", Play(None, Rule("test", True, 0.95), 6.0, 6)),
        ("until train-loss <= 0.2 in 4s", Play(None, Rule("train-loss", False, 0.2), 4.0, 6)),
        ("until test>=95 %", Play(None, Rule("test", True, 0.95), 6.0, 6)),
    ],
)
def test_what_plays(text, play):
    assert read_one(f"run: {SMALL}", f"play: {text}").stops[1].play == play


def test_it_may_play_at_once_or_stand_at_an_epoch():
    (only,) = read_one(f"run: {SMALL}", "play: 0..10 at once").stops
    assert only.play == Play(0.0, 10.0, 6.0, 6, at_once=True)
    standing = read_one(f"run: {SMALL}", "play: hold at 12")
    assert (standing.hold, len(standing.stops)) == (12.0, 1)


def test_same_is_the_run_of_the_scene_before_and_what_differs():
    text = scene(f"run: {SMALL}&lr=0.1&step=7") + "\n\n---\n\n" + scene("run: same, hidden=4,2, lr=0.3")
    (first, second), problems = read_talk(text)[0].scenes, read_talk(text)[1]
    assert problems == []
    assert second.runs[0] == Experiment(first.runs[0].config.changed(hidden_layer_sizes=(4, 2), learning_rate=0.3))
    assert (first.subject.step, second.subject.step) == (7, 7)


def test_side_by_side_same_is_the_first_of_them():
    found = read_one(f'compare: "slow" {SMALL}&lr=0.001 | same, lr=0.1 | same, lr=1', "show: picture, accuracy")
    assert [run.config.learning_rate for run in found.runs] == [0.001, 0.1, 1.0]
    assert {run.config.n_samples for run in found.runs} == {60}
    assert found.labels == ("slow", "learning rate 0.1", "learning rate 1")
    assert found.stops[0].show == ("picture", "accuracy")


def test_show_names_all_that_is_on_show_and_hide_takes_from_it():
    assert read_one(f"run: {SMALL}", "show: picture, gradients").stops[0].show == ("picture", "gradients")
    assert read_one(f"run: {SMALL}", "hide: network").stops[0].show == ("picture",)
    stops = read_one(f"run: {SMALL}", "show: picture loss", "step: show accuracy", "step: hide picture").stops
    assert [stop.show for stop in stops] == [("picture", "loss"), ("picture", "accuracy"), ("accuracy",)]


def test_a_point_lasts_until_the_next_press():
    stops = read_one(f"run: {SMALL}", 'point: neuron 1.2 "this one"', "step: point layer 2", "step: say Now.").stops
    assert [stop.points for stop in stops] == [
        (Point("neuron", (1.0, 2.0), "this one"),),
        (Point("layer", (2.0,), ""),),
        (),
    ]


def test_the_right_answer_is_marked_by_the_last_press_or_where_it_is_said():
    found = read_one(f"run: {SMALL}", "play: 0..9", "ask: yes | no | perhaps", "right: 2")
    assert (found.options, found.right) == (("yes", "no", "perhaps"), 2)
    assert [stop.answer for stop in found.stops] == [False, False, True]
    early = read_one(f"run: {SMALL}", "ask: yes | no", "right: 1", "step: answer", "step: say So.")
    assert [stop.answer for stop in early.stops] == [False, True, True]


def test_a_scene_without_a_run_is_words():
    found = read_one(text="Only **words**, and `more` of [them](https://example.com).")
    assert (found.runs, found.stops[0].show) == ((), ())
    assert found.stops[0].say == "Only words, and more of them."


def test_the_film_of_the_layers_moves_at_a_press_of_its_own():
    found = read_one("run: ?hidden=4,4", "play: 5..9 in 1s", "fold: 0..2 in 8s", "step: fold 0..1 in 2s")
    moves = [stop.play and (stop.play.what, stop.play.start, stop.play.end, stop.play.seconds) for stop in found.stops]
    assert moves == [None, ("epoch", 5, 9, 1), ("film", 0, 2, 8), ("film", 0, 1, 2)]
    assert {stop.show for stop in found.stops} == {("fold",)}
    standing = read_one("run: ?hidden=4,4", "fold: hold at 1", "play: hold at 12", "show: picture")
    assert (standing.film, standing.hold, standing.stops[0].show) == (1.0, 12.0, ("picture", "fold"))


ATLAS = "?dataset=moons&samples=60&atlas=lr:0.01,0.1;width:2,3;seeds:2;epochs:20"


def test_an_atlas_is_that_of_its_pages_link():
    found = read_one(f"atlas: {ATLAS}&tiles=score&at=7", "play: ..20 in 2s", 'step: point tile 2.1 "here"')
    atlas = found.subject.atlas
    assert atlas == Atlas(
        Experiment(Config(dataset="moons", n_samples=60)), (Axis("lr", (0.01, 0.1)), Axis("width", (2, 3))), 2, 20
    )
    assert (found.subject.view.show, found.subject.view.at) == ("score", 7.0)
    assert {stop.show for stop in found.stops} == {("atlas",)}
    assert found.stops[-1].points == (Point("tile", (2.0, 1.0), "here"),)


# ---- what is wrong ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        (["jump: 3"], "Line 5: A scene has no command “jump”"),
        (["run: moons"], "Line 5: A run must be a link such as"),
        (["run: ?lr=nan"], "Line 5: Learning rate must be between 1e-05 and 10; got nan."),
        (["run: ?learning=2"], "Line 5: The link's “learning” is not a setting"),
        (["run: same"], "Line 5: “same” needs a run in a scene before this one."),
        ([f"run: {SMALL}", f"run: {SMALL}"], "Line 6: A scene must have one “run”"),
        ([f"run: {SMALL}", f"compare: {SMALL} | ?"], "Line 6: A scene must have one of “run”, “compare” and “atlas”"),
        ([f"compare: {SMALL}"], "Line 5: “compare” must name 2 to 4 runs"),
        ([f"compare: {SMALL} | {SMALL}"], "stands in this “compare” twice."),
        (["play: 0..10"], "Line 5: “play” needs a run"),
        ([f"run: {SMALL}", f"atlas: {ATLAS}"], "Line 6: A scene must have one of “run”, “compare” and “atlas”"),
        (["atlas: there"], "Line 5: An atlas must be a link such as"),
        (["atlas: ?dataset=moons"], "Line 5: An atlas must say what varies"),
        (["atlas: ?atlas=lr:0.1,x"], "Line 5: The link's atlas: A value of the learning rate must be a number; got x."),
        (["atlas: ?atlas=seed:1,2,3,4,5,6,7,8,9"], "at most 8 tiles across and 6 up, or the back row sees nothing"),
        ([f"atlas: {ATLAS}&at=21"], "Line 5: The atlas has 20 epochs; the link's moment is 21."),
        ([f"atlas: {ATLAS}", "play: 0..21"], "Line 6: This atlas has 20 epochs; got 21."),
        ([f"atlas: {ATLAS}", "show: loss"], "Line 6: “show” has nothing to choose here: an atlas fills its scene."),
        ([f"atlas: {ATLAS}", "step: hide picture"], "Line 6: “hide” has nothing to choose here"),
        ([f"atlas: {ATLAS}", "point: layer 1"], "Line 6: There is no such thing to point at: an atlas has tiles"),
        (
            [f"atlas: {ATLAS}", "point: tile 3.1"],
            "Line 6: The atlas has columns 1 to 2 and, from the bottom, rows 1",
        ),
        ([f"atlas: {ATLAS}", "play: until test>=0.9"], "Line 6: “until” needs a single run"),
        ([f"run: {SMALL}", "point: tile 1.1"], "Line 6: There is no such thing to point at: only an atlas has tiles"),
        (["fold: 0..1"], "Line 5: “fold” shows the layers of one run"),
        ([f"compare: {SMALL} | ?", "show: fold"], "Line 6: “fold” shows the layers of one run"),
        (["run: ?hidden=none", "fold: 0..1"], "Line 6: “fold” needs a hidden layer: this network has none."),
        (
            [f"run: {SMALL}", "fold: 0..2"],
            "Line 6: The film goes from the inputs, layer 0, to layer 1, the last",
        ),
        ([f"run: {SMALL}", "fold: until test>=1"], "Line 6: “fold” must be such as “0..2 in 8s”"),
        ([f"run: {SMALL}", "fold: 1..0"], "Line 6: A film must go forwards: to a layer above 1; got 0."),
        ([f"run: {SMALL}", "play: fast"], "Line 6: “play” must be such as"),
        ([f"run: {SMALL}", "play: 9..3"], "Line 6: A run must play forwards: to an epoch above 9; got 3."),
        ([f"run: {SMALL}", "play: 0..9 in 900s"], "Line 6: A run must play for 0.5 to 120 seconds; got 900."),
        ([f"run: {SMALL}", "play: 0..99999"], "Line 6: A talk must stay within 2,000 epochs of a run; got 99999."),
        ([f"run: {SMALL}", "play: until luck>3"], "Line 6: “until” must ask for test, train, test-loss, train-loss"),
        ([f"run: {SMALL}", "play: until test>=3"], "Line 6: A share of right answers is at most 1, which is 100 %"),
        ([f"compare: {SMALL} | ?", "play: until test>=0.9"], "Line 6: “until” needs a single run"),
        (["show: picture"], "Line 5: “show” needs a run"),
        ([f"run: {SMALL}", "show: weights"], "Line 6: There is no panel “weights”; there are picture, fold, network"),
        ([f"run: {SMALL}", "show: loss, accuracy"], "Line 6: One chart must do"),
        ([f"compare: {SMALL} | ?", "show: network"], "Line 6: Side by side there is no room for the networks"),
        ([f"run: {SMALL}", "point: neuron 1.4"], "Line 6: Layer 1 has neurons 1 to 3; got 4."),
        ([f"run: {SMALL}", "point: layer 3"], "Line 6: The network has layers 1 to 2"),
        ([f"run: {SMALL}", "point: there"], "Line 6: “point” must be such as"),
        ([f"run: {SMALL}", "hide: network", "point: neuron 1.1"], "A “point” needs network on show, and it is not."),
        (["ask: yes"], "Line 5: A question must have 2 to 4 answers"),
        (["ask: a | b", "right: 3"], "Line 6: The right answer must be a whole number from 1 to 2; got “3”."),
        (["right: 1"], "Line 5: An answer needs a question"),
        (["step: dance"], "Line 5: A step can do play, fold, show, hide, point, say, answer; got “dance”."),
        (["also: say A."], "Line 5: “also” must come after a “play” or a “step”"),
        (["say: " + "long " * 50], "Line 5: What is said must have at most 150 letters"),
    ],
)
def test_what_is_wrong_is_a_sentence_with_its_line(commands, sentence):
    found = told(*commands)
    assert any(sentence in problem for problem in found), found


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "Line 1: A talk must have at least one scene"),
        ("words without a heading", "Line 1: This scene has no heading"),
        ("---\ntheme: purple\n---\n# A", "Line 2: The theme must be auto, light or dark; got “purple”."),
        ("---\nminutes: many\n---\n# A", "Line 2: The minutes of a talk must be a number"),
        ("---\ntitle: x\nspeed: 3\n---\n# A", "Line 3: A talk's head has no command “speed”"),
        ("# A\n\nOne.\n\nTwo.", "Line 1: A scene must have one paragraph of text"),
        ("\n\n---\n\n".join(f"# {k}" for k in range(61)), "A talk must have at most 60 scenes; got 61."),
        (
            "\n\n---\n\n".join(f"# {k}\n<!-- run: ?seed={k} -->" for k in range(25)),
            "Line 1: A talk must have at most 24 different runs; got 25.",
        ),
        ("x" * 200_001, "Line 1: A file must have at most 200,000 letters"),
    ],
)
def test_what_is_wrong_with_the_whole(source, sentence):
    found = [str(problem) for problem in read_talk(source)[1]]
    assert any(problem.startswith(sentence) or sentence in problem for problem in found), found


PIECES = st.sampled_from(
    (
        *COMMANDS,
        *(": ", " ; ", "<!-- ", " -->", "\n", "\n---\n", "# ", "same", "?lr=", "until ", ">=", "0..9", " in 3s", "x"),
        *(
            "neuron 1.2",
            "tile 1.1",
            "layer 1",
            "?atlas=lr:0.1,1;width:2",
            "?hidden=",
            "fold: ",
            "hold at 1",
            '"a"',
            "|",
            "hidden=4,4",
            "point at",
            "step: ",
            "also: ",
            "```",
            "9" * 8,
            "&",
            "%",
            "\x00",
            "é",
        ),
    )
)


@settings(max_examples=800, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_written_gives_a_talk_or_sentences(source):
    talk, problems = read_talk(source)
    assert talk.scenes or problems
    assert all(problem.line >= 1 and problem.sentence.endswith((".", "”.")) for problem in problems)


def test_a_ready_talk_with_anything_taken_out_or_doubled_gives_a_talk_or_sentences():
    dice = random.Random(5)
    for source in ready_talks().values():
        for _ in range(300):
            a, b = sorted(dice.sample(range(len(source)), 2))
            a = max(a, b - dice.choice([3, 30, 300]))
            torn = dice.choice(
                [source[:a] + source[b:], source[:b] + source[a:], source[:a] + source[a:b][::-1] + source[b:]]
            )
            for problem in read_talk(torn)[1]:
                assert 1 <= problem.line <= torn.count("\n") + 1, problem


# ---- recorded --------------------------------------------------------------------------------------------------
TALK = "\n\n---\n\n".join(
    [
        scene(f"run: {SMALL}&lr=0.1", "play: 0..30 in 1s", "step: play 30..50 in 1s"),
        scene(f"run: {SMALL}&lr=0.1", "play: until train>=0.8 in 1s"),
        scene(f"compare: {SMALL}&lr=0.01 | same, lr=0.3", "play: 0..20 in 1s"),
        scene(f"run: {SMALL}&lr=0.1&step=7"),
    ]
)


def unpack_all(data: bytes):
    header = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
    at = 4 + int.from_bytes(data[:4], "little")
    messages = []
    for length in [*header["lengths"], *(n for atlas in header["atlases"] for n in atlas["lengths"])]:
        messages.append(decode(data[at : at + length]))
        at += length
    assert at == len(data)
    return header, messages


def unpack(data: bytes):
    header, messages = unpack_all(data)
    return header["talk"], messages


def test_recorded_ahead_it_holds_the_engines_own_numbers_at_every_moment_that_is_shown():
    studio = new_studio()
    talk, problems = read_talk(TALK)
    assert problems == []
    assert record(talk, studio, seconds=0.0) < 1.0
    assert record(talk, studio) == 1.0
    assert shortfalls(talk, studio) == []
    told_talk, messages = unpack(packed(talk, TALK, studio))
    assert told_talk["source"] == TALK
    for experiment, (header, rows) in zip(talk.runs, messages, strict=True):
        assert header["run"]["run"] == experiment.name
        alone = Runs().get(experiment)
        alone.record_until(int(rows[-1, 0]))
        for row in rows[:: max(1, len(rows) // 12)]:
            np.testing.assert_array_equal(row, alone.step_rows(int(row[0]), int(row[0]))[0].astype(row.dtype))
        assert np.all(np.diff(rows[:, 0]) > 0)
    scenes = told_talk["scenes"]
    assert [[stop["at"] for stop in s["stops"]] for s in (scenes[0], scenes[2])] == [[0, 30, 50], [0, 20]]
    held = []
    for each in scenes:
        _, rows = messages[each["runs"][0]]
        held.append(float(rows[np.searchsorted(rows[:, 1], each["stops"][-1]["at"] - 1e-4), 1]))
    assert held == pytest.approx([s["stops"][-1]["at"] for s in scenes], abs=1e-4)
    step = messages[scenes[3]["runs"][0]][1]
    assert 7 in step[:, 0], "a moment inside an epoch is there too"


def test_a_film_has_its_points_and_how_well_a_straight_cut_does_at_the_epoch_where_it_stands():
    studio = new_studio()
    source = scene("run: ?dataset=xor&samples=80&hidden=4", "play: 0..40 in 1s", "fold: 0..1 in 2s")
    talk, _ = read_talk(source)
    record(talk, studio)
    header, _ = unpack_all(packed(talk, source, studio))
    stops = header["talk"]["scenes"][0]["stops"]
    assert [(stop["at"], stop["film"]) for stop in stops] == [(0, 0), (40, 0), (40, 1)]
    trainer = studio.run_of(talk.runs[0]).trainer
    for stop in stops:
        parameters, x = trainer.recording.parameters[int(stop["at"])], trainer.data.x_train
        W = np.array([[parameters[trainer.net.shape.index(0, i, j)] for j in range(4)] for i in range(3)])
        layers = [x, np.tanh(x @ W[:2] + W[2])]
        lines = [LogisticRegression(C=1e3, max_iter=5000).fit(a, trainer.data.y_train) for a in layers]
        shares = [line.score(a, trainer.data.y_train) for line, a in zip(lines, layers, strict=True)]
        assert stop["separations"] == pytest.approx(shares, abs=0.03)
    assert stops[-1]["separations"][1] > 0.9 > stops[-1]["separations"][0]
    assert len(header["folds"]["0"]["spaces"]) == 2


@pytest.mark.parametrize("most", [1, 250_000])  # numbers in a message: one tile in each, or all in one
def test_the_tiles_of_an_atlas_hold_the_engines_own_numbers(most, monkeypatch):
    monkeypatch.setattr("playground.web.atlas_route.MOST_NUMBERS", most)
    studio = new_studio()
    source = scene(f"atlas: {ATLAS}", "play: 0..20 in 1s")
    talk, _ = read_talk(source)
    assert record(talk, studio, seconds=0.0) < 1.0
    assert record(talk, studio) == 1.0
    assert shortfalls(talk, studio) == []
    header, messages = unpack_all(packed(talk, source, studio))
    assert [stop["at"] for stop in header["talk"]["scenes"][0]["stops"]] == [0, 20]
    (told,) = header["atlases"]
    assert told["link"].startswith("atlas?dataset=moons")
    (atlas,) = talk.atlases
    assert len(messages) == (4 if most == 1 else 1)
    seen = set()
    for message, numbers in messages:
        numbers, at = numbers.ravel(), 0
        for tile in message["atlas"]["tiles"]:
            rows = numbers[at : at + tile["rows"] * tile["width"]].reshape(tile["rows"], tile["width"])
            at += rows.size + 2 * tile["moments"] * len(tile["seeds"])
            run = studio.run_of(atlas.experiment(tile["cell"], tile["middle"]))
            run.record_to(20, 60)
            for row in rows[[0, 5, -1]]:
                own = run.recording.parameters[np.searchsorted(run.recording.epochs, row[1])]
                np.testing.assert_allclose(row[6:], own, rtol=1e-5, atol=1e-6)
            seen.add(tile["cell"])
    assert seen == set(range(4))


def test_scenes_of_one_atlas_each_show_what_their_own_link_says():
    source = scene(f"atlas: {ATLAS}&tiles=score") + "\n\n---\n\n" + scene(f"atlas: {ATLAS}")
    talk, problems = read_talk(source)
    assert problems == []
    studio = new_studio()
    assert record(talk, studio) == 1.0
    header, _ = unpack_all(packed(talk, source, studio))
    assert [(told["atlas"], told["tiles"]) for told in header["talk"]["scenes"]] == [(0, "score"), (0, VIEWS[0])]


def test_a_run_of_few_epochs_moves_by_single_steps():
    studio = new_studio()
    source = scene(f"run: {SMALL}", "play: 0..10 in 2s")
    talk, _ = read_talk(source)
    record(talk, studio)
    _, ((_, rows),) = unpack(packed(talk, source, studio))
    steps_per_epoch = talk.runs[0].steps_per_epoch(30)
    assert len(rows) == 10 * steps_per_epoch + 1


def test_it_stands_at_the_epoch_that_is_named():
    studio = new_studio()
    source = scene(f"run: {SMALL}", "play: hold at 12", "step: play ..20 in 1s")
    talk, _ = read_talk(source)
    record(talk, studio)
    stops = unpack(packed(talk, source, studio))[0]["scenes"][0]["stops"]
    assert [stop["at"] for stop in stops] == [12, 20]
    assert stops[1]["play"]["start"] == 12


def test_until_ends_at_the_first_epoch_at_which_it_holds():
    studio = new_studio()
    source = scene(f"run: {SMALL}&lr=0.1", "play: until train>=0.85 in 1s")
    talk, _ = read_talk(source)
    record(talk, studio)
    play = unpack(packed(talk, source, studio))[0]["scenes"][0]["stops"][1]["play"]
    recording = studio.run_of(talk.runs[0]).recording
    assert recording.train_score[int(play["end"])] >= 0.85 > recording.train_score[: int(play["end"])].max()


def test_what_is_never_reached_is_a_sentence_with_its_line_and_the_best():
    found = check(scene(f"run: {SMALL}", "play: until test-loss<=0.000001"), new_studio())
    assert [problem.line for problem in found.problems] == [6]
    assert "does not reach test-loss<=1e-06 within 1000 epochs: at its best it has" in found.problems[0].sentence


def test_what_would_take_a_server_long_is_a_sentence_before_anything_is_trained():
    studio = new_studio()
    found = check(scene("run: ?hidden=64,64,64&batch=1&samples=2000", "play: 0..2000"), studio)
    assert "This run can play to epoch" in str(found.problems[0])
    assert studio.run_of(found.talk.runs[0]).last_step == 0


def test_a_run_that_breaks_is_shown_up_to_its_end():
    source = scene("run: ?dataset=plane&optimizer=sgd&lr=10", "show: picture, loss", "play: 0..20")
    found = check(source, new_studio())
    assert found.problems == ()
    studio = new_studio()
    record(found.talk, studio)
    _, ((header, rows),) = unpack(packed(found.talk, source, studio))
    assert header["run"]["diverged"]
    assert rows[-1, 1] < 20
