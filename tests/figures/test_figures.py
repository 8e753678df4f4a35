"""A figure shows the very numbers that it was given, says what it is, and stands still."""

import json
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from playground import figures
from playground.figures.palette import THEMES

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
    "flat_units": lambda **k: figures.flat_units([0.5, 0.2, 0.0], [0.25, 0.0, 0.0], NAMES, **k),
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


def test_gradient_norms_are_the_numbers_with_gaps_for_zeros():
    fig = BUILDERS["gradient_norms"]()
    assert [t.name for t in fig.data] == NAMES
    assert fig.layout.yaxis.type == "log"
    np.testing.assert_array_equal(fig.data[0].y, NORMS[:, 0])
    assert np.isnan(fig.data[1].y[1])
    assert [t.line.color for t in fig.data] == ["#2b1a8f", "#d0446f", "#b98a00"]


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
    fig = BUILDERS["histograms"]()
    first, second = fig.data[0], fig.data[1]
    np.testing.assert_array_equal(first.x, second.x)
    shares = np.asarray(first.customdata)[1:-1:2]
    assert shares.sum() == pytest.approx(1.0)
    edges = np.asarray(first.x)[1::2]
    assert shares[np.searchsorted(edges, 1.0) - 1] == pytest.approx(2 / 3)
    assert first.y.min() == 2.0  # the first layer is the top row


def test_sizes_are_powers_of_ten_without_the_zeros():
    np.testing.assert_allclose(figures.sizes([0.0, -1e-3, 100.0, np.nan]), [-3.0, 2.0])


def test_the_picked_point_of_a_mini_batch_stands_out():
    batch = BUILDERS["mini_batch"]().data[-1]
    assert list(batch.x) == [0.5, 0.1]
    assert batch.marker.size[1] > batch.marker.size[0]
    assert len(set(batch.marker.symbol)) == 2
    assert len(BUILDERS["mini_batch"]().data) == 3  # the page knows the batch by its number, 2


def test_flat_units_stand_in_the_rows_of_the_histograms():
    bars, strip = BUILDERS["flat_units"](), BUILDERS["histograms"]()
    assert [list(bar.x) for bar in bars.data] == [[0.5, 0.2, 0.0], [0.25, 0.0, 0.0]]
    assert bars.layout.yaxis.range == strip.layout.yaxis.range
    assert bars.layout.yaxis.tickvals == strip.layout.yaxis.tickvals
    single = figures.histograms([figures.Column("Weights", "w", [np.ones(3)] * 3, hint="Look")], NAMES)
    assert (bars.layout.height, bars.layout.margin.t) == (single.layout.height, single.layout.margin.t)


def test_weights_share_one_scale_and_end_with_the_biases():
    fig = BUILDERS["weight_heatmaps"]()
    assert (fig.layout.coloraxis.cmin, fig.layout.coloraxis.cmax) == (-2.0, 2.0)
    assert fig.layout.yaxis.ticktext[-1] == "b"
    np.testing.assert_array_equal(fig.data[0].z, np.eye(3))


@pytest.mark.parametrize("n_layers", [1, 8, 21])
def test_the_weights_of_a_deep_network_stand_beside_each_other(n_layers: int):
    names = [*(f"layer {k}" for k in range(1, n_layers)), "output"]
    layout = figures.weight_heatmaps([np.eye(5, 4)] * (n_layers - 1) + [np.ones((5, 1))], names).layout
    domains = [layout[f"xaxis{k or ''}"].domain for k in (0, *range(2, n_layers + 1))]
    assert all(right - left > 0.02 for left, right in domains)
    assert all(b[0] > a[1] for a, b in pairwise(domains))
    assert domains[-1][1] == pytest.approx(1)


def test_the_gradient_map_has_a_row_for_each_layer_first_layer_on_top():
    fig = BUILDERS["gradient_map"]()
    assert list(fig.data[0].y) == NAMES[::-1]
    np.testing.assert_allclose(fig.data[0].z[-1], np.log10(NORMS[:, 0]))
    assert np.isnan(fig.data[0].z[1][1])


def test_a_run_with_one_frame_or_no_gradient_at_all_can_be_drawn():
    figures.gradient_norms([0.0], [[0.0, 0.0]], NAMES[:2])
    figures.gradient_map([0.0], [[0.0, 0.0]], NAMES[:2])
    figures.update_ratios([], np.empty((0, 2)), NAMES[:2])


def test_an_unknown_theme_is_named():
    with pytest.raises(ValueError, match="theme must be one of light, dark; got 'sepia'"):
        figures.loss_curve([0.0], [1.0], theme="sepia")
