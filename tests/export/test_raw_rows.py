"""A network that learned from own data, used elsewhere: rows of the table in, names and numbers of the table out."""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlp
from mlp.datasets import split
from mlp.rng import Purpose, generator
from playground.export.keras_script import keras_script
from playground.export.numpy_script import numpy_script
from playground.export.onnx_model import onnx_model
from playground.export.pytorch_script import pytorch_script
from playground.export.sklearn_script import sklearn_script
from playground.export.subject import Subject
from playground.export.transcript import Transcript
from playground.export.weights import npz, safetensors
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.tables.table import Table

RNG = np.random.default_rng(8)
X = np.column_stack([RNG.normal(170.0, 9.0, 60), RNG.normal(0.004, 0.001, 60), RNG.uniform(1e5, 3e5, 60)])
SUM = (X[:, 0] - 170.0) / 9.0 + (X[:, 1] - 0.004) / 0.001
NAMES = ("height (cm)", "dose", "income")

MANY = np.column_stack([X[:, :1], X[:, 1:2], RNG.normal(size=(60, 62))])
NASTY = (
    'it is """', "back\\ \\u0041 \\N{DASH}", "two\nlines # {0} %s", "'" * 3, "🐈\u200d⬛ <script>", "a\u202eb ${x}",
)  # fmt: skip
TAKEN = ("class", "lambda", "function", "None", "import os", "x1")


def own(n_inputs: int, kind: str, **changes: Any) -> Table:
    y: dict[str, Any] = {
        "binary": ((SUM > 0).astype(int), ("low", "hïgh")),
        "multiclass": (np.digitize(SUM, [-0.7, 0.7]), ("a", "b", "c")),
        "regression": (4000.0 + 300.0 * SUM, ()),
    }[kind]
    values = {"scaling": "standard", "plane": None, "x": X[:, :n_inputs], **changes}
    return Table("People", NAMES[:n_inputs], "wage (€)", y[1], y=y[0], **values)


CASES: dict[str, dict[str, Any]] = {
    "two classes": {"own_data": own(3, "binary")},
    "three classes": {"own_data": own(3, "multiclass", scaling="range")},
    "a number": {"own_data": own(3, "regression")},
    "a number in a range": {"own_data": own(2, "regression", scaling="range")},
    "nothing scaled": {"own_data": own(2, "binary", scaling="none", x=(X[:, :2] - [170, 0.004]) / [9, 0.001])},
    "one input": {"own_data": own(1, "regression"), "features": ("x1",)},
    "one input told twice": {"own_data": own(1, "binary"), "features": ("x1", "x1^2")},
    "other features": {"own_data": own(2, "binary"), "features": ("x1^2", "x2")},
    "all features": {"own_data": own(2, "regression"), "features": tuple(mlp.FEATURES)},
    "inputs turned round": {"own_data": own(2, "multiclass"), "features": ("x2", "x1")},
    "two classes by their squares": {"own_data": own(3, "binary"), "loss": "mean_squared_error"},
    "three classes by their squares": {"own_data": own(3, "multiclass"), "loss": "mean_squared_error"},
    "no hidden layer": {"own_data": own(3, "multiclass"), "hidden_layer_sizes": ()},
    "names for breaking out": {"own_data": own(3, "multiclass").changed(inputs=NASTY[:3], classes=NASTY[3:])},
    "names that a language has taken": {"own_data": own(3, "multiclass").changed(inputs=TAKEN[:3], classes=TAKEN[3:])},
    "two names alike": {"own_data": own(2, "binary").changed(inputs=("x", "x"), classes=("a", "a"))},
    "64 inputs": {"own_data": own(3, "multiclass").changed(inputs=tuple("ж" * (k + 1) for k in range(64)), x=MANY)},
    "another test share": {"own_data": own(3, "regression"), "test_fraction": 0.8, "data_seed": 5},
}


def subject(case: str) -> Subject:
    experiment = Experiment(Config(**{"hidden_layer_sizes": (4,), **CASES[case]}))
    trainer = new_trainer(experiment)
    trainer.run(epochs=4)
    return Subject(experiment, trainer, int(trainer.recording.frames.steps[-1]))


def expected(of: Subject) -> list[Any]:
    """What the network says of every row, in the table's words; rows and their answers matched through the engine."""
    table = of.experiment.config.own_data
    assert table is not None
    data = of.trainer.data
    order = table_order(of)
    x = np.concatenate([data.x_train, data.x_test])[order]
    if table.classes:
        return [table.classes[k] for k in of.net.classify(x)]
    train = table.y[np.argsort(order)[: len(data.y_train)]]
    how = {"standard": (train.mean(), train.std()), "range": ((train.min() + train.max()) / 2, np.ptp(train) / 2)}
    middle, size = how[table.scaling]
    return list(of.net.outputs(x)[:, 0] * size + middle)


def table_order(of: Subject) -> np.ndarray:
    """For each row of the table, its place among the training and then the test rows."""
    c = of.experiment.config
    assert c.own_data is not None
    train, test = split(c.own_data.y, c.task, c.test_fraction, generator(c.data_seed, Purpose.SPLIT))
    return np.argsort(np.concatenate([train, test]))


def same(found: Any, wanted: list[Any], tolerance: float = 1e-9) -> None:
    if isinstance(wanted[0], str):
        assert list(found) == wanted
        assert len(set(wanted)) > 1
    else:
        assert np.ptp(wanted) > 10.0
        np.testing.assert_allclose(np.ravel(found), wanted, rtol=tolerance)


