"""A stack of networks comes to the numbers that each comes to alone."""

import numpy as np
import pytest

import mlp

SETTINGS = {
    "plain": [mlp.Settings(mlp.SGD(learning_rate=0.02 * (i + 1)), seed=i) for i in range(5)],
    "penalties": [mlp.Settings(mlp.Momentum(learning_rate=0.02), seed=i, l1=0.001 * i, l2=0.01 * i) for i in range(5)],
    "dropout": [mlp.Settings(mlp.Adam(), seed=i, dropout=0.1 * i) for i in range(5)],
    "clipping": [mlp.Settings(mlp.Nesterov(), seed=i, clip_norm=0.2) for i in range(5)],
    "schedule": [mlp.Settings(mlp.AdamW(), seed=i, schedule=mlp.Cosine(epochs=8)) for i in range(5)],
    "sum": [mlp.Settings(mlp.SGD(learning_rate=0.002), seed=i, reduction="sum", l2=0.01 * i) for i in range(5)],
    "frozen": [mlp.Settings(mlp.AdamW(), seed=i, l2=0.01, clip_norm=0.2, frozen=(1,)) for i in range(5)],
    "full batch": [mlp.Settings(mlp.RMSprop(), seed=i, batch_size=1000) for i in range(5)],
}


def assert_stack_equals_singles(data, networks, settings, epochs=6):
    singles = [mlp.Trainer(net.copy(), data, **vars(s)).run(epochs) for net, s in zip(networks, settings, strict=True)]
    curves = mlp.Stack(networks, data, settings).run(epochs)
    for i, single in enumerate(singles):
        np.testing.assert_allclose(networks[i].parameters, single.parameters[-1], rtol=1e-12, atol=1e-14)
        for name in ("train_loss", "test_loss", "train_score", "test_score"):
            np.testing.assert_allclose(getattr(curves, name)[:, i], getattr(single, name), rtol=1e-11, err_msg=name)


@pytest.mark.parametrize("settings", SETTINGS)
def test_stack_equals_singles_for_two_classes(settings):
    data = mlp.make_dataset("moons", n_samples=74, seed=1)
    networks = [mlp.MLP([2, 6, 4, 1], activation=["gelu", "relu"], seed=i) for i in range(5)]
    assert_stack_equals_singles(data, networks, SETTINGS[settings])


@pytest.mark.parametrize("optimizer", mlp.OPTIMIZERS)
@pytest.mark.parametrize("activation", ["selu", "leaky_relu", "sigmoid"])
def test_stack_equals_singles_for_many_classes(activation, optimizer):
    data = mlp.make_dataset("blobs", n_samples=60, n_classes=4, seed=1)
    kind = mlp.OPTIMIZERS[optimizer]
    settings = [mlp.Settings(kind(learning_rate=0.003 * (i + 1)), seed=7 - i) for i in range(4)]
    networks = [mlp.MLP([2, 5, 4], activation=activation, loss="categorical_crossentropy", seed=i) for i in range(4)]
    assert_stack_equals_singles(data, networks, settings)


@pytest.mark.parametrize("loss", [name for name, loss in mlp.LOSSES.items() if "regression" in loss.tasks])
def test_stack_equals_singles_for_numbers(loss):
    data = mlp.make_dataset("hills", n_samples=60, seed=1)
    networks = [mlp.MLP([2, 5, 1], loss=loss, seed=i) for i in range(4)]
    assert_stack_equals_singles(data, networks, [mlp.Settings(seed=i) for i in range(4)])


def test_more_networks_than_fit_at_once_are_split_up(monkeypatch):
    monkeypatch.setattr("mlp.stack.BEST_SIZE", 160)
    data = mlp.make_dataset("xor", n_samples=40, seed=1)
    networks = [mlp.MLP([2, 4, 1], seed=i) for i in range(9)]
    assert_stack_equals_singles(data, networks, [mlp.Settings(seed=i) for i in range(9)])


