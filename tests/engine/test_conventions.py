"""What holds at a tie, at a kink and at the end of a range, where a formula alone leaves it open."""

import math

import numpy as np
import pytest

import mlp
from mlp.calls import run
from tests.engine.helpers import planned

# ---------------------------------------------------------------------- ties


@pytest.mark.parametrize(
    ("loss", "boundary"), [("binary_crossentropy", 0.0), ("hinge", 0.0), ("mean_squared_error", 0.5)]
)
def test_an_output_on_the_boundary_is_class_0(loss, boundary):
    x = np.arange(10.0).reshape(5, 2)
    data = mlp.Dataset(x, [0, 0, 0, 0, 1], x, [0, 1, 1, 1, 1], "binary")
    net = mlp.MLP([2, 3, 1], loss=loss, initializer="zeros")
    for shift, label in ((-1e-9, 0), (0.0, 0), (1e-9, 1)):
        net.layers[-1].biases[...] = boundary + shift
        assert set(net.classify(data.x_test)) == {label}
        recording = mlp.Trainer(net, data).recording  # its first frame is the network as it is
        assert recording.train_score[0] == np.mean(data.y_train == label)
        assert recording.test_score[0] == np.mean(data.y_test == label)


def test_a_tie_between_classes_goes_to_the_first():
    data = mlp.make_dataset("blobs", n_samples=60, n_classes=3, seed=1, test_fraction=0.3)
    net = mlp.MLP([2, 3, 3], loss="categorical_crossentropy", initializer="zeros")
    net.layers[-1].biases[...] = [-1.0, 2.0, 2.0]
    assert set(net.classify(data.x_test)) == {1}
    assert mlp.Trainer(net, data).recording.test_score[0] == np.mean(data.y_test == 1)


# ---------------------------------------------------------------------- kinks

