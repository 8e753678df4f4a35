"""Ten and fifty who play at once on one server, a hundred who watch, and memory: `python -m benchmarks.load`.

One of those who play is a real browser, whose painted frames are counted: a second one that draws in software would
take the processors from the server that is measured. The others speak Streamlit's protocol (tests/visitor.py) and ask
by the stage's route as it does: for the next two seconds whenever less than one is left. One of them moves a slider
again and again; the time runs until the stage's page under the new setting is there.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import statistics
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, sync_playwright
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.page import COUNT, PLAYING, READY, swaps
from playground.web.about import GOAL_EPOCHS
from tests.browser.harness import Server, guarded_page, launch, serve
from tests.visitor import Visitor, visit

PLAY_ON = "() => { __player.goal = Infinity; __player.play(); }"
SLIDER = "Noise"


class Player(Visitor):
    """One user without a browser, who plays and moves a slider."""

    def __init__(self, url: str, query: str = "") -> None:
        super().__init__(url, query)
        self.answers = 0

    def take(self, header: dict[str, Any], rows: np.ndarray) -> None:
        """Of what a message tells keep the last row alone: to compare all of them would be a load of its own."""
        if "run" in header and len(rows):
            self.rows[header["run"]["run"]] = {int(rows[-1, 0]): rows[-1]}

    async def play(self, until: float, rate: float, goal: float = math.inf) -> None:
        """Play as the browser does: ask for the next two seconds when less than one is left."""
        epoch, before, run = 0.0, time.monotonic(), self.run
        while time.monotonic() < until and epoch < goal:
            now = time.monotonic()
            if self.run != run:
                epoch, run = 0.0, self.run
            last = float(self.rows[run][self.last][1])
            epoch, before = min(last, epoch + rate * (now - before)), now
            if last - epoch < rate and last < goal:
                (await self.ask(want=int(2 * rate))).raise_for_status()
                self.answers += 1
            await asyncio.sleep(0.03)

    async def move(self, value: float) -> float:
        """Move the slider, and give the seconds until the stage's page under the new setting has arrived."""
        run, start = self.run, time.perf_counter()
        state = WidgetState(id=self.widgets[SLIDER])
        state.double_array_value.data.append(value)
        await self.send(state)
        await self.until(lambda: self.run != run)
        return time.perf_counter() - start


@asynccontextmanager
async def crowd_of(server: Server, queries: Iterable[str]) -> AsyncIterator[list[Player]]:
    """A player for each link, who has the page before them."""
    players = [Player(server.url, query) for query in queries]
    try:
        for player in players:
            await player.connect()
            await player.go_to("")
        yield players
    finally:
        for player in players:
            await player.close()


async def crowd(server: Server, n: int, seconds: float, moves: int, rate: float, found: dict[str, Any]) -> None:
    """So many sessions that play; the first of them moves the slider too."""
    async with crowd_of(server, [f"seed={k}" for k in range(n)]) as players:
        found["ready"] = True
        until = time.monotonic() + seconds
        playing = [asyncio.create_task(player.play(until, rate)) for player in players[1:]]
        waits: list[float] = found["waits"]
        for k in range(moves):
            if time.monotonic() > until:
                break
            waits.append(await players[0].move(round(0.01 * (k % 40) + 0.01, 2)))
            await asyncio.sleep(max(0.1, seconds / moves - waits[-1]))
        await asyncio.gather(*playing)
        found["answers"] = sum(player.answers for player in players)
        found["MB"] = sum(player.received for player in players) / 2**20