Writer = Callable[[Transcript], str]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("write", [numpy_script, pytorch_script, sklearn_script], ids=lambda w: w.__name__)
def test_a_script_predicts_from_rows_of_the_table(write: Writer, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    _check_script(write, case, capsys)


@pytest.mark.filterwarnings("ignore")  # TensorFlow-shaped corners of Keras are not ours
@pytest.mark.parametrize("case", ["three classes", "a number in a range", "other features"])
def test_the_keras_script_predicts_from_rows_of_the_table(
    case: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    _check_script(keras_script, case, capsys)


def _check_script(write: Writer, case: str, capsys: pytest.CaptureFixture[str]) -> None:
    needs = {pytorch_script: "torch", sklearn_script: "sklearn", keras_script: "keras"}
    if write in needs and not importlib.util.find_spec(needs[write]):
        pytest.skip(f"{needs[write]} is not installed")
    of = subject(case)
    table = of.experiment.config.own_data
    assert table is not None
    scope: dict[str, Any] = {"__name__": "imported"}
    exec(compile(write(of.transcript), "<script>", "exec"), scope)
    trained = scope["main"]()
    arguments = trained if isinstance(trained, tuple) else (trained,)
    same(scope["predict"](table.x.tolist(), *arguments), expected(of))
    assert (scope["INPUTS"], scope.get("CLASSES", ())) == (table.inputs, table.classes)
    printed = capsys.readouterr().out
    assert "The numbers match the playground's." in printed
    row = repr(tuple(table.x[0].tolist())) if len(table.inputs) < 9 else "its first row"
    assert printed.splitlines()[-1].startswith(f"Of the table, {row} gives ")


def by_hand(
    line: str, rows: np.ndarray, outputs: Callable[[np.ndarray], np.ndarray], probabilities: bool = False
) -> Any:
    """What somebody with the file alone would do: docs/formats.md in a few lines."""
    table = json.loads(line)
    x = (rows - [c["middle"] for c in table["inputs"]]) / [c["size"] for c in table["inputs"]]
    if "features" in table:
        x1, x2 = x[:, 0], x[:, 1] if x.shape[1] == 2 else 0.0 * x[:, 0]
        x = np.column_stack([eval(f["formula"], {"x1": x1, "x2": x2, "np": np}) for f in table["features"]])
    out = outputs(x)
    if "classes" not in table:
        return out[:, 0] * table["target"]["size"] + table["target"]["middle"]
    boundary = 0.5 if probabilities else table["boundary"]
    k = out.argmax(axis=1) if out.shape[1] > 1 else (out[:, 0] > boundary).astype(int)
    return [table["classes"][j] for j in k]


@pytest.mark.parametrize("case", CASES)
def test_files_of_weights_tell_how_to_use_them(case: str, tmp_path: Path) -> None:
    of = subject(case)
    table = of.experiment.config.own_data
    assert table is not None
    raw = npz(of)
    net = mlp.MLP.load(io.BytesIO(raw))
    with np.load(io.BytesIO(raw), allow_pickle=False) as content:
        same(by_hand(str(content["table"]), table.x, net.outputs), expected(of))
    raw = safetensors(of)
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    same(by_hand(header["__metadata__"]["table"], table.x, net.outputs), expected(of))
    assert of.raw_rows is not None
    same(
        [table.classes[k] for k in net.classify(of.raw_rows.prepare(table.x))]
        if table.classes
        else of.raw_rows.target_scale.undo(net.outputs(of.raw_rows.prepare(table.x))),  # type: ignore[union-attr]
        expected(of),
    )


@pytest.mark.parametrize("case", CASES)
def test_an_onnx_model_takes_rows_of_the_table(case: str) -> None:
    runtime = pytest.importorskip("onnxruntime")
    of = subject(case)
    table = of.experiment.config.own_data
    assert table is not None
    session = runtime.InferenceSession(onnx_model(of), providers=["CPUExecutionProvider"])
    said = session.get_modelmeta().custom_metadata_map
    assert said["columns"].split("\n") == list(table.inputs)
    outputs, *classes = session.run(None, {"rows": table.x})
    if table.classes:
        names = json.loads(said["table"])["classes"]
        same([names[k] for k in classes[0]], expected(of))
        assert outputs.shape == (len(table), of.net.sizes[-1])
    else:
        same(outputs, expected(of), 1e-5)


def test_an_onnx_model_keeps_the_digits_of_large_numbers() -> None:
    """Milliseconds since 1970 are the same to single precision for minutes."""
    runtime = pytest.importorskip("onnxruntime")
    x = 1.7e12 + 1000.0 * np.arange(60.0)
    experiment = Experiment(
        Config(own_data=Table("T", ("time",), "y", (), x[:, None], np.sin(np.arange(60) / 9)), features=("x1",))
    )
    trainer = new_trainer(experiment)
    trainer.run(epochs=4)
    of = Subject(experiment, trainer, int(trainer.recording.frames.steps[-1]))
    session = runtime.InferenceSession(onnx_model(of), providers=["CPUExecutionProvider"])
    raw = of.raw_rows
    assert raw is not None
    assert raw.target_scale is not None
    wanted = raw.target_scale.undo(of.net.outputs(raw.prepare(x[:, None])))
    np.testing.assert_allclose(session.run(None, {"rows": x[:, None]})[0], wanted, atol=1e-5)


def test_a_run_on_a_dataset_says_nothing_of_a_table() -> None:
    experiment = Experiment(Config(hidden_layer_sizes=(3,)))
    trainer = new_trainer(experiment)
    trainer.run(epochs=1)
    of = Subject(experiment, trainer, 25)
    assert of.raw_rows is None
    assert "predict" not in numpy_script(of.transcript)
    with np.load(io.BytesIO(npz(of)), allow_pickle=False) as content:
        assert set(content) == {"parameters", "description"}
