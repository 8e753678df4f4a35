"""Ten sessions that play at once on one server, and what stays in memory: `python -m benchmarks.load`.

One of the ten is a real browser, whose painted frames are counted: a second one that draws in software would take
the processors from the server that is measured. The others speak Streamlit's protocol over a websocket of their own
and ask by the stage's route as it does: for the next two seconds whenever less than one is left. One of them moves a
slider again and again; the time runs until the stage's page under the new setting is there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from httpx2 import AsyncClient
from playwright.sync_api import Browser, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.page import COUNT, PLAYING, swaps
from playground.web.message import decode
from tests.browser.harness import Server, guarded_page, launch, serve

PLAY_ON = "() => { __player.goal = Infinity; __player.play(); }"
SLIDER = "Noise"


class Session:
    """One user without a browser: opens the app, plays, and moves a slider."""

    def __init__(self, socket: ClientConnection, client: AsyncClient, query: str, rate: float) -> None:
        self.socket, self.client, self.query, self.rate = socket, client, query, rate
        self.run = self.slider = ""
        self.answers = self.received = 0
        self.step, self.last_epoch = -1, -1.0
        self.news = asyncio.Event()

    async def listen(self) -> None:
        """Take in what the server sends, until it or we hang up."""
        async for data in self.socket:
            assert isinstance(data, bytes)
            self.received += len(data)
            message = ForwardMsg.FromString(data)
            element = message.delta.new_element
            if element.HasField("slider") and element.slider.label == SLIDER:
                self.slider = element.slider.id
            if element.HasField("exception"):
                raise RuntimeError(element.exception.message)
            if element.HasField("bidi_component") and element.bidi_component.component_name.endswith("stage"):
                self._take(element.bidi_component.bytes)
                self.news.set()

    def _take(self, message: bytes) -> None:
        """What the page tells of a run that it shows for the first time, or what an answer does."""
        header, rows = decode(message)
        if (told := header.get("run")) is None:
            return
        if told["run"] != self.run:
            self.run, self.step, self.last_epoch, self.epoch = told["run"], -1, -1.0, 0.0
        if len(rows):
            self.step, self.last_epoch = int(rows[-1, 0]), float(rows[-1, 1])

    async def send(self, **states: WidgetState) -> None:
        """Ask for a run of the script."""
        state = ClientState(query_string=self.query, widget_states=WidgetStates(widgets=states.values()))
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())

    async def ask(self, **question: Any) -> None:
        """Ask as the stage does, and take the answer in."""
        answer = await self.client.post("/ask", json={"run": self.run, "have": self.step, **question})
        answer.raise_for_status()
        self.received += len(answer.content)
        self.answers += 1
        self._take(answer.content)

    async def drawn(self) -> None:
        """Wait until the page has been drawn anew."""
        self.news.clear()
        await asyncio.wait_for(self.news.wait(), 30)

    async def play(self, until: float) -> None:
        """Play as the browser does: ask for the next two seconds when less than one is left."""
        self.epoch, before = 0.0, time.monotonic()
        while time.monotonic() < until:
            now = time.monotonic()
            self.epoch, before = min(self.last_epoch, self.epoch + self.rate * (now - before)), now
            if self.last_epoch - self.epoch < self.rate:
                await self.ask(want=int(2 * self.rate))
            await asyncio.sleep(0.03)

    async def move(self, value: float) -> float:
        """Move the slider, and give the seconds until the stage's page under the new setting has arrived."""
        run, start = self.run, time.perf_counter()
        state = WidgetState(id=self.slider)
        state.double_array_value.data.append(value)
        await self.send(slider=state)
        while self.run == run:
            await self.drawn()
        return time.perf_counter() - start

    async def close(self) -> None:
        """Hang up."""
        await self.client.aclose()
        await self.socket.close()


async def open_session(server: Server, query: str, rate: float = 60.0) -> Session:
    """Open the app and wait until the stage is there."""
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    socket = await connect(address, subprotocols=["streamlit"], max_size=None)  # type: ignore[list-item]
    session = Session(socket, AsyncClient(base_url=server.url, timeout=30), query, rate)
    session.listener = asyncio.create_task(session.listen())  # type: ignore[attr-defined]
    await session.send()
    await session.drawn()
    return session


async def crowd(server: Server, n: int, seconds: float, moves: int, rate: float, found: dict[str, Any]) -> None:
    """So many sessions that play; the first of them moves the slider too."""
    sessions = [await open_session(server, f"seed={k}", rate) for k in range(n)]
    found["ready"] = True
    until = time.monotonic() + seconds
    players = [asyncio.create_task(s.play(until)) for s in sessions[1:]]
    waits: list[float] = found["waits"]
    for k in range(moves):
        if time.monotonic() > until:
            break
        waits.append(await sessions[0].move(round(0.01 * (k % 40) + 0.01, 2)))
        await asyncio.sleep(max(0.1, seconds / moves - waits[-1]))
    await asyncio.gather(*players)
    found["answers"] = sum(s.answers for s in sessions)
    found["MB"] = sum(s.received for s in sessions) / 2**20
    for session in sessions:
        await session.close()


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


def ten_at_once(browser: Browser, n_browsers: int, n_raw: int, seconds: float, speed: str) -> None:
    """Frames, waits and processor time while all play."""
    rate = 240.0 if speed == "240 epochs/s" else 60.0
    with serve() as server:
        found: dict[str, Any] = {"waits": []}
        pages = [guarded_page(browser, server) for _ in range(n_browsers)]
        stages = [page.__enter__()[0] for page in pages]
        for k, page in enumerate(stages):
            page.goto(f"/?seed={100 + k}")
            page.wait_for_function(PLAYING)
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


def server_memory(n: int, rounds: int) -> None:
    """Open and close sessions in rounds; the experiments are the same each time, so that the cache does not grow."""

    async def visit_all(server: Server) -> float:
        sessions = [await open_session(server, f"seed={k}") for k in range(n)]
        await asyncio.gather(*(s.play(time.monotonic() + 3) for s in sessions))
        held = resident_mb(server.pid)
        for session in sessions:
            await session.close()
        return held

    os.environ["STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL"] = "1"
    with serve() as server:
        print(f"\nThe server's memory, {n} sessions a round, MB (empty server: {resident_mb(server.pid):.0f})")
        for k in range(rounds):
            held = asyncio.run(visit_all(server))
            time.sleep(4)
            left = resident_mb(server.pid)
            print(f"  round {k + 1}: {held:8.0f} with the sessions open, {left:8.0f} after they closed")


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
    """Take the three measurements, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a few seconds each")
    parser.add_argument("--minutes", type=float, default=0.5, help="how long the tab plays while its memory is watched")
    parser.add_argument("--query", default="?hidden=4,3", help="the link of the run whose tab is watched")
    parser.add_argument("--only", choices=("ten", "server", "tab"), help="one of the three measurements")
    options = parser.parse_args(arguments)
    seconds = 5 if options.quick else 15
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if options.only in (None, "ten"):
            for speed in ("60 epochs/s",) if options.quick else ("60 epochs/s", "240 epochs/s"):
                ten_at_once(browser, n_browsers=1, n_raw=9, seconds=seconds, speed=speed)
        if options.only in (None, "tab"):
            tab_memory(browser, 0.2 if options.quick else options.minutes, options.query)
        browser.close()
    if options.only in (None, "server"):
        server_memory(n=5, rounds=2 if options.quick else 4)


if __name__ == "__main__":
    main()
