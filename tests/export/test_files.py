"""The experiment file, weights, tables and ONNX: written, and read back by ourselves and by others."""

import contextlib
import csv
import importlib.util
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlp
from playground.export import EXPORTERS, Subject
from playground.export.experiment_file import experiment_json, fingerprint, read_experiment
from playground.export.gif import gif
from playground.export.onnx_model import onnx_model
from playground.export.tables import data_csv, history_csv
from playground.export.weights import npz, safetensors, state_dict
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs, new_trainer
from playground.tables.table import Table
from tests.export.scripts import TASKS, dataset


def subject(experiment: Experiment | None = None, step: int = 30) -> Subject:
    experiment = experiment or Experiment(Config(n_samples=40, hidden_layer_sizes=(4, 3)))
    trainer = new_trainer(experiment)
    trainer.run(epochs=20)
    return Subject(experiment, trainer, step)


def own_table() -> Table:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 3))
    return Table("=cmd()", ("a", "+b", "c,\nd"), "kind", ("yes", "@no"), x, (x[:, 0] > 0).astype(int))


OWN = Experiment(Config(own_data=own_table(), hidden_layer_sizes=(4,), loss="hinge"))
CHANGED = Experiment(Config(dataset="blobs", n_samples=40)).change(12, learning_rate=0.1).change(20, optimizer="sgd")


@pytest.mark.parametrize("experiment", [Experiment(), CHANGED, OWN], ids=["default", "changed", "own data"])
def test_an_experiment_file_opens_the_very_same_run(experiment: Experiment) -> None:
    taken = subject(experiment)
    raw = experiment_json(taken)
    read, step, problems = read_experiment(raw)
    assert (read, step, problems) == (experiment, 30, [])
    again = subject(read).net.parameters
    assert (again == taken.net.parameters).all()
    assert json.loads(raw)["result"]["parameters_sha256"] == fingerprint(again)


SHAPES = pytest.mark.parametrize("sizes", [(), (5, 3)])


def holding(net: mlp.MLP) -> Subject:
    """What is taken along of a network that no run of the playground has."""
    taken = Subject(Experiment(), subject().trainer, 0)
    taken.__dict__["net"] = net  # where the property would keep it
    return taken


def shaped(sizes: tuple[int, ...]) -> Subject:
    return subject(Experiment(Config(n_samples=40, hidden_layer_sizes=sizes, activations=("sine",), loss="huber")))


@SHAPES
def test_the_engine_opens_the_npz_to_the_last_bit(sizes: tuple[int, ...]) -> None:
    taken = shaped(sizes)
    net = mlp.MLP.load(io.BytesIO(npz(taken)))
    assert (net.parameters == taken.net.parameters).all()
    assert net.shape == taken.net.shape


@SHAPES
def test_the_safetensors_package_reads_ours_to_the_last_bit(sizes: tuple[int, ...], tmp_path: Path) -> None:
    package = pytest.importorskip("safetensors")
    taken, file = shaped(sizes), tmp_path / "net.safetensors"
    file.write_bytes(safetensors(taken))
    with package.safe_open(file, "numpy") as found:
        words = found.metadata()
        for k, layer in enumerate(taken.net.layers, start=1):
            assert (found.get_tensor(f"weights_{k}") == layer.weights).all()
            assert (found.get_tensor(f"biases_{k}") == layer.biases).all()
        assert len(found.keys()) == 2 * len(taken.net.layers)
    assert words == {
        "sizes": ",".join(map(str, taken.net.sizes)),
        "activations": ",".join(["sine"] * len(sizes)),
        "activation_settings": json.dumps([{}] * len(sizes)),
        "output_activation": "identity",
        "loss": "huber",
        "use_bias": "on",
        "step": "30",
    }


def test_the_safetensors_header_tells_the_slope_of_leaky_relu() -> None:
    raw = safetensors(holding(mlp.MLP([2, 3, 3, 1], [mlp.LeakyReLU(0.2), "tanh"])))
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    assert header["__metadata__"]["activation_settings"] == '[{"negative_slope": 0.2}, {}]'


def test_the_history_has_a_row_for_each_recorded_moment_up_to_this_one() -> None:
    taken = subject()
    rows = list(csv.DictReader(io.StringIO(history_csv(taken).decode())))
    assert [int(row["step"]) for row in rows] == list(range(0, 31, 2))
    assert float(rows[-1]["train_loss"]) == pytest.approx(taken.transcript.train_loss, rel=1e-14)


