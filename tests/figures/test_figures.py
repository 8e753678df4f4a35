"""A figure shows the very numbers that it was given, says what it is, and stands still."""

import json
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from playground import figures
from playground.figures.palette import THEMES
from tests.figures.reading import mixed, on_scale, rgb

EPOCHS = np.arange(5.0)
NAMES = ["layer 1", "layer 2", "output"]
NORMS = np.array([[1.0, 0.1, 10.0], [0.5, 0.0, 5.0], [0.2, 0.02, np.nan], [0.1, 0.01, 1.0], [0.1, 0.01, 1.0]])
AXIS = np.linspace(-1.0, 1.0, 7)

BUILDERS: dict[str, Callable[..., go.Figure]] = {
    "loss_curve": lambda **k: figures.loss_curve(EPOCHS, NORMS[:, 0], NORMS[:, 1], **k),
    "gradient_norms": lambda **k: figures.gradient_norms(EPOCHS, NORMS, NAMES, **k),
    "update_ratios": lambda **k: figures.update_ratios(EPOCHS, NORMS * 1e-3, NAMES, **k),
    "gradient_map": lambda **k: figures.gradient_map(EPOCHS, NORMS, NAMES, **k),
    "histograms": lambda **k: figures.histograms(
        [
            figures.Column("Weights", "w", [np.array([-1.0, 1.0, 1.0]), np.zeros(3), np.ones(0)]),
            figures.Column("Gradients", "g", [figures.sizes([0.0, -1e-3]), figures.sizes([1.0]), np.ones(0)], log=True),
        ],
        NAMES,
        title="What to look for",
        **k,
    ),
    "flat_units": lambda **k: figures.flat_units(
        [0.5, 0.2, 0.0],
        [0.25, 0.0, 0.0],
        NAMES,
        limits=[figures.Limit(0.5, "half")],
        **{"title": "Flat neurons\nOrange: dead.", **k},
    ),
    "layer_bars": lambda **k: figures.layer_bars(
        [0.5, 0.2, 1.0],
        NAMES,
        "share",
        limits=[figures.Limit(0.01, "1 %")],
        texts=["a", "b", "c"],
        log=True,
        title="Gradient\nShorter: learns less.",
        **k,
    ),
    "mini_batch": lambda **k: figures.mini_batch(
        AXIS, AXIS, np.outer(AXIS, AXIS)[..., None], [[0.5, -0.5], [0.1, 0.2]], [0, 1], [[0.0, 0.0]], 1, **k
    ),
    "decision_boundary": lambda **k: figures.decision_boundary(
        AXIS, AXIS, np.outer(AXIS, AXIS)[..., None], [[0.5, -0.5], [0.1, 0.2]], [0, 1], **k
    ),
    "weight_heatmaps": lambda **k: figures.weight_heatmaps(
        [np.eye(3), np.full((4, 1), -2.0)], ["layer 1", "output"], **k
    ),
}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", BUILDERS)
def test_every_figure_has_a_title_named_axes_and_a_fixed_height(name: str, theme: str):
    fig = BUILDERS[name](theme=theme)
    assert fig.layout.title.text
    assert fig.layout.height >= 200
    assert fig.layout.xaxis.title.text
    assert fig.layout.template.layout.font.color == THEMES[theme].text
    json.loads(fig.to_json())


@pytest.mark.parametrize("theme", THEMES)
def test_the_training_curve_is_the_training_loss_and_the_dotted_one_the_test_loss(theme: str):
    train, test = np.array([0.9, 0.5, 0.3, 0.2, 0.1]), np.array([0.8, 0.6, 0.5, 0.6, 0.7])
    fig = figures.loss_curve(EPOCHS, train, test, theme=theme)
    found = [(t.name, t.line.color, t.line.dash, list(t.x), list(t.y)) for t in fig.data]
    assert found == [
        ("training loss", THEMES[theme].train, "solid", list(EPOCHS), list(train)),
        ("test loss", THEMES[theme].test, "dot", list(EPOCHS), list(test)),
    ]
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == ("epoch", "loss")
    assert fig.layout.yaxis.type is None
    assert list(fig.layout.xaxis.range) == [0, 4]


def test_a_log_scale_reaches_from_the_smallest_loss_to_the_largest():
    fig = figures.loss_curve(EPOCHS, [1.0, 0.1, 0.01, 0.001, 0.001], [10.0] * 5, log=True)
    assert fig.layout.yaxis.type == "log"
    low, high = fig.layout.yaxis.range
    assert -3.2 < low < -3.0
    assert 1.0 < high < 1.2


