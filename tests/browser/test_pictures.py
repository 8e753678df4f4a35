"""What the browser has drawn of a moment is right: the engine's numbers, in their colours, the right way up.

Each run is opened once at one step, and all of its pictures are read. What they must show is computed here, from the
engine's own parameters of that step and the palette, not with the code that draws them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

import mlp
from playground.figures.palette import THEMES, Palette
from playground.run.config import Config
from playground.run.data import make_data, plane_of
from playground.run.experiment import Experiment
from playground.run.link import run_to_link
from playground.run.runs import Run
from playground.tables.examples import EXAMPLES
from tests.browser.harness import guarded_page, settle, visit
from tests.browser.stage import parameters, recorded, wait_for

EPOCH = 12
PALE = 0.62  # the strength of a ground's colours, so that points stand out on it
THIRDS = (1 / 6, 1 / 2, 5 / 6)

CASES = {
    "two classes": ("light", Config(dataset="moons", hidden_layer_sizes=(4, 3))),
    "two classes, dark": ("dark", Config(dataset="xor", hidden_layer_sizes=(5,), activations=("relu",))),
    "hinge": ("dark", Config(dataset="moons", hidden_layer_sizes=(4,), loss="hinge", learning_rate=0.1)),
    "several classes": ("light", Config(dataset="blobs", n_classes=4, hidden_layer_sizes=(5,))),
    "four inputs": ("dark", Config(own_data=EXAMPLES["iris"].load(), hidden_layer_sizes=(5,))),
    "regression": ("light", Config(dataset="ripple", hidden_layer_sizes=(4,), learning_rate=0.1)),
}


# ---- what must be seen -------------------------------------------------------------------------------------------
def rgb(colour: str) -> np.ndarray:
    """(3,) from CSS hexadecimal."""
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], dtype=float)


def signed(t: np.ndarray, palette: Palette, strength: float = 1.0) -> np.ndarray:
    """Colours (..., 3) of values t between -1, orange, and 1, blue."""
    t = np.clip(np.asarray(t, dtype=float), -1.0, 1.0)[..., None]
    end = np.where(t < 0.0, rgb(palette.negative), rgb(palette.positive))
    return rgb(palette.neutral) + strength * np.abs(t) * (end - rgb(palette.neutral))


@dataclass
class Shown:
    """A run on a page, standing at one step, and the engine at the same step."""

    page: Page
    palette: Palette
    run: Run
    net: mlp.MLP
    config: Config
    experiment: Experiment
    data: mlp.Dataset  # the points of the plane
    step: int
    side: float = field(init=False)

    def __post_init__(self) -> None:
        farthest = max(np.abs(self.data.x_train).max(), np.abs(self.data.x_test).max())
        self.side = 1.08 * float(farthest)  # half the side of the plane

    def layers(self, x: np.ndarray) -> list[np.ndarray]:
        """What every unit says at points (n, 2): the inputs, then each layer (n, n_units); last what is drawn of it."""
        plane = plane_of(self.experiment)
        features = plane.origin + x @ plane.axes if plane else mlp.expand_features(x, self.config.features)
        targets = np.zeros(len(x), dtype=int) if self.net.sizes[-1] > 1 or self.data.task != "regression" else x[:, :1]
        said = [features, *(layer.a for layer in self.net.trace(features, targets)[:-1])]
        if self.net.loss.name == "binary_crossentropy":
            return [*said, self.net.predict_proba(features)[:, 1:]]
        if self.net.loss.name == "categorical_crossentropy":
            return [*said, self.net.predict_proba(features)]
        return [*said, self.net.outputs(features)]

    @property
    def scale(self) -> tuple[float, float]:
        """Where the output is neutral, and how far from there it has its full colour."""
        if self.data.task == "regression":
            middle = self.data.y_train.mean()
            return middle, np.abs(self.data.y_train - middle).max()
        return (0.0, 1.0) if self.net.loss.name == "hinge" else (0.5, 0.5)

    def ground(self, x: np.ndarray) -> np.ndarray:
        """The colours (n, 3) of the plane at points (n, 2)."""
        out = self.layers(x)[-1]
        if out.shape[1] == 1:
            middle, reach = self.scale
            return signed((out[:, 0] - middle) / reach, self.palette, PALE)
        k = out.shape[1]
        sure = (out.max(axis=1) - 1 / k) / (1 - 1 / k)
        ends = np.array([rgb(self.palette.classes[c]) for c in out.argmax(axis=1)])
        return rgb(self.palette.neutral) + PALE * sure[:, None] * (ends - rgb(self.palette.neutral))

    def view(self, code: str, **given: Any) -> Any:
        """What a function of the stage's views and of what is given says."""
        return self.page.evaluate(f"(given) => {{ const views = __stage.views; return ({code})(given); }}", given)


