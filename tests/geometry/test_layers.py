"""From where the layers are looked at, and what the numbers beside the pictures say: all found again by other means."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import StandardScaler

import mlp
from playground.geometry.fold import muted, separations, viewpoints
from playground.geometry.layers import (
    MOST_POINTS,
    moments,
    reading,
    readout_plane,
    readouts,
    share_shown,
    spaces,
    through,
)
from playground.geometry.separation import PENALTY, separation
from playground.run.config import Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import new_trainer
from playground.tables.examples import EXAMPLES


@pytest.fixture(scope="module")
def trainer() -> mlp.Trainer:
    trainer = new_trainer(Experiment(Config(n_samples=200)))
    trainer.run(120)
    return trainer


def pooled(trainer: mlp.Trainer, layer: int) -> np.ndarray:
    """The activations of a hidden layer at all moments that count, by the engine's own trace."""
    found, net, data = [], trainer.net.copy(), trainer.data
    for k in moments(trainer.recording, 200):
        net.parameters[...] = trainer.recording.parameters[k]
        found.append(net.trace(data.x_train, data.y_train)[layer - 1].a)
    return np.concatenate(found)


@pytest.mark.parametrize("layer", [1, 2])
def test_the_main_directions_of_a_layer_are_the_principal_components_of_all_moments_together(trainer, layer):
    chosen = trainer.recording.parameters[moments(trainer.recording, 200)]
    space = spaces(trainer.net, trainer.data.x_train, chosen)[layer]
    a = pooled(trainer, layer)
    pca = PCA(6).fit(a)
    np.testing.assert_allclose(space.mean, pca.mean_, atol=1e-12)
    cosines = np.abs((space.directions * pca.components_).sum(axis=1))
    np.testing.assert_allclose(cosines, 1.0, atol=1e-9)
    inside = np.abs((a - space.mean) @ space.directions[0]) <= space.extents[0]
    assert inside.mean() >= 0.99
    assert share_shown(a, space.directions[:2]) == pytest.approx(pca.explained_variance_ratio_[:2].sum(), abs=1e-12)


def test_in_the_readout_plane_the_output_is_the_distance_from_an_upright_line(trainer):
    chosen = trainer.recording.parameters[moments(trainer.recording, 200)]
    found = readouts(trainer.net, trainer.data.x_train, chosen)[(0,)]
    net, x = trainer.net, trainer.data.x_train
    w, b = reading(net, (0,))
    plane = readout_plane(found, w)
    np.testing.assert_allclose(plane @ plane.T, np.eye(2), atol=1e-12)
    a = through(net, x)[-1][1]
    across = a @ plane[0] + b / np.linalg.norm(w)
    np.testing.assert_allclose(across * np.linalg.norm(w), net.logits(x)[:, 0], atol=1e-12)
    assert (np.abs(across) <= found.across).mean() > 0.99


def test_along_the_boundary_is_the_widest_direction_that_the_output_does_not_read(trainer):
    frames = trainer.recording.parameters[moments(trainer.recording, 200)]
    found = readouts(trainer.net, trainer.data.x_train, frames)[(0,)]
    net, left = trainer.net.copy(), []
    for frame in frames:
        net.parameters[...] = frame
        w = reading(net, (0,))[0]
        a = through(net, trainer.data.x_train)[-1][1]
        a = a - a.mean(axis=0)
        left.append(a - np.outer(a @ w, w) / (w @ w))
    assert abs(PCA(1).fit(np.concatenate(left)).components_[0] @ found.rest) == pytest.approx(1.0, abs=1e-9)


def test_of_several_classes_the_readout_compares_the_two(trainer):
    trainer = new_trainer(Experiment(Config(dataset="blobs", n_classes=4, n_samples=120, hidden_layer_sizes=(5,))))
    trainer.run(20)
    chosen = trainer.recording.parameters[moments(trainer.recording, 200)]
    found = readouts(trainer.net, trainer.data.x_train, chosen)
    assert list(found) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    w, b = reading(trainer.net, (1, 3))
    logits = trainer.net.logits(trainer.data.x_train)
    a = through(trainer.net, trainer.data.x_train)[-1][1]
    np.testing.assert_allclose(a @ w + b, logits[:, 1] - logits[:, 3], atol=1e-12)


def test_principal_components_hide_what_the_output_reads(trainer):
    """Why the plane before the output is another one: the widest directions do not tell the classes apart."""
    chosen = trainer.recording.parameters[moments(trainer.recording, 200)]
    space = spaces(trainer.net, trainer.data.x_train, chosen)[2]
    w, _ = reading(trainer.net, (0,))
    assert abs(space.directions[0] @ w) / np.linalg.norm(w) < 0.5


def scikits(a: np.ndarray, y: np.ndarray) -> float:
    line = LogisticRegression(C=1.0 / PENALTY, max_iter=20_000, tol=1e-8)
    model = OneVsRestClassifier(line) if y.max() > 1 else line
    x = StandardScaler().fit_transform(a)
    return float(model.fit(x, y).score(x, y))