def test_one_network_that_diverges_leaves_the_others_alone():
    data = mlp.make_dataset("plane", n_samples=60, seed=1)
    networks = [mlp.MLP([2, 8, 1], activation="relu", loss="mean_squared_error", seed=i) for i in range(3)]
    settings = [mlp.Settings(mlp.SGD(learning_rate=rate)) for rate in (0.01, 10.0, 0.02)]
    curves = mlp.Stack(networks, data, settings).run(60)
    assert np.isfinite(curves.train_loss[:, [0, 2]]).all()
    assert not np.isfinite(curves.train_loss[-1, 1])


def test_runs_add_up():
    data = mlp.make_dataset("xor", n_samples=40, seed=1)
    nets = [[mlp.MLP([2, 4, 1], seed=i) for i in range(3)] for _ in range(2)]
    once = mlp.Stack(nets[0], data, mlp.Settings()).run(9)
    stack = mlp.Stack(nets[1], data, mlp.Settings())
    stack.run(4)
    twice = stack.run(5)
    np.testing.assert_array_equal(once.train_loss, twice.train_loss)
    np.testing.assert_array_equal(once.epochs, np.arange(10.0))


def test_what_cannot_be_stacked_is_refused():
    data = mlp.make_dataset("xor", n_samples=40, seed=1)
    one, other = mlp.MLP([2, 4, 1]), mlp.MLP([2, 5, 1])
    with pytest.raises(ValueError, match="one shape"):
        mlp.Stack([one, other], data, mlp.Settings())
    with pytest.raises(ValueError, match="settings may differ in"):
        mlp.Stack([one, one.copy()], data, [mlp.Settings(batch_size=5), mlp.Settings()])
    with pytest.raises(ValueError, match="settings may differ in"):
        mlp.Stack([one, one.copy()], data, [mlp.Settings(mlp.Adam()), mlp.Settings(mlp.AdamW())])
    with pytest.raises(ValueError, match="at least one network"):
        mlp.Stack([], data, mlp.Settings())
    with pytest.raises(ValueError, match="one for each of the 1 networks; got 2"):
        mlp.Stack([one], data, [mlp.Settings()] * 2)
    with pytest.raises(ValueError, match="got the same one more than once"):
        mlp.Stack([one] * 2, data, mlp.Settings())
    with pytest.raises(ValueError, match=r"settings must be mlp\.Settings, one or one for each network; got \['sgd'\]"):
        mlp.Stack([one], data, ["sgd"])


def test_a_stack_does_not_stop_early():
    settings = mlp.Settings(early_stopping=mlp.EarlyStopping())
    with pytest.raises(ValueError, match="settings must be without early_stopping: a stack trains to the end"):
        mlp.Stack([mlp.MLP([2, 1])], mlp.make_dataset("moons"), settings)


DATA = {
    "noise": [mlp.make_dataset("moons", n_samples=75, noise=0.1 * (i % 3), seed=1) for i in range(5)],
    "seeds": [mlp.make_dataset("xor", n_samples=60, seed=i) for i in range(5)],
    "problems": [mlp.make_dataset(name, n_samples=60) for name in ("moons", "xor", "spirals", "moons", "circles")],
    "numbers": [mlp.make_dataset("hills", n_samples=75, noise=0.1 * i, seed=1) for i in range(5)],
    "classes": [mlp.make_dataset("blobs", n_samples=90, noise=0.1 * i, seed=2, n_classes=3) for i in range(5)],
    "no test": [mlp.make_dataset("moons", n_samples=75, noise=0.1 * i, test_fraction=0.0) for i in range(5)],
}


@pytest.mark.parametrize("batch_size", [10, 1000])
@pytest.mark.parametrize("kind", DATA)
def test_each_network_of_a_stack_may_have_data_of_its_own(kind, batch_size):
    data = DATA[kind]
    loss = {"numbers": "mean_squared_error", "classes": "categorical_crossentropy"}.get(kind, "binary_crossentropy")
    networks = [mlp.MLP([2, 6, data[0].n_outputs], loss=loss, seed=i) for i in range(5)]
    settings = [mlp.Settings(mlp.Adam(learning_rate=0.01 * (i + 1)), batch_size=batch_size, seed=i) for i in range(5)]
    singles = [mlp.Trainer(n.copy(), d, **vars(s)).run(6) for n, d, s in zip(networks, data, settings, strict=True)]
    curves = mlp.Stack(networks, data, settings).run(6)
    for i, single in enumerate(singles):
        np.testing.assert_allclose(networks[i].parameters, single.parameters[-1], rtol=1e-12, atol=1e-14)
        for name in ("train_loss", "test_loss", "train_score", "test_score"):
            np.testing.assert_allclose(getattr(curves, name)[:, i], getattr(single, name), rtol=1e-11, err_msg=name)


