"""All pictures of a plane are right: each place has the colour of what the engine answers there, each point its own.

The stage, the exported picture, the film and the mini-batch on Inside a step show one plane. What must be seen is
computed here from the engine alone, by formulas of our own.
"""

import io
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import plotly.graph_objects as go
import pytest

import mlp
from playground.export import Subject
from playground.export.gif import SIDE, gif
from playground.export.pictures import pictures
from playground.figures.palette import CLASS_SYMBOLS, THEMES
from playground.inside.mini_batch import map_figure
from playground.inside.step import take_apart
from playground.run.config import Config
from playground.run.data import make_data, plane_of
from playground.run.experiment import Experiment
from playground.run.runs import Gate, Run, new_trainer
from playground.run.surface import half_side
from playground.tables.table import Plane, Table
from playground.web.about import PLACES, about
from tests.figures.reading import ground, marks, mixed, rgb

EPOCHS, STEP = 40, 150
LIGHT = THEMES["light"]


def flowers(classes: tuple[str, ...]) -> Table:
    """A table of four inputs: the plane goes through its principal components."""
    rng = np.random.default_rng(3)
    kinds = np.arange(80) % max(len(classes), 2)
    x = rng.normal(size=(80, 4)) + 2.0 * np.outer(kinds, [1.0, -1.0, 0.5, 0.0])
    return Table("Flowers", ("a", "b", "c", "d"), "kind", classes, x, kinds if classes else x[:, 0], plane=None)


CASES = {
    "two classes": Config(dataset="moons"),
    "features": Config(dataset="circles", features=("x1", "x2", "x1^2", "x1*x2")),
    "hinge": Config(dataset="xor", loss="hinge"),
    "mean squared error of classes": Config(dataset="spirals", loss="mean_squared_error"),
    "several classes": Config(dataset="blobs", n_classes=4),
    "several classes with hinge": Config(dataset="blobs", loss="hinge"),
    "numbers": Config(dataset="hills"),
    "numbers off zero": Config(own_data=flowers(()).changed(scaling="none", y=flowers(()).x[:, 0] + 5.0)),
    "own data of two classes": Config(own_data=flowers(("no", "yes"))),
    "own data of three": Config(own_data=flowers(("r", "g", "b"))),
}
each_case = pytest.mark.parametrize("case", CASES)
each_kind = pytest.mark.parametrize("case", ["two classes", "hinge", "several classes", "numbers", "own data of three"])


