"""Weights from a file: whoever wrote them, the run begins with them to the last bit, and a bad file is a sentence."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import mlp
from playground.__main__ import main
from playground.export import Subject
from playground.export.experiment_file import experiment_json, read_experiment
from playground.export.numpy_script import numpy_script
from playground.export.pytorch_script import pytorch_script
from playground.export.weights import npz, safetensors, state_dict
from playground.export.weights_file import begin_with, read_weights
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import fits, run_from_query, run_to_query
from playground.run.runs import Runs
from tests.export.scripts import difference, execute

DATA = ("dataset", "n_classes", "features")
WRITERS = {"npz": npz, "safetensors": safetensors, "state_dict": state_dict}


def taken(step: int = 60, **settings: Any) -> Subject:
    experiment = Experiment(Config(n_samples=60, **{"hidden_layer_sizes": (5, 3), **settings}))
    run = Runs().get(experiment)
    run.record_until(step)
    return Subject(experiment, run.trainer, step)


def opened(raw: bytes, config: Config | None = None) -> tuple[Experiment, mlp.Trainer, list[str]]:
    experiment, notes = begin_with(config or Config(n_samples=60), read_weights(raw))
    run = Runs().get(experiment)
    run.record_until(40)
    return experiment, run.trainer, notes


def first_of(trainer: mlp.Trainer) -> np.ndarray:
    return trainer.recording.seek(0).parameters


def safe(arrays: dict[str, np.ndarray], metadata: dict[str, str] | None = None, kind: str = "F64") -> bytes:
    """A .safetensors as its documentation describes it."""
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    body = b""
    for name, array in arrays.items():
        header[name] = {
            "dtype": kind, "shape": list(array.shape), "data_offsets": [len(body), len(body) + array.nbytes]
        }  # fmt: skip
        body += array.tobytes()
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def zipped(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"hidden_layer_sizes": ()},
        {"activations": ("relu", "sine"), "loss": "hinge"},
        {"activations": ("leaky_relu",), "leaky_relu_negative_slope": 0.3},
        {"dataset": "blobs", "n_classes": 4, "features": ("x1", "x2", "x1^2")},
        {"dataset": "plane", "output_activation": "tanh"},
        {"use_bias": "off"},
    ],
    ids=str,
)
def test_a_run_begins_with_the_weights_of_our_own_files_to_the_last_bit(name: str, settings: dict[str, Any]) -> None:
    of = taken(**settings)
    c = of.experiment.config
    config = Config(n_samples=60, **{key: settings[key] for key in DATA if key in settings})
    if name == "state_dict":  # which tells no more than PyTorch's own files do
        config = c.changed(seed=9)
    experiment, trainer, notes = opened(WRITERS[name](of), config)
    np.testing.assert_array_equal(first_of(trainer), of.net.parameters)
    assert trainer.net.shape == of.net.shape
    assert bool(notes) == (name == "state_dict" and c.hidden_layer_sizes != ())
    x = of.trainer.data.x_test
    begun = Subject(experiment, trainer, 0)
    np.testing.assert_array_equal(begun.net.outputs(x), of.net.outputs(x))


@pytest.mark.parametrize("kind", ["F64", "F32", "F16", "BF16"])
def test_what_pytorch_saves_is_the_same_network(kind: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    save = pytest.importorskip("safetensors.torch").save_file
    types = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    net = torch.nn.Sequential(
        *(m for k in range(11) for m in (torch.nn.Linear(2 if k == 0 else 3, 3), torch.nn.Tanh())),
        torch.nn.Linear(3, 1),
    )
    net = net.to(types[kind])  # with 10.weight behind 2.weight, whatever the alphabet says
    save(net.state_dict(), tmp_path / "net.safetensors")
    experiment, trainer, notes = opened((tmp_path / "net.safetensors").read_bytes())
    assert experiment.config.hidden_layer_sizes == (3,) * 11
    assert notes == ["The file does not name its activations; tanh was taken."]
    x = trainer.data.x_test
    with torch.no_grad():
        expected = net.to(torch.float64)(torch.tensor(x)).numpy()
    np.testing.assert_allclose(Subject(experiment, trainer, 0).net.logits(x), expected, atol=1e-12)


def test_a_run_from_weights_can_be_changed_taken_along_and_opened_again() -> None:
    experiment, _, _ = opened(npz(taken()))
    run = Runs().get(experiment.change(30, learning_rate=0.1))
    run.record_until(90)
    of = Subject(experiment.change(30, learning_rate=0.1), run.trainer, 90)
    assert read_experiment(experiment_json(of)) == (of.experiment, 90, [])
    assert run_from_query(run_to_query(of.experiment, 90)) == (of.experiment, 90, [])
    for write in (numpy_script, pytorch_script):
        assert difference(execute(write(of.transcript))) < 1e-12
        assert "by hand" not in write(of.transcript)  # they are the first weights
    at_once = Subject(experiment, Runs().get(experiment).trainer, 0)
    assert difference(execute(numpy_script(at_once.transcript))) == 0.0


def test_more_weights_than_a_link_holds_are_kept_by_the_experiment_file() -> None:
    of = taken(hidden_layer_sizes=(40, 40))
    experiment, notes = begin_with(Config(n_samples=60), read_weights(npz(of)))
    assert notes == []
    assert not fits(experiment)
    assert "then" not in run_to_query(experiment)
    run = Runs().get(experiment)
    assert read_experiment(experiment_json(Subject(experiment, run.trainer, 0)))[0] == experiment


W1, B1, W2, B2 = np.ones((2, 3)), np.zeros(3), np.ones((3, 1)), np.zeros(1)
GOOD = {"weights_1": W1, "biases_1": B1, "weights_2": W2, "biases_2": B2}
PICKLED = io.BytesIO()
np.savez(PICKLED, weights_1=np.array([{}], dtype=object))
TORCH = io.BytesIO()
with zipfile.ZipFile(TORCH, "w") as pack:
    pack.writestr("archive/data.pkl", b"\x80\x02}q\x00.")
BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as pack:
    pack.writestr("weights_1.npy", bytes(50 * 2**20))
BAD = {
    "nothing": (b"", "neither a .npz nor a .safetensors"),
    "a text": (b"weights, weights, weights", "neither a .npz nor a .safetensors"),
    "half a zip": (zipped(**GOOD)[:300], "cut off or broken"),
    "pickled objects": (PICKLED.getvalue(), "only plain arrays are read"),
    "PyTorch's pickle": (TORCH.getvalue(), "safetensors.torch.save_file"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(50), "an HDF5 file"),
    "a zip that unpacks to too much": (BOMB.getvalue(), "at most 40 MB"),
    "other names": (zipped(a=W1), "must hold weights_1, biases_1"),
    "no weights": (zipped(biases_1=B1), "biases and no weights"),
    "something beside": (zipped(**GOOD, gamma=B1), "“gamma”, which no layer"),
    "an image": (zipped(weights_1=np.ones((2, 3, 4)), biases_1=B1), "weights must have two axes"),
    "a gap between layers": (zipped(**GOOD | {"weights_2": np.ones((4, 1))}), "3 neurons, and layer 2 takes 4"),
    "too few biases": (zipped(**GOOD | {"biases_1": np.zeros(2)}), "must have 3 numbers; it has 2"),
    "some biases": (zipped(weights_1=W1, biases_1=B1, weights_2=W2), "some have none"),
    "not a number": (zipped(**GOOD | {"weights_1": W1 * np.nan}), "must be finite"),
    "words": (zipped(**GOOD | {"weights_1": np.full((2, 3), "x")}), "must be finite"),
    "large numbers": (zipped(**GOOD | {"weights_1": W1 * 5000}), "must be between ±1000"),
    "other inputs": (zipped(**GOOD | {"weights_1": np.ones((5, 3))}), "5 inputs and 1 output; the data on screen need"),
    "other outputs": (zipped(weights_1=np.ones((2, 4)), biases_1=np.zeros(4)), "2 inputs and 4 outputs"),
    "too wide": (zipped(weights_1=np.ones((2, 500)), biases_1=np.zeros(500), weights_2=np.ones((500, 1)), biases_2=B2),
                 "Hidden layers must be between 1 and 128; got 500"),
    "no neurons": (zipped(weights_1=np.ones((2, 0)), biases_1=np.zeros(0)), "a layer without neurons"),
    "whole numbers": (safe({"weights_1": np.ones((2, 1), "<i8"), "biases_1": B2}, kind="I64"), "is of type I64"),
    "a header that lies": (safe(GOOD)[:-8], "is cut off"),
    "a broken header": ((20).to_bytes(8, "little") + b"{" * 20, "header of this .safetensors"),
    "a header that is a list": ((10).to_bytes(8, "little") + b'{"a": [1]}', "header of this .safetensors"),
    "an unknown activation": (
        safe(GOOD, {"activations": "zigzag", "activation_settings": "[{}]"}), "says of its activations cannot be read"
    ),
    "activations that are no text": (safe(GOOD, {"activations": 5}), "header of this .safetensors"),
    "a loss that is no text": (safe(GOOD, {"loss": ["hinge"]}), "header of this .safetensors"),
    "settings that go too deep": (
        safe(GOOD, {"activations": "relu", "activation_settings": "[" * 100_000}),
        "says of its activations cannot be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_used_is_a_sentence(case: str) -> None:
    raw, words = BAD[case]
    with pytest.raises(ValueError, match=r"\.$") as caught:
        begin_with(Config(), read_weights(raw))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_good_file_of_the_bad_ones_is_good() -> None:
    for raw in (zipped(**GOOD), safe(GOOD)):
        experiment, _ = begin_with(Config(), read_weights(raw))
        assert experiment.config.hidden_layer_sizes == (3,)


def test_a_loss_that_does_not_fit_the_data_is_told() -> None:
    of = taken(loss="hinge")
    experiment, notes = begin_with(Config(dataset="plane", n_samples=60), read_weights(npz(of)))
    assert experiment.config.loss == "auto"
    assert notes == ["The file's loss, hinge, does not fit the data; the usual one was taken."]


def test_the_command_line_begins_with_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of = taken()
    (tmp_path / "net.safetensors").write_bytes(safetensors(of))
    link = "?samples=60&hidden=2"
    arguments = ["export", "--link", link, "--weights", str(tmp_path / "net.safetensors"), "--step", "7"]
    assert main([*arguments, "--to", "npz", "--into", str(tmp_path)]) == 0
    written = mlp.MLP.load(capsys.readouterr().out.strip())
    experiment, trainer, _ = opened(safetensors(of))
    np.testing.assert_array_equal(written.parameters, trainer.recording.seek(7).parameters)
    assert experiment.config.hidden_layer_sizes == (5, 3)
    (tmp_path / "bad.npz").write_bytes(b"no")
    assert main(["export", "--weights", str(tmp_path / "bad.npz"), "--to", "npz"]) == 1
    assert "neither a .npz nor a .safetensors" in capsys.readouterr().err


def test_the_page_opens_weights_and_says_what_is_wrong_with_others() -> None:
    frame = Path(__file__).parents[2] / "playground" / "app" / "frame.py"
    app = AppTest.from_file(str(frame), default_timeout=120).run()
    app.switch_page("../../pages/export.py").run()
    (uploader,) = [u for u in app.main.file_uploader if u.label == "Experiment or weights"]
    uploader.upload("net.npz", npz(taken()), "application/octet-stream").run()
    assert not app.exception
    experiment = app.session_state["experiment"]
    assert experiment.config.hidden_layer_sizes == (5, 3)
    assert len(experiment.changes[0].edits) == experiment.config.n_parameters
    app.main.file_uploader[0].upload("net.npz", b"no", "application/octet-stream").run()
    assert not app.exception
    assert "neither a" in app.warning[0].value
    assert app.session_state["experiment"] == experiment
