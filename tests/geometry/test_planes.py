"""The planes of the maps and what is said of them, found again by other means."""

import json
import math
import threading
import time
from contextlib import contextmanager, nullcontext

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

import mlp
from playground.geometry.edge import EDGE, EDGE_STEPS
from playground.geometry.landscape import GoneError, Moment, Pieces, edge, largest, loss_map, spectrum
from playground.geometry.planes import of_the_path, of_three, path_of, random_walk_share
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import percent, say
from playground.run.runs import Known, Run, Runs
from playground.web.landscape_route import landscape_message

FREE = Pieces(nullcontext, lambda: False)
SMALL = Experiment(Config(n_samples=120, hidden_layer_sizes=(5,)))


@pytest.fixture(scope="module")
def run() -> Run:
    run = Runs().get(SMALL)
    run.record(120, seconds=60)
    return run


def moment_of(run: Run, step: int) -> Moment:
    net = run.trainer.net.copy()
    net.parameters[...] = run.recording.seek(step).parameters
    data = run.trainer.data
    return Moment(net, data, step, net.loss_value(data.x_train, data.y_train))


def loss_at(moment: Moment, parameters: np.ndarray) -> float:
    net = moment.net.copy()
    net.parameters[...] = parameters
    return net.loss_value(moment.data.x_train, moment.data.y_train)


def test_the_plane_of_the_path_is_that_of_its_principal_components(run):
    path = path_of(run.recording, run.last_step)
    plane, shares = of_the_path(path)
    pca = PCA(2).fit(run.recording.parameters)
    np.testing.assert_allclose(shares, pca.explained_variance_ratio_, atol=1e-12)
    np.testing.assert_allclose(np.abs((plane.axes * pca.components_).sum(axis=1)), 1.0, atol=1e-9)
    feet = plane.feet(path.places)
    np.testing.assert_allclose(np.abs(feet), np.abs(pca.transform(run.recording.parameters)), atol=1e-9)
    assert (np.abs(feet - plane.middle) < plane.reach).all(), "the path lies on the map"
    assert feet[-1, 0] > feet[0, 0]


def test_the_plane_through_three_moments_is_exact_at_each_of_them(run):
    path = path_of(run.recording, run.last_step)
    plane, third, _ = of_three(path)
    assert 0 < third < len(path.steps) - 1
    for k in (0, third, len(path.steps) - 1):
        np.testing.assert_allclose(plane.at(plane.feet(path.places[k : k + 1]))[0], path.places[k], atol=1e-10)


def test_a_random_walk_is_the_yardstick():
    rng = np.random.default_rng(3)
    shares = [
        PCA(2).fit(np.cumsum(rng.standard_normal((100, 40)), axis=0)).explained_variance_ratio_.sum() for _ in range(60)
    ]
    assert random_walk_share(100, 40) == pytest.approx(np.mean(shares), abs=0.06)


@pytest.mark.parametrize("kind", ["path", "ends", "random", "sharpest", "weights"])
def test_every_place_of_a_map_has_the_loss_of_the_network_there(run, kind):
    moment = moment_of(run, 300)
    path = path_of(run.recording, run.last_step)
    shown = loss_map(moment, path, kind, 9, 4, (0, 7), FREE)
    places = shown.plane.grid(9)
    for k in (0, 8, 40, 75):
        wanted = loss_at(moment, shown.plane.at(places[k : k + 1])[0])
        assert shown.losses.ravel()[k] == pytest.approx(wanted, rel=1e-10)
    assert places[0][0] < places[8][0]
    assert places[0][1] == places[8][1], "row by row from the bottom left"
    assert places[0][1] < places[80][1]
    assert shown.at_here == pytest.approx(loss_at(moment, shown.plane.at(shown.here[None])[0]), rel=1e-10)
    k = len(path.steps) // 2
    assert shown.at_feet[k] == pytest.approx(loss_at(moment, shown.plane.at(shown.feet[k : k + 1])[0]), rel=1e-10)
    assert f"the true loss is {say(moment.loss, 3)} and the map says {say(shown.at_here, 3)}" in shown.words
    if kind in ("random", "sharpest", "weights"):  # the moment lies in the plane itself
        assert shown.at_here == pytest.approx(moment.loss, rel=1e-10)
    half = path.places[0] + 0.5 * (path.places[-1] - path.places[0])
    assert shown.profile[0, 20] == pytest.approx(loss_at(moment, half), rel=1e-10)


