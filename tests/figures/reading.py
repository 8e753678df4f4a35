"""Reading a Plotly figure as an eye would: which colour is where."""

import numpy as np
import plotly.graph_objects as go


def rgb(colour: str) -> np.ndarray:
    """#rrggbb as (3,), each from 0 to 255."""
    return np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)], float)


def mixed(low: str, middle: str, high: str, t: float) -> np.ndarray:
    """The colour (3,) at t of a scale from -1 over 0 to 1; beyond its ends, that of the end."""
    end = rgb(high if t > 0 else low)
    return rgb(middle) + min(abs(t), 1.0) * (end - rgb(middle))


def on_scale(value: float, low: float, high: float, colorscale) -> np.ndarray:
    """The colour (3,) that Plotly gives a value: straight lines between the stops of the scale."""
    share = np.clip((value - low) / (high - low), 0.0, 1.0)
    stops = [stop for stop, _ in colorscale]
    return np.array([np.interp(share, stops, [rgb(colour)[k] for _, colour in colorscale]) for k in range(3)])


def ground(fig: go.Figure, x1: float, x2: float) -> np.ndarray:
    """The full colour (3,) of a figure's first heat map at a place of the plane, as its axes are labelled."""
    surface = fig.data[0]
    column, row = (int(np.abs(np.asarray(along) - v).argmin()) for along, v in ((surface.x, x1), (surface.y, x2)))
    return on_scale(np.asarray(surface.z)[row, column], surface.zmin, surface.zmax, surface.colorscale)


def marks(trace: go.Scatter) -> list[tuple[float, float, tuple[float, ...], str]]:
    """Place, colour and shape of each point of a trace."""
    n, marker = len(trace.x), trace.marker
    colours = np.broadcast_to(np.asarray(marker.color, dtype=object), n)
    if marker.colorscale is None:
        seen = [rgb(colour) for colour in colours]
    else:
        seen = [on_scale(float(value), marker.cmin, marker.cmax, marker.colorscale) for value in colours]
    shapes = np.broadcast_to(np.asarray(marker.symbol, dtype=object), n)
    return [(float(x), float(y), tuple(c), str(s)) for x, y, c, s in zip(trace.x, trace.y, seen, shapes, strict=True)]
