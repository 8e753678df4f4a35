"""The page "Take along" without a browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.export import EXPORTERS
from playground.export.experiment_file import experiment_json
from playground.export.pictures import pictures
from playground.run.experiment import Experiment
from playground.run.link import run_to_query
from tests.export.test_files import CHANGED, OWN, subject

FRAME = Path(__file__).parents[2] / "playground" / "app" / "frame.py"


def page(name: str = "") -> AppTest:
    """The page on one of the experiments at step 30."""
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    for key, value in run_to_query({"": Experiment(), "changed": CHANGED, "own": OWN}[name], 30).items():
        app.query_params[key] = value
    app.run()
    return app.switch_page("../../pages/export.py").run()


@pytest.mark.parametrize("name", ["", "changed", "own"])
def test_the_page_offers_all_of_it(name: str) -> None:
    at = page(name)
    assert not at.exception
    said = " ".join(element.value for element in (*at.markdown, *at.subheader, *at.caption))
    assert "up to step 30" in said
    for exporter in EXPORTERS.values():
        assert exporter.help in said or exporter.group == "code"
    assert "A 2-8-8-1 network" in at.code[1].value or name
    assert "step=30" in at.code[0].value


def test_what_a_framework_cannot_express_is_said_on_its_tab() -> None:
    at = page("changed")
    assert any("changed in the middle" in element.value for element in at.info)


@pytest.mark.parametrize("experiment", [Experiment(), CHANGED, OWN], ids=["default", "changed", "own data"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_there_are_four_pictures_of_every_run(experiment: Experiment, theme: str) -> None:
    figures = pictures(subject(experiment), theme)
    assert list(figures) == ["boundary", "gradients", "weights", "loss"]
    for figure in figures.values():
        assert figure.data
        assert figure.layout.title.text


def test_no_name_of_a_users_gets_into_a_picture_or_a_file_name() -> None:
    taken = subject(OWN)
    assert "cmd" not in "".join(figure.to_json() for figure in pictures(taken).values())
    assert taken.stem == "own-data-3-4-1-step-30"
    assert b"=cmd()" in experiment_json(taken)