def test_the_sentence_has_the_shares_of_the_path(run):
    moment, path = moment_of(run, 300), path_of(run.recording, run.last_step)
    words = loss_map(moment, path, "path", 3, 1, (0, 1), FREE).words
    pca = PCA(2).fit(run.recording.parameters)
    assert f"This plane shows {percent(pca.explained_variance_ratio_.sum())} of the path's variance" in words
    centred = run.recording.parameters - pca.mean_
    off = np.linalg.norm(centred - pca.inverse_transform(pca.transform(run.recording.parameters)) + pca.mean_, axis=1)
    way = np.linalg.norm(np.diff(run.recording.parameters, axis=0), axis=1).sum()
    assert f"up to {percent(off.max() / way, 2)} of its length" in words


def test_in_the_sharpest_directions_the_loss_bends_as_the_eigenvalues_say(run):
    moment = moment_of(run, 300)
    shown = loss_map(moment, path_of(run.recording, run.last_step), "sharpest", 3, 1, (0, 1), FREE)
    values = np.linalg.eigvalsh(mlp.Curvature(moment.net, moment.data.x_train, moment.data.y_train).hessian())[::-1]
    for axis, value in zip(shown.plane.axes, values, strict=False):
        h = 1e-3
        ends = [loss_at(moment, moment.net.parameters + side * h * axis) for side in (-1, 0, 1)]
        assert (ends[0] - 2 * ends[1] + ends[2]) / h**2 == pytest.approx(value, rel=1e-3)


def test_eigenvalues_are_those_of_pytorch_at_the_moment_and_lanczos_agrees(run):
    moment = moment_of(run, 300)
    x, y = torch.tensor(moment.data.x_train), torch.from_numpy(moment.data.y_train[:, None].astype(float))
    flat = torch.from_numpy(moment.net.parameters.copy())

    def loss(w):
        hidden, last = w[:15].reshape(5, 3), w[15:].reshape(1, 6)
        a = torch.tanh(x @ hidden[:, :2].T + hidden[:, 2])
        z = a @ last[:, :5].T + last[:, 5]
        return torch.nn.functional.binary_cross_entropy_with_logits(z, y)

    wanted = np.linalg.eigvalsh(torch.autograd.functional.hessian(loss, flat).numpy())[::-1]
    np.testing.assert_allclose(spectrum(moment, FREE), wanted, atol=1e-11)
    np.testing.assert_allclose(largest(moment, FREE).values, wanted[:2], rtol=1e-4)


def test_a_large_network_is_done_in_small_pieces_and_to_the_same_numbers():
    experiment = Experiment(Config(hidden_layer_sizes=(64, 64), n_samples=1000, batch_size=100))
    run = Runs().get(experiment)
    run.record(2, seconds=60)
    moment = moment_of(run, run.last_step)
    lengths = []

    @contextmanager
    def turn():
        start = time.thread_time()
        yield
        lengths.append(time.thread_time() - start)

    found = largest(moment, Pieces(turn, lambda: False))
    path = path_of(run.recording, run.last_step)
    loss_map(moment, path, "path", 61, 1, (0, 1), Pieces(turn, lambda: False))
    assert len(lengths) > 20
    assert np.median(lengths) < 0.05, "never long in one piece"
    whole = mlp.Curvature(moment.net, moment.data.x_train, moment.data.y_train)
    for value, vector in zip(found.values, found.vectors, strict=True):
        np.testing.assert_allclose(whole.product(vector), value * vector, atol=0.02 * found.values[0])


def test_it_stops_when_nobody_waits(run):
    asked = iter([False, False, True])
    with pytest.raises(GoneError):
        Pieces(nullcontext, lambda: next(asked)).run(iter(lambda: time.sleep(0.03), 0))