def test_history_and_film_reach_a_moment_inside_an_epoch_and_carry_the_settings() -> None:
    experiment = Experiment(Config(n_samples=60, schedule="exponential")).change(7, learning_rate=0.02, l2=0.01)
    run = Runs().get(experiment)
    run.record(6, seconds=60)
    taken = Subject(experiment, run.trainer, 10)
    rows = list(csv.DictReader(io.StringIO(history_csv(taken).decode())))
    assert [int(row["step"]) for row in rows] == [0, 3, 6, 7, 9, 10]
    assert float(rows[-1]["train_loss"]) == pytest.approx(taken.transcript.train_loss, rel=1e-14)
    rates = [0.01 * 0.99 ** (step / 3) for step in (0, 3, 6)] + [0.02 * 0.99 ** (step / 3) for step in (7, 9, 10)]
    assert [float(row["learning_rate"]) for row in rows] == pytest.approx(rates)
    assert [row["l2"] for row in rows] == ["0.0"] * 3 + ["0.01"] * 3
    assert [bool(row["changed"]) for row in rows] == [False, False, False, True, False, False]
    assert "0.02" in rows[3]["changed"]
    pytest.importorskip("PIL")
    assert gif(taken).count(b"\x21\xf9\x04") == len(rows)  # each picture's graphic control extension


def test_one_file_holds_all_the_others_and_names_what_is_missing() -> None:
    taken = subject(CHANGED)
    with zipfile.ZipFile(io.BytesIO(EXPORTERS["zip"].write(taken))) as pack:
        contents = pack.read("contents.txt").decode()
        for exporter in EXPORTERS.values():
            if exporter.name == "zip":
                continue
            try:
                assert pack.read(exporter.filename(taken)) == exporter.write(taken)
            except KeyError:
                with pytest.raises(ValueError, match=r"\.$") as problem:
                    exporter.write(taken)
                assert f"not here: {exporter.help} {problem.value}" in contents
        assert "not here: Pictures (PNG, SVG)." in contents
        assert pack.testzip() is None


@pytest.mark.filterwarnings("error")
def test_a_run_that_blows_up_gives_a_film_and_a_sentence_in_place_of_a_model_in_single_precision() -> None:
    experiment = Experiment(Config(n_samples=60, optimizer="sgd", learning_rate=0.3, l2=10.0))
    run = Runs().get(experiment)
    run.record(400, seconds=60)
    assert run.recording.diverged
    taken = Subject(experiment, run.trainer, run.last_step)
    assert np.abs(taken.net.parameters).max() > 1e39
    pytest.importorskip("PIL")
    assert gif(taken)[:3] == b"GIF"
    if importlib.util.find_spec("onnx"):
        with pytest.raises(ValueError, match=r"beyond 3\.4e38"):
            onnx_model(taken)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_experiment_file_of_a_run_that_blows_up_holds_a_loss_or_none() -> None:
    experiment = Experiment(Config(dataset="plane", optimizer="nesterov", learning_rate=10.0, activations=("relu",)))
    trainer = new_trainer(experiment)
    trainer.run(epochs=20)
    end = Subject(experiment, trainer, trainer.recording.last_step)
    assert json.loads(experiment_json(end))["result"]["train_loss"] == end.transcript.train_loss > 1e300
    trainer.net.parameters[...] = 1e200
    beyond = replace(end.transcript, final=trainer.net)
    assert np.isinf(beyond.train_loss)
    end.__dict__["transcript"] = beyond
    assert json.loads(experiment_json(end))["result"]["train_loss"] is None
    assert read_experiment(experiment_json(end)) == (experiment, end.step, [])


def test_data_come_back_number_for_number() -> None:
    taken = subject()
    rows = list(csv.DictReader(io.StringIO(data_csv(taken).decode())))
    x = np.array([[float(row["x1"]), float(row["x2"])] for row in rows if row["part"] == "test"])
    assert (x == taken.trainer.data.x_test).all()


def test_words_that_a_spreadsheet_would_run_are_made_harmless() -> None:
    text = data_csv(subject(OWN)).decode()
    assert text.splitlines()[0] == 'a,\'+b,"c, d",kind,part'
    assert "'@no" in text
    assert "\n=" not in text
    assert ",@" not in text


@pytest.mark.parametrize("activation", [*mlp.ACTIVATIONS, mlp.LeakyReLU(0.2)], ids=str)
def test_onnx_runtime_gives_the_networks_outputs(activation: str | mlp.Activation) -> None:
    _check_onnx(mlp.MLP([2, 6, 5, 1], activation, seed=3))


