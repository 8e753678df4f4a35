"""The whole path of training: it learns what it should, and fails where it must."""

import numpy as np
import pytest

import mlp


@pytest.mark.parametrize(
    ("dataset", "sizes", "rate", "epochs"),
    [
        ("xor", [2, 4, 1], 0.03, 60),
        ("moons", [2, 8, 1], 0.03, 60),
        ("circles", [2, 6, 1], 0.03, 60),
        ("spirals", [2, 8, 8, 1], 0.02, 200),
        ("separable", [2, 1], 0.03, 60),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_two_classes_are_told_apart(dataset, sizes, rate, epochs, seed):
    data = mlp.make_dataset(dataset, n_samples=500, noise=0.1, seed=seed)
    trainer = mlp.Trainer(mlp.MLP(sizes, seed=seed), data, mlp.Adam(learning_rate=rate), batch_size=10, seed=seed)
    assert trainer.run(epochs).test_score.max() >= 0.97


@pytest.mark.parametrize(("dataset", "n_classes"), [("blobs", 3), ("blobs", 6), ("spirals", 3), ("quantiles", 3)])
def test_several_classes_are_told_apart(dataset, n_classes):
    data = mlp.make_dataset(dataset, n_samples=600, noise=0.05, seed=1, n_classes=n_classes)
    net = mlp.MLP([2, 16, 16, n_classes], loss="categorical_crossentropy", seed=1)
    assert mlp.Trainer(net, data, mlp.Adam(learning_rate=0.02)).run(100).test_score.max() > 0.9


def test_handwritten_digits_are_read():
    data = mlp.make_dataset("digits", n_samples=1797, seed=1)
    net = mlp.MLP([64, 32, 10], activation="relu", loss="categorical_crossentropy", initializer="he_normal", seed=1)
    assert mlp.Trainer(net, data, mlp.Adam(learning_rate=0.003), batch_size=32).run(30).test_score[-1] > 0.94


@pytest.mark.parametrize(("dataset", "n_in"), [("plane", 2), ("ripple", 2), ("hills", 2), ("sine", 1), ("sum", 2)])
def test_numbers_are_learned(dataset, n_in):
    data = mlp.make_dataset(dataset, n_samples=800, noise=0.02, seed=1)
    net = mlp.MLP([n_in, 24, 24, 1], loss="mean_squared_error", seed=1)
    assert mlp.Trainer(net, data, mlp.Adam(learning_rate=0.01)).run(100).test_score[-1] > 0.95


@pytest.mark.parametrize("loss", ["hinge", "mean_squared_error", "huber", "mean_absolute_error"])
def test_other_losses_tell_classes_apart_too(loss):
    data = mlp.make_dataset("moons", n_samples=400, noise=0.05, seed=1)
    net = mlp.MLP([2, 8, 1], loss=loss, seed=1)
    assert mlp.Trainer(net, data, mlp.Adam(learning_rate=0.02)).run(60).test_score[-1] > 0.95


def test_features_make_xor_straight():
    data = mlp.make_dataset("xor", noise=0.0, seed=1).with_features(["x1*x2"])
    assert mlp.Trainer(mlp.MLP([1, 1]), data, mlp.Adam(learning_rate=0.1)).run(50).test_score[-1] > 0.98


def test_zeros_learn_nothing_and_twins_stay_twins():
    data = mlp.make_dataset("xor", seed=1)
    nothing = mlp.MLP([2, 4, 1], initializer="zeros")
    mlp.Trainer(nothing, data, mlp.Adam()).run(20)
    assert not nothing.layers[0].weights.any()
    twins = mlp.MLP([2, 4, 1], initializer="constant")
    mlp.Trainer(twins, data, mlp.Adam()).run(20)
    for twin in twins.layers[0].weights.T[1:]:
        np.testing.assert_allclose(twin, twins.layers[0].weights.T[0], rtol=1e-9)


def test_layers_below_a_step_function_do_not_learn():
    net = mlp.MLP([2, 6, 1], activation="step", seed=1)
    before = [layer.weights.copy() for layer in net.layers]
    mlp.Trainer(net, mlp.make_dataset("xor", seed=1)).run(5)
    np.testing.assert_array_equal(net.layers[0].weights, before[0])
    assert not np.array_equal(net.layers[1].weights, before[1])
    assert [name for name, entry in mlp.ACTIVATIONS.items() if not entry.learns] == ["step"]


def test_penalties_take_weights_and_spare_biases():
    data = mlp.Dataset(np.zeros((4, 2)), [0.0] * 4, np.empty((0, 2)), [], "regression")
    net = mlp.MLP([2, 3, 1], loss="mean_squared_error", activation="relu", seed=1)
    net.layers[0].biases[...] = -1.0  # nothing comes through, so that the penalty alone acts
    before = [layer.weights.copy() for layer in net.layers]
    mlp.Trainer(net, data, mlp.SGD(learning_rate=0.1), batch_size=4, l2=0.5).step()
    for layer, weights in zip(net.layers, before, strict=True):
        np.testing.assert_allclose(layer.weights, (1.0 - 0.1 * 0.5) * weights, rtol=1e-14)
    np.testing.assert_array_equal(net.layers[0].biases, -1.0)


def test_dropout_switches_off_its_share_and_scales_up_the_rest():
    data = mlp.make_dataset("moons", n_samples=400, seed=1)
    trainer = mlp.Trainer(mlp.MLP([2, 50, 1], seed=1), data, batch_size=100, dropout=0.3)
    trainer.step()
    passes = trainer._loop._plans[100].passes
    values, counts = np.unique(passes.masks, return_counts=True)
    np.testing.assert_allclose(values, [0.0, 1.0 / 0.7])
    assert counts[0] / counts.sum() == pytest.approx(0.3, abs=0.03)
    first = passes.masks.copy()
    trainer.step()
    assert not np.array_equal(first, passes.masks)


def test_dropout_still_learns():
    data = mlp.make_dataset("moons", n_samples=400, seed=1)
    trainer = mlp.Trainer(mlp.MLP([2, 32, 1], seed=1), data, mlp.Adam(learning_rate=0.02), dropout=0.3)
    assert trainer.run(50).test_score[-1] > 0.95


def test_clipping_shortens_the_gradient_of_a_step():
    trainer = mlp.Trainer(mlp.MLP([2, 8, 1], seed=1), mlp.make_dataset("xor", seed=1), clip_norm=1e-3)
    assert np.linalg.norm(trainer.step().gradient_norms) <= 1e-3


def test_early_stopping_ends_a_run_that_no_longer_improves():
    data = mlp.make_dataset("moons", n_samples=60, noise=0.4, seed=1)
    stopping = mlp.EarlyStopping(patience=15)
    net = mlp.MLP([2, 16, 16, 1], seed=1)
    recording = mlp.Trainer(net, data, mlp.Adam(learning_rate=0.03), early_stopping=stopping).run(500)
    assert len(recording) < 400
    best = recording.test_loss.argmin()
    assert len(recording) - 1 - best == 15
    assert recording.has_ended
    assert recording.stopped == (
        f"Early stopping: the test loss has not improved since epoch {best}, "
        f"when it was {recording.test_loss[best]:.4g}."
    )


@pytest.mark.parametrize("slices", [[500], [1] * 500, [7] * 80])
def test_early_stopping_counts_across_calls(slices):
    """The epoch it ends at is the same however the run is cut into calls, and no call goes beyond it."""
    data = mlp.make_dataset("moons", n_samples=60, noise=0.4, seed=1)
    stopping = mlp.EarlyStopping(patience=15, min_delta=1e-4)
    trainer = mlp.Trainer(mlp.MLP([2, 8, 1], seed=1), data, mlp.Adam(learning_rate=0.03), early_stopping=stopping)
    for epochs in slices:
        trainer.run(epochs)
    assert trainer.recording.epochs[-1] == 20.0
    assert trainer.run(10).epochs[-1] == 20.0
    trainer.epoch()  # who asks for an epoch gets one
    assert trainer.recording.epochs[-1] == 21.0


@pytest.mark.parametrize("again", [mlp.EarlyStopping(patience=15), mlp.EarlyStopping(patience=4)])
def test_a_fork_of_a_stopped_run_goes_on_and_counts_anew(again):
    data = mlp.make_dataset("moons", n_samples=60, noise=0.4, seed=1)

    def trainer(stopping: mlp.EarlyStopping | None) -> mlp.Trainer:
        return mlp.Trainer(mlp.MLP([2, 8, 1], seed=1), data, mlp.Adam(learning_rate=0.03), early_stopping=stopping)

    endless = trainer(None)
    endless.run(300)
    stopped = trainer(mlp.EarlyStopping(patience=15))
    stopped.run(300)
    last = stopped.recording.last_step
    assert last < endless.recording.last_step
    free = stopped.fork(last, early_stopping=None)
    assert free.recording.stopped is None
    free.run(300 - int(free.recording.epochs[-1]))
    np.testing.assert_array_equal(free.net.parameters, endless.net.parameters)
    forked = stopped.fork(last, early_stopping=again)
    start = int(forked.recording.epochs[-1])
    losses = endless.recording.test_loss[start + 1 :]
    best = [int(losses[: k + 1].argmin()) for k in range(len(losses))]
    expected = next(k for k in range(len(losses)) if k - best[k] == again.patience)
    assert forked.run(300).epochs[-1] == start + 1 + expected


def test_records_tell_what_happened():
    data = mlp.make_dataset("moons", n_samples=74, seed=2)
    trainer = mlp.Trainer(mlp.MLP([2, 5, 1], seed=1), data, mlp.SGD(learning_rate=0.1), schedule=mlp.Cosine(epochs=4))
    rows = trainer.fork(0)  # a copy that knows its batches after an epoch
    rows.run(1)
    rows = rows.recording.batch(0)
    loss, gradient = trainer.net.loss_and_gradient(data.x_train[rows], data.y_train[rows])
    record = trainer.step()
    assert (record.step, record.epoch) == (1, 10 / 37)
    assert record.batch_loss == pytest.approx(loss, rel=1e-13)
    norms = [np.linalg.norm(matrix) for matrix in trainer.net.shape.matrices(gradient)]
    np.testing.assert_allclose(record.gradient_norms, norms, rtol=1e-12)
    assert record.learning_rate == 0.1
    record = trainer.epoch()
    assert (record.step, record.epoch) == (4, 1.0)
    assert record.train_loss == trainer.recording.train_loss[-1]
    assert record.test_score == trainer.recording.test_score[-1]
    assert record.learning_rate < 0.1


def test_plan_lists_the_calls_of_a_step():
    net = mlp.MLP([2, 8, 8, 1])
    calls = mlp.describe_step(net, 10, mlp.Settings(mlp.SGD()))
    assert len(calls) == 22
    assert calls[0] == type(calls[0])("dot", ((8, 3), (3, 10)), (8, 10), "Z1 = W1 A0 + b1")
    assert calls[1].function == "tanh"
    assert calls[-1].output == (105,)
    net = mlp.MLP([2, 8, 3], activation="relu", loss="categorical_crossentropy")
    everything = mlp.describe_step(net, 10, mlp.Settings(mlp.AdamW(), l1=0.1, l2=0.1, dropout=0.5, clip_norm=1.0))
    assert {"maximum", "maximum.reduce", "floor", "minimum", "sqrt"} <= {call.function for call in everything}


def test_schedules_turn_the_learning_rate():
    for kind in mlp.SCHEDULES.values():
        factors = [kind().factor(epoch) for epoch in (0.0, 10.5, 150.0, 1000.0)]
        assert all(0.0 <= factor <= 1.0 for factor in factors)
    assert mlp.StepDecay(every=10, drop=0.5).factor(25.0) == 0.25
    assert mlp.Cosine(epochs=10).factor(5.0) == pytest.approx(0.5)
    assert mlp.WarmUp(epochs=10, start=0.1).factor(5.0) == pytest.approx(0.55)
    assert mlp.OneCycle(epochs=100, rise=0.3).factor(30.0) == pytest.approx(1.0)


def test_learning_rate_follows_the_schedule_in_training():
    data = mlp.make_dataset("xor", n_samples=40, seed=1)
    trainer = mlp.Trainer(
        mlp.MLP([2, 1]), data, mlp.SGD(learning_rate=0.4), batch_size=5, schedule=mlp.Exponential(decay=0.5)
    )
    rates = [trainer.step().learning_rate for _ in range(8)]
    np.testing.assert_allclose(rates, 0.4 * 0.5 ** (np.arange(8) / 4))