def test_others_have_their_turn_between_the_pieces(run):
    gate = threading.Lock()
    taken = []

    def other():
        for _ in range(20):
            with gate:
                taken.append(time.perf_counter())
            time.sleep(0.002)

    thread = threading.Thread(target=other)
    thread.start()
    start = time.perf_counter()
    Pieces(lambda: gate, lambda: False).run(time.sleep(0.005) for _ in range(40))  # type: ignore[arg-type, return-value]
    end = time.perf_counter()
    thread.join()
    assert sum(start < at < end for at in taken) >= 2


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "adam"),
        ({"optimizer": "sgd"}, "mini-batches of 10"),
        ({"optimizer": "sgd", "batch_size": 2000, "l2": 0.01}, "penalty"),
        ({"optimizer": "sgd", "batch_size": 2000, "dropout": 0.1}, "dropout"),
        ({"optimizer": "sgd", "batch_size": 2000, "clip_norm": 1.0}, "clipped"),
        ({"optimizer": "sgd", "batch_size": 2000, "frozen": (1,)}, "frozen"),
        ({"optimizer": "sgd", "batch_size": 2000, "schedule": "cosine"}, "schedule"),
    ],
)
def test_the_line_is_drawn_only_where_it_applies(settings, reason):
    at, words = edge(Experiment(Config(**settings)), 250)
    assert at is None
    assert reason in words


def test_the_line_is_at_two_over_the_rate():
    assert edge(Experiment(Config(optimizer="sgd", batch_size=2000, learning_rate=0.1)), 250)[0] == pytest.approx(20.0)
    summed = Config(optimizer="sgd", batch_size=2000, learning_rate=0.001, reduction="sum")
    assert edge(Experiment(summed), 250)[0] == pytest.approx(2.0 / 0.25)


def told(experiment: Experiment, run: Run, **question) -> tuple[dict, np.ndarray]:
    asked = {"run": experiment.name, "step": run.last_step, "last": run.last_step, "what": "map", **question}
    message = landscape_message(Known(experiment, run), asked, FREE)  # type: ignore[arg-type]
    n = int.from_bytes(message[:4], "little")
    return json.loads(message[4 : 4 + n])["landscape"], np.frombuffer(message[4 + n :], "<f4")


def test_the_run_that_is_shown_settles_at_the_edge():
    experiment = Experiment(EDGE)
    run = Runs().get(experiment)
    run.record_until(EDGE_STEPS)
    header, _ = told(experiment, run, what="curve")
    assert header["edge"] == 4.0
    assert header["values"][-8:] == pytest.approx([4.0] * 8, rel=0.03)
    assert header["epochs"][-1] == EDGE_STEPS


def losses() -> list[Config]:
    by_task = {"binary": "moons", "multiclass": "blobs", "regression": "plane"}
    tasks = {name: next(t for t in by_task if t in entry.tasks) for name, entry in mlp.LOSSES.items()}
    return [Config(dataset=by_task[task], loss=name, n_samples=40) for name, task in tasks.items()]


@pytest.mark.parametrize(
    "config",
    [
        *losses(),
        *(Config(activations=(name,), n_samples=40) for name in mlp.ACTIVATIONS),
        Config(hidden_layer_sizes=(), n_samples=40),
        Config(use_bias="off", n_samples=40),
        Config(optimizer="sgd", learning_rate=10.0, activations=("relu",), loss="mean_squared_error", n_samples=40),
    ],
    ids=lambda c: f"{c.loss}-{c.activations}-{c.hidden_layer_sizes}-{c.use_bias}",
)
def test_every_run_has_its_landscape_or_a_sentence(config):
    experiment = Experiment(config)
    run = Runs().get(experiment)
    run.record(3, seconds=60)
    for plane in ("path", "ends", "random", "sharpest", "weights"):
        header, floats = told(experiment, run, plane=plane, n=5)
        if header["problem"]:
            assert header["problem"].endswith(".")
            continue
        assert len(floats) == 25 + 5 * header["moments"] + 2 * header["profile"] + 3 * run.trainer.net.n_parameters
    header, _ = told(experiment, run, what="spectrum")
    assert header["problem"] or (header["whole"] and len(header["values"]) == run.trainer.net.shape.n_trainable)
    header, _ = told(experiment, run, what="curve")
    assert header["words"]
    assert all(map(math.isfinite, header["values"]))


def test_before_the_first_step_the_path_is_a_point():
    experiment = Experiment(Config(n_samples=40))
    run = Runs().get(experiment)
    for plane in ("path", "ends"):
        header, floats = told(experiment, run, plane=plane, n=5)
        assert header["problem"] == ""
        assert np.isfinite(floats).sum() >= 25


# ---- several runs on one map
@pytest.fixture(scope="module")
def others(run):
    made = []
    for changes in ({"optimizer": "sgd", "learning_rate": 0.1}, {"seed": 5}):
        other = Runs().get(Experiment(SMALL.config.changed(**changes)))
        other.record(60, seconds=60)
        made.append(path_of(other.recording, other.last_step))
    return made