@dataclass(frozen=True, eq=False)
class Seen:
    """A short run, and what the engine says about it."""

    experiment: Experiment
    trainer: mlp.Trainer

    @cached_property
    def points(self) -> mlp.Dataset:
        """In the plane."""
        return make_data(self.experiment)[0]

    @property
    def numbers(self) -> bool:
        """Whether the target is a number."""
        return self.points.task == "regression"

    @cached_property
    def plane(self) -> Plane | None:
        """The plane through own data of many inputs."""
        return plane_of(self.experiment)

    @cache  # noqa: B019 - there are ten of them
    def net(self, step: int) -> mlp.MLP:
        """The network after a step."""
        net = self.trainer.net.copy()
        net.parameters[...] = self.trainer.recording.seek(step).parameters
        return net

    def inputs(self, place: tuple[float, float]) -> np.ndarray:
        """What stands at a place of the plane for the network, (1, n_in)."""
        if self.plane is None:
            return mlp.expand_features(np.array([place]), self.experiment.config.features)
        return np.array([self.plane.origin + place[0] * self.plane.axes[0] + place[1] * self.plane.axes[1]])

    def height(self, out: float) -> float:
        """Where an answer lies between full orange, -1, over the neutral colour, 0, and full blue, 1."""
        loss = self.trainer.net.loss.name
        if self.numbers:
            y = self.points.y_train
            return (out - y.mean()) / np.abs(y - y.mean()).max()
        if loss == "binary_crossentropy":
            return 2.0 / (1.0 + np.exp(-out)) - 1.0
        return out if loss == "hinge" else 2.0 * out - 1.0

    def ground(self, place: tuple[float, float], step: int, theme: str = "light", strength: float = 1.0) -> np.ndarray:
        """The colour that must be seen at a place."""
        colours, net, x = THEMES[theme], self.net(step), self.inputs(place)
        out = net.outputs(x)[0]
        if len(out) > 1:
            return rgb(colours.neutral) + strength * (rgb(colours.classes[net.classify(x)[0]]) - rgb(colours.neutral))
        t = self.height(float(out[0]))
        full = mixed(colours.negative, colours.neutral, colours.positive, t)
        return rgb(colours.neutral) + strength * (full - rgb(colours.neutral))

    def mark(self, truth: np.generic) -> tuple[tuple[float, ...], str]:
        """The colour and the shape that a point must have."""
        if self.numbers:
            y = self.points.y_train
            t = (float(np.ravel(truth)[0]) - y.mean()) / np.abs(y - y.mean()).max()
            return tuple(mixed(LIGHT.negative, LIGHT.neutral, LIGHT.positive, t)), "circle"
        return tuple(rgb(LIGHT.classes[int(truth)])), CLASS_SYMBOLS[int(truth)]

    def drawn(self, x: np.ndarray, y: np.ndarray) -> list[tuple[float, float, tuple[float, ...], str]]:
        """What must be seen of points (n, 2)."""
        return [(a, b, *self.mark(truth)) for (a, b), truth in zip(x.tolist(), y, strict=True)]


@cache
def seen(case: str) -> Seen:
    experiment = Experiment(CASES[case].changed(n_samples=100, hidden_layer_sizes=(4,), learning_rate=0.03))
    trainer = new_trainer(experiment)
    trainer.run(EPOCHS)
    return Seen(experiment, trainer)


@cache
def film_of(case: str) -> list[np.ndarray]:
    """Its frames, each (height, width, 3)."""
    files = pytest.importorskip("PIL.GifImagePlugin")
    sequence = pytest.importorskip("PIL.ImageSequence")
    run = seen(case)
    with files.GifImageFile(io.BytesIO(gif(Subject(run.experiment, run.trainer, STEP)))) as film:
        return [np.asarray(frame.convert("RGB"), float) for frame in sequence.Iterator(film)]


