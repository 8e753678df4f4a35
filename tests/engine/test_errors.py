"""Every error is a sentence that names the argument, what is allowed, and what came."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest

import mlp

X, Y = np.zeros((6, 2)), np.array([0, 1, 0, 1, 0, 1])
NONE = np.empty((0, 2))


def refused(sentence, function, *args, **kwargs):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared below
        function(*args, **kwargs)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


NETWORKS = {
    "activation must be one of": {"activation": "rleu"},
    "Did you mean 'relu'?": {"activation": "rleu"},
    "got 'rleu'": {"activation": "rleu"},
    "got 'rleu'. Did you mean 'relu'?": {"activation": "rleu", "sizes": [2, 1]},
    "loss must be one of": {"loss": "crossentropy"},
    "initializer must be one of": {"initializer": "glorot"},
    "output_activation must be 'identity' for binary_crossentropy": {"output_activation": "sigmoid"},
    "activation must be one name, or one for each of the 1 hidden layers; got 2": {"activation": ["tanh", "relu"]},
    "seed must be a whole number from 0": {"seed": -1},
    "sizes must list 2 to 64 layers": {"sizes": [2]},
    "each of sizes must be a whole number from 1 to 4096; got 0": {"sizes": [2, 0, 1]},
    "each of sizes must be a whole number from 1 to 4096; got 2.5": {"sizes": [2, 2.5, 1]},
    "sizes must give at most 10000000 parameters": {"sizes": [4096, 4096, 1]},
    "sizes must list 2 to 64 layers, as in [2, 8, 8, 1]; got 3.5": {"sizes": 3.5},
    "selu, softplus, gelu, silu, sine, step; got 3": {"activation": 3},
    "sizes must end with at least 2 outputs": {"sizes": [2, 1], "loss": "categorical_crossentropy"},
}


@pytest.mark.parametrize("sentence", NETWORKS)
def test_network(sentence):
    refused(sentence, mlp.MLP, **{"sizes": [2, 3, 1], **NETWORKS[sentence]})


DATA = {
    "x_train must have two axes (rows, columns); got shape (6,)": {"x_train": np.zeros(6)},
    "x_train must hold finite numbers only; got 1 NaN or infinite": {"x_train": np.r_[X[:5], [[np.nan, 0]]]},
    "x_train must hold numbers; got list": {"x_train": [["a", "b"]] * 6},
    "x_train must hold real numbers; got complex128 values": {"x_train": X * 1j},
    "x_test must hold numbers; got ndarray": {"x_test": [["a", "b"]]},
    "x_test must have rows of equal length": {"x_test": [[1.0], [1.0, 2.0]]},
    "y_train must have rows of equal length": {"y_train": [[1], [1, 0]]},
    "x_train must have at least one row; got none": {"x_train": NONE, "y_train": []},
    "x_test must have 2 columns; got 3": {"x_test": np.zeros((1, 3)), "y_test": [0]},
    "y_train must have as many rows as x_train, 6; got 5": {"y_train": Y[:5]},
    "y_train must hold class numbers from 0 to 1; got 2": {"y_train": Y * 2},
    "y_train must hold class numbers from 0 to 1; got -1": {"y_train": -Y},
    "y_train must hold whole class numbers; got values in between": {"y_train": Y + 0.5},
    "y_train must have one axis, a class number for each row; got shape (6, 1)": {"y_train": Y[:, None]},
    "y_train must hold finite numbers only; got 6 NaN": {"y_train": np.full(6, np.nan), "task": "regression"},
    "task must be one of binary, multiclass, regression; got 'regresion'. Did you mean 'regression'?": {
        "task": "regresion"
    },
}


@pytest.mark.parametrize("sentence", DATA)
def test_dataset(sentence):
    good = {"x_train": X, "y_train": Y, "x_test": NONE, "y_test": [], "task": "binary"}
    refused(sentence, mlp.Dataset, **good | DATA[sentence])


MADE = {
    "dataset must be one of": {"name": "spiral"},
    "Did you mean 'spirals'?": {"name": "spiral"},
    "n_samples must be a whole number from 4 to 20000; got 3": {"n_samples": 3},
    "n_samples must be a whole number from 4 to 1797; got 1798": {"name": "digits", "n_samples": 1798},
    "noise must be between 0 and 0.5; got nan": {"noise": float("nan")},
    "test_fraction must be between 0 and 0.9; got 1.0": {"test_fraction": 1.0},
    "n_classes must be a whole number from 2 to 5; got 6": {"name": "spirals", "n_classes": 6},
    "n_classes must be 2 for xor; got 3": {"n_classes": 3},
}


@pytest.mark.parametrize("sentence", MADE)
def test_made_dataset(sentence):
    refused(sentence, mlp.make_dataset, **{"name": "xor", **MADE[sentence]})


TRAINERS = {
    "batch_size must be a whole number from 1 to 1000000; got 0": {"batch_size": 0},
    "batch_size must be a whole number from 1 to 1000000; got True": {"batch_size": True},
    "seed must be a whole number": {"seed": 1.5},
    "l1 must be between 0 and 10; got -1": {"l1": -1},
    "l2 must be between 0 and 10; got inf": {"l2": float("inf")},
    "dropout must be between 0 and 0.95; got 1.0": {"dropout": 1.0},
    "clip_norm must be between above 0 and 1e+09; got 0": {"clip_norm": 0},
    "frozen must be a tuple that names each layer once, as in (0, 1); got (1, 1)": {"frozen": (1, 1)},
    "frozen must be a tuple that names each layer once, as in (0, 1); got [0]": {"frozen": [0]},
    "each of frozen must be a whole number from 0 to 62; got -1": {"frozen": (-1,)},
    "each of frozen must be a whole number from 0 to 62; got 'W1'": {"frozen": ("W1",)},
    "frozen must name layers from 0 to 1 of this network; got (2,)": {"frozen": (2,)},
    "optimizer must be one such as mlp.Adam(learning_rate=0.01); got 'adam'": {"optimizer": "adam"},
    "schedule must be one such as mlp.Cosine(epochs=100); got 'cosine'": {"schedule": "cosine"},
    "max_bytes must be a whole number": {"max_bytes": 0},
}


@pytest.mark.parametrize("sentence", TRAINERS)
def test_trainer(sentence):
    refused(sentence, mlp.Trainer, mlp.MLP([2, 3, 1]), mlp.make_dataset("xor"), **TRAINERS[sentence])


@pytest.mark.parametrize("kind", mlp.OPTIMIZERS.values())
def test_every_setting_of_an_optimizer_has_its_range(kind):
    for value in (float("nan"), float("inf"), 10**400, -1.0, 1e9, "fast", None):
        refused("learning_rate must be between 1e-06 and 10; got", kind, learning_rate=value)


def test_settings_of_optimizers_and_schedules():
    refused("momentum must be between 0 and below 1; got 1", mlp.Momentum, momentum=1)
    refused("beta_2 must be between 0 and below 1; got 1.0", mlp.Adam, beta_2=1.0)
    refused("rise must be between above 0 and below 1; got 0", mlp.OneCycle, rise=0)
    refused("watch must be one of train_loss, test_loss; got 'loss'", mlp.EarlyStopping, watch="loss")


def test_data_that_do_not_fit_the_network():
    three = mlp.make_dataset("blobs", n_classes=3)
    soft = mlp.MLP([2, 2], loss="categorical_crossentropy")
    refused("the network must have an output for each of 3 classes; it has 2", mlp.Trainer, soft, three)
    wide = mlp.MLP([3, 1])
    refused("x_train must have 3 columns for this network; got 2", mlp.Trainer, wide, mlp.make_dataset("xor"))
    numbers = mlp.make_dataset("plane")
    sentence = "the loss binary_crossentropy is for binary data; these are regression"
    refused(sentence, mlp.Trainer, mlp.MLP([2, 1]), numbers)
    two_out = mlp.MLP([2, 2], loss="mean_squared_error")
    refused("y_train must have 2 columns for this network; got 1", mlp.Trainer, two_out, numbers)
    refused("has 3", mlp.Trainer, mlp.MLP([2, 3], loss="mean_squared_error"), mlp.make_dataset("xor"))


def test_what_is_no_network_or_no_data():
    refused("net must be a network such as mlp.MLP([2, 8, 1]); got str", mlp.Trainer, "net", mlp.make_dataset("xor"))
    refused("data must be a mlp.Dataset; got tuple", mlp.Trainer, mlp.MLP([2, 1]), (X, Y))


def test_inputs_and_answers_of_a_network():
    net = mlp.MLP([2, 3, 1])
    refused("x must have 2 columns; got 3", net.predict, np.zeros((4, 3)))
    refused("x must have two axes", net.predict, np.zeros(4))
    refused("x must hold finite numbers only; got 1", net.logits, [[np.inf, 0.0]])
    refused("x must have at least one row", net.loss_and_gradient, np.zeros((0, 2)), [])
    refused("y must have as many rows as x, 4; got 3", net.loss_and_gradient, np.zeros((4, 2)), [0, 1, 0])
    refused("y must hold labels from 0 to 1 for binary_crossentropy; got 2", net.loss_value, X, Y * 2)
    refused("probabilities need a cross-entropy loss", mlp.MLP([2, 1], loss="hinge").predict_proba, X)
    soft = mlp.MLP([2, 3], loss="categorical_crossentropy")
    refused("y must hold class numbers from 0 to 2; got 3", soft.loss_value, X, Y * 3)
    for row in ([1.0, 1.0, 0.0], [1.5, -0.5, 0.0]):
        refused(f"y must hold shares of the classes, 0 or more and 1 in all; got {row}", soft.loss_value, X, [row] * 6)


def test_early_stopping_needs_something_to_watch():
    net, data = mlp.MLP([2, 1]), mlp.make_dataset("xor", test_fraction=0.0)
    sentence = "watch must be train_loss for data without a test part; got 'test_loss'"
    refused(sentence, mlp.Trainer, net, data, early_stopping=mlp.EarlyStopping(2))
    refused(sentence, mlp.Trainer(net, data).fork, 0, early_stopping=mlp.EarlyStopping(2))
    refused("early_stopping must be one such as mlp.EarlyStopping(); got 3", mlp.Trainer, net, data, early_stopping=3)


def test_plan():
    net = mlp.MLP([2, 3, 1])
    refused("n_samples must be a whole number from 1 to 1000000; got 0", mlp.describe_step, net, 0, mlp.Settings())
    refused("batch_size must be a whole number from 1 to 1000000; got 0", mlp.Settings, batch_size=0)
    refused("dropout must be between 0 and 0.95; got 2.0", mlp.Settings, dropout=2.0)
    refused("optimizer must be one such as mlp.Adam(learning_rate=0.01); got 'sgd'", mlp.Settings, "sgd")


def test_places_in_a_recording():
    trainer = mlp.Trainer(mlp.MLP([2, 1]), mlp.make_dataset("xor"))
    recording = trainer.run(2)
    refused("step must be a whole number from 0 to 50; got 51", recording.seek, 51)
    refused("step must be a whole number from 0 to 50; got -1", trainer.fork, -1)
    refused("stop_step must be a whole number from 5 to 50; got 4", recording.between, 5, 4)
    refused("step must be a whole number from 0 to 49; got 50", recording.batch, 50)
    with pytest.raises(TypeError):
        trainer.fork(3, speed=2)


def test_features():
    refused("feature must be one of", mlp.expand_features, X, ["x3"])
    refused("features must be a list with at least one name; got []", mlp.expand_features, X, [])
    refused("x must have 2 columns; got 1", mlp.expand_features, X[:, :1], ["x1"])
    assert mlp.expand_features(X, np.array(["x1", "x2"])).shape == (6, 2)


def test_measuring():
    net = mlp.MLP([2, 1])
    refused("h must be between above 0 and 1; got 0.0", mlp.gradient_check, net, X, Y, h=0.0)
    refused("n_classes must be a whole number from 1 to 10000; got 2.5", mlp.confusion_matrix, Y, Y, 2.5)
    refused("y_pred must have the shape of y_true, (6,); got (5,)", mlp.accuracy, Y, Y[:5])
    refused("y_pred must have the shape of y_true, (6, 1); got (5, 1)", mlp.r2_score, Y, Y[:5])
    refused("y_true must hold finite numbers only; got 6 NaN", mlp.mean_absolute_error, Y * np.nan, Y)


# ---------------------------------------------------------------------- files


def npz(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def described(**changes) -> np.ndarray:
    fields = {"sizes": [2, 3, 1], "activation": ["tanh"], "loss": "binary_crossentropy"} | changes
    return np.array(json.dumps(fields))


def bomb() -> bytes:
    """A small file that would unpack to a hundred megabytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("parameters.npy", b"\0" * 100_000_000)
    return buffer.getvalue()


