"""The picture of a table is right: each row lies where the file says, in the colour and the shape of its target."""

from __future__ import annotations

import csv
import io

import numpy as np
import plotly.graph_objects as go
import pytest

from playground.figures.palette import CLASS_SYMBOLS, THEMES
from playground.figures.scatter import MOST_POINTS, drawn_rows, scatter, scatter_in_words
from playground.tables.choice import choose, guess
from playground.tables.examples import FOLDER
from playground.tables.sheet import read_sheet
from playground.tables.table import Table
from tests.figures.reading import marks, mixed, rgb

IRIS = (FOLDER / "iris.csv").read_text(encoding="utf-8")


def table(text: str) -> Table:
    """A table as the page Data makes it of a file, without a choice."""
    sheet = read_sheet(text.encode(), "Mine")
    return choose(sheet, guess(sheet)).table


def seen(fig: go.Figure) -> list[tuple[float, float, tuple[float, ...], str]]:
    """All points of a figure in the order of the rows that they name."""
    found = {}
    for trace in fig.data:
        found |= dict(zip(np.asarray(trace.customdata).tolist(), marks(trace), strict=True))
    return [found[row] for row in sorted(found)]


@pytest.mark.parametrize("theme", THEMES)
def test_each_row_is_a_point_in_the_files_own_numbers_with_the_colour_and_shape_of_its_class(theme):
    rows = list(csv.DictReader(io.StringIO(IRIS)))
    names = list(rows[0])
    across, up, target = names[0], names[1], names[-1]
    classes = list(dict.fromkeys(row[target] for row in rows))
    assert len(classes) == 3
    wanted = []
    for row in rows:
        k = classes.index(row[target])
        wanted.append((float(row[across]), float(row[up]), tuple(rgb(THEMES[theme].classes[k])), CLASS_SYMBOLS[k]))
    own = table(IRIS)
    fig = scatter(own, theme=theme)
    assert seen(fig) == wanted
    assert [trace.name for trace in fig.data] == classes
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == own.inputs[:2]
    told = scatter_in_words(own)
    assert f"150 rows as points: {own.inputs[0]} from 4.3 to 7.9 across, {own.inputs[1]} from 2 to 4.4 up" in told
    assert all(f"50 of {name}" in told for name in classes)


def test_the_picture_shows_the_inputs_that_were_chosen_for_the_plane():
    own = table(IRIS).changed(plane=(3, 1))
    fig = scatter(own)
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == (own.inputs[3], own.inputs[1])
    assert [(x, y) for x, y, *_ in seen(fig)] == [tuple(row) for row in own.x[:, [3, 1]].tolist()]


def test_a_number_to_predict_is_orange_below_its_mean_and_blue_above():
    areas = [31.0, 52.5, 47.0, 80.0, 66.0, 120.0, 95.0, 73.0, 58.0]
    rooms = [1, 2, 2, 3, 2, 5, 4, 3, 2]
    prices = [90e3, 150e3, 139e3, 260e3, 190e3, 410e3, 300e3, 215e3, 171e3]
    rows = [f"{a},{r},{p:.0f}" for a, r, p in zip(areas, rooms, prices, strict=True)]
    own = table("\n".join(["area (m²),rooms,price (€)", *rows]))
    fig = scatter(own)
    light, mean = THEMES["light"], sum(prices) / 9
    far = max(abs(p - mean) for p in prices)
    for (x, y, colour, shape), area, n, price in zip(seen(fig), areas, rooms, prices, strict=True):
        assert (x, y, shape) == (area, n, "circle")
        np.testing.assert_allclose(
            colour, mixed(light.negative, light.neutral, light.positive, (price - mean) / far), atol=1e-6
        )
    assert fig.data[0].marker.colorbar.title.text == "price (€)"
    assert (fig.layout.xaxis.dtick, fig.layout.yaxis.dtick) == (None, 1)  # there is no half of a room
    assert "price (€) from 9e+04 to 4.1e+05" in scatter_in_words(own)


@pytest.mark.parametrize(("words", "ups"), [(["cat", "dog"], [0, 1]), (["1.5", "2.25"], [1.5, 2.25])])
def test_of_one_input_the_target_is_up(words, ups):
    own = table("\n".join(["height,kind", *(f"{k * k}.5,{words[k % 2]}" for k in range(20))]))
    fig = scatter(own)
    assert [(x, y) for x, y, *_ in seen(fig)] == [(k * k + 0.5, ups[k % 2]) for k in range(20)]
    assert (fig.layout.xaxis.title.text, fig.layout.yaxis.title.text) == ("height", "kind")
    if own.classes:
        assert dict(zip(fig.layout.yaxis.tickvals, fig.layout.yaxis.ticktext, strict=True)) == {0: "cat", 1: "dog"}


def test_of_a_long_table_rows_at_even_distances_are_drawn():
    x = np.arange(15_000.0)
    own = Table("Long", ("a", "b"), "k", ("no", "yes"), np.column_stack([x, -x]), (x % 2).astype(int))
    drawn = drawn_rows(own)
    assert (len(drawn), drawn[0], drawn[-1]) == (MOST_POINTS, 0, 14_999)
    assert set(np.diff(drawn)) == {7, 8}
    assert [x for x, *_ in seen(scatter(own))] == drawn.tolist()


def test_classes_that_begin_alike_are_told_apart():
    names = tuple(f"a rather long name of a species, number {k}" for k in range(3))
    x = np.arange(24.0).reshape(12, 2)
    told = [t.name for t in scatter(Table("Mine", ("a", "b"), "kind", names, x, np.arange(12) % 3)).data]
    assert told == ["a rather…number 0", "a rather…number 1", "a rather…number 2"]


def test_names_are_text_and_are_cut_where_an_axis_has_no_room():
    long = "How long do you travel to school, one way & all in all?"
    x = np.arange(40.0).reshape(20, 2)
    fig = scatter(Table("Mine", ("<b>&x", long), "kind", ("%{y}", "<i>"), x, np.arange(20) % 2))
    assert fig.layout.xaxis.title.text == "&lt;b&gt;&amp;x"
    assert fig.layout.yaxis.title.text == "How long do you travel to school, one w…"
    assert [trace.name for trace in fig.data] == ["% {y}", "&lt;i&gt;"]
    assert all("%{y}" not in trace.hovertemplate.split("<br>")[-1] for trace in fig.data)