def at_epoch(experiment: Experiment) -> tuple[Run, int, mlp.MLP]:
    """The run of an experiment, the step that its pictures show, and the network at that step."""
    run = recorded(experiment, EPOCH)
    step = EPOCH * experiment.steps_per_epoch(len(run.trainer.data.x_train))
    net = run.trainer.net
    net.parameters[...] = run.recording.seek(step).parameters
    return run, step, net


@pytest.fixture(scope="module", params=CASES)
def shown(request: pytest.FixtureRequest, browser, server) -> Iterator[Shown]:
    """One page for all tests of a run."""
    scheme, config = CASES[request.param]
    experiment = Experiment(config)
    run, step, net = at_epoch(experiment)
    with guarded_page(browser, server, scheme=scheme) as (page, _):
        visit(page, f"/{run_to_link(experiment, step)}&view=full")
        wait_for(page, f"p.step === {step} && !p.moving && __stage.fine")
        np.testing.assert_array_equal(parameters(page), net.parameters.astype(np.float32))
        points, _ = make_data(experiment)
        yield Shown(page, THEMES[scheme], run, net, config, experiment, points, step)


PIXELS = """([canvas, places]) => {
  const context = canvas.getContext("2d");
  return places.map(([x, y]) => [...context.getImageData(Math.round(x - 0.5), Math.round(y - 0.5), 1, 1).data]);
}"""


def pixels(shown: Shown, canvas: str, places: np.ndarray) -> np.ndarray:
    """(n, 4) red, green, blue and alpha at places (n, 2) of a view's canvas, in its own pixels."""
    code = f"({{ places }}) => ({PIXELS})([{canvas}, places])"
    return np.array(shown.view(code, places=np.asarray(places, dtype=float).tolist()), dtype=float)


# ---- the plane ---------------------------------------------------------------------------------------------------
def test_the_ground_is_what_the_network_says_there(shown: Shown):
    n = shown.view("() => views.surface.canvas.width")
    columns, rows = (k.ravel() for k in np.meshgrid(*2 * [np.linspace(4, n - 5, 8).astype(int)]))
    found = pixels(shown, "views.surface.canvas", np.column_stack([columns, rows]) + 0.5)[:, :3]
    x1 = shown.side * (2 * (columns + 0.5) / n - 1)
    x2 = shown.side * (1 - 2 * (rows + 0.5) / n)
    wanted = shown.ground(np.column_stack([x1, x2]))
    np.testing.assert_allclose(found, wanted, atol=4)
    assert np.ptp(wanted, axis=0).max() > 60, "a picture of one colour would show nothing"


def test_a_coarse_picture_of_the_plane_fills_it_as_the_finest_does(shown: Shown):
    shown.view(
        """() => {
          const { surface } = views;
          surface.canvas.width = surface.canvas.width; // empty
          [surface.cost, surface.sizes] = [1000, [surface.canvas.width]];
          __stage.paint(__player.row);
          surface.sizes.push(surface.canvas.width, surface.grid.n);
        }"""
    )
    before, after, n = shown.view("() => views.surface.sizes")
    assert n < before == after, "a canvas whose size changes has the page laid out again"
    columns, rows = (k.ravel() for k in np.meshgrid(*2 * [np.linspace(2, before - 3, 24)]))
    found = pixels(shown, "views.surface.canvas", np.column_stack([columns, rows]))[:, :3]
    x1, x2 = shown.side * (2 * columns / before - 1), shown.side * (1 - 2 * rows / before)
    apart = np.abs(found - shown.ground(np.column_stack([x1, x2]))).max(axis=1)
    assert np.median(apart) < 12
    shown.view("() => { views.surface.cost = 0; __stage.fine = true; __stage.paint(__player.row); }")