@contextmanager
def in_background(coroutine: Any) -> Iterator[None]:
    """Run a coroutine on a thread of its own."""
    problems: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(coroutine)
        except BaseException as error:
            problems.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join()
    if problems:
        raise problems[0]


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Memory that a process holds."""
    line = next(
        line
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        if line.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1024


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def play_at_once(browser: Browser, n_browsers: int, n_raw: int, seconds: float, speed: str) -> None:
    """Frames, waits and processor time while all play."""
    rate = 240.0 if speed == "240 epochs/s" else 60.0
    with serve() as server:
        found: dict[str, Any] = {"waits": []}
        pages = [guarded_page(browser, server) for _ in range(n_browsers)]
        stages = [page.__enter__()[0] for page in pages]
        for k, page in enumerate(stages):
            page.goto(f"/?seed={100 + k}")
            page.wait_for_function(READY)  # on a busy machine it may have played to its end by then
            page.get_by_label("Speed").select_option(speed)
            page.evaluate(PLAY_ON)
            page.evaluate(COUNT)
        with in_background(crowd(server, n_raw, seconds + 3, int(3 * seconds), rate, found)):
            while not found.get("ready") and threading.active_count() > 1:
                stages[0].wait_for_timeout(100)
            cpu, start = cpu_seconds(server.pid), time.perf_counter()
            before = [(page.evaluate("() => [painted, __player.epoch]")) for page in stages]
            traced = swaps(stages[0], seconds)
            after = [(page.evaluate("() => [painted, __player.epoch]")) for page in stages]
            spent = time.perf_counter() - start
            share = (cpu_seconds(server.pid) - cpu) / spent
        for page in pages:
            page.__exit__(None, None, None)
    title = f"{n_browsers} browsers and {n_raw} other sessions play at {speed}"
    print(f"\n{title}, {spent:.0f} s, load {os.getloadavg()[0]:.1f}")
    print(f"  painted frames/s, browser 1 (trace)      {traced:8.1f}")
    for k, ((a, e), (b, f)) in enumerate(zip(before, after, strict=True)):
        print(f"  pictures drawn/s, epochs/s, browser {k + 1}    {(b - a) / spent:8.1f} {(f - e) / spent:8.1f}")
    waits = [1000 * w for w in found["waits"]]
    middle, high = statistics.median(waits), percentile(waits, 0.95)
    print(f"  slider to answer, ms: median, 95 %, worst {middle:7.0f} {high:7.0f} {max(waits):7.0f}  (of {len(waits)})")
    print(f"  server's share of a core                 {share:8.2f}")
    print(f"  answers, and MB that they held           {found['answers']:8d} {found['MB']:8.1f}")


def watch_at_once(n: int, seconds: float) -> None:
    """So many who watch one recording, up to where it plays by itself: processor time, once all have their page."""

    async def watch(server: Server) -> None:
        async with crowd_of(server, n * [""]) as players:
            await players[0].play(time.monotonic() + 30, rate=1000.0, goal=GOAL_EPOCHS)  # the first has it recorded
            cpu, start = cpu_seconds(server.pid), time.perf_counter()
            until = time.monotonic() + seconds
            await asyncio.gather(*(player.play(until, rate=60.0, goal=GOAL_EPOCHS) for player in players[1:]))
            spent = time.perf_counter() - start
            share = (cpu_seconds(server.pid) - cpu) / spent
            asked = sum(player.answers for player in players[1:])
        print(f"\n{n} watch one recording, {spent:.0f} s, load {os.getloadavg()[0]:.1f}")
        print(f"  server's share of a core {share:8.3f}, questions {asked:d}")

    with serve() as server:
        asyncio.run(watch(server))


def server_memory(n_open: int, n_closed: int) -> None:
    """What the server holds for each open session, and after so many were opened and closed, beside shared runs."""

    async def keep_open(server: Server) -> float:
        async with crowd_of(server, 20 * [""]):
            before = resident_mb(server.pid)
            async with crowd_of(server, n_open * [""]):
                return (resident_mb(server.pid) - before) / n_open

    async def open_and_close(server: Server) -> list[tuple[int, float]]:
        held = []
        for k in range(n_closed):
            async with visit(server.url):
                pass
            if k + 1 in (20, n_closed):
                await asyncio.sleep(4)  # the server forgets them after a second
                held.append((k + 1, resident_mb(server.pid)))
        return held

    os.environ["STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL"] = "1"
    print(f"\nThe server's memory, load {os.getloadavg()[0]:.1f}")
    with serve() as server:
        print(f"  for each of {n_open} open sessions, beside 20 others {asyncio.run(keep_open(server)):8.2f} MB")
    with serve() as server:
        print(f"  an empty server                           {resident_mb(server.pid):8.0f} MB")
        for n, held in asyncio.run(open_and_close(server)):
            print(f"  after {n:3d} opened and closed sessions       {held:8.0f} MB")


def tab_memory(browser: Browser, minutes: float, query: str) -> None:
    """Play at full speed and look at the tab's heap now and then."""
    with serve() as server, guarded_page(browser, server) as (page, _):
        page.goto(f"/{query}")
        page.wait_for_function(PLAYING)
        page.get_by_label("Speed").select_option("Full speed")
        page.evaluate(PLAY_ON)
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable")
        page.evaluate(COUNT)
        print(f"\nThe tab's memory at full speed, {query}, load {os.getloadavg()[0]:.1f}")
        print("  minute   heap MB   buffers MB   listeners   nodes   epoch   rows   stride   pictures/s   server MB")
        start = last = time.perf_counter()
        painted = 0
        for k in range(9):
            page.wait_for_timeout(1000 * max(0.0, start + 60 * minutes * k / 8 - time.perf_counter()))
            cdp.send("HeapProfiler.collectGarbage")
            m = {x["name"]: x["value"] for x in cdp.send("Performance.getMetrics")["metrics"]}
            p = page.evaluate(
                """() => { const p = __player; return { epoch: p.epoch, rows: p.run.rows.length, painted,
                stride: p.run.header.stride, bytes: [...p.runs.values()].reduce((sum, run) => sum + 4 * run.width
                  * (run.rows.length + run.single.size), 0) }; }"""
            )
            now = time.perf_counter()
            print(
                f"  {(now - start) / 60:6.2f}   {m['JSHeapUsedSize'] / 2**20:7.1f}   {p['bytes'] / 2**20:10.1f}"
                f"   {m['JSEventListeners']:9.0f}   {m['Nodes']:5.0f}   {p['epoch']:5.0f}   {p['rows']:4d}"
                f"   {p['stride']:6d}   {(p['painted'] - painted) / max(now - last, 1e-3):10.1f}"
                f"   {resident_mb(server.pid):9.0f}",
                flush=True,
            )
            painted, last = p["painted"], now