def test_without_test_data_there_is_one_curve():
    (line,) = figures.loss_curve(EPOCHS, NORMS[:, 0], np.full(5, np.nan)).data
    assert line.name == "training loss"


@pytest.mark.parametrize("name", ["gradient_norms", "update_ratios"])
@pytest.mark.parametrize("theme", THEMES)
def test_each_layer_has_its_own_column_and_colour_with_gaps_for_zeros(name: str, theme: str):
    fig, scale = BUILDERS[name](theme=theme), 1.0 if name == "gradient_norms" else 1e-3
    assert fig.layout.yaxis.type == "log"
    assert fig.layout.yaxis.title.text == (
        "size of the gradient, ‖∂L/∂W‖" if name == "gradient_norms" else "update / weights, ‖ΔW‖ / ‖W‖"
    )
    assert fig.layout.xaxis.title.text == "epoch"
    layers = THEMES[theme].layers
    for k, (line, colour) in enumerate(zip(fig.data, (layers[0], layers[3], layers[5]), strict=True)):
        assert (line.name, line.line.color) == (NAMES[k], colour)
        np.testing.assert_array_equal(line.x, EPOCHS)
        np.testing.assert_allclose(line.y, scale * np.where(NORMS[:, k] > 0, NORMS[:, k], np.nan))


@pytest.mark.parametrize("name", ["gradient_norms", "update_ratios"])
def test_of_many_layers_only_the_lowest_and_the_output_have_their_colours(name: str):
    names, sizes = [f"layer {k}" for k in range(1, 9)] + ["output"], np.array([9.0, 8, 1, 7, 6, 5, 4, 3, 2])
    fig = getattr(figures, name)(EPOCHS, np.outer(np.ones(len(EPOCHS)), sizes), names)
    grey = THEMES["light"].muted
    told = [line.name for line in fig.data if line.line.color != grey]
    assert told == ["layer 3", "output"] == [line.name for line in fig.data[-2:]], "over the others"
    assert [line.name for line in fig.data if line.showlegend is not False] == told
    assert len(fig.data) == len(names)


def test_the_limit_of_a_fading_gradient_is_drawn_where_one_fades():
    norms = np.array([[1.0, 2.0], [0.5, 2.0]])
    assert len(figures.gradient_norms([0, 1], norms, NAMES[:2], fades=0.01).data) == 2
    *_, limit = figures.gradient_norms([0, 1], norms, NAMES[:2], fades=0.3).data
    assert limit.name == "30 % of the output's: fades"
    np.testing.assert_allclose(limit.y, 0.3 * norms[:, 1])


def test_long_curves_are_thinned_but_keep_their_ends():
    x = np.arange(10_000.0)
    line = figures.loss_curve(x, x + 1.0).data[0]
    assert len(line.x) <= 300
    assert (line.x[0], line.x[-1]) == (0.0, 9999.0)
    np.testing.assert_array_equal(line.y, line.x + 1.0)


def test_update_ratios_show_the_band_around_a_thousandth():
    fig = BUILDERS["update_ratios"]()
    (band,) = [s for s in fig.layout.shapes if s.type == "rect"]
    assert band.y0 < 1e-3 < band.y1
    low, high = fig.layout.yaxis.range
    assert low < np.log10(band.y0)
    assert high > np.log10(band.y1)


def test_histograms_hold_every_value_on_one_scale_for_a_column():
    rng = np.random.default_rng(0)
    weights = [rng.normal(0.5, 1.0, 300), rng.normal(-1.0, 0.3, (20, 5)), np.array([2.0, 2.0, -1.0])]
    column = figures.Column("Weights", "w", weights, ["half are zero", "", ""])
    fig = figures.histograms([column], NAMES)
    reach = max(np.abs(w).max() for w in weights)
    edges = np.linspace(-reach, reach, 42)
    assert (fig.layout.xaxis.title.text, list(fig.layout.xaxis.range)) == ("w", [-reach, reach])
    layers = THEMES["light"].layers
    for k, (trace, colour) in enumerate(zip(fig.data, (layers[0], layers[3], layers[5]), strict=True)):
        counts, _ = np.histogram(weights[k], edges)
        np.testing.assert_allclose(trace.customdata[1:-1:2], counts / counts.sum())
        np.testing.assert_allclose(trace.x[1:-1:2], edges[:-1])
        np.testing.assert_allclose(trace.y[1:-1:2], 2 - k + 0.86 * counts / counts.max(), err_msg="heights")
        assert (trace.line.color, trace.name) == (colour, f"{NAMES[k]}, Weights")
        (label,) = (
            t for t, y in zip(fig.layout.yaxis.ticktext, fig.layout.yaxis.tickvals, strict=True) if 0 < y - 2 + k < 1
        )
        assert label == NAMES[k], "the first layer is the top row"
    (note,) = (a for a in fig.layout.annotations if a.text == "half are zero")
    assert 2 < note.y < 3, "beside the first layer"


