"""A run in a notebook: the page in the frame holds the very numbers of the run."""

import ast
import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

import mlp
import playground
from playground.export.notebook import Replay
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from playground.web.message import decode

GALLERY = Path(__file__).parents[2] / "docs" / "gallery.ipynb"


class Frame(HTMLParser):
    def handle_starttag(self, tag, attributes):
        self.attributes = dict(attributes)


def told(shown: Replay):
    """What the page in the cell's output holds: (header, rows)."""
    frame = Frame()
    frame.feed(shown._repr_html_())
    assert frame.attributes["srcdoc"].encode() == shown.page
    packed = re.search(r'id="recording">([^<]*)<', frame.attributes["srcdoc"])[1]
    return decode(base64.b64decode(packed))


@pytest.mark.parametrize(
    "run",
    [
        "?dataset=moons&hidden=4,3",
        Config(dataset="moons", hidden_layer_sizes=(4, 3)),
        "http://x/?dataset=moons&hidden=4,3&step=7",
    ],
)
def test_a_run_is_shown_by_its_link_or_its_settings(run):
    header, rows = told(playground.replay(run, epochs=20))
    same = Runs().get(Experiment(Config(dataset="moons", hidden_layer_sizes=(4, 3))))
    same.record(20, seconds=60)
    np.testing.assert_array_equal(rows, same.rows(-1))
    assert header["run"]["goal"] == 20


@pytest.mark.parametrize(("dataset", "outputs"), [("circles", 1), ("plane", 1), ("blobs", 3)])
def test_a_trainer_is_shown_with_its_own_points(dataset, outputs):
    data = mlp.make_dataset(dataset, n_samples=60, seed=3, **({"n_classes": 3} if outputs == 3 else {}))
    loss = {"circles": "hinge", "plane": "mean_squared_error", "blobs": "categorical_crossentropy"}[dataset]
    trainer = mlp.Trainer(mlp.MLP((2, 5, outputs), loss=loss, seed=1), data, mlp.SGD(0.05), batch_size=7, seed=2)
    for _ in range(9):
        trainer.epoch()
    header, rows = told(playground.replay(trainer, height=500))
    np.testing.assert_array_equal(rows[-1, -len(trainer.net.parameters) :], trainer.net.parameters.astype(np.float32))
    drawn = header["run"]["data"]["traces"]
    x1 = np.concatenate([trace["x1"] for trace in drawn if not trace["test"]])
    np.testing.assert_allclose(np.sort(x1), np.sort(data.x_train[:, 0]), atol=1e-4)
    assert (header["run"]["task"], header["run"]["steps_per_epoch"]) == (data.task, -(-len(data.x_train) // 7))
    assert [(layer["n_in"], layer["n_out"]) for layer in header["run"]["net"]["layers"]] == [(2, 5), (5, outputs)]


def test_what_cannot_be_shown_gets_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"must have 2 inputs; got 1\."):
        playground.replay(mlp.Trainer(mlp.MLP((1, 2, 1), loss="mean_squared_error"), mlp.make_dataset("sine")))
    with pytest.raises(ValueError, match="not a setting"):
        playground.replay("?learning=fast")
    with pytest.raises(ValueError, match="at least 300 pixels; got 10"):
        playground.replay("", height=10)
    assert playground.replay("", epochs=1).save(tmp_path / "run.html").read_bytes().startswith(b"<!doctype html>")


def test_the_gallery_runs_from_top_to_bottom_and_every_cell_shows_what_it_says():
    cells = json.loads(GALLERY.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    shown = []
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        assert not cell["outputs"], "the notebook is kept without outputs"
        *statements, last = ast.parse("".join(cell["source"])).body
        exec(compile(ast.Module(statements, []), GALLERY.name, "exec"), names)
        assert isinstance(last, ast.Expr)
        shown.append(eval(compile(ast.Expression(last.value), GALLERY.name, "eval"), names))
    replays = [each for each in shown if isinstance(each, Replay)]
    charts = [each for each in shown if isinstance(each, go.Figure)]
    words = [each for each in shown if isinstance(each, str)]
    assert (len(replays), len(charts), len(words)) == (2, 4, 2)
    assert float(re.search(r"test loss ([\d.]+)", words[0])[1]) < 0.2
    now, then = (np.asarray(chart.data[0].z, float) for chart in charts[2:])
    assert not np.array_equal(now, then)
