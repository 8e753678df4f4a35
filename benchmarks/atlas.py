"""The atlas, from click to tiles, beside scikit-learn's grid search, and as it plays: `python -m benchmarks.atlas`.

Each figure comes with the machine's load, for on a busy machine all of them are worse.
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import numpy as np
from httpx2 import AsyncClient
from playwright.sync_api import Browser, Page, sync_playwright
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier

from benchmarks.load import crowd, in_background, percentile
from benchmarks.page import COUNT, PLAYING, swaps, title
from playground.run.atlas import Atlas, Axis, to_text
from playground.run.config import Config
from playground.run.crew import Crews, Local
from playground.run.data import make_data
from playground.run.experiment import Experiment
from playground.run.survey import Survey
from playground.web.atlas_route import ADDRESS
from tests.browser.harness import Server, guarded_page, launch, serve


def trained(atlas: Atlas, crews: Crews) -> tuple[float, float]:
    """Seconds until the first tile and until all of them are there."""
    survey, begun, first = Survey(atlas, crews), time.perf_counter(), 0.0
    while not survey.is_complete:
        survey.ask()
        if survey.order and not first:
            first = time.perf_counter() - begun
        time.sleep(0.005)
    return first, time.perf_counter() - begun


# ---- training ----------------------------------------------------------------------------------------------------
def beside_grid_search(n_workers: int, rounds: int, share: int) -> None:
    """48 tiles, 3 seeds, 100 epochs of spirals; scikit-learn does every `share`-th of the same fits."""
    title(f"48 tiles x 3 seeds x 100 epochs, spirals, {n_workers} workers")
    workers = Local(n_workers)
    found = [trained(Atlas(Experiment(Config(data_seed=k))), Crews(local=workers)) for k in range(rounds + 1)]
    workers.close()
    (cold_first, cold), warm = found[0], found[1:]
    all_tiles = statistics.median(t for _, t in warm)
    print(f"  cold: first tile {cold_first:.2f} s, all {cold:.2f} s (workers started on the way)")
    print(
        f"  warm: first tile {statistics.median(t for t, _ in warm):.2f} s, all {all_tiles:.2f} s, median of {rounds}"
    )

    atlas = Atlas()
    _, data = make_data(atlas.base)
    x, y = np.concatenate([data.x_train, data.x_test]), np.concatenate([data.y_train, data.y_test])
    n = len(data.x_train)
    one_split = [(np.arange(n), np.arange(n, len(x)))]
    rates, widths = (axis.values for axis in atlas.axes)
    cells = [(rate, width) for width in widths for rate in rates][::share]
    grid = [
        {"learning_rate_init": [rate], "hidden_layer_sizes": [(width, width)], "random_state": [1, 2, 3]}
        for rate, width in cells
    ]
    net = MLPClassifier(activation="tanh", batch_size=10, max_iter=100, tol=0.0, n_iter_no_change=1000)
    search = GridSearchCV(net, grid, cv=one_split, n_jobs=n_workers, refit=False)
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that 100 epochs were not enough
        search.fit(x, y)
    theirs = (time.perf_counter() - begun) * 48 / len(cells)
    note = f" (from {len(cells)} of the 48)" if share > 1 else ""
    times = theirs / all_tiles
    print(f"  GridSearchCV of MLPClassifier, n_jobs={n_workers}: {theirs:.1f} s{note}, {times:.1f} times as long")


def by_workers(epochs: int) -> None:
    """Many runs on one worker and on two, and how the cost grows with their number."""
    title(f"Many runs x {epochs} epochs, spirals 2-8-8-1, seconds (runs x epochs a second)")
    side = tuple(range(1, 33))
    times: dict[tuple[int, int], float] = {}
    for rows, n_seeds in ((32, 1), (32, 4), (32, 8)):
        for n_workers in (1, 2):
            atlas = Atlas(Experiment(), (Axis("seed", side), Axis("data_seed", side[:rows])), n_seeds, epochs)
            runs = atlas.n_cells * n_seeds
            workers = Local(n_workers)
            trained(Atlas(epochs=1), Crews(local=workers))  # start them
            times[runs, n_workers] = trained(atlas, Crews(local=workers))[1]
            workers.close()
        one, two = times[runs, 1], times[runs, 2]
        print(
            f"  {runs:5d} runs: 1 worker {one:6.1f} ({runs * epochs / one:8,.0f}), "
            f"2 workers {two:6.1f} ({runs * epochs / two:8,.0f}), {one / two:.2f} times as fast",
            flush=True,
        )


# ---- playing -----------------------------------------------------------------------------------------------------
def address(atlas: Atlas) -> str:
    """Where a page shows it."""
    return f"/atlas?atlas={quote(to_text(atlas), safe='')}"


def grid_of(columns: int, rows: int) -> Atlas:
    """So many tiles of 2-8-8-1."""
    return Atlas(Experiment(), (Axis("seed", tuple(range(columns))), Axis("data_seed", tuple(range(rows)))), 1, 60)


# From the browser's own time of the click to the frames in which the first tiles, and all, are drawn.
WATCH = """() => addEventListener("click", ({ timeStamp }) => {
  window.clicked = timeStamp;
  const look = () => {
    const { tiles, painted } = __atlas;
    if (tiles.columns === 8 && tiles.count > 0 && painted) window.first ??= performance.now();
    if (window.first && tiles.complete) window.all = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}, { capture: true, once: true })"""


def click_to_tiles(browser: Browser, server: Server) -> None:
    """In the browser: from the press of a preset to the first tiles and to all of them, on a server that is warm."""
    title("In the browser, from the click on a preset: seconds")
    with guarded_page(browser, server) as (page, _):
        page.goto(f"/atlas?data_seed=3&atlas={quote('lr:0.01;width:2', safe='')}")
        page.wait_for_function("() => window.__atlas?.tiles.complete", timeout=60_000)
        page.evaluate(WATCH)
        page.get_by_role("button", name="Rate × width").click()
        page.wait_for_function("() => window.all", timeout=120_000)
        first, last = page.evaluate("() => [window.first - window.clicked, window.all - window.clicked]")
        print(f"  first tiles {first / 1000:.2f}, all 48 {last / 1000:.2f}")


LOOP = """() => { const a = __atlas, s = a.speedSelect; s.value = 60; s.dispatchEvent(new Event("change"));
  window.drawn0 = a.grid.drawn; window.pictures = 0;
  const draw = a.grid.draw.bind(a.grid); a.grid.draw = (...x) => { draw(...x); window.pictures++; };
  setInterval(() => a.playing || a.play(true), 5); a.play(true); }"""


def frames(browser: Browser, server: Server, seconds: float) -> None:
    """Painted frames while all tiles play, a new picture with every epoch at 60 epochs a second."""
    title("Playing at 60 epochs/s")
    for columns, rows in ((5, 5), (8, 6), (10, 10)):
        with guarded_page(browser, server) as (page, _):
            page.goto(address(grid_of(columns, rows)))
            page.wait_for_function("() => window.__atlas?.tiles.complete", timeout=120_000)
            page.evaluate(LOOP)
            page.wait_for_timeout(1500)
            page.evaluate("() => { window.pictures = 0; }")
            begun = time.perf_counter()
            painted = swaps(page, seconds)
            pictures = page.evaluate("() => window.pictures") / (time.perf_counter() - begun)
            n = page.evaluate("() => [__atlas.grid.side, __atlas.fineness]")
            print(
                f"  {columns * rows:3d} tiles of {n[0]} pixels: {painted:5.1f} painted frames/s, "
                f"{pictures:5.1f} of all tiles anew, grid number {n[1]}"
            )


def player_beside(browser: Browser, server: Server, seconds: float) -> None:
    """A visitor who plays, and one who moves a slider, alone and while an atlas trains on the same machine."""
    title("A player's frames and slider, alone and while an atlas trains")
    atlas = Atlas(epochs=1000, n_seeds=15)
    with guarded_page(browser, server) as (page, _):
        page.goto(address(atlas))
        page.wait_for_function("() => window.__atlas?.tiles.progress?.working", timeout=60_000)
        page.evaluate("() => __atlas.turnTraining()")
        name = page.evaluate("() => __atlas.page.atlas")

    async def keep_training(until: Callable[[], bool]) -> None:
        async with AsyncClient(base_url=server.url, timeout=30) as client:
            have = 0
            while not until():
                answer = await client.post(f"/{ADDRESS}", json={"atlas": name, "have": have})
                answer.raise_for_status()

    with guarded_page(browser, server) as (page, _):
        page.goto("/?seed=11")
        page.wait_for_function(PLAYING)
        page.evaluate("() => { __player.goal = Infinity; __player.play(); }")
        page.evaluate(COUNT)
        for words, beside in (("alone", False), ("beside", True), ("alone", False), ("beside", True)):
            end = time.monotonic() + seconds + 4
            if beside:
                with in_background(keep_training(lambda end=end: time.monotonic() > end)):  # type: ignore[misc]
                    _measure(page, server, words, seconds)
            else:
                _measure(page, server, words, seconds)


def _measure(page: Page, server: Server, words: str, seconds: float) -> None:
    found: dict[str, Any] = {"waits": []}
    with in_background(crowd(server, 1, seconds, int(3 * seconds), 60.0, found)):
        page.wait_for_timeout(700)
        painted = swaps(page, seconds - 1)
    waits = [1000 * w for w in found["waits"]]
    print(
        f"  {words:6s}: {painted:5.1f} painted frames/s; slider to answer, ms: "
        f"median {statistics.median(waits):4.0f}, 95 % {percentile(waits, 0.95):4.0f}"
    )


def main(arguments: list[str] | None = None) -> None:
    """Training first, then the browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    quick = parser.parse_args(arguments).quick
    beside_grid_search(2, 1 if quick else 3, 8 if quick else 1)
    by_workers(2 if quick else 10)
    with sync_playwright() as playwright, serve() as server:
        browser = launch(playwright)
        click_to_tiles(browser, server)
        frames(browser, server, 2 if quick else 5)
        player_beside(browser, server, 4 if quick else 10)
        browser.close()


if __name__ == "__main__":
    main()