@pytest.mark.parametrize(("low", "ends"), [(-0.05, [-0.05, 0.9]), (0.1, [0.1, 0.9]), (-0.5, [-0.9, 0.9])])
def test_an_axis_is_balanced_only_where_there_is_something_on_both_sides(low: float, ends: list[float]):
    fig = figures.histograms([figures.Column("Activations", "a", [np.array([low, 0.9])])], ["layer 1"])
    assert list(fig.layout.xaxis.range) == pytest.approx(ends)


def test_a_column_of_sizes_has_powers_of_ten_as_its_axis():
    fig = figures.histograms([figures.Column("Gradients", "g", [figures.sizes([1e-5, 1e-2])], log=True)], ["output"])
    assert list(fig.layout.xaxis.range) == [-5, -2]
    assert fig.layout.xaxis.ticktext[0] == "10<sup>−5</sup>"
    shares = np.asarray(fig.data[0].customdata)[1:-1:2]
    assert list(np.flatnonzero(shares)) == [0, 40]


def test_sizes_are_powers_of_ten_without_the_zeros():
    np.testing.assert_allclose(figures.sizes([0.0, -1e-3, 100.0, np.nan]), [-3.0, 2.0])


def test_the_picked_point_of_a_mini_batch_stands_out():
    batch = BUILDERS["mini_batch"]().data[-1]
    assert list(batch.x) == [0.5, 0.1]
    assert batch.marker.size[1] > batch.marker.size[0]
    assert len(set(batch.marker.symbol)) == 2
    assert len(BUILDERS["mini_batch"]().data) == 3  # the page knows the batch by its number, 2


def test_each_class_has_the_middle_of_its_own_step_of_the_ground():
    for n in (2, 3, 7):
        ground = figures.decision_boundary(AXIS[:1], AXIS[:n], np.eye(n)[:, None, :]).data[0]
        assert np.ravel(ground.z).tolist() == list(range(n))
        for c in range(n):
            for value in (c - 0.4, c, c + 0.4):
                seen = on_scale(value, ground.zmin, ground.zmax, ground.colorscale)
                np.testing.assert_allclose(seen, rgb(THEMES["light"].classes[c]))


def test_names_of_the_axes_are_text_and_no_markup():
    fig = figures.decision_boundary(AXIS, AXIS, np.zeros((7, 7, 1)), [[0.0, 0.0]], [0], axes=("<b>a", "%{x}"))
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == ("&lt;b&gt;a", "% {x}")
    for trace in fig.data:
        assert "&lt;b&gt;a %{x" in trace.hovertemplate
        assert "% {x} %{y" in trace.hovertemplate


def test_of_one_input_the_height_of_a_point_is_told_to_mean_nothing_and_has_no_numbers():
    fig = figures.decision_boundary(AXIS, AXIS, np.zeros((7, 7, 1)), [[0.0, 0.0]], [0], axes=("year", None))
    assert (fig.layout.yaxis.title.text, fig.layout.yaxis.showticklabels) == ("height means nothing", False)
    assert [("year %{x" in trace.hovertemplate, "%{y" in trace.hovertemplate) for trace in fig.data] == [
        (True, False)
    ] * 2