def test_the_plane_of_several_paths_is_that_of_all_their_places_together(run, others):
    path = path_of(run.recording, run.last_step)
    plane, shares = of_the_path(path, others)
    places = np.concatenate([path.places, *(other.places for other in others)])
    pca = PCA(2).fit(places)
    np.testing.assert_allclose(shares, pca.explained_variance_ratio_, atol=1e-12)
    np.testing.assert_allclose(np.abs((plane.axes * pca.components_).sum(axis=1)), 1.0, atol=1e-9)
    assert (np.abs(plane.feet(places) - plane.middle) < plane.reach).all(), "all paths lie on the map"


@pytest.mark.parametrize("kind", ["path", "ends", "random"])
def test_other_paths_lie_on_the_map_with_their_residuals(run, others, kind):
    moment, path = moment_of(run, 300), path_of(run.recording, run.last_step)
    shown = loss_map(moment, path, kind, 5, 4, (0, 7), FREE, others)
    assert len(shown.others) == 2
    for other, on_it in zip(others, shown.others, strict=True):
        k = len(other.steps) // 2
        off = other.places[k] - shown.plane.at(on_it[k : k + 1, :2])[0]
        np.testing.assert_allclose(shown.plane.axes @ off, 0.0, atol=1e-8, err_msg="the foot is the nearest place")
        wanted = loss_at(moment, shown.plane.at(on_it[k : k + 1, :2])[0])
        assert on_it[k, 2] == pytest.approx(wanted, rel=1e-10)
    for letter, one in zip("ABC", [path, *others], strict=True):
        off = one.places - shown.plane.at(shown.plane.feet(one.places))
        way = np.linalg.norm(np.diff(one.places, axis=0), axis=1).sum()
        assert f"{letter} up to {percent(np.linalg.norm(off, axis=1).max() / way, 2)}" in shown.words
    places = [
        (np.abs(shown.plane.feet(one.places) - shown.plane.middle) > shown.plane.reach) for one in (path, *others)
    ]
    outside = sum(bool(out.any()) for out in places)
    assert shown.words.count("outside the map") == outside
    assert kind != "path" or not outside
    assert (f"of the variance of all {len(others) + 1} paths together" in shown.words) == (kind == "path")


def test_the_route_tells_the_paths_beside_up_to_the_same_epoch(run):
    other = Experiment(SMALL.config.changed(learning_rate=0.003, batch_size=20))
    beside = Known(other, Runs().get(other))  # of which nothing is trained yet
    asked = {"run": SMALL.name, "step": run.last_step, "last": run.last_step, "what": "map", "n": 5}
    message = landscape_message(Known(SMALL, run), asked, FREE, [beside])  # type: ignore[arg-type]
    n = int.from_bytes(message[:4], "little")
    header, floats = json.loads(message[4 : 4 + n])["landscape"], np.frombuffer(message[4 + n :], "<f4")
    assert header["problem"] == ""
    (count,) = header["others"]
    at = 25 + 5 * header["moments"] + 2 * header["profile"]
    rows = floats[at : at + 5 * count].reshape(count, 5)
    recording = beside.run.recording
    assert recording.epochs[np.searchsorted(recording.steps, rows[-1, 4])] == run.recording.epochs[-1]
    path = path_of(recording, int(rows[-1, 4]))
    np.testing.assert_allclose(rows[:, 2], path.losses, rtol=1e-6)
    np.testing.assert_array_equal(rows[:, 4], path.steps)
    assert len(floats) == at + 5 * count + 3 * run.trainer.net.n_parameters


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"hidden_layer_sizes": (4,)}, "another network"),
        ({"noise": 0.3}, "other data"),
        ({"loss": "hinge"}, "another loss"),
    ],
)
def test_runs_of_another_space_have_no_map_in_common(run, changes, why):
    other = Experiment(SMALL.config.changed(**changes))
    asked = {"run": SMALL.name, "step": 0, "last": run.last_step, "what": "map", "n": 5}
    message = landscape_message(Known(SMALL, run), asked, FREE, [Known(other, Runs().get(other))])  # type: ignore[arg-type]
    n = int.from_bytes(message[:4], "little")
    assert (
        json.loads(message[4 : 4 + n])["landscape"]["problem"]
        == f"Two runs of which one has {why} have no map in common."
    )