def test_on_other_pages_the_same_picture_stands_small_beside_the_timeline(browser, server):
    scheme, config = CASES["two classes"]
    experiment = Experiment(config)
    run, step, net = at_epoch(experiment)
    with guarded_page(browser, server, scheme=scheme) as (page, _):
        visit(page, f"/health{run_to_link(experiment, step)}")
        wait_for(page, f"p.step === {step} && !p.moving && __stage.fine")
        points, _ = make_data(experiment)
        test_the_ground_is_what_the_network_says_there(
            Shown(page, THEMES[scheme], run, net, config, experiment, points, step)
        )
        box = page.locator(".stage .surface canvas").first.bounding_box()
        assert box is not None
        assert box["width"] == box["height"] > 60
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator(".stage .surface").wait_for(state="hidden")  # a phone has no room for both
        assert page.locator(".stage .timeline .plot").is_visible()


def test_the_plane_lies_under_its_axes_and_its_points(shown: Shown):
    look = shown.view(
        """() => {
          const { canvas, plot } = views.surface;
          const { x, y, width, height } = canvas.getBoundingClientRect();
          const place = plot.getBoundingClientRect();
          const { xaxis, yaxis } = plot._fullLayout;
          return {
            ground: [x, y, width, height],
            axes: [place.x + xaxis._offset, place.y + yaxis._offset, xaxis._length, yaxis._length],
            ranges: [xaxis.range, yaxis.range],
            traces: plot.data.map((t) => ({ x: t.x, y: t.y, colour: t.marker.color, scale: t.marker.colorscale,
              ends: [t.marker.cmin, t.marker.cmax], open: t.marker.symbol.endsWith("-open") })),
          };
        }"""
    )
    np.testing.assert_allclose(look["ground"], look["axes"], atol=1.0)
    np.testing.assert_allclose(look["ranges"], [[-shown.side, shown.side]] * 2, rtol=1e-6)
    d = shown.data
    for held_back, x, y in ((False, d.x_train, d.y_train), (True, d.x_test, d.y_test)):
        traces = [trace for trace in look["traces"] if trace["open"] == held_back]
        if shown.data.task == "regression":
            (trace,) = traces
            np.testing.assert_allclose(np.column_stack([trace["x"], trace["y"]]), x, atol=1e-4)
            np.testing.assert_allclose(trace["colour"], y[:, 0], atol=1e-4)
            middle, reach = shown.scale
            np.testing.assert_allclose(trace["ends"], [middle - reach, middle + reach], rtol=1e-6)
            colours = [shown.palette.negative, shown.palette.neutral, shown.palette.positive]
            assert [colour for _, colour in trace["scale"]] == colours
            continue
        assert len(traces) == len(np.unique(shown.data.y_train))
        for trace in traces:
            c = shown.palette.classes.index(trace["colour"])
            np.testing.assert_allclose(np.column_stack([trace["x"], trace["y"]]), x[y == c], atol=1e-4)


# ---- the network -------------------------------------------------------------------------------------------------
def diagram(shown: Shown) -> dict[str, Any]:
    """Where the units stand, in the canvas's own pixels."""
    return shown.view(
        """() => {
          const { canvas, columns, side, bar, width } = views.diagram;
          const ratio = canvas.width / width;
          return { side: side * ratio, off: bar.off * ratio, high: bar.high * ratio,
            columns: columns.map((column) => column.map(({ x, y }) => [x * ratio, y * ratio])) };
        }"""
    )


def test_every_units_map_shows_what_it_says_on_the_plane(shown: Shown):
    drawn = diagram(shown)
    places = np.array([[u, v] for v in THIRDS for u in THIRDS])  # from the left, and from the top
    blur = np.array([[a, b] for a in (-1.5, 0, 1.5) for b in (-1.5, 0, 1.5)]) / 34  # of the map's 34 pixels
    around = (places[:, None, :] + blur).reshape(-1, 2)
    grid = np.linspace(-shown.side, shown.side, 100)
    everywhere = shown.layers(np.column_stack([v.ravel() for v in np.meshgrid(grid, grid)]))
    said = shown.layers(np.column_stack([shown.side * (2 * around[:, 0] - 1), shown.side * (1 - 2 * around[:, 1])]))
    bounded = [False, *(name in ("tanh", "sigmoid") for name in shown.config.hidden_activations), False]
    ramp = np.linspace(-1, 1, 511)
    colours = signed(ramp, shown.palette)
    several = said[-1].shape[1] > 1
    for depth, column in enumerate(drawn["columns"]):
        for unit, (x, y) in enumerate(column):
            found = pixels(shown, "views.diagram.canvas", [x, y] + drawn["side"] * (places - 0.5))[:, :3]
            near = np.linalg.norm(found[:, None] - colours, axis=2)
            assert near.min(axis=1).max() < 40, f"layer {depth}, unit {unit}: not a colour of the scale"
            t = ramp[near.argmin(axis=1)]
            if depth == len(said) - 1:
                middle, reach = (0.5, 0.5) if several else shown.scale
            else:
                middle, reach = 0.0, 1.0 if bounded[depth] else np.abs(everywhere[depth][:, unit]).max()
            wanted = np.clip((said[depth][:, unit] - middle) / reach, -1, 1).reshape(len(places), -1)
            where = f"layer {depth}, unit {unit}: {t.round(2)} is not {wanted[:, 4].round(2)}"
            assert (t >= wanted.min(axis=1) - 0.08).all(), where
            assert (t <= wanted.max(axis=1) + 0.08).all(), where