@pytest.mark.parametrize(
    "config",
    [Config(n_samples=200), Config(dataset="blobs", n_classes=5, noise=0.5, n_samples=200), Config(dataset="moons")],
    ids=lambda c: c.dataset,
)
def test_the_straight_line_is_that_of_scikit_learn(config):
    trainer = new_trainer(Experiment(config))
    trainer.run(30)
    x, y = trainer.data.x_train, trainer.data.y_train
    found = separations(trainer.net, trainer.data, trainer.net.parameters)
    layers = [x, *(trace.a for trace in trainer.net.trace(x, y)[:-1])]
    # Where next to nothing is wrong, two solvers may stop on either side of a point.
    assert found == pytest.approx([scikits(a, y) for a in layers], abs=1.01 / len(x))


def test_a_regression_is_told_by_a_flat_plane(trainer):
    trainer = new_trainer(Experiment(Config(dataset="ripple", n_samples=150)))
    trainer.run(20)
    x, y = trainer.data.x_train, trainer.data.y_train
    found = separations(trainer.net, trainer.data, trainer.net.parameters)
    for a, r2 in zip([x, *(trace.a for trace in trainer.net.trace(x, y)[:-1])], found, strict=True):
        assert r2 == pytest.approx(LinearRegression().fit(a, y).score(a, y), abs=1e-9)


def test_nothing_is_claimed_of_a_run_that_has_blown_up(trainer):
    assert separations(trainer.net, trainer.data, np.full_like(trainer.net.parameters, np.nan)) is None


def test_one_class_alone_and_dead_units_are_no_trouble():
    a = np.zeros((10, 3))
    assert separation(a, np.zeros(10, dtype=int), 2) == 1.0
    assert separation(a, np.arange(10) % 2, 2) == 0.5


def test_a_longer_run_is_looked_at_from_the_same_place(trainer):
    short, long = (new_trainer(Experiment(Config(n_samples=60))) for _ in range(2))
    short.run(200)
    long.run(300)
    points, _ = make_data(Experiment(Config(n_samples=60)))
    assert viewpoints(short, points, 200) == viewpoints(long, points, 200)


@pytest.mark.parametrize("activation", mlp.ACTIVATIONS)
def test_every_activation_has_its_pictures(activation):
    experiment = Experiment(Config(activations=(activation,), n_samples=60, hidden_layer_sizes=(3, 1, 2)))
    trainer = new_trainer(experiment)
    trainer.run(5)
    told = viewpoints(trainer, make_data(experiment)[0], 200)
    assert [len(space["mean"]) for space in told["spaces"]] == [2, 3, 1, 2]
    numbers = [x for space in told["spaces"] for value in space.values() for x in np.ravel(value)]
    assert np.isfinite(numbers).all()


def test_data_with_many_inputs_have_theirs():
    experiment = Experiment(Config(own_data=EXAMPLES["digits"].load(), hidden_layer_sizes=(8,)))
    trainer = new_trainer(experiment)
    trainer.run(1)
    told = viewpoints(trainer, make_data(experiment)[0], 200)
    assert [len(space["mean"]) for space in told["spaces"]] == [len(experiment.config.own_data.inputs), 8]
    assert len(told["labels"]) == MOST_POINTS < told["n_points"]
    assert len(told["readouts"]) == 45


@pytest.mark.parametrize(("hidden", "separates"), [((2,), False), ((3,), True)])
def test_two_neurons_never_cut_a_ring_and_three_always_do(hidden, separates):
    """Olah 2014: a layer of two can stretch the disc inside the ring but not lift it out; a third dimension can."""
    data = new_trainer(Experiment(Config(dataset="circles", hidden_layer_sizes=hidden))).data
    nets = [mlp.MLP([2, *hidden, 1], activation="tanh", seed=seed) for seed in range(10)]
    curves = mlp.Stack(nets, data, mlp.Settings(mlp.Adam(learning_rate=0.03), batch_size=10)).run(300, every=20)
    scores = curves.train_score.max(axis=0)
    assert ((scores == 1.0) == separates).all(), scores


@pytest.mark.parametrize(("layer", "unit"), [(1, 0), (1, 5), (2, 3)])
def test_a_muted_neuron_is_not_heard(trainer, layer, unit):
    net, x, y = trainer.net.copy(), trainer.data.x_train, trainer.data.y_train
    wanted = [(trace.z.copy(), trace.a.copy()) for trace in net.trace(x, y)]
    silent = wanted[layer - 1][1].copy()
    silent[:, unit] = 0.0
    z = silent @ net.layers[layer].weights + net.layers[layer].biases
    for place, value in muted(net.shape, layer, unit).items():
        net.parameters[place] = value
    np.testing.assert_allclose(net.trace(x, y)[layer].z, z, atol=1e-12)