class Trap:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


HOSTILE = {
    "nothing": b"",
    "noise": b"PK\x03\x04" + bytes(range(200)),
    "cut short": npz(parameters=np.zeros(13), description=described())[:-40],
    "pickle": pickle.dumps([1, 2, 3]),
    "object array": npz(parameters=np.array([Trap()], dtype=object), description=described()),
    "object description": npz(parameters=np.zeros(13), description=np.array([Trap()], dtype=object)),
    "other arrays": npz(weights=np.zeros(13)),
    "no json": npz(parameters=np.zeros(13), description=np.array("{")),
    "a list": npz(parameters=np.zeros(13), description=np.array("[]")),
    "unknown field": npz(parameters=np.zeros(13), description=described(speed=3)),
    "unknown activation": npz(parameters=np.zeros(13), description=described(activation=["rleu"])),
    "too few numbers": npz(parameters=np.zeros(12), description=described()),
    "wrong type": npz(parameters=np.zeros(13, dtype=np.complex128), description=described()),
    "not finite": npz(parameters=np.full(13, np.nan), description=described()),
    "giant": npz(parameters=np.zeros(13), description=described(sizes=[4096] * 60)),
}


@pytest.mark.parametrize("content", HOSTILE)
def test_broken_or_hostile_file_is_refused_in_a_sentence(content, tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(HOSTILE[content])
    with pytest.raises(ValueError, match=r"net\.npz"):
        mlp.MLP.load(path)


def test_file_that_would_unpack_to_too_much_is_not_unpacked(tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(bomb())
    assert path.stat().st_size < 200_000
    with pytest.raises(ValueError, match="it would unpack to 100000000 bytes"):
        mlp.MLP.load(path)


def test_good_file_is_read(tmp_path):
    path = tmp_path / "net.npz"
    path.write_bytes(npz(parameters=np.arange(13.0), description=described()))
    np.testing.assert_array_equal(mlp.MLP.load(path).parameters, np.arange(13.0))
    with pytest.raises(FileNotFoundError):
        mlp.MLP.load(tmp_path / "none.npz")
