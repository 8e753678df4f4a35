"""`python -m playground export`, as somebody who scripts would call it."""

from pathlib import Path

import pytest

from playground.__main__ import main
from playground.export.experiment_file import read_experiment
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_to_link
from tests.export.scripts import difference, execute

EXPERIMENT = Experiment(Config(n_samples=40, hidden_layer_sizes=(3,))).change(20, learning_rate=0.2)


def test_a_link_becomes_a_script_that_repeats_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = "http://localhost:8501/export" + run_to_link(EXPERIMENT, 31)
    assert main(["export", "--link", link, "--to", "numpy", "experiment", "--into", str(tmp_path)]) == 0
    script, file = (Path(line) for line in capsys.readouterr().out.split())
    assert difference(execute(script.read_text(encoding="utf-8"))) < 1e-12
    assert read_experiment(file.read_bytes()) == (EXPERIMENT, 31, [])


def test_an_experiment_file_does_as_well_as_a_link(tmp_path: Path) -> None:
    link = run_to_link(EXPERIMENT, 31)
    assert main(["export", "--link", link, "--to", "experiment", "--into", str(tmp_path / "a")]) == 0
    (file,) = (tmp_path / "a").iterdir()
    assert main(["export", "--link", str(file), "--to", "npz", "--into", str(tmp_path / "b")]) == 0
    assert [path.suffix for path in (tmp_path / "b").iterdir()] == [".npz"]


def test_without_a_step_it_trains_for_a_while(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--link", "?samples=40&hidden=2&v=1", "--to", "history", "--into", str(tmp_path)]) == 0
    assert "step-400-history.csv" in capsys.readouterr().out


def test_what_cannot_be_is_a_sentence_and_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--link", run_to_link(EXPERIMENT, 31), "--to", "sklearn", "--into", str(tmp_path)]) == 1
    assert "changed in the middle" in capsys.readouterr().err
    assert main(["export", "--link", "nowhere.json", "--to", "numpy"]) == 1
    assert "nowhere.json" in capsys.readouterr().err