def test_links_have_the_colour_of_their_sign_and_the_more_of_it_the_larger(shown: Shown):
    drawn = diagram(shown)
    half = drawn["side"] / 2
    u = np.linspace(0.15, 0.85, 57)
    tried = set()
    for depth, layer in enumerate(shown.net.layers):
        faintest, paths = (0.4 if layer.weights.size <= 20 else 0.12), {}  # few links are all to be seen
        for i, (x0, y0) in enumerate(drawn["columns"][depth]):
            for j, (x1, y1) in enumerate(drawn["columns"][depth + 1]):
                a, b = x0 + half, x1 - half
                across = 3 * (1 - u) ** 2 * u * 0.45 + 3 * (1 - u) * u**2 * 0.55 + u**3
                paths[i, j] = np.column_stack([a + (b - a) * across, y0 + (y1 - y0) * (3 * u**2 - 2 * u**3)])
        for (i, j), path in paths.items():
            others = np.concatenate([p for key, p in paths.items() if key != (i, j)] or [[[-99.0, -99.0]]])
            room = np.linalg.norm(path[:, None] - others, axis=2).min(axis=1)
            if room.max() < 8:  # nowhere by itself
                continue
            weight = layer.weights[i, j]
            if abs(weight) < 0.1:  # too thin to have a colour
                continue
            found = pixels(shown, "views.diagram.canvas", path[room.argmax()] + [[0, -1], [0, 0], [0, 1]])
            *colour, alpha = found[found[:, 3].argmax()]
            right = rgb(shown.palette.positive if weight > 0 else shown.palette.negative)
            assert np.abs(colour - right).max() < 30, f"{depth}: {i} to {j} weighs {weight:.3f}"
            strength = 255 * min(0.9, faintest + 0.5 * abs(weight))
            assert alpha <= strength + 3
            if abs(weight) > 0.7:  # as wide as a pixel, and so as strong as it should be
                assert alpha >= 0.6 * strength
            tried.add(bool(weight > 0))
    assert tried == {False, True}


def test_biases_grow_to_the_side_of_their_sign_and_in_its_colour(shown: Shown):
    drawn = diagram(shown)
    tried = 0
    for depth, layer in enumerate(shown.net.layers):
        for j, (x, y) in enumerate(drawn["columns"][depth + 1]):
            bias = float(layer.biases[j])
            length = np.tanh(abs(bias) / 2) * drawn["side"] / 2
            if length < 4:
                continue
            to = np.sign(bias)
            at = y + drawn["side"] / 2 + drawn["off"] + drawn["high"] / 2
            inside, beyond, across = (pixels(shown, "views.diagram.canvas", [[x + k, at]])[0, :3] for k in (
                to * (length - 2), to * min(length + 2, drawn["side"] / 2 - 1), -to * 3
            ))  # fmt: skip
            right = rgb(shown.palette.positive if bias > 0 else shown.palette.negative)
            np.testing.assert_allclose(inside, right, atol=3, err_msg=f"{depth}: the bias of {j} is {bias:.3f}")
            np.testing.assert_allclose(across, rgb(shown.palette.grid), atol=3)
            if length + 3 < drawn["side"] / 2:
                np.testing.assert_allclose(beyond, rgb(shown.palette.grid), atol=3)
            tried += 1
    assert tried, "no bias is large enough to be seen"