SLOPE_AT_ZERO = {
    "identity": 1.0, "sigmoid": 0.25, "tanh": 1.0, "relu": 0.0, "leaky_relu": 0.01, "elu": 1.0,
    "selu": 1.0507009873554805 * 1.6732632423543772, "softplus": 0.5, "gelu": 0.5, "silu": 0.5, "sine": 1.0,
    "step": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
def test_value_and_slope_at_zero_are_those_of_the_left_side(activation):
    """At a kink PyTorch takes the left side, and so do both ways to write an activation."""
    net = mlp.MLP([1, 1], loss="mean_squared_error", output_activation=activation)
    entry, z = mlp.ACTIVATIONS[activation], np.zeros(1)
    assert entry.slope(z)[0] == pytest.approx(SLOPE_AT_ZERO[activation], abs=1e-15)
    net.parameters[...] = 0.0
    miss = entry.value(z)[0] - 1.0
    output, gradient = planned(net, np.array([[5.0]]), np.array([[1.0]]))
    assert output[0, 0] == pytest.approx(entry.value(z)[0], abs=1e-15)
    np.testing.assert_allclose(gradient, 2.0 * miss * SLOPE_AT_ZERO[activation] * np.array([5.0, 1.0]), atol=1e-14)


LOSS_SLOPES = {  # outputs, labels or targets, n times the slope of the mean
    "mean_squared_error": ([3.0, 3.0, 3.0], [1.0, 3.0, 4.0], [4.0, 0.0, -2.0]),
    "mean_absolute_error": ([3.0, 3.0, 3.0], [1.0, 3.0, 4.0], [1.0, 0.0, -1.0]),
    "huber": ([3.0, 3.0, 3.0, 3.0, 3.0], [1.0, 2.0, 2.5, 3.0, 5.0], [1.0, 1.0, 0.5, 0.0, -1.0]),
    "binary_crossentropy": ([0.0, 0.0, 1000.0, -1000.0], [1, 0, 1, 1], [-0.5, 0.5, 0.0, -1.0]),
    # Nothing pulls at a point that lies exactly on the margin.
    "hinge": ([1.0, -1.0, 0.9, 1.1, -1.0, 1.0], [1, 0, 1, 1, 1, 0], [0.0, 0.0, -1.0, 0.0, -1.0, 1.0]),
}


@pytest.mark.parametrize("name", LOSS_SLOPES)
def test_slope_of_a_loss_at_known_points(name):
    outputs, answers, slopes = (np.array(values) for values in LOSS_SLOPES[name])
    loss, d = mlp.LOSSES[name], np.empty((1, len(outputs)))
    run(loss.gradient(outputs[None], loss.targets(answers, 1), d))
    np.testing.assert_allclose(d[0] * len(outputs), slopes, atol=1e-15)


def test_slope_of_the_categorical_crossentropy_at_known_points():
    loss, z = mlp.LOSSES["categorical_crossentropy"], np.array([[0.0, 1000.0], [0.0, 0.0]])
    d = np.empty_like(z)
    run(loss.gradient(z, loss.targets(np.array([0, 1]), 2), d))
    np.testing.assert_allclose(2.0 * d, [[-0.5, 1.0], [0.5, -1.0]], atol=1e-15)


@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_a_weight_of_zero_is_not_penalized(penalty):
    data = mlp.Dataset(np.zeros((4, 2)), [0.0] * 4, np.empty((0, 2)), [], "regression")
    net = mlp.MLP([2, 3, 1], loss="mean_squared_error", initializer="zeros")
    mlp.Trainer(net, data, mlp.SGD(learning_rate=0.1), batch_size=4, **{penalty: 0.5}).run(3)
    assert not net.parameters.any()


def test_penalties_of_all_kinds_spare_biases():
    data = mlp.Dataset(np.zeros((4, 2)), [0.0] * 4, np.empty((0, 2)), [], "regression")
    for settings in ({"l1": 0.5}, {"l2": 0.5}, {"optimizer": mlp.AdamW(weight_decay=0.5)}):
        net = mlp.MLP([2, 3, 1], loss="mean_squared_error", activation="relu", seed=1)
        net.layers[0].biases[...] = -1.0  # nothing comes through, so that the penalty alone acts
        before = np.abs(net.layers[0].weights).sum()
        mlp.Trainer(net, data, batch_size=4, **settings).step()
        np.testing.assert_array_equal(net.layers[0].biases, -1.0)
        assert np.abs(net.layers[0].weights).sum() < before


# ---------------------------------------------------------------------- early stopping


def stops_after(losses: np.ndarray, patience: int, min_delta: float) -> int:
    """At which epoch Keras's EarlyStopping ends a run with these losses, or how many there are."""
    best, best_epoch = math.inf, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch >= patience:
            return epoch
    return len(losses)


@pytest.mark.parametrize("watch", ["train_loss", "test_loss"])
@pytest.mark.parametrize(("patience", "min_delta"), [(1, 0.0), (3, 0.002), (3, 0.004), (10, 0.01), (5, 10.0)])
def test_early_stopping_waits_for_an_improvement_of_min_delta(watch, patience, min_delta):
    def recording(stopping: mlp.EarlyStopping | None) -> mlp.Recording:
        data = mlp.make_dataset("moons", n_samples=100, noise=0.3, seed=1)
        net = mlp.MLP([2, 8, 1], seed=1)
        return mlp.Trainer(net, data, mlp.Adam(learning_rate=0.005), early_stopping=stopping).run(150)

    losses = getattr(recording(None), watch)[1:]
    stopped = recording(mlp.EarlyStopping(patience=patience, min_delta=min_delta, watch=watch))
    assert len(stopped) - 1 == stops_after(losses, patience, min_delta)


def test_small_improvements_add_up_to_one():
    """Each epoch improves by less than min_delta, but two or three together by more: the run goes on."""
    data = mlp.make_dataset("plane", n_samples=60, noise=0.0, seed=1)
    net = mlp.MLP([2, 1], loss="mean_squared_error", initializer="constant")
    trainer = mlp.Trainer(net, data, mlp.SGD(learning_rate=1e-4), batch_size=60)
    drops = -np.diff(trainer.fork(0).run(20).train_loss)
    stopping = mlp.EarlyStopping(patience=4, min_delta=2.5 * drops.min(), watch="train_loss")
    assert drops.max() < stopping.min_delta
    assert len(trainer.fork(0, early_stopping=stopping).run(20)) == 21


# ---------------------------------------------------------------------- ends of ranges


SCHEDULE_AT = [
    (mlp.Constant(), {0.0: 1.0, 1e6: 1.0}),
    (mlp.StepDecay(every=10, drop=0.5), {0.0: 1.0, 9.99: 1.0, 10.0: 0.5, 19.9: 0.5, 20.0: 0.25}),
    (mlp.Exponential(decay=0.9), {0.0: 1.0, 1.0: 0.9, 2.5: 0.9**2.5}),
    (mlp.Cosine(epochs=10, final=0.2), {0.0: 1.0, 2.5: 0.6 + 0.4 * 0.5**0.5, 5.0: 0.6, 10.0: 0.2, 17.0: 0.2}),
    (mlp.WarmUp(epochs=10, start=0.2), {0.0: 0.2, 5.0: 0.6, 10.0: 1.0, 50.0: 1.0}),
    (
        mlp.OneCycle(epochs=100, rise=0.25, start=0.2, final=0.1),
        {0.0: 0.2, 12.5: 0.6, 25.0: 1.0, 62.5: 0.55, 100.0: 0.1, 500.0: 0.1},
    ),
]


@pytest.mark.parametrize(("schedule", "factors"), SCHEDULE_AT, ids=lambda x: getattr(x, "name", ""))
def test_schedule_at_known_epochs(schedule, factors):
    for epoch, factor in factors.items():
        assert schedule.factor(epoch) == pytest.approx(factor, abs=1e-12), epoch


def test_every_schedule_is_tested_at_known_epochs():
    assert [schedule.name for schedule, _ in SCHEDULE_AT] == list(mlp.SCHEDULES)


def test_a_gradient_of_the_allowed_length_is_left_as_it_is():
    data = mlp.make_dataset("xor", n_samples=40, seed=1)
    free = mlp.Trainer(mlp.MLP([2, 4, 1], seed=1), data).step().gradient_norms
    length = float(np.linalg.norm(free))
    for limit in (0.5 * length, 2.0 * length):
        norms = mlp.Trainer(mlp.MLP([2, 4, 1], seed=1), data, clip_norm=limit).step().gradient_norms
        np.testing.assert_allclose(norms, free * min(1.0, limit / (length + 1e-6)), rtol=1e-12)