def test_flat_units_stand_in_the_rows_of_the_histograms():
    bars, strip = BUILDERS["flat_units"](), BUILDERS["histograms"]()
    assert [list(bar.x) for bar in bars.data] == [[0.5, 0.2, 0.0], [0.25, 0.0, 0.0]]
    assert [bar.name for bar in bars.data] == ["outputs in a flat part", "neurons that are dead"]
    light = THEMES["light"]
    assert [bar.marker.color for bar in bars.data] == [light.positive, light.negative]
    assert bars.layout.xaxis.tickformat == ".0%"
    for bar in bars.data:
        rows = [min(range(3), key=lambda k: abs(bars.layout.yaxis.tickvals[k] - y)) for y in bar.y]
        assert [bars.layout.yaxis.ticktext[k] for k in rows] == list(bar.customdata) == NAMES
    assert bars.layout.yaxis.range == strip.layout.yaxis.range
    assert bars.layout.yaxis.tickvals == strip.layout.yaxis.tickvals
    single = figures.histograms([figures.Column("Weights", "w", [np.ones(3)] * 3)], NAMES, title="")
    bare = BUILDERS["flat_units"](is_strip=True, title="")
    assert (bare.layout.height, bare.layout.margin.t) == (single.layout.height, single.layout.margin.t)
    assert not single.layout.title.text


def test_a_limit_is_a_line_at_its_place_with_its_name_on_either_axis():
    limits = [figures.Limit(0.01, "low"), figures.Limit(0.5, "half")]
    for log in (False, True):
        fig = figures.layer_bars([0.002, 0.3, 1.0], NAMES, "share", limits=limits, texts=["a", "b", "c"], log=log)
        assert [(line.x0, line.x1) for line in fig.layout.shapes] == [(0.01, 0.01), (0.5, 0.5)]
        low, high = fig.layout.xaxis.range
        for limit, note in zip(limits, fig.layout.annotations, strict=True):
            assert note.text == limit.words
            assert note.x == pytest.approx(np.log10(limit.at) if log else limit.at)
            assert low <= note.x <= high
        (bars,) = fig.data
        np.testing.assert_array_equal(bars.x, [0.002, 0.3, 1.0])
        assert list(bars.text) == ["a", "b", "c"]
        assert list(bars.y) == sorted(bars.y, reverse=True), "the first layer is the top row"
        assert list(fig.layout.yaxis.ticktext) == NAMES


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(("bad", "ill"), [("below", [True, False, False]), ("above", [False, True, True]), ("", [])])
def test_the_bad_side_of_a_limit_is_shaded_and_the_layers_on_it_are_marked(bad, ill, log: bool, theme: str):
    limit = figures.Limit(0.3, "limit", bad)
    fig = figures.layer_bars([0.002, 0.3, 1.0], NAMES, "share", limits=[limit], log=log, theme=theme)
    marked = ["✗" in label and label.startswith("<b>") for label in fig.layout.yaxis.ticktext]
    assert marked == (ill or [False] * 3)
    shades = [shape for shape in fig.layout.shapes if shape.type == "rect"]
    assert len(shades) == bool(bad)
    end = fig.layout.xaxis.range[0 if bad == "below" else 1]
    for shade in shades:
        far = np.log10(shade.x1) if log else shade.x1
        assert shade.x0 == limit.at
        assert far <= max(end, 0.1 * limit.at) if bad == "below" else far >= end
        assert shade.fillcolor == THEMES[theme].negative
        assert 0.1 <= shade.opacity <= 0.25, "lightly"


def test_a_long_name_of_a_row_has_room_and_a_very_long_one_is_cut():
    names = ["bill length (mm)", "body mass (g)", "n" * 60]
    fig = figures.layer_bars([1.0, 2.0, 3.0], names, "times")
    *whole, cut = fig.layout.yaxis.ticktext
    assert whole == names[:2]
    assert cut == f"{'n' * 23}…"
    assert 150 < fig.layout.margin.l < 200
    assert figures.layer_bars([1.0], ["layer 1"], "times").layout.margin.l == 64, "as the histograms"


def test_a_layer_without_a_gradient_has_no_bar_on_a_log_axis():
    fig = figures.layer_bars([0.0, np.nan, 1.0], NAMES, "share", texts=["0 %", "–", "100 %"], log=True)
    assert np.isfinite(fig.layout.xaxis.range).all()
    assert not np.isfinite(fig.data[0].x[1])