def test_the_heat_map_shows_every_weight_and_bias_at_its_place(shown: Shown):
    look = shown.view(
        """() => {
          const { canvas, box, full } = views.weights;
          return { areas: views.weights.areas(box.clientWidth), height: box.clientHeight, full,
            ratio: canvas.width / box.clientWidth };
        }"""
    )
    most = np.abs(shown.net.parameters).max()
    assert most <= look["full"] <= 1.5 * max(0.5, most)
    top, bottom = 16, 18
    for area, layer in zip(look["areas"], shown.net.layers, strict=True):
        cells = np.vstack([layer.weights, layer.biases])  # (n_in + 1, n_out)
        n_rows, n_columns = cells.shape
        x = area["left"] + (area["right"] - area["left"]) * (np.arange(n_columns) + 0.5) / n_columns
        y = top + (look["height"] - top - bottom) * (np.arange(n_rows) + 0.5) / n_rows
        places = np.column_stack([v.ravel() for v in np.meshgrid(x, y)]) * look["ratio"]
        found = pixels(shown, "views.weights.canvas", places)[:, :3]
        wanted = signed(cells.ravel() / look["full"], shown.palette)
        np.testing.assert_allclose(found, wanted, atol=4)


# ---- the curves --------------------------------------------------------------------------------------------------
def test_every_curve_is_drawn_of_its_own_numbers(shown: Shown):
    charts = ("timeline", "scores", "gradients")
    for name in charts:  # Plotly comes after the first picture
        wait_for(shown.page, f"__stage.views.{name}.plot.data")
    traces = {
        name: shown.view(f"() => views.{name}.plot.data.map((t) => ({{ name: t.name, y: t.y, colour: t.line.color }}))")
        for name in charts
    }
    f, palette = shown.run.recording, shown.palette
    curves = {
        "timeline": {"training loss": (f.train_loss, palette.train), "test loss": (f.test_loss, palette.test)},
        "scores": {"training": (f.train_score, palette.train), "test": (f.test_score, palette.test)},
    }
    for name, wanted in curves.items():
        assert {trace["name"] for trace in traces[name]} == set(wanted)
        for trace in traces[name]:
            numbers, colour = wanted[trace["name"]]
            assert trace["colour"] == colour
            np.testing.assert_allclose(trace["y"][: EPOCH + 1], numbers[: EPOCH + 1], rtol=1e-5)
    names = [*(str(k + 1) for k in range(len(shown.net.layers) - 1)), "output"]
    assert [trace["name"] for trace in traces["gradients"]] == names
    for k, trace in enumerate(traces["gradients"]):
        norms = np.array([np.nan if v is None else v for v in trace["y"][1 : EPOCH + 1]], dtype=float)
        wanted = f.gradient_norms[1 : EPOCH + 1, k]
        np.testing.assert_allclose(norms, np.where(wanted > 0, wanted, np.nan), rtol=1e-5)  # a logarithm has no zero
    assert len({trace["colour"] for trace in traces["gradients"]}) == len(names)


def test_what_stands_behind_the_score_is_right(shown: Shown):
    _, data = make_data(shown.experiment)
    features, truth = data.x_test, data.y_test
    shown.page.get_by_role("button", name="Residuals" if shown.data.task == "regression" else "Confusion").click()
    wait_for(shown.page, f"p.run.header.answers?.step === {shown.step}")
    settle(shown.page)
    if shown.data.task == "regression":
        shown.page.wait_for_function("() => __stage.views.scores.answers.plot.data?.[0].y.length > 0")
        found = shown.view("() => { const [t] = views.scores.answers.plot.data; return [t.x, t.y]; }")
        said = shown.net.outputs(features)[:, 0]
        np.testing.assert_allclose(found[0], truth[:, 0], atol=1e-3)
        np.testing.assert_allclose(found[1], said - truth[:, 0], atol=1e-3)
        shown.page.get_by_role("button", name="Predicted").click()
        shown.page.wait_for_function("() => __stage.views.scores.answers.plot.data?.length === 2")
        found = shown.view("() => { const [t] = views.scores.answers.plot.data; return [t.x, t.y]; }")
        np.testing.assert_allclose(found[0], truth[:, 0], atol=1e-3)
        np.testing.assert_allclose(found[1], said, atol=1e-3)
        return
    shown.page.wait_for_selector(".stage .answers td")
    k = len(np.unique(shown.data.y_train))
    wanted = np.zeros((k, k), dtype=int)
    np.add.at(wanted, (truth.astype(int), shown.net.classify(features).astype(int)), 1)
    cells = shown.view(
        """() => [...document.querySelectorAll(".stage .answers td")].map((cell) => {
          const [r, g, b, alpha] = getComputedStyle(cell).backgroundColor.match(/[\\d.]+(e-?\\d+)?/g).map(Number);
          const [bold, guess] = [Number(getComputedStyle(cell).fontWeight) >= 600, cell.cellIndex - 1];
          return { n: Number(cell.innerText), colour: [r, g, b], alpha: alpha ?? 1, bold, guess };
        })"""
    )
    assert [cell["n"] for cell in cells] == wanted.ravel().tolist()
    for cell, right in zip(cells, np.eye(k).ravel(), strict=True):
        assert cell["bold"] == bool(right)
        if cell["alpha"] > 0.02:
            colour = np.array(cell["colour"]) * (255 if max(cell["colour"]) <= 1 else 1)
            np.testing.assert_allclose(colour, rgb(shown.palette.classes[cell["guess"]]), atol=3)