def main(arguments: list[str] | None = None) -> None:
    """Take the measurements, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few seconds each")
    parser.add_argument("--minutes", type=float, default=0.5, help="how long the tab plays while its memory is watched")
    parser.add_argument("--query", default="?hidden=4,3", help="the link of the run whose tab is watched")
    parser.add_argument("--only", choices=("ten", "fifty", "watch", "server", "tab"), help="one of them")
    options = parser.parse_args(arguments)
    seconds = 5 if options.quick else 15
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if options.only in (None, "ten"):
            for speed in ("60 epochs/s",) if options.quick else ("60 epochs/s", "240 epochs/s"):
                play_at_once(browser, n_browsers=1, n_raw=9, seconds=seconds, speed=speed)
        if options.only in (None, "fifty"):
            play_at_once(browser, n_browsers=1, n_raw=49, seconds=seconds, speed="60 epochs/s")
        if options.only in (None, "tab"):
            tab_memory(browser, 0.2 if options.quick else options.minutes, options.query)
        browser.close()
    if options.only in (None, "watch"):
        watch_at_once(n=20 if options.quick else 100, seconds=seconds)
    if options.only in (None, "server"):
        server_memory(n_open=20 if options.quick else 80, n_closed=40 if options.quick else 200)


if __name__ == "__main__":
    main()
