"""How what is drawn at random is spread: points of the datasets, starting weights, batches and splits."""

import numpy as np
import pytest

import mlp


def points(name: str, **settings) -> tuple[np.ndarray, np.ndarray]:
    """Make 8,000 points without noise, all of them training data."""
    data = mlp.make_dataset(name, n_samples=8000, noise=0.0, test_fraction=0.0, seed=3, **settings)
    return data.x_train, data.y_train


def assert_uniform(values: np.ndarray, low: float, high: float):
    """Check the range, and that each fifth of it holds a fifth of the values."""
    assert low <= values.min()
    assert values.max() <= high
    shares = np.histogram(values, bins=5, range=(low, high))[0] / len(values)
    # Four standard deviations of a share, so that about one seed in 3,000 would fail.
    np.testing.assert_allclose(shares, 0.2, atol=4.0 * (0.2 * 0.8 / len(values)) ** 0.5)


# ---------------------------------------------------------------------- datasets of classes


def test_xor_fills_its_corners_evenly_and_leaves_a_cross_free():
    x, y = points("xor")
    np.testing.assert_array_equal(y, (x[:, 0] * x[:, 1] < 0.0).astype(int))
    for axis in (0, 1):
        assert_uniform(np.abs(x[:, axis]), 0.3, 2.7)
        assert np.mean(x[:, axis] > 0.0) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_spirals_wind_outwards_with_points_evenly_spread(n_classes):
    x, y = points("spirals", n_classes=n_classes)
    along = np.hypot(*x.T) / 2.8
    assert_uniform(along**2, 0.01, 1.0)
    turns = np.arctan2(x[:, 0], x[:, 1]) / (2.0 * np.pi)  # clockwise from the top
    late = (turns - 1.75 * along - y / n_classes + 0.5) % 1.0 - 0.5
    assert np.abs(late).max() < 1e-9


def test_moons_are_half_circles_with_points_evenly_spread():
    x, y = points("moons")
    for label, sign in ((0, 1.0), (1, -1.0)):
        across, up = (sign * x[y == label] / 1.6 + [0.5, 0.25]).T
        np.testing.assert_allclose(np.hypot(across, up), 1.0)
        assert_uniform(np.arctan2(up, across), 0.0, np.pi)


def test_circles_are_a_ring_and_an_evenly_filled_disc():
    x, y = points("circles")
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    assert_uniform(radius[y == 0], 1.8, 2.7)
    assert_uniform(radius[y == 1] ** 2, 0.0, 1.1**2)  # as many points on each patch of the disc
    for label in (0, 1):
        assert_uniform(angle[y == label], -np.pi, np.pi)


@pytest.mark.parametrize("n_classes", [2, 4, 5])
def test_blobs_are_clouds_around_the_corners_of_a_polygon(n_classes):
    x, y = points("blobs", n_classes=n_classes)
    for label in range(n_classes):
        angle = 2.0 * np.pi * (label / n_classes + 0.125)
        cloud = x[y == label] - 1.9 * np.array([np.cos(angle), np.sin(angle)])
        np.testing.assert_allclose(cloud.mean(axis=0), 0.0, atol=0.04)
        np.testing.assert_allclose(np.cov(cloud.T), 0.35**2 * np.eye(2), atol=0.015)


def test_checkerboard_has_squares_of_alternating_classes():
    x, y = points("checkerboard")
    for axis in (0, 1):
        assert_uniform(x[:, axis], -2.8, 2.8)
    column, row = np.floor(x / 1.4).astype(int).T
    np.testing.assert_array_equal(y, (column + row) % 2)


def test_quantiles_are_rings_of_equally_many_points():
    x, y = points("quantiles", n_classes=4)
    radius = np.hypot(*x.T)
    np.testing.assert_allclose(np.cov(x.T), 1.1**2 * np.eye(2), atol=0.08)
    assert np.bincount(y).tolist() == [2000] * 4
    for inner in range(3):
        assert radius[y == inner].max() < radius[y == inner + 1].min()


def test_separable_clouds_have_a_gap_of_0_6_between_them():
    x, y = points("separable")
    widest = max(
        (x[y == 1] @ d).min() - (x[y == 0] @ d).max()
        for d in ([np.cos(a), np.sin(a)] for a in np.linspace(0.0, 2.0 * np.pi, 3600))
    )
    assert widest == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize("name", ["xor", "spirals", "moons", "circles", "blobs", "separable", "quantiles"])
def test_classes_are_of_one_size(name):
    counts = np.bincount(points(name)[1])
    assert counts.max() - counts.min() <= 2