@pytest.mark.parametrize("loss", mlp.LOSSES)
def test_onnx_runtime_gives_the_outputs_of_every_loss(loss: str) -> None:
    data = dataset(TASKS[loss])
    _check_onnx(mlp.MLP([2, 6, data.n_outputs], "tanh", loss, seed=3))


def _check_onnx(net: mlp.MLP) -> None:
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    session = runtime.InferenceSession(onnx_model(holding(net)), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(2).uniform(-3, 3, (200, 2))
    found, *classes = session.run(None, {"rows": x})
    expected = net.logits(x)
    if net.loss.name == "binary_crossentropy":
        expected = net.predict_proba(x)[:, 1:]
    elif net.loss.name == "categorical_crossentropy":
        expected = net.predict_proba(x)
    sums = x @ net.layers[0].weights + net.layers[0].biases
    sure = np.abs(sums).min(axis=1) > 1e-5  # at a step, single precision may fall on the other side
    assert np.abs(found - expected)[sure].max() <= 1e-6 * max(1.0, np.abs(expected).max())
    if classes:
        clear = sure & (np.abs(np.diff(np.sort(net.logits(x)), axis=1, prepend=0.0))[:, -1] > 1e-4)
        np.testing.assert_array_equal(classes[0][clear], net.classify(x)[clear])


@pytest.mark.parametrize(
    "changes",
    [
        {"features": tuple(mlp.FEATURES)},
        {"features": ("x2", "x1")},
        {"features": ("sin x1", "x1*x2"), "dataset": "blobs"},
        {"dataset": "sine", "features": ("x1", "sin x1")},
        {"dataset": "sine", "features": ("x1",)},
    ],
)
def test_onnx_runtime_takes_points_of_the_plane_whatever_the_network_is_told_of_them(changes: dict[str, Any]) -> None:
    runtime = pytest.importorskip("onnxruntime")
    of = subject(Experiment(Config(**changes)))
    session = runtime.InferenceSession(onnx_model(of), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(2).uniform(-3, 3, (50, 2))
    one = changes.get("dataset") == "sine"
    columns = x[:, :1] if one else x
    assert session.get_modelmeta().custom_metadata_map["columns"] == ("x1" if one else "x1\nx2")
    told = mlp.expand_features(x, changes["features"])
    expected = of.net.predict_proba(told) if of.trainer.data.n_classes else of.net.outputs(told)
    found = session.run(None, {"rows": columns})[0]
    np.testing.assert_allclose(found, expected[:, -found.shape[1] :], atol=1e-5)


@pytest.mark.parametrize(
    "changes", [{}, {"hidden_layer_sizes": ()}, {"output_activation": "tanh", "loss": "mean_squared_error"}]
)
def test_pytorch_takes_the_state_under_its_own_names(changes: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    load = pytest.importorskip("safetensors.torch").load
    of = subject(Experiment(Config(**changes)))
    header = state_dict(of)
    said = json.loads(header[8 : 8 + int.from_bytes(header[:8], "little")])["__metadata__"]["modules"]
    net = torch.nn.Sequential(*(eval(module, {"nn": torch.nn, "torch": torch}) for module in said.split("\n"))).double()
    assert net.load_state_dict(load(header), strict=True)
    x = np.random.default_rng(2).uniform(-3, 3, (50, 2))
    with torch.no_grad():
        expected = of.net.logits(x) if of.net.loss.from_logits else of.net.outputs(x)
        np.testing.assert_allclose(net(torch.tensor(x)).numpy(), expected, atol=1e-12)


def test_no_export_trains_on() -> None:
    taken = subject()
    for exporter in EXPORTERS.values():
        with contextlib.suppress(ValueError):
            exporter.write(taken)
    assert (taken.trainer.step_count, len(taken.trainer.recording)) == (40, 21)


@pytest.mark.parametrize("name", EXPORTERS)
@pytest.mark.parametrize("experiment", [Experiment(), CHANGED, OWN], ids=["default", "changed", "own data"])
def test_every_exporter_writes_a_file_or_says_a_sentence(name: str, experiment: Experiment) -> None:
    exporter, taken = EXPORTERS[name], subject(experiment)
    try:
        raw = exporter.write(taken)
    except ValueError as error:
        assert str(error).endswith(".")  # noqa: PT017 - either way is fine
    else:
        assert raw
        assert exporter.filename(taken).replace("-", "").replace(".", "").replace("_", "").isalnum()
