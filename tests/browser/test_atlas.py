"""The page Atlas in a real browser: every tile the engine's own run, by mouse, keyboard, touch and link."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from urllib.parse import quote

import numpy as np
from playwright.sync_api import Page, expect

from playground.run.atlas import Atlas, Axis, to_text
from playground.run.config import Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.runs import new_network, new_trainer
from playground.run.search import Dimension, Search
from playground.run.search import to_text as searched
from playground.run.surface import answers
from tests.browser.harness import settle, visit

BASE = Experiment(Config(dataset="moons", n_samples=120, noise=0.3, hidden_layer_sizes=(4,)))
SMALL = Atlas(BASE, (Axis("lr", (0.001, 0.01, 0.1)), Axis("width", (2, 4))), 3, 20)
QUERY = f"dataset=moons&samples=120&noise=0.3&hidden=4&atlas={quote(to_text(SMALL), safe='')}"


def stands(page: Page, more: str = "&at=20") -> Page:
    """The atlas with all its tiles, standing at a moment."""
    visit(page, f"/atlas?{QUERY}{more}")
    page.wait_for_function("() => window.__atlas?.tiles.complete && __atlas.painted", timeout=60_000)
    return page


def at(page: Page, epoch: float) -> None:
    page.evaluate("(epoch) => { __atlas.painted = ''; __atlas.seek(epoch); }", epoch)
    page.wait_for_function("() => __atlas.painted && !__atlas.playing && __atlas.fineness === 0")


def rows(page: Page, epoch: float) -> list[list[float]]:
    return page.evaluate("(epoch) => __atlas.tiles.cells.map((tile) => [...tile.rowAt(epoch)])", epoch)


def middle(page: Page, cell: int) -> int:
    return page.evaluate("(cell) => __atlas.tiles.cells[cell].told.middle", cell)


def alone(page: Page, cell: int):
    return new_trainer(SMALL.experiment(cell, middle(page, cell))).run(SMALL.epochs)


def test_every_tile_is_the_engines_run_at_the_clocks_moment_and_opens_as_that_very_run(page):
    stands(page)
    runs = [alone(page, cell) for cell in range(SMALL.n_cells)]
    for epoch in (0, 7, 20):
        for run, row in zip(runs, rows(page, epoch), strict=True):
            wanted = [run.train_loss, run.test_loss, run.train_score, run.test_score]
            np.testing.assert_allclose(row[2:6], [curve[epoch] for curve in wanted], rtol=1e-6)
            np.testing.assert_allclose(row[6:], run.parameters[epoch], rtol=1e-6, atol=1e-7)
    # The picture: what the network says at the centre of a tile's pixels.
    at(page, 20)
    cell, n = 4, 5
    config = SMALL.experiment(cell, middle(page, cell)).config
    points, data = make_data(Experiment(config))
    net = new_network(config, data)
    net.parameters[...] = runs[cell].parameters[20]
    side = 1.08 * max(np.abs(points.x_train).max(), np.abs(points.x_test).max())
    along = (np.arange(n) + 0.5) / n * 2 * side - side
    x1, x2 = np.meshgrid(along, along[::-1])
    told = page.evaluate(
        "([cell, n]) => { const tile = __atlas.tiles.cells[cell];"
        " return [...__atlas.grid.evaluate(tile, cell, tile.rowAt(20), n).at(-1)[0]]; }",
        [cell, n],
    )
    np.testing.assert_allclose(told, answers(net, np.column_stack([x1.ravel(), x2.ravel()]))[:, 0], atol=1e-5)
    # By a click and the button: the very run, to its last digit that a browser holds.
    x, y = page.evaluate("(cell) => __atlas.grid.corner(cell)", cell)
    page.locator(".atlas .grid canvas").click(position={"x": x + 8, "y": y + 8})
    expect(page.locator(".atlas .detail h3")).to_have_text("Learning rate 0.01, Neurons in a layer 4")
    page.get_by_role("button", name="Open this very run").click()
    page.wait_for_function("() => window.__player?.run?.lastEpoch >= 20")
    shown = page.evaluate("() => [...__player.run.parameters(__player.run.rows[20])]")
    np.testing.assert_array_equal(np.array(shown, dtype=np.float32), runs[cell].parameters[20].astype(np.float32))
    assert "atlas=" not in page.evaluate("() => location.search")
    # And back: the atlas is still there, around the run that it began with.
    page.get_by_role("link", name="Atlas").click()
    page.wait_for_function("() => window.__atlas?.tiles.complete")
    assert page.evaluate("() => __atlas.page.atlas") == SMALL.name


def test_what_can_be_done_with_the_chosen_tile_is_in_sight(page):
    page.set_viewport_size({"width": 1280, "height": 720})
    stands(page)
    for name in ("Open this very run", "Keep this run", "Is it luck?"):
        expect(page.locator(".atlas .detail").get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_what_is_told_beside_the_tiles_is_theirs(page, tmp_path: Path):
    stands(page)
    g = np.empty((2, 3, 3))
    for cell in range(SMALL.n_cells):
        for k in range(3):
            run = new_trainer(SMALL.experiment(cell, k)).run(SMALL.epochs)
            g[cell // 3, cell % 3, k] = run.test_score[-1]
    m, cells = g.mean(), g.mean(axis=2)
    total = ((g - m) ** 2).mean()
    across, up = ((cells.mean(axis=k) - m) ** 2 for k in (0, 1))
    seeds = ((g - cells[:, :, None]) ** 2).mean() / total
    shares = [across.mean() / total, up.mean() / total]
    sentence = page.locator(".atlas .sentence").inner_text()
    for share in (*shares, 1 - seeds - sum(shares), seeds):
        assert f"{100 * share:.0f} %" in sentence
    page.wait_for_function("() => __atlas.plots[1].data?.length === 2")
    lines = json.loads(page.evaluate("() => JSON.stringify(__atlas.plots.map((plot) => [...plot.data[1].y]))"))
    np.testing.assert_allclose(lines[0], [sorted(g[:, k].ravel())[2] for k in range(3)], rtol=1e-6)
    np.testing.assert_allclose(lines[1], [sorted(g[k].ravel())[4] for k in range(2)], rtol=1e-6)
    page.locator(".atlas summary").click()
    cells_told = page.locator(".atlas tbody tr").first.locator("td").all_inner_texts()
    middles = [sorted(g[1, k])[1] for k in range(3)]  # the first row of the table is the upper one
    assert cells_told == [f"{100 * score:.0f} %" for score in middles]
    with page.expect_download() as saved:
        page.get_by_role("button", name="All runs as a table").click()
    path = tmp_path / "atlas.csv"
    saved.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 18
    for line in lines:
        cell = 3 * [2, 4].index(int(line["Neurons in a layer"])) + [0.001, 0.01, 0.1].index(
            float(line["Learning rate"])
        )
        assert float(line["test_score"]) == g[cell // 3, cell % 3, int(line["seed"]) - 1]
    with page.expect_download() as saved:
        page.get_by_role("button", name="The tiles as a picture").click()
    saved.value.save_as(tmp_path / "atlas.png")
    assert (tmp_path / "atlas.png").read_bytes().startswith(b"\x89PNG")


def test_keys_move_from_tile_to_tile_play_turn_views_and_the_address_keeps_it(page):
    stands(page)
    canvas = page.locator(".atlas .grid canvas")
    page.evaluate("() => __atlas.pin(0)")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("() => __atlas.chosen") == 4
    page.keyboard.press("ArrowUp")
    assert page.evaluate("() => __atlas.chosen") == 4, "the last row"
    assert "Learning rate 0.01, Neurons in a layer 4" in (canvas.get_attribute("aria-label") or "")
    page.keyboard.press("3")
    expect(page.get_by_role("button", name="Scores")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Home")
    page.wait_for_function("() => location.search.includes('tiles=score') && location.search.includes('at=0')")
    page.keyboard.press(" ")
    page.wait_for_function("() => __atlas.time > 2")
    page.keyboard.press(" ")
    page.wait_for_function("() => !__atlas.playing")
    page.keyboard.press("a")
    settle(page)
    expect(page.get_by_text("It stands in Compare now, as A.")).to_be_visible()
    # A link opens what it was copied from.
    page.keyboard.press("End")
    page.wait_for_function("() => !location.search.includes('at=')")
    link = page.evaluate("() => location.pathname + location.search")
    visit(page, link)
    page.wait_for_function("() => window.__atlas?.tiles.complete")
    assert page.evaluate("() => [__atlas.show, __atlas.page.atlas]") == ["score", SMALL.name]
    page.evaluate("() => __atlas.pin(1)")
    page.keyboard.press("s")
    page.wait_for_function("() => window.__compare?.runs.length === 2 && __compare.seeds")
    links = page.evaluate("() => __compare.runs.map((run) => run.header.link)")
    assert ["hidden=2" in link for link in links] == [False, True], "the one that was kept before the reload, and this"
    page.get_by_role("link", name="Atlas").click()
    page.wait_for_function("() => window.__atlas?.element.isConnected && __atlas.tiles.complete")
    page.locator(".atlas .grid canvas").focus()
    page.evaluate("() => __atlas.pin(1)")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.__player?.run?.header.link.includes('hidden=2')")


def test_training_stops_when_told_and_goes_on(page):
    long = Atlas(BASE, SMALL.axes, 20, 1000)
    visit(page, f"/atlas?dataset=moons&samples=120&noise=0.3&hidden=4&atlas={quote(to_text(long), safe='')}")
    page.wait_for_function("() => window.__atlas?.tiles.progress?.working")
    page.get_by_role("button", name="Stop training").click()
    expect(page.locator(".atlas .sentence")).to_contain_text("Stopped:")
    page.get_by_role("button", name="Stop training").click()
    page.wait_for_function("() => __atlas.tiles.complete", timeout=120_000)
    expect(page.locator(".atlas .sentence")).to_contain_text("Of all differences in score")


def test_a_search_drops_the_worst_and_shows_the_tiles_of_the_runs_that_are_marked(page):
    axes = (
        Dimension("lr", ends=(0.001, 1.0)),
        Dimension("width", ends=(2, 6)),
        Dimension("activation", ("relu", "tanh")),
    )
    search = Search(BASE, axes, 9, 1, 18)
    link = f"dataset=moons&samples=120&noise=0.3&hidden=4&search={quote(searched(search), safe='')}"
    visit(page, f"/atlas?{link}&at=18")
    page.wait_for_function("() => window.__atlas?.tiles.complete && __atlas.linesPlot.data", timeout=60_000)
    # Three went on to the second rung, one to the end: the very run.
    dropped = page.evaluate("() => [...__atlas.tiles.dropped.values()].sort((a, b) => a - b)")
    assert dropped == [2] * 6 + [6] * 2
    cell = page.evaluate("() => __atlas.tiles.best")
    run = new_trainer(search.experiment(cell, 0)).run(18)
    row = page.evaluate("(cell) => [...__atlas.tiles.cells[cell].rowAt(18)]", cell)
    np.testing.assert_allclose(row[6:], run.parameters[18], rtol=1e-6, atol=1e-7)
    expect(page.locator(".atlas .notes")).to_contain_text("After epoch 2 the best 3 of 9 runs went on.")
    # The lines of the chart are the runs' values and the scores at their ends.
    lines = json.loads(
        page.evaluate("() => JSON.stringify(__atlas.linesPlot.data[0].dimensions.map(({ values }) => [...values]))")
    )
    values = [search.values_of(k) for k in range(9)]
    np.testing.assert_allclose(lines[0], np.log10([v[0] for v in values]), rtol=1e-6)
    assert lines[1] == [v[1] for v in values]
    assert lines[2] == [("relu", "tanh").index(v[2]) for v in values]
    ends = [new_trainer(search.experiment(k, 0)).run(18 if k == cell else 6) for k in range(9)]
    epochs = page.evaluate("() => [...Array(9).keys()].map((cell) => __atlas.tiles.dropped.get(cell) ?? 18)")
    scores = [end.test_score[epoch] for end, epoch in zip(ends, epochs, strict=True)]
    np.testing.assert_allclose(lines[3], scores, rtol=1e-6)
    # A part chosen with the keys is marked on the chart, kept in the address, and there again after a reload.
    shown = "() => __atlas.tiles.cells.flatMap((_, cell) => (__atlas.tiles.isShown(cell) ? [cell] : []))"
    page.locator(".atlas .fields").get_by_label("Activation").select_option("Tanh")
    tanh = [k for k in range(9) if values[k][2] == "tanh"]
    assert page.evaluate(shown) == tanh
    page.wait_for_function("() => __atlas.linesPlot.data[0].dimensions[2].constraintrange?.length === 2")
    page.wait_for_function("() => location.search.includes('only=activation')")
    # And one marked on the chart itself, which tells of it by the same event as for a pointer.
    page.evaluate("() => __atlas.Plotly.restyle(__atlas.linesPlot, { 'dimensions[0].constraintrange': [[-2, -1]] })")
    both = [k for k in tanh if 0.01 <= values[k][0] <= 0.1]
    page.wait_for_function(f"() => JSON.stringify(({shown})()) === '{json.dumps(both, separators=(',', ':'))}'")
    page.wait_for_function("() => new URLSearchParams(location.search).get('only').includes('lr')")
    visit(page, page.evaluate("() => location.pathname + location.search"))
    page.wait_for_function("() => window.__atlas?.tiles.complete")
    assert page.evaluate(shown) == both
    page.locator(".atlas summary").click()
    assert page.locator(".atlas tbody tr").count() == 9
    expect(page.locator(".atlas tbody tr").first.locator("th")).to_have_text(str(cell + 1))


def test_a_server_that_has_forgotten_the_atlas_is_told_again(page):
    stands(page)
    page.evaluate("() => __atlas.wish({ missing: __atlas.page.atlas })")
    settle(page)
    assert page.evaluate("() => __atlas.tiles.complete")