# ---------------------------------------------------------------------- datasets of numbers


TRUTH = {
    "plane": ((-3.0, 3.0), lambda x: (x[:, 0] + x[:, 1]) / 6.0),
    "ripple": ((-3.0, 3.0), lambda x: np.cos(2.0 * np.sqrt(x[:, 0] ** 2 + x[:, 1] ** 2))),
    "sine": ((-3.0, 3.0), lambda x: np.sin(2.0 * x[:, 0])),
    "sum": ((0.0, 0.5), lambda x: x[:, 0] + x[:, 1]),
}


@pytest.mark.parametrize("name", TRUTH)
def test_numbers_to_be_learned_follow_their_formula(name):
    (low, high), formula = TRUTH[name]
    x, y = points(name)
    for column in x.T:
        assert_uniform(column, low, high)
    np.testing.assert_allclose(y[:, 0], formula(x), atol=1e-15)


def test_hills_rise_and_hollows_fall_where_they_are_said_to():
    x, y = points("hills")
    for height, tops in ((1.0, [(-2, 1), (0, -1.5), (2, 1)]), (-1.0, [(-2, -1.5), (0, 1.5), (2, -1.5)])):
        for top in tops:
            nearest = np.hypot(*(x - top).T).argmin()
            assert y[nearest, 0] == pytest.approx(height, abs=0.05)
    assert np.abs(y[np.hypot(*x.T) < 0.2]).max() < 0.35  # hills and hollows cancel in the middle


# ---------------------------------------------------------------------- starting weights


UNIFORM = {"uniform": 0.5, "glorot_uniform": (6 / 500) ** 0.5, "he_uniform": (6 / 300) ** 0.5}
NORMAL = {
    "normal": 1.0,
    "glorot_normal": (2 / 500) ** 0.5,
    "he_normal": (2 / 300) ** 0.5,
    "lecun_normal": (1 / 300) ** 0.5,
}


@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_weights_are_even_from_end_to_end(name, rng):
    weights = mlp.INITIALIZERS[name].draw(rng, 300, 200)
    assert_uniform(weights.ravel(), -UNIFORM[name], UNIFORM[name])


@pytest.mark.parametrize("name", NORMAL)
def test_normal_weights_are_bell_shaped(name, rng):
    z = mlp.INITIALIZERS[name].draw(rng, 300, 200) / NORMAL[name]
    assert z.mean() == pytest.approx(0.0, abs=0.02)
    assert z.std() == pytest.approx(1.0, abs=0.015)
    assert np.mean(np.abs(z) < 1.0) == pytest.approx(0.6827, abs=0.01)
    assert np.mean(np.abs(z) > 2.0) == pytest.approx(0.0455, abs=0.005)


@pytest.mark.parametrize("sizes", [(1, 1), (3, 3), (5, 2), (2, 5)])
def test_orthogonal_weights_point_in_every_direction_equally_often(sizes, rng):
    draw = mlp.INITIALIZERS["orthogonal"].draw
    weights = np.array([draw(rng, *sizes) for _ in range(4000)])
    np.testing.assert_allclose(weights.mean(axis=0), 0.0, atol=0.06)
    np.testing.assert_allclose((weights**2).mean(axis=0), 1.0 / max(sizes), atol=0.03)


# ---------------------------------------------------------------------- order


def test_split_is_random_and_each_part_in_random_order():
    x, y = np.arange(400.0), np.arange(400) % 2
    rng = np.random.default_rng(1)
    train, test = mlp.datasets.split(y, "binary", 0.5, rng)
    for rows in (train, test):
        assert np.corrcoef(np.arange(len(rows)), x[rows])[0, 1] == pytest.approx(0.0, abs=0.2)
        assert rows.mean() == pytest.approx(199.5, abs=25.0)
        assert np.corrcoef(np.arange(len(rows)), y[rows])[0, 1] == pytest.approx(0.0, abs=0.2)
    for rows in mlp.datasets.split(x, "regression", 0.25, rng):
        assert np.corrcoef(np.arange(len(rows)), x[rows])[0, 1] == pytest.approx(0.0, abs=0.3)


def test_every_epoch_takes_the_samples_in_another_order():
    data = mlp.make_dataset("moons", n_samples=200, seed=1)
    trainer = mlp.Trainer(mlp.MLP([2, 1]), data, batch_size=100)
    trainer = trainer.fork(0, batch_size=30)
    recording = trainer.run(30)
    firsts = [int(recording.batch(4 * epoch)[0]) for epoch in range(30)]
    assert len(set(firsts)) > 15
    assert np.mean(firsts) == pytest.approx(49.5, abs=20.0)