def places(fig: go.Figure) -> list[tuple[float, float]]:
    """Places of a figure's grid, all over its plane."""
    along = np.asarray(fig.data[0].x)[:: len(fig.data[0].x) // 7]
    return [(float(a), float(b)) for a in along for b in along]


def assert_ground(fig: go.Figure, run: Seen, step: int, theme: str) -> None:
    for place in places(fig):
        np.testing.assert_allclose(ground(fig, *place), run.ground(place, step, theme), atol=1e-6, err_msg=str(place))


def assert_marks(found: list, wanted: list) -> None:
    assert len(found) == len(wanted)
    for (x, y, colour, shape), (x0, y0, colour0, shape0) in zip(sorted(found), sorted(wanted), strict=True):
        assert (x, y, shape) == (x0, y0, shape0)
        assert colour == pytest.approx(colour0)


@each_case
def test_the_exported_picture_has_the_colour_of_the_engines_answer_everywhere(case: str):
    run = seen(case)
    for theme in THEMES:
        fig = pictures(Subject(run.experiment, run.trainer, STEP), theme)["boundary"]
        assert_ground(fig, run, STEP, theme)


@each_case
def test_the_exported_picture_has_every_point_with_its_class_or_value(case: str):
    run = seen(case)
    fig = pictures(Subject(run.experiment, run.trainer, STEP))["boundary"]
    found = [mark for trace in fig.data[1:] for mark in marks(trace)]
    points = run.points
    assert_marks(found, run.drawn(points.x_train, points.y_train) + run.drawn(points.x_test, points.y_test))


def test_the_exported_picture_of_a_table_is_square_and_in_the_units_of_its_columns():
    rng = np.random.default_rng(1)
    x = rng.uniform([40.0, 1e4], [170.0, 9e4], (60, 2))
    table = Table("T", ("height", "salary"), "kind", ("r", "s"), x, np.arange(60) % 2)
    experiment = Experiment(Config(own_data=table, hidden_layer_sizes=(3,)))
    fig = pictures(Subject(experiment, new_trainer(experiment), 0))["boundary"]
    found = [place for trace in fig.data[1:] for place in zip(trace.x, trace.y, strict=True)]
    np.testing.assert_allclose(sorted(found), sorted(x.tolist()), rtol=1e-12)
    across, up = (np.ptp(axis.range) for axis in (fig.layout.xaxis, fig.layout.yaxis))
    assert fig.layout.yaxis.scaleratio == pytest.approx(across / up)  # pixels of a unit up, per pixels of one across
    assert (fig.data[0].x[0], fig.data[0].y[-1]) == (fig.layout.xaxis.range[0], fig.layout.yaxis.range[1])


@each_case
def test_the_mini_batch_lies_on_the_engines_answers_with_its_classes_or_values(case: str):
    run = seen(case)
    step = take_apart(run.trainer, STEP)
    for theme in THEMES:
        assert_ground(map_figure(run.experiment, step, 1, theme), run, STEP, theme)
    _, others, batch = map_figure(run.experiment, step, 1, "light").data
    rows = run.trainer.recording.batch(STEP)
    x, y = run.points.x_train, run.points.y_train
    assert_marks(marks(batch), run.drawn(x[rows], y[rows]))
    assert sorted(zip(others.x, others.y, strict=True)) == sorted(map(tuple, np.delete(x, rows, axis=0).tolist()))
    assert (batch.x[1], batch.y[1]) == tuple(x[rows[1]])
    assert int(np.argmax(batch.marker.size)) == 1


@each_case
def test_the_stage_is_told_every_point_with_its_class_or_value_and_the_colours_of_answers(case: str):
    run = seen(case)
    told = about(run.experiment, Run(lambda: run.trainer, Gate()))
    for test, x, y in ((False, run.points.x_train, run.points.y_train), (True, run.points.x_test, run.points.y_test)):
        found = []
        for trace in told["data"]["traces"]:
            truths = trace["values"] or [trace["class"]] * len(trace["x1"])
            if trace["test"] == test:
                found += [(*point, trace["symbol"]) for point in zip(trace["x1"], trace["x2"], truths, strict=True)]
        truth = np.round(np.ravel(y), PLACES)
        wanted = [
            (*np.round(place, PLACES).tolist(), float(t), run.mark(t)[1])
            for place, t in zip(x, truth.tolist(), strict=True)
        ]
        assert sorted(found) == sorted(wanted)
    scale, net = told["scale"], run.net(STEP)
    if net.sizes[-1] == 1:
        for out in (-3.0, -0.2, 0.0, 0.5, 1.0, 7.0):
            answer = 1.0 / (1.0 + np.exp(-out)) if net.loss.name == "binary_crossentropy" else out
            assert (answer - scale["middle"]) / scale["reach"] == pytest.approx(run.height(out))
    assert scale["probability"] == net.loss.name.endswith("crossentropy")


@each_case
def test_all_pictures_of_a_plane_have_one_frame(case: str):
    run = seen(case)
    told = about(run.experiment, Run(lambda: run.trainer, Gate()))["data"]
    picture = pictures(Subject(run.experiment, run.trainer, STEP))["boundary"].layout
    batch = map_figure(run.experiment, take_apart(run.trainer, STEP), 0, "light").layout
    farthest = max(np.abs(run.points.x_train).max(), np.abs(run.points.x_test).max())
    assert told["range"] == pytest.approx([-1.08 * farthest, 1.08 * farthest])
    for layout in (picture, batch):
        assert list(layout.xaxis.range) == list(layout.yaxis.range) == told["range"] == told["up"]
        assert (layout.xaxis.title.text, layout.yaxis.title.text) == told["axes"]


def test_the_exported_curves_and_weights_are_the_recorded_ones_up_to_the_moment():
    run = seen("several classes")
    found, recording, net = pictures(Subject(run.experiment, run.trainer, STEP)), run.trainer.recording, run.net(STEP)
    n = int(np.searchsorted(recording.steps, STEP, side="right"))
    assert 1 < n < len(recording)
    train, test = found["loss"].data
    for line, name, column in (
        (train, "training loss", recording.train_loss),
        (test, "test loss", recording.test_loss),
        *(
            (found["gradients"].data[k], name, recording.gradient_norms[:, k])
            for k, name in ((0, "layer 1"), (1, "output"))
        ),
    ):
        assert line.name == name
        np.testing.assert_array_equal(line.x, recording.epochs[:n])
        np.testing.assert_array_equal(line.y, column[:n])
    for cells, layer in zip(found["weights"].data, net.layers, strict=True):
        np.testing.assert_array_equal(cells.z, [*layer.weights, layer.biases])


@each_kind
def test_the_film_goes_from_the_first_weights_to_the_moment_right_side_up(case: str):
    run, film = seen(case), film_of(case)
    side = half_side(run.points)
    taken = np.concatenate([run.points.x_train, run.points.x_test])
    strength = 0.62 if run.trainer.net.sizes[-1] == 1 else 0.5
    along = side * np.linspace(-0.93, 0.93, 12)
    frames = len(Subject(run.experiment, run.trainer, STEP).frames)
    for picture, step, share in ((film[0], 0, 1 / frames), (film[-1], STEP, 1.0)):
        checked = 0
        for x1, x2 in ((a, b) for a in along for b in along):
            near = [(x1 + dx * side / 45, x2 + dy * side / 45) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
            wanted = [run.ground(place, step, strength=strength) for place in near]
            under_a_point = (np.abs(taken - (x1, x2)).max(axis=1) < 8 * side / SIDE).any()
            if not under_a_point and np.ptp(wanted, axis=0).max() < 12:  # where the ground is even
                pixel = picture[int((1 - x2 / side) * SIDE / 2), int((x1 / side + 1) * SIDE / 2)]
                np.testing.assert_allclose(pixel, wanted[4], atol=20, err_msg=f"{step} {x1} {x2}")
                checked += 1
        assert checked > 20
        bar = np.abs(picture[SIDE + 2] - rgb(LIGHT.positive)).max(axis=1) < 20
        assert bar.mean() == pytest.approx(share, abs=0.02), "how far the film is"


@each_kind
def test_the_points_of_the_film_have_the_colours_of_their_classes_or_values(case: str):
    run, picture = seen(case), film_of(case)[-1]
    side = half_side(run.points)
    x = np.concatenate([run.points.x_train, run.points.x_test])
    y = np.concatenate([run.points.y_train, run.points.y_test])
    checked = 0
    for (x1, x2), truth in zip(x, y, strict=True):
        if (np.abs(x - (x1, x2)).max(axis=1) < 16 * side / SIDE).sum() == 1:  # under no other point
            pixel = picture[round((1 - x2 / side) * SIDE / 2), round((x1 / side + 1) * SIDE / 2)]
            np.testing.assert_allclose(pixel, run.mark(truth)[0], atol=24)
            checked += 1
    assert checked > 5


def test_blue_is_above_and_orange_below_and_they_are_the_colours_of_classes_1_and_0():
    for colours in THEMES.values():
        red, _, blue = rgb(colours.positive)
        assert blue > red + 100
        red, _, blue = rgb(colours.negative)
        assert red > blue + 100
        assert colours.classes[:2] == (colours.negative, colours.positive)