# ---- other pictures ----------------------------------------------------------------------------------------------
N_DOTS = 120  # of a small picture
THUMBNAILS = """() => [...document.querySelectorAll(".gallery button")].map((button) => {
  const canvas = button.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return { label: button.textContent.trim(), side: canvas.width, pixels: [...data] };
})"""


def test_a_thumbnail_shows_its_points_at_their_places_and_in_their_colours(shown: Shown):
    tried = 0
    shown.page.wait_for_selector(".gallery button[aria-checked] canvas")  # once it is drawn
    for found in shown.page.evaluate(THUMBNAILS):
        entry = next(entry for entry in mlp.DATASETS.values() if entry.label == found["label"])
        data = mlp.make_dataset(entry.name, n_samples=240, noise=0.05, test_fraction=0.0, seed=1)
        if data.n_inputs != 2 or not data.n_classes:
            continue
        side, low, high = found["side"], data.x_train.min(), data.x_train.max()
        x, y = data.x_train[:N_DOTS], data.y_train[:N_DOTS]
        image = np.array(found["pixels"], dtype=float).reshape(side, side, 4)
        u, v = (2.0 * (x - low) / (high - low) - 1.0).T
        places = side / 2 + 0.45 * side * np.column_stack([u, -v])  # from the left, and from the top
        apart = np.linalg.norm(places[:, None] - places, axis=2)
        alone = ~((apart < 4) & (y[:, None] != y)).any(axis=1)
        columns, rows = np.floor(places[alone]).astype(int).T
        inside = (columns >= 0) & (columns < side) & (rows >= 0) & (rows < side)
        drawn = image[rows[inside], columns[inside]]
        wanted = np.array([rgb(shown.palette.classes[int(c)]) for c in y[alone][inside]])
        assert len(drawn) > 20, entry.name
        np.testing.assert_allclose(drawn[:, :3], wanted, atol=12, err_msg=entry.name)
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize("scheme", THEMES)
def test_inside_a_step_every_link_has_the_colour_and_width_of_its_weight(browser, server, scheme):
    experiment = Experiment(Config(dataset="moons", hidden_layer_sizes=(4, 3)))
    _, step, net = at_epoch(experiment)
    with guarded_page(browser, server, scheme=scheme) as (page, _):
        visit(page, f"/inside{run_to_link(experiment, step)}")
        page.wait_for_selector(f".inside .link[data-key='l:{len(net.layers)}:0:0']")
        settle(page)
        seen = page.evaluate(
            """() => [...document.querySelectorAll(".inside .link")].map((link) => {
              const { stroke, strokeWidth } = getComputedStyle(link.querySelector(".ink"));
              return [link.dataset.key, stroke.match(/[0-9.]+/g).map(Number), parseFloat(strokeWidth)];
            })"""
        )
    found = {key: (np.array(colour[:3]), width) for key, colour, width in seen}
    weights = {
        f"l:{depth}:{i}:{j}": weight
        for depth, layer in enumerate(net.layers, start=1)
        for (i, j), weight in np.ndenumerate(layer.weights)
    }
    assert set(found) == set(weights)
    most = max(abs(weight) for weight in weights.values())
    palette = THEMES[scheme]
    for key, weight in weights.items():
        colour, width = found[key]
        np.testing.assert_array_equal(colour, rgb(palette.positive if weight > 0 else palette.negative), key)
        assert width == pytest.approx(0.5 + 4.5 * np.sqrt(abs(weight) / most), abs=0.02), key
