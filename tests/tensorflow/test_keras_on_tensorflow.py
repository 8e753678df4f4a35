"""The Keras script on TensorFlow, which lies in an environment of its own: `make check` installs it there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.classics import pieces
from benchmarks.classics import run as run_piece
from playground.export.keras_script import keras_script
from tests.export.scripts import KERAS_RUNS, run

PYTHON = Path(sys.prefix) / "tensorflow/bin/python"
RUN_ALL = """
import runpy, sys
import keras
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
print("on", keras.backend.backend())
"""


def on_tensorflow(*arguments: str) -> str:
    """What a Python with TensorFlow prints."""
    if not PYTHON.exists():
        pytest.fail("There is no TensorFlow to test with: `make .venv/tensorflow.stamp` installs it.")
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run([PYTHON, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_keras_script_repeats_every_run_on_tensorflow(tmp_path: Path) -> None:
    scripts = [tmp_path / f"{number}.py" for number in range(len(KERAS_RUNS))]
    for script, settings in zip(scripts, KERAS_RUNS, strict=True):
        script.write_text(keras_script(run(**settings, steps=20)), encoding="utf-8")
    printed = on_tensorflow("-c", RUN_ALL, *map(str, scripts))  # in one process: TensorFlow takes seconds to import
    assert printed.endswith("on tensorflow\n")
    differences = [float(found) for found in re.findall(r"differ by (\S+) of their size", printed)]
    assert len(differences) == len(KERAS_RUNS)
    for settings, difference in zip(KERAS_RUNS, differences, strict=True):
        assert difference < 1e-10, settings


@pytest.mark.parametrize("piece", pieces(), ids=["from scratch", "sum"])
def test_the_keras_code_in_the_docs_comes_to_the_classics_error(piece: dict[str, str]) -> None:
    data = re.sub(r"\bepochs(, n)? = \d+", r"epochs\1 = 2", piece["data"])
    assert data != piece["data"]
    _, error = run_piece("keras", data, piece["keras"])
    assert error == pytest.approx(
        run_piece("classic", data, piece["classic"])[1], rel=1e-5
    )  # Keras as it comes: float32
