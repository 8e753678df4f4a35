"""Numbers to Plotly figures, without a page: as useful in a notebook as on screen.

Every figure says in its title what to look for, names its axes and their units, and has a fixed height, so that
nothing around it moves when its numbers change. `theme` is "light" or "dark".
"""

from playground.figures.bars import Limit, flat_units, layer_bars
from playground.figures.curves import MOST_COLOURS, RATIO_BAND, gradient_norms, loss_curve, update_ratios
from playground.figures.histograms import Column, binned, histograms, sizes
from playground.figures.maps import decision_boundary, gradient_map, mini_batch, weight_heatmaps
from playground.figures.recorded import charts
from playground.figures.scatter import scatter

__all__ = [
    "MOST_COLOURS",
    "RATIO_BAND",
    "Column",
    "Limit",
    "binned",
    "charts",
    "decision_boundary",
    "flat_units",
    "gradient_map",
    "gradient_norms",
    "histograms",
    "layer_bars",
    "loss_curve",
    "mini_batch",
    "scatter",
    "sizes",
    "update_ratios",
    "weight_heatmaps",
]