@pytest.mark.parametrize("theme", THEMES)
def test_a_cell_of_the_weights_is_from_its_row_to_its_column_and_blue_is_positive(theme: str):
    first, last = np.array([[1.0, -3.0], [2.0, 0.0], [0.5, -0.5], [-1.5, 3.0]]), np.array([[0.2], [-0.1], [-4.0]])
    fig, colours = figures.weight_heatmaps([first, last], ["layer 1", "output"], theme=theme), THEMES[theme]
    scale = fig.layout.coloraxis
    for trace, axis, table in zip(fig.data, (fig.layout.yaxis, fig.layout.yaxis2), (first, last), strict=True):
        np.testing.assert_array_equal(trace.z, table)
        low, high = axis.range
        assert low > high, "the first row is at the top"
        assert axis.ticktext[-1] == "b"
        assert axis.tickvals[-1] == trace.y[-1] == len(table) - 1
        assert list(trace.x) == list(range(1, table.shape[1] + 1))
        assert trace.customdata[0][0] == "1"
        assert trace.customdata[-1][0] == "b"
        for value in table.ravel():
            seen = on_scale(value, scale.cmin, scale.cmax, scale.colorscale)
            np.testing.assert_allclose(seen, mixed(colours.negative, colours.neutral, colours.positive, value / 4.0))


@pytest.mark.parametrize("n_layers", [1, 8, 21])
def test_the_weights_of_a_deep_network_stand_beside_each_other(n_layers: int):
    names = [*(f"layer {k}" for k in range(1, n_layers)), "output"]
    layout = figures.weight_heatmaps([np.eye(5, 4)] * (n_layers - 1) + [np.ones((5, 1))], names).layout
    domains = [layout[f"xaxis{k or ''}"].domain for k in (0, *range(2, n_layers + 1))]
    assert all(right - left > 0.02 for left, right in domains)
    assert all(b[0] > a[1] for a, b in pairwise(domains))
    assert domains[-1][1] == pytest.approx(1)


@pytest.mark.parametrize("theme", THEMES)
def test_the_gradient_map_has_a_row_for_each_layer_first_layer_on_top(theme: str):
    norms = np.array([[1.0, 0.1, 10.0], [5.0, 0.0, 5.0], [0.2, 0.02, np.nan], [70.0, 0.001, 1.0], [0.1, 0.0, 0.0]])
    (cells,) = figures.gradient_map(EPOCHS, norms, NAMES, theme=theme).data
    assert list(cells.y) == NAMES[::-1]  # Plotly draws the first category at the bottom
    np.testing.assert_array_equal(cells.x, EPOCHS)
    shares = [[0.1, 1.0, np.nan, 70.0, np.nan], [0.01, 0.0, np.nan, 0.001, np.nan], [1.0, 1.0, np.nan, 1.0, np.nan]]
    for k, name in enumerate(NAMES):
        row = list(cells.y).index(name)
        np.testing.assert_allclose(cells.z[row], np.log10(np.clip(shares[k], 0.01, 100.0)))
        np.testing.assert_allclose(cells.customdata[row][:, 0], norms[:, k])
        np.testing.assert_allclose(cells.customdata[row][:, 1], 100 * np.array(shares[k]))
    colours = THEMES[theme]
    ends = ((-2.0, colours.negative), (0.0, colours.neutral), (2.0, colours.positive))
    for power, colour in ends:
        np.testing.assert_allclose(on_scale(power, cells.zmin, cells.zmax, cells.colorscale), rgb(colour))
    told = dict(zip(cells.colorbar.tickvals, cells.colorbar.ticktext, strict=True))
    assert told == {-2.0: "1 %", -1.0: "10 %", 0.0: "100 %", 1.0: "1,000 %", 2.0: "10,000 %"}


def test_a_long_gradient_map_keeps_the_cells_of_the_times_that_it_shows():
    t = np.arange(1000.0)
    (cells,) = figures.gradient_map(t, np.column_stack([1.0 + t, 2.0 + 20.0 * t]), NAMES[:2]).data
    assert len(cells.x) <= 200
    assert (cells.x[0], cells.x[-1]) == (0, 999)
    np.testing.assert_allclose(10 ** cells.z[1], (1.0 + cells.x) / (2.0 + 20.0 * cells.x))


def test_a_run_with_one_frame_or_no_gradient_at_all_can_be_drawn():
    figures.gradient_norms([0.0], [[0.0, 0.0]], NAMES[:2])
    figures.gradient_map([0.0], [[0.0, 0.0]], NAMES[:2])
    figures.update_ratios([], np.empty((0, 2)), NAMES[:2])


def test_an_unknown_theme_is_named():
    with pytest.raises(ValueError, match="theme must be one of light, dark; got 'sepia'"):
        figures.loss_curve([0.0], [1.0], theme="sepia")
