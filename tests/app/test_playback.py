"""How a link is played: what it may say, and what is answered to what it may not."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from playground.run.link import run_from_query, run_to_link
from playground.run.playback import CHOICES, KEYS, Playback, from_query

JS = Path(__file__).parents[2] / "playground" / "web" / "js" / "stage"


@pytest.mark.parametrize(
    ("query", "playback"),
    [
        ({}, Playback()),
        ({"step": "0"}, Playback(play=False)),
        ({"step": "500"}, Playback(play=False)),
        ({"step": "500", "play": "on"}, Playback(play=True)),
        ({"play": "off"}, Playback(play=False)),
        ({"play": "120"}, Playback(play=True, until=120.0)),
        ({"play": "0.5", "speed": "slow"}, Playback(play=True, until=0.5, speed="slow")),
        (
            {"scale": "log", "discretize": "on", "points": "training", "speed": "full"},
            Playback(speed="full", scale="log", discretize=True, test_points=False),
        ),
        ({"goal": "score0.95"}, Playback(goal="score0.95")),
        ({"goal": "1000", "play": "120"}, Playback(play=True, until=120.0, goal="1000")),
        ({"scale": "linear", "discretize": "off", "points": "all"}, Playback(scale="linear")),
        ({"ring": "0.5,-1.25"}, Playback(ring=(0.5, -1.25))),
        ({"neuron": "2.8", "panel": "matrix"}, Playback(neuron="2.8", panel="matrix")),
        ({"neuron": "0.2", "panel": "time"}, Playback(neuron="0.2", panel="time")),
    ],
)
def test_a_link_says_how_it_is_played(query, playback):
    assert from_query(query) == (playback, [])
    assert run_from_query(query)[2] == []


@pytest.mark.parametrize(
    ("key", "text"),
    [
        *[("ring", text) for text in ("1", "1,2,3", "nan,0", "1,nan", "inf,1", "1e9,0", "a,b", "<b>,1")],
        *[("play", text) for text in ("yes", "-3", "0", "nan", "inf", "1e9", "on off")],
        *[(key, text) for key in CHOICES for text in ("", "61", "ON", "<b>")],
        *[("panel", text) for text in ("predicted", "residuals", "Matrix")],
        *[("neuron", text) for text in ("", "2", "2.9", "3.1", "0.3", "1.0", "1.-1", "x.y", "1.1.1", "٢.١", "9" * 500)],
    ],
)
def test_what_a_link_may_not_say_is_told_and_changes_nothing(key, text):
    playback, (problem,) = from_query({key: text})
    assert playback == Playback()
    assert problem.startswith(f"The link's {key} must be ")
    assert problem.endswith(f"; got {text[:40]}.")


@pytest.mark.parametrize(
    ("query", "neuron", "panel", "n_problems"),
    [
        ("hidden=4,2&neuron=2.2", "2.2", "", 0),
        ("hidden=4,2&neuron=2.3", "", "", 1),
        ("hidden=none&neuron=1.1", "", "", 1),
        ("hidden=none&features=x1,x2,x1^2&neuron=0.3", "0.3", "", 0),
        ("dataset=plane&panel=residuals", "", "residuals", 0),
        ("dataset=plane&panel=matrix", "", "", 1),
        ("dataset=blobs&panel=matrix", "", "matrix", 0),
        ("classic=sum_today&panel=time", "", "time", 0),
    ],
)
def test_what_is_open_must_be_there_in_the_run_of_the_link(query, neuron, panel, n_problems):
    said = dict(parse_qsl(query))
    experiment, _, problems = run_from_query(said)
    assert problems == []
    playback, problems = from_query(said, experiment.config)
    assert (playback.neuron, playback.panel, len(problems)) == (neuron, panel, n_problems)


def test_a_link_without_a_step_plays_and_one_to_the_beginning_stands_there():
    experiment, step, _ = run_from_query({})
    assert run_to_link(experiment) == ""
    assert run_to_link(experiment, step) == "?step=0"


def test_the_browser_writes_the_keys_the_goals_and_the_speeds_that_are_read_here():
    speeds = re.findall(r'\{ key: "(\w+)", name:', (JS / "player.js").read_text(encoding="utf-8"))
    assert tuple(speeds) == CHOICES["speed"]
    goals = re.findall(r'\{ key: "([\w.]+)"', (JS / "stops.js").read_text(encoding="utf-8"))
    assert tuple(goals) == CHOICES["goal"]
    said = re.search(r"const said = \{(.*?)\};", (JS / "address.js").read_text(encoding="utf-8"), re.DOTALL)
    assert set(re.findall(r"^    (\w+)[:,]", said[1], re.MULTILINE)) == {"step", *KEYS}
