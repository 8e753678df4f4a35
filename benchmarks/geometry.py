"""Fold's film and the landscape's maps, in headless Chromium, and at the gate: `python -m benchmarks.geometry`.

Each figure comes with the machine's load, for on a busy machine all of them are worse; what a part costs the processor
is told beside it, which a busy machine changes less. The aims on two quiet cores: the
film paints 50 frames a second on 2-8-8-1 and 40 on six layers of eight, a map of 61 x 61 stands 0.4 s after the moment
does and a coarse one 0.15 s, the eigenvalues of 105 parameters 0.4 s; and nobody holds the gate for 50 ms.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page import counted, title
from playground.geometry.landscape import Moment, Pieces, largest, loss_map, spectrum
from playground.geometry.planes import path_of
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.runs import Runs
from tests.browser.harness import Server, guarded_page, launch, serve

NETWORKS = {"2-8-8-1": "", "six layers of eight": "hidden=8,8,8,8,8,8&"}
COUNT_FOLD = """() => { const { picture } = __fold, draw = picture.draw.bind(picture); window.painted = 0;
  picture.draw = (...scene) => { draw(...scene); window.painted++; }; }"""
FOLD_STANDS = "() => window.__fold?.isFine && !__fold.loop"
# When each part of the landscape came, in milliseconds since the moment was set.
TIMED = """(step) => new Promise((done) => {
  const v = __landscape, take = v.take.bind(v), began = performance.now(), found = {};
  v.take = (told, sheet) => { take(told, sheet); found[told.n] = performance.now() - began; };
  __player.halt(); __player.place(step);
  const wait = () => {
    if (!(found[61] && v.spectrum?.step === step)) return requestAnimationFrame(wait);
    v.take = take;
    done({ ...found, spectrum: performance.now() - began });
  };
  wait();
})"""
LANDSCAPE_STANDS = """() => window.__landscape?.sheet?.told.n === 61 && __landscape.curve && __landscape.spectrum
  && !__player.moving && !__landscape.loop"""


# ---- the numbers alone ---------------------------------------------------------------------------------------------
def numbers(rounds: int) -> None:
    """Seconds for each part without a server, and how long any of them has the gate at a time."""
    title("The numbers of the landscape of 2-8-8-1, 250 points, 200 epochs")
    run = Runs().get(Experiment(Config()))
    run.record(200, seconds=120)
    net, data = run.trainer.net.copy(), run.trainer.data
    moment = Moment(net, data, run.last_step, net.loss_value(data.x_train, data.y_train))
    path = path_of(run.recording, run.last_step)
    free = Pieces(nullcontext, lambda: False)
    parts: dict[str, Callable[[Pieces], object]] = {
        "map of 31 x 31": lambda pieces: loss_map(moment, path, "path", 31, 1, (0, 1), pieces),
        "map of 61 x 61": lambda pieces: loss_map(moment, path, "path", 61, 1, (0, 1), pieces),
        "all 105 eigenvalues": lambda pieces: spectrum(moment, pieces),
        "the largest two": lambda pieces: largest(moment, pieces),
    }
    held: list[float] = []

    @contextmanager
    def turn() -> Iterator[None]:
        begun = time.thread_time()
        yield
        held.append(time.thread_time() - begun)

    for name, part in parts.items():
        times, costs = [], []
        for _ in range(rounds):
            begun, before = time.perf_counter(), time.process_time()
            part(free)
            times.append(time.perf_counter() - begun)
            costs.append(time.process_time() - before)
        held.clear()
        part(Pieces(turn, lambda: False))
        print(
            f"  {name:22} {statistics.median(times):.3f} s ({statistics.median(costs):.3f} s of the processor); "
            f"longest turn at the gate {1000 * max(held):.0f} ms of the processor"
        )


# ---- in the browser ------------------------------------------------------------------------------------------------
def film(browser: Browser, server: Server, seconds: float) -> None:
    """The film between the layers, over and over, on 250 points and a grid of 21 x 21."""
    for name, query in NETWORKS.items():
        with guarded_page(browser, server) as (page, _):
            page.goto(f"/fold?{query}step=2500")
            page.wait_for_function(FOLD_STANDS, timeout=60_000)
            page.evaluate("() => { setInterval(() => __fold.playing || __fold.toggle(), 50); }")
            print(f"  the film, {name}: {_figures(page, seconds)}")
        with guarded_page(browser, server) as (page, _):
            page.goto(f"/fold?{query}step=0")
            page.wait_for_function(FOLD_STANDS, timeout=60_000)
            page.evaluate("() => { __player.goal = Infinity; __player.play(); }")
            print(f"  the run, {name}: {_figures(page, seconds)}")


def _figures(page: Page, seconds: float) -> str:
    page.evaluate(COUNT_FOLD)
    page.wait_for_timeout(1000)
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> tuple[float, int]:
        metrics = {m["name"]: m["value"] for m in cdp.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"], page.evaluate("() => window.painted")

    (before, drawn), found, (after, then) = spent(), counted(page, seconds), spent()
    each = 1000 * (after - before) / max(1, then - drawn)
    figures = ", ".join(f"{value:.1f} {name}" for name, value in found.items())
    return f"{figures}, {each:.1f} ms of the page's thread for each picture"


def maps(browser: Browser, server: Server, rounds: int) -> None:
    """From the moment that is set by hand to each part, in a plane that moves with the moment."""
    with guarded_page(browser, server) as (page, _):
        page.goto("/landscape?step=2500")
        page.wait_for_function(LANDSCAPE_STANDS, timeout=60_000)
        page.evaluate("() => __landscape.choose({ plane: 'random' })")
        page.wait_for_function(LANDSCAPE_STANDS, timeout=60_000)
        page.wait_for_timeout(1000)
        found = [page.evaluate(TIMED, 1000 + 250 * k) for k in range(rounds)]
    for part, words in (("31", "coarse map"), ("61", "fine map"), ("spectrum", "and all eigenvalues")):
        times = [times[part] for times in found if part in times]
        print(f"  {words:20} {statistics.median(times):.0f} ms after the moment was set (of which 150 it has to stand)")


def main(arguments: list[str] | None = None) -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    quick = parser.parse_args(arguments).quick
    numbers(3 if quick else 7)
    with serve() as server, sync_playwright() as playwright, launch(playwright) as browser:
        title("Fold, 1440 x 900, 250 points, a grid of 21 x 21")
        film(browser, server, 4.0 if quick else 10.0)
        title("The landscape of 2-8-8-1 in the browser")
        maps(browser, server, 4 if quick else 9)


if __name__ == "__main__":
    main()