def test_frames_are_the_parameters_that_each_network_has_alone(monkeypatch):
    monkeypatch.setattr("mlp.stack.BEST_SIZE", 160)  # in two chunks
    data = mlp.make_dataset("moons", n_samples=74, seed=1)
    networks = [mlp.MLP([2, 6, 1], seed=i) for i in range(5)]
    singles = [mlp.Trainer(net.copy(), data, **vars(SETTINGS["plain"][i])).run(9) for i, net in enumerate(networks)]
    stack = mlp.Stack(networks, data, SETTINGS["plain"], keep=mlp.spaced_epochs(9, 5))
    stack.run(9)
    np.testing.assert_array_equal(stack.frames.epochs, [0, 1, 2, 4, 9])
    for i, single in enumerate(singles):
        alone = single.parameters[stack.frames.epochs.astype(int)]
        np.testing.assert_allclose(stack.frames.parameters[:, i], alone, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("size", [160, 24_000])
def test_a_stack_goes_on_from_a_state_bit_for_bit(settings, size, monkeypatch):
    monkeypatch.setattr("mlp.stack.BEST_SIZE", size)
    data = mlp.make_dataset("moons", n_samples=74, seed=1)
    nets = [[mlp.MLP([2, 6, 4, 1], seed=i) for i in range(5)] for _ in range(2)]
    once = mlp.Stack(nets[0], data, SETTINGS[settings], keep=(0, 3, 5, 9))
    whole = once.run(9)
    first = mlp.Stack(nets[1], data, SETTINGS[settings], keep=(0, 3, 5, 9))
    first.run(4)
    later = mlp.Stack([mlp.MLP([2, 6, 4, 1]) for _ in range(5)], data, SETTINGS[settings], (0, 3, 5, 9), first.state())
    rest = later.run(5)
    np.testing.assert_array_equal(later.state().parameters, once.state().parameters)
    np.testing.assert_array_equal(whole.test_loss, np.concatenate([first.curves.test_loss, rest.test_loss]))
    both = np.concatenate([first.frames.parameters, later.frames.parameters])
    np.testing.assert_array_equal(both, once.frames.parameters)
    np.testing.assert_array_equal(np.r_[first.frames.epochs, later.frames.epochs], once.frames.epochs)


@pytest.mark.parametrize(
    ("last", "n"), [(0, 2), (1, 2), (5, 10), (100, 2), (100, 12), (100, 65), (1000, 30), (9999, 400)]
)
def test_spaced_epochs_are_dense_early_and_hold_both_ends(last, n):
    found = mlp.spaced_epochs(last, n)
    assert (found[0], found[-1]) == (0, last)
    assert min(n, last + 1) * 0.8 <= len(found) <= n
    gaps = np.diff(found)
    assert (gaps > 0).all()
    assert not len(gaps) or gaps[-1] >= gaps[0]


def test_data_that_differ_in_size_or_task_are_refused():
    nets = [mlp.MLP([2, 4, 1], loss="mean_squared_error", seed=i) for i in range(2)]
    for other in (mlp.make_dataset("xor", n_samples=50), mlp.make_dataset("hills", n_samples=40)):
        with pytest.raises(ValueError, match="data must be alike in task and numbers of samples; got binary with 20"):
            mlp.Stack(nets, [mlp.make_dataset("xor", n_samples=40), other], mlp.Settings())
    with pytest.raises(ValueError, match="data must be one, or one for each of the 2 networks; got 1"):
        mlp.Stack(nets, [mlp.make_dataset("xor", n_samples=40)], mlp.Settings())
