"""The page "Take along" without a browser."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.export import EXPORTERS, Subject
from playground.export.cards import drawn_from
from playground.export.experiment_file import experiment_json
from playground.export.pictures import pictures
from playground.health.portrait import portrait
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_to_query
from playground.run.runs import Runs
from tests.export.test_files import CHANGED, OWN, own_table, subject

safetensors = pytest.importorskip("safetensors.numpy")
HOUSE = Path(__file__).parents[2] / "playground"
FRAME, PICTURES_JS = HOUSE / "app" / "frame.py", HOUSE / "web" / "js" / "take" / "pictures.js"


def page(name: str = "") -> AppTest:
    """The page on one of the experiments at step 30."""
    app = AppTest.from_file(str(FRAME), default_timeout=120)
    for key, value in run_to_query({"": Experiment(), "changed": CHANGED, "own": OWN}[name], 30).items():
        app.query_params[key] = value
    app.run()
    return app.switch_page("../../pages/export.py").run()


def told(at: AppTest) -> dict[str, Any]:
    """What the page tells the cards."""
    (found,) = (c for c in at.get("bidi_component") if c.proto.component_name == "take")
    return json.loads(found.proto.json)


def choose(at: AppTest, name: str) -> AppTest:
    """The page after a click on a card."""
    at.session_state["page_taken along"] = name
    return at.run()


@pytest.mark.parametrize("name", ["", "changed", "own"])
def test_the_page_offers_all_of_it_everything_first(name: str) -> None:
    at = page(name)
    assert not at.exception
    assert "up to step 30" in " ".join(element.value for element in at.markdown)
    cards = told(at)["cards"]
    assert [card["name"] for card in cards][:2] == ["zip", "pictures"]
    assert {card["name"]: card["help"] for card in cards if card["name"] != "pictures"} == {
        e.name: e.help for e in EXPORTERS.values()
    }
    drawable = set(re.findall(r"^  (\w+)(?:: \(c|\(c)", PICTURES_JS.read_text(encoding="utf-8"), re.MULTILINE))
    assert {card["picture"] for card in cards} <= drawable
    assert "step=30" in at.code[0].value
    assert told(at)["chosen"] == "numpy"
    assert "A 2-8-8-1 network" in at.code[1].value or name


@pytest.mark.parametrize("name", ["", "changed", "own"])
def test_beside_the_cards_stands_what_is_in_the_file_or_why_there_is_none(name: str) -> None:
    at = page(name)
    experiment = {"": Experiment(), "changed": CHANGED, "own": OWN}[name]
    run = Runs().get(experiment)
    run.record_until(30)
    taken = Subject(experiment, run.trainer, 30)
    for exporter in EXPORTERS.values():
        choose(at, exporter.name)
        assert not at.exception, exporter.name
        assert at.subheader[0].value == exporter.label
        try:
            raw = exporter.write(taken)
        except ValueError:
            assert at.info, exporter.name
            continue
        assert not at.info, exporter.name
        if exporter.mime == "image/gif":
            continue
        shown = at.code[1].value
        if exporter.name == "zip":
            with zipfile.ZipFile(io.BytesIO(raw)) as pack:
                assert set(pack.namelist()) - {"contents.txt"} <= {
                    line.partition(":")[0] for line in shown.splitlines()
                }
        elif exporter.mime in ("application/json", "text/csv"):
            lines = raw.decode().splitlines()
            assert shown.splitlines()[:5] == [line[:199] + "…" if len(line) > 200 else line for line in lines[:5]]
        elif exporter.suffix.endswith(".safetensors"):
            for tensor, array in safetensors.load(raw).items():
                assert f"{tensor}: {' × '.join(map(str, array.shape))} numbers" in shown
        elif exporter.name == "npz":
            assert f"parameters: {taken.net.n_parameters} numbers" in shown


def test_what_a_framework_cannot_express_is_said_in_place_of_the_file() -> None:
    at = choose(page("changed"), "sklearn")
    assert any("changed in the middle" in element.value for element in at.info)


@pytest.mark.parametrize("name", ["", "own"])
def test_the_pictures_on_the_cards_are_of_the_run(name: str) -> None:
    taken = subject({"": Experiment(), "own": OWN}[name])
    drawn = drawn_from(taken)
    assert drawn["sizes"] == list(taken.net.sizes)
    for shares, layer in zip(drawn["weights"], taken.net.layers, strict=True):
        np.testing.assert_allclose(shares, layer.weights / np.abs(layer.weights).max(), atol=6e-4)
    train, test = drawn["losses"]
    frames = taken.frames
    assert (train[0] > train[-1]) == (frames.train_loss[0] > frames.train_loss[-1])
    assert (train[-1] > test[-1]) == (frames.train_loss[-1] > frames.test_loss[-1])
    assert drawn["film"][-1] == portrait(taken.experiment, taken.net)
    first = taken.net.copy()
    first.parameters[...] = frames.parameters[0]
    assert drawn["film"][0] == portrait(taken.experiment, first)


@pytest.mark.parametrize("experiment", [Experiment(), CHANGED, OWN], ids=["default", "changed", "own data"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_there_are_four_pictures_of_every_run(experiment: Experiment, theme: str) -> None:
    figures = pictures(subject(experiment), theme)
    assert list(figures) == ["boundary", "gradients", "weights", "loss"]
    for figure in figures.values():
        assert figure.data
        assert figure.layout.title.text


def test_no_name_of_a_users_gets_into_a_picture() -> None:
    taken = subject(OWN)
    assert "cmd" not in "".join(figure.to_json() for figure in pictures(taken).values())
    assert b"=cmd()" in experiment_json(taken)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("fruit", "fruit"),
        ("=cmd()", "cmd"),
        ("../..\\my_table: 2024.csv", "my-table-2024-csv"),
        ("Obst – Früchte", "Obst-Früchte"),
        ("हिन्दी 水果", "हिन्दी-水果"),
        ("…", "own-data"),
        ("a " * 40, "-".join("a" * 20)),
    ],
)
def test_files_are_called_after_the_table_in_letters_digits_and_hyphens(title: str, name: str) -> None:
    own = Experiment(Config(own_data=replace(own_table(), title=title), hidden_layer_sizes=(4,), loss="hinge"))
    taken = subject(own)
    assert taken.stem == f"{name}-3-4-1-step-30"
    assert EXPORTERS["numpy"].filename(taken) == f"{name}-3-4-1-step-30-numpy.py"


def test_the_card_of_everything_says_truly_that_no_picture_is_in_it() -> None:
    taken = subject(OWN)
    with zipfile.ZipFile(io.BytesIO(EXPORTERS["zip"].write(taken))) as pack:
        names = set(pack.namelist())
    assert names >= {EXPORTERS[name].filename(taken) for name in ("numpy", "experiment", "npz", "history", "data")}
    has_pictures = any(name.endswith((".png", ".svg")) for name in names)
    assert has_pictures != ("Not the pictures" in EXPORTERS["zip"].help)


def test_a_run_that_has_not_been_trained_says_so_before_it_is_taken_along() -> None:
    app = AppTest.from_file(str(FRAME), default_timeout=120).run().switch_page("../../pages/export.py").run()
    assert "up to step 0" in " ".join(element.value for element in app.markdown)
    assert any("has learned nothing yet" in info.value for info in app.info)
    assert not any("has learned nothing yet" in info.value for info in page().info)
