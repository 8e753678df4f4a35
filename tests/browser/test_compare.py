"""The page Compare in a real browser: every run's own numbers on one clock, and where they disagree."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.run.compared import to_text
from playground.run.config import Config
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.number import say
from playground.run.runs import Run
from playground.run.seeds import Seeds
from playground.run.surface import half_side
from tests.browser.harness import visit
from tests.browser.stage import recorded

BASE = {"dataset": "moons", "hidden_layer_sizes": (4,), "n_samples": 200, "noise": 0.3}
SMALL = Experiment(Config(**BASE, batch_size=10))
LARGE = Experiment(Config(**BASE, batch_size=50))
FORK = SMALL.change(55, learning_rate=0.1)
BROKEN = Experiment(
    Config(**BASE, optimizer="sgd", learning_rate=10.0, loss="mean_squared_error", activations=("relu",))
)


def stands(page: Page, *runs: Experiment) -> Page:
    """The runs side by side, all trained to the end, standing at the beginning."""
    visit(page, f"/compare?compare={quote(to_text(runs), safe='')}")
    page.wait_for_function(f"() => window.__compare?.runs.length === {len(runs)} && __compare.complete")
    page.evaluate("() => __compare.seek(0)")
    return page


def at(page: Page, time: float) -> list[np.ndarray]:
    """The row that each run shows at a time of the clock."""
    page.evaluate("(time) => { __compare.drawn = -1; __compare.seek(time); }", time)
    drawn = "__compare.drawn === __compare.time && __compare.tiles.every((tile) => tile.row)"
    page.wait_for_function(f"() => {drawn} && !__compare.fineness && !__compare.loop")  # as fine as can be
    return [np.array(row) for row in page.evaluate("() => __compare.tiles.map((tile) => [...tile.row])")]


def parameters(run: Run, step: int) -> np.ndarray:
    return run.recording.seek(step).parameters.astype(np.float32)


def test_every_run_shows_the_engines_numbers_of_the_clocks_moment(page):
    runs = (SMALL, LARGE, FORK)
    stands(page, *runs)
    trained = [recorded(run, 60) for run in (SMALL, LARGE)]
    for epoch in (0, 3, 50):
        rows = at(page, epoch)
        for row, run in zip(rows, trained, strict=False):
            assert row[1] == epoch
            np.testing.assert_array_equal(row[-17:].astype(np.float32), parameters(run, int(row[0])))
    page.get_by_label("What the clock counts").select_option("updates")
    rows = at(page, 120)
    assert [row[0] for row in rows] == [120, 120, 120]
    assert [row[1] for row in rows[:2]] == [12, 60], "batches of 10 and of 50 on 100 points"
    at(page, 1000)
    expect(page.locator(".compare .figures").nth(1)).to_contain_text("stands at its end, epoch 200")
    expect(page.locator(".compare .figures").nth(0)).not_to_contain_text("stands")
    page.get_by_label("What the clock counts").select_option("examples")
    assert [row[1] for row in at(page, 700)] == [7, 7, 7]


def test_where_two_runs_disagree_is_told_in_the_engines_numbers(page):
    stands(page, SMALL, LARGE)
    at(page, 6)
    page.keyboard.press("d")
    sentence = page.locator(".compare .sentence")
    expect(sentence).to_contain_text("A and B disagree")
    nets = []
    for experiment, step in ((SMALL, 60), (LARGE, 12)):
        run = recorded(experiment, 10)
        net = run.trainer.net.copy()
        net.parameters[...] = run.recording.seek(step).parameters
        nets.append(net)
    points, data = make_data(SMALL)
    wrong = int((nets[0].classify(data.x_test) != nets[1].classify(data.x_test)).sum())
    side = 1.08 * max(np.abs(points.x_train).max(), np.abs(points.x_test).max())
    centres = (np.arange(100) + 0.5) / 100 * 2 * side - side
    plane = np.column_stack([v.ravel() for v in np.meshgrid(centres, centres)])
    share = float((nets[0].classify(plane) != nets[1].classify(plane)).mean())
    said = sentence.inner_text()
    assert f"on {wrong} of {len(data.x_test)} test points" in said
    told = float(said.split(" on ")[1].split(" %")[0])
    assert told == pytest.approx(100 * share, abs=0.1 if share < 0.1 else 1.0)
    colours = page.evaluate(PIXELS, 0)
    page.keyboard.press("d")
    page.wait_for_timeout(100)
    assert page.evaluate(PIXELS, 0) != colours


PIXELS = """(k) => {
  const { canvas } = __compare.tiles[k];
  return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data].join();
}"""


def test_x_held_shows_b_in_the_place_of_a_and_let_go_a_again(page):
    stands(page, SMALL, LARGE)
    at(page, 6)
    own, other = (page.evaluate(PIXELS, k) for k in (0, 1))
    assert own != other
    page.keyboard.down("x")
    page.wait_for_timeout(150)
    assert page.evaluate(PIXELS, 0) == other
    page.keyboard.up("x")
    page.wait_for_timeout(150)
    assert page.evaluate(PIXELS, 0) == own


def test_keys_play_step_and_show_one_run_alone(page):
    stands(page, SMALL, LARGE)
    time = lambda: page.evaluate("() => __compare.time")  # noqa: E731
    page.keyboard.press("ArrowRight")
    assert time() == 1
    page.keyboard.press("End")
    assert time() == 200
    page.keyboard.press("ArrowLeft")
    assert time() == 199
    page.keyboard.press("Home")
    page.keyboard.press(" ")
    page.wait_for_function("() => __compare.time > 5")
    page.keyboard.press(" ")
    stood = time()
    page.wait_for_timeout(200)
    assert time() == stood
    page.keyboard.press("2")
    expect(page.locator(".compare .tile").nth(0)).to_be_hidden()
    page.keyboard.press("2")
    expect(page.locator(".compare .tile").nth(0)).to_be_visible()


def test_a_run_that_breaks_stands_at_its_end_and_says_so(page):
    stands(page, SMALL, BROKEN)
    at(page, 150)
    run = recorded(BROKEN, 200)
    assert run.recording.diverged
    ended = say(float(run.recording.epochs[-1]))
    expect(page.locator(".compare .figures").nth(1)).to_contain_text(f"diverged at epoch {ended}")
    table = page.locator(".compare table")
    expect(table).to_contain_text("diverged")


def test_what_differs_and_what_came_of_it_stand_in_a_table(page):
    stands(page, SMALL, LARGE)
    at(page, 200)
    page.wait_for_function("() => document.querySelectorAll('.compare tbody tr').length > 4")
    lines = page.locator(".compare tbody tr").all_inner_texts()
    rows = {cells[0]: cells[1:] for cells in (line.split("\t") for line in lines)}
    assert rows["Batch size"] == ["10", "50"]
    assert rows["Weights and biases"] == ["17", "17"]
    for k, experiment in enumerate((SMALL, LARGE)):
        recording = recorded(experiment, 200).recording
        best = int(np.argmin(recording.test_loss))
        assert (
            rows["Best test loss"][k] == f"{recording.test_loss[best]:.3f}, epoch {say(float(recording.epochs[best]))}"
        )
        reached = np.flatnonzero(recording.test_score >= 0.9)
        wanted = say(float(recording.epochs[reached[0]])) if len(reached) else "not yet"
        assert rows["Epochs to 90 % on new points"][k] == wanted


def test_curves_are_each_runs_own_test_and_training_loss(page):
    stands(page, SMALL, LARGE)
    page.wait_for_function("() => __compare.plot.data?.length === 4 && __compare.plot.data[3].y.length === 201")
    found = json.loads(page.evaluate("() => JSON.stringify(__compare.plot.data.map((t) => [t.name, [...t.y]]))"))
    for k, experiment in enumerate((SMALL, LARGE)):
        recording = recorded(experiment, 200).recording
        for name, wanted in (("training", recording.train_loss), ("test", recording.test_loss)):
            (curve,) = [y for told, y in found if told == f"{'AB'[k]} {name} loss"]
            np.testing.assert_allclose(curve, wanted[:201], rtol=1e-6)


def test_a_run_is_taken_away_and_another_opened_in_the_playground(page):
    stands(page, SMALL, LARGE, FORK)
    page.get_by_role("button", name="Take away: A").click()
    page.wait_for_function("() => __compare.runs.length === 2")
    page.wait_for_function(
        "() => !location.search.includes(encodeURIComponent('|') + 'x') && __compare.tiles.length === 2"
    )
    page.get_by_role("button", name="Open in the Playground at this moment: A").click()
    page.wait_for_function("() => window.__player?.run?.header.link.includes('batch=50')")
    assert "compare=" not in page.evaluate("() => location.search")


def test_a_server_that_knows_nothing_of_the_runs_is_told_again(page):
    stands(page, SMALL, LARGE)
    page.evaluate("() => __compare.wish({ missing: ['whatever'] })")
    page.wait_for_timeout(1000)
    page.wait_for_function("() => __compare.runs.length === 2 && __compare.complete")


def test_twenty_seeds_are_drawn_and_counted_as_the_engine_has_them(page):
    stands(page, SMALL, FORK)
    page.get_by_role("button", name="The same settings from 20 draws").click()
    page.wait_for_function("() => __compare.runs[0].header.seeds?.reached === 200")
    page.wait_for_function(
        "() => __compare.plot.data?.length === 6"
    )  # a band, its thin lines and its median, and the test loss of each run
    seeds = Seeds(recorded(SMALL, 1).trainer)
    for _ in range(200):
        seeds.train()
    spread = seeds.spread()
    lines = json.loads(page.evaluate("() => JSON.stringify(__compare.plot.data.slice(0, 4).map((t) => [...t.y]))"))
    np.testing.assert_allclose([lines[0], lines[1], lines[3]], spread.loss[[0, 2, 1]], rtol=1e-12)
    row = page.locator(".compare tbody tr", has_text="ever 95 % right")
    expect(row.locator("td").nth(0)).to_have_text(f"{spread.solved} of 20")
    expect(row.locator("td").nth(1)).to_contain_text("changed on the way")


def test_where_the_seeds_disagree_is_what_their_networks_say(page):
    stands(page, SMALL, BROKEN)
    page.keyboard.press("v")
    page.evaluate("() => __compare.seek(30)")
    page.wait_for_function("() => __compare.runs[0].nets?.at === 30 && __compare.tiles[0].counted")
    figures = page.locator(".compare .figures").first
    expect(figures).to_contain_text("20 seeds at epoch 30")
    told = figures.inner_text()
    run = recorded(SMALL, 1)
    seeds = Seeds(run.trainer)
    for _ in range(30):
        seeds.train()
    points, _ = make_data(SMALL)
    side = half_side(points)
    centres = (np.arange(100) + 0.5) / 100 * 2 * side - side
    plane = np.column_stack([v.ravel() for v in np.meshgrid(centres, centres[::-1])])
    net, votes = run.trainer.net.copy(), np.zeros(len(plane), int)
    for parameters in seeds.parameters_at(30)[1]:
        net.parameters[...] = parameters
        votes += net.classify(plane)
    found = np.array(page.evaluate("() => [...__compare.tiles[0].votes[1]]"))
    assert np.abs(found - votes).sum() <= 3, "but for a point that lies on a boundary"
    share = 100 * float((np.maximum(votes, 20 - votes) < 15).mean())
    assert float(told.split("agree on ")[1].split(" %")[0]) == pytest.approx(share, abs=0.1 if share < 10 else 1.0)


def test_a_link_holds_the_moment_the_clock_and_what_is_on_show(page):
    stands(page, SMALL, LARGE, FORK)
    page.get_by_label("What the clock counts").select_option("updates")
    at(page, 120)
    page.get_by_role("button", name="Stay at this moment while the clock goes on: B").click()
    at(page, 300)
    page.get_by_label("Which two are set against each other").select_option("A and C")
    page.keyboard.press("d")
    query = "at=300&clock=updates&show=difference&pair=AC&hold=B120"
    page.wait_for_function("(query) => location.search.endsWith(query)", arg=query)
    expect(page.locator(".compare .sentence")).to_contain_text("A and C disagree")
    said = page.locator(".compare .sentence").inner_text()
    page.reload()
    page.wait_for_function("() => window.__compare?.runs.length === 3 && __compare.complete")
    expect(page.locator(".compare .sentence")).to_have_text(said)
    assert page.evaluate("() => [__compare.playing, __compare.time, __compare.unit]") == [False, 300, "updates"]
    assert page.evaluate("() => __compare.tiles.map((tile) => tile.row[0])") == [300, 120, 300]
    expect(page.locator(".compare .figures").nth(1)).to_contain_text("held at epoch 60")
    page.get_by_role("button", name="Open in the Playground at this moment: B").click()
    page.wait_for_function("() => window.__player?.step === 120 && __player.run.header.link.includes('batch=50')")


def worked(pid: int) -> float:
    """Seconds for which a process has computed so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the time that another process has computed is read from /proc")
def test_the_server_works_no_longer_for_one_who_is_gone(new_page, fresh_server):
    page = new_page()
    visit(page, f"/compare?compare={quote('hidden=16,16&samples=1000&batch=1', safe='')}")  # half a minute of work
    page.wait_for_function("() => window.__compare?.runs.length === 1")
    page.locator(".st-key-race button", has_text="Optimizers").click()
    expect(page.get_by_text("Trying 7 learning rates")).to_be_visible()
    before = worked(fresh_server.pid)
    page.wait_for_timeout(1000)
    assert worked(fresh_server.pid) - before > 0.1
    page.close()
    time.sleep(2)
    before = worked(fresh_server.pid)
    time.sleep(0.5)
    assert worked(fresh_server.pid) - before < 0.05
