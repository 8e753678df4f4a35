"""Two hundred who follow a talk, and forty who hand in at once: `python -m benchmarks.audience`.

The viewers speak the protocol of the audience's page, and hear a speaker who tells twenty moments a second; how late
each hears one is measured on one clock. Frames are those of a real browser: the speaker's, alone and with as many
viewers, and a player's, alone and while a class of forty hands in solutions, each of which the engine judges anew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from httpx2 import AsyncClient
from playwright.sync_api import Browser, sync_playwright
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.load import cpu_seconds, in_background, percentile
from benchmarks.page import PLAYING, swaps, title
from benchmarks.talk import PLAY, THERE
from playground.run.experiment import Experiment
from playground.scenes import hand_in
from playground.scenes.class_route import ADDRESS as HAND_IN
from playground.scenes.library import library
from tests.browser.harness import Server, guarded_page, launch, serve

VIEWERS, PUPILS = 200, 40
MOMENTS_A_SECOND = 20
LESSON = library()["how-many-neurons"]
INVITE = "() => mlpTalk.presenter.invite().then(() => mlpTalk.presenter.extra)"


@asynccontextmanager
async def audience(url: str, room: str, n: int) -> AsyncIterator[list[ClientConnection]]:
    """So many who follow."""
    async with AsyncExitStack() as stack:
        address = f"{url.replace('http', 'ws', 1)}/live/{room}/follow"
        yield [await stack.enter_async_context(connect(address, open_timeout=60)) for _ in range(n)]


async def lags(server: Server, n: int, seconds: float) -> None:
    """Tell moments, and print how late so many viewers hear of them."""
    async with AsyncClient(base_url=server.url, timeout=60) as client:
        room = (await client.post("/live", json={"talk": "depth"})).json()
    late: list[float] = []

    async def listen(viewer: ClientConnection) -> None:
        async for text in viewer:
            if (sent := json.loads(text)["started"]) > 0:
                late.append(1000 * time.monotonic() - sent / 1000)

    address = f"{server.url.replace('http', 'ws', 1)}/live/{room['room']}/speak"
    async with audience(server.url, room["room"], n) as viewers, connect(address) as speaker:
        await speaker.send(json.dumps({"secret": room["secret"]}))
        listening = [asyncio.create_task(listen(viewer)) for viewer in viewers]
        cpu, start, told = cpu_seconds(server.pid), time.perf_counter(), int(seconds * MOMENTS_A_SECOND)
        for k in range(told):
            moment = {"scene": 1, "epoch": k, "started": int(1e6 * time.monotonic())}
            await speaker.send(json.dumps(moment))
            await asyncio.sleep(max(0.0, start + (k + 1) / MOMENTS_A_SECOND - time.perf_counter()))
        share = (cpu_seconds(server.pid) - cpu) / (time.perf_counter() - start)
        await asyncio.sleep(1.0)
        for task in listening:
            task.cancel()
    title(f"{n} viewers hear {told} moments, {MOMENTS_A_SECOND} a second")
    print(f"  heard                                    {len(late):8d} of {n * told}")
    print(f"  behind the speaker, ms: median, 95 %     {statistics.median(late):8.0f} {percentile(late, 0.95):8.0f}")
    print(f"  server's share of a core                 {share:8.2f}")


def beside(work: Callable[[], Coroutine[Any, Any, None]], measure: Callable[[], float]) -> float:
    """What is measured while something else goes on."""
    with in_background(work()):
        return measure()


def speakers_frames(browser: Browser, server: Server, n: int, seconds: float, rounds: int) -> None:
    """Painted frames a second of a talk that plays, without and with an audience."""
    with guarded_page(browser, server) as (page, _):
        page.set_viewport_size({"width": 1920, "height": 1080})
        page.goto("/talks/depth")
        page.wait_for_function(THERE, timeout=60_000)
        room = page.evaluate(INVITE).partition("room=")[2].partition("&")[0]
        page.evaluate(PLAY, [1, 1])

        async def follow() -> None:
            async with audience(server.url, room, n) as viewers:
                start = time.monotonic()

                async def listen(viewer: ClientConnection) -> None:
                    while time.monotonic() < start + seconds + 1:
                        async with asyncio.timeout(30):
                            await viewer.recv()

                await asyncio.gather(*map(listen, viewers))

        def after_a_while() -> float:
            page.wait_for_timeout(1500)
            return swaps(page, seconds)

        alone, with_them = [], []
        for _ in range(rounds):
            alone.append(swaps(page, seconds))
            with_them.append(beside(follow, after_a_while))
    title(f"The speaker's painted frames a second, without and with {n} viewers")
    print(f"  {statistics.median(alone):.1f} and {statistics.median(with_them):.1f}")


def hand_ins(browser: Browser, server: Server, n: int, seconds: float) -> None:
    """Painted frames of one who plays, and how long a class of so many waits for its answers."""
    start = LESSON.challenge.start
    changes = [(layer, rate) for layer in range(4, 9) for rate in (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5)][:n]
    codes = [
        hand_in.code_of(LESSON, Experiment(start.changed(hidden_layer_sizes=(layer,), learning_rate=rate)), 1)
        for layer, rate in changes
    ]
    waits: list[float] = []
    sentences: list[str] = []
    with guarded_page(browser, server) as (teacher, _), guarded_page(browser, server) as (player, _):
        teacher.goto("/lessons?desk=class")
        teacher.get_by_role("button", name="Open a class").click()
        room = teacher.locator("h3", has_text="Class ").inner_text().removeprefix("Class ").strip()
        teacher.goto("about:blank")
        player.goto("/")
        player.wait_for_function(PLAYING)
        player.evaluate("() => { __player.goal = Infinity; __player.play(); }")

        async def all_at_once() -> None:
            async with AsyncClient(base_url=server.url, timeout=120) as client:

                async def one(k: int) -> None:
                    told = {"room": room, "name": f"pupil {k}", "lesson": LESSON.name, "code": codes[k], "task": ""}
                    begun = time.perf_counter()
                    answer = await client.post(f"/{HAND_IN}", json=told)
                    waits.append(time.perf_counter() - begun)
                    sentences.append(answer.json()["sentence"])

                await asyncio.gather(*map(one, range(len(codes))))

        alone = swaps(player, seconds)
        with_them = beside(all_at_once, lambda: swaps(player, seconds))
    verified = sum(sentence.startswith("Verified") for sentence in sentences)
    title(f"{len(codes)} hand in at once while one plays")
    print(f"  the player's painted frames/s alone, beside   {alone:8.1f} {with_them:8.1f}")
    print(f"  answered after, s: median, worst              {statistics.median(waits):8.1f} {max(waits):8.1f}")
    print(f"  verified                                      {verified:8d}, the others refused in a sentence")


def main(arguments: list[str] | None = None) -> None:
    """Take the measurements, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer of all, a few seconds each")
    options = parser.parse_args(arguments)
    n, seconds = (50, 3.0) if options.quick else (VIEWERS, 10.0)
    with serve() as server:
        asyncio.run(lags(server, n, seconds))
    with serve() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        speakers_frames(browser, server, n, min(seconds, 5.0), 1 if options.quick else 3)
        hand_ins(browser, server, 10 if options.quick else PUPILS, min(seconds, 6.0))
        browser.close()


if __name__ == "__main__":
    main()
