"""How fast the page is, in headless Chromium: `python -m benchmarks.page`.

Painted frames are counted from the browser's own trace (`Display::DrawAndSwap`, which the compositor writes for each
frame that reaches the screen); a frame of ours counts as new when the picture under it was drawn anew.
Step to paint is from the time stamp of the trusted event to the end of the frame that brought the new state to the
screen, in the same trace.
Streamlit's empty page is measured beside ours, because first paint cannot come before it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.answers import answers
from tests.browser.harness import ROOT, Server, guarded_page, launch, serve
from tests.browser.stage import WATCH

FULL = "/?view=full"  # with every panel
DEEP = "/?hidden=8,8,8,8,8,8&view=full"
PLAYING = "() => window.__stage?.ready && __player.state === 'playing'"
READY = "() => window.__stage?.ready && __player.run.rows.length > 50"
COUNT = """() => { const s = window.__stage, paint = s.paint.bind(s); window.painted = 0;
  s.paint = (row) => { paint(row); window.painted++; }; }"""
COUNT_COMPARED = """() => { const c = __compare, draw = c.draw.bind(c); window.painted = 0;
  c.draw = (now) => { draw(now); window.painted++; }; }"""
# Marks in the trace: when a key was pressed, and when the picture of another step had been drawn.
PROBE = """() => {
  const s = window.__stage; let pressed = null;
  document.addEventListener("keydown", (e) => { pressed = { at: e.timeStamp, step: __player.step }; }, true);
  const paint = s.paint.bind(s);
  s.paint = (row) => { paint(row);
    if (!pressed || __player.step === pressed.step) return;
    performance.mark("pressed", { startTime: pressed.at }); performance.mark("drawn"); pressed = null; };
}"""
SWAP = "Display::DrawAndSwap"
# When the first picture has been painted, and how long the tasks after it are.
FIRST_PAINT = """
  window.tasks = [0];
  const wait = () => {
    if (!(window.__stage?.frames > 0)) return requestAnimationFrame(wait);
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      window.paintedAt = performance.now();
      new PerformanceObserver((list) => window.tasks.push(...list.getEntries()
        .filter((e) => e.startTime > window.paintedAt).map((e) => e.duration))).observe({ type: "longtask" });
    };
    channel.port2.postMessage(0);
  };
  requestAnimationFrame(wait);
"""


@contextmanager
def traced(page: Page, *categories: str) -> Iterator[list[dict[str, Any]]]:
    """Collect the browser's own trace; the list is filled when the block ends."""
    events: list[dict[str, Any]] = []
    done: list[bool] = []
    cdp = page.context.new_cdp_session(page)
    cdp.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    cdp.on("Tracing.tracingComplete", lambda _: done.append(True))
    included = ["viz", "disabled-by-default-viz.gpu_composite_time", "benchmark", *categories]
    cdp.send("Tracing.start", {"traceConfig": {"includedCategories": included}, "transferMode": "ReportEvents"})
    yield events
    cdp.send("Tracing.end")
    while not done:
        page.wait_for_timeout(20)


def swaps(page: Page, seconds: float) -> float:
    """Frames a second that reached the screen, from the trace."""
    with traced(page) as events:
        page.wait_for_timeout(seconds * 1000)
    times = [float(e["ts"]) for e in events if e["name"] == SWAP and e["ph"] in ("B", "X")]
    return (len(times) - 1) / ((max(times) - min(times)) / 1e6) if len(times) > 1 else 0.0


def waits(events: list[dict[str, Any]]) -> list[float]:
    """Milliseconds from each press of a key until the frame with the new picture was on the screen."""

    def times(name: str) -> list[float]:
        return sorted(float(e["ts"]) + float(e.get("dur", 0)) for e in events if e["name"] == name and e["ph"] != "B")

    on_screen = times(SWAP)
    pairs = zip(times("pressed"), times("drawn"), strict=True)
    return [(min(t for t in on_screen if t > drawn) - pressed) / 1000 for pressed, drawn in pairs]


def counted(page: Page, seconds: float) -> dict[str, float]:
    """How many pictures the page draws, which it counts in `window.painted`, and how many reach the screen."""
    before, start = page.evaluate("() => window.painted"), time.perf_counter()
    on_screen = swaps(page, seconds)
    drawn = (page.evaluate("() => window.painted") - before) / (time.perf_counter() - start)
    return {"painted frames/s (trace)": on_screen, "pictures drawn/s": drawn}


def frames_a_second(browser: Browser, server: Server, path: str, seconds: float) -> dict[str, float]:
    """Play on, and count what is drawn and what reaches the screen."""
    with guarded_page(browser, server) as (page, _):
        page.goto(path)
        page.wait_for_function(PLAYING)
        page.evaluate("() => { __player.goal = Infinity; }")
        page.wait_for_timeout(1500)
        page.evaluate(COUNT)
        return counted(page, seconds)


def compared(browser: Browser, server: Server, seconds: float) -> dict[str, float]:
    """Play four runs side by side over and over, once all are here, and count what reaches the screen."""
    runs = "|".join(f"seed={seed}" for seed in (1, 2, 3, 4))
    with guarded_page(browser, server) as (page, _):
        page.goto(f"/compare?compare={quote(runs, safe='')}")
        page.wait_for_function("() => window.__compare?.complete", timeout=60_000)
        page.get_by_label("How fast Play goes").select_option("15 epochs/s")
        page.evaluate("() => { __compare.seek(0); __compare.play(); }")
        page.wait_for_timeout(1500)
        page.evaluate(COUNT_COMPARED)
        return counted(page, seconds)


def click_to_paint(browser: Browser, server: Server, path: str, presses: int) -> dict[str, float]:
    """Step and Back on recorded steps, and Step past the end of what is recorded."""
    with guarded_page(browser, server) as (page, _):
        page.goto(path)
        page.wait_for_function(READY)
        page.evaluate("() => { __player.pause(); __player.place(__player.run.rows[20][0]); }")
        page.wait_for_timeout(1200)
        page.evaluate(PROBE)

        def press(key: str, n: int, pause: int) -> float:
            with traced(page, "blink.user_timing") as events:
                for _ in range(n):
                    page.keyboard.press(key)
                    page.wait_for_timeout(pause)
            return statistics.median(waits(events))

        recorded = press("ArrowLeft", presses, 400)
        page.keyboard.press("End")
        page.wait_for_timeout(800)
        new = press("ArrowRight", max(3, presses // 3), 500)
        return {"recorded step to paint, ms": recorded, "new step to paint, ms": new}


ASK = """async () => {
  const p = __player, start = performance.now();
  p.ask({}, true);
  while (p.asked) await new Promise((r) => setTimeout(r));
  return performance.now() - start; }"""


def one_answer(browser: Browser, server: Server, path: str, questions: int) -> dict[str, float]:
    """Ask for nothing while nothing moves: when the answer is here, and how long the browser's main thread worked.

    Nothing new has to be drawn, and what the main thread does in as long a time without a question is taken off: this
    is what an answer costs by itself.
    """
    with guarded_page(browser, server) as (page, _):
        page.goto(path)
        page.wait_for_function(READY)
        page.evaluate("() => __player.pause()")
        page.wait_for_timeout(2000)
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable")

        def busy(during: Callable[[], Any]) -> tuple[Any, float]:
            def spent() -> float:
                metrics = cdp.send("Performance.getMetrics")["metrics"]
                return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

            before = spent()
            got = during()
            page.wait_for_timeout(800)
            return got, 1000 * (spent() - before)

        waits, works = [], []
        for _ in range(questions):
            _, idle = busy(lambda: page.wait_for_timeout(50))
            wait, work = busy(lambda: page.evaluate(ASK))
            waits.append(wait)
            works.append(work - idle)
        return {"one answer, ms": statistics.median(waits), "main thread busy for it, ms": statistics.median(works)}


def drag(browser: Browser, server: Server, path: str) -> dict[str, float]:
    """Drag the timeline for two seconds, and look at the gaps between pictures."""
    with guarded_page(browser, server) as (page, _):
        page.goto(path)
        page.wait_for_function(READY)
        page.wait_for_timeout(1500)
        page.evaluate(
            """() => { const s = window.__stage, paint = s.paint.bind(s); window.gaps = []; let last = 0;
               s.paint = (row) => { paint(row); const now = performance.now();
                 if (__player.scrubbing && last) window.gaps.push(now - last);
                 last = __player.scrubbing ? now : 0; }; }"""
        )
        box = page.locator(".stage .handle").bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 60, y)
        page.mouse.down()
        for k in range(120):
            page.mouse.move(box["x"] + 60 + (box["width"] - 90) * (0.5 - 0.5 * abs(1 - k / 60)) * 2, y)
        page.mouse.up()
        gaps = sorted(page.evaluate("() => window.gaps"))
        return {"drag: pictures": len(gaps), "drag: p95 gap, ms": gaps[int(0.95 * (len(gaps) - 1))]}


def first_paint(browser: Browser, server: Server) -> dict[str, float]:
    """From the start of navigation until the first picture of the run is painted; warm means with a filled cache.

    Keys and clicks count from then on. The longest task after it is how long one of them might have to wait.
    """
    found: dict[str, float] = {}
    with guarded_page(browser, server) as (page, _):
        page.add_init_script(FIRST_PAINT)
        for name in ("cold", "warm"):
            page.goto("/")
            page.wait_for_function(READY, polling="raf")
            found[f"settings and charts there {name}, s"] = page.evaluate("() => performance.now()") / 1000
            page.wait_for_timeout(500)
            painted, longest = page.evaluate("() => [window.paintedAt, Math.max(...window.tasks)]")
            found[f"first interactive paint {name}, s"] = painted / 1000
            found[f"longest task after it {name}, ms"] = longest
    return found


LINES = {"1.6 Mbit/s, 150 ms": (1600, 150), "400 kbit/s, 300 ms": (400, 300)}


def slow_lines(browser: Browser, server: Server) -> dict[str, float]:
    """The first picture for somebody who has never been here, by the line (kbit/s, ms), and the bytes before it."""
    found: dict[str, float] = {}
    for name, (rate, latency) in LINES.items():
        with guarded_page(browser, server) as (page, _):
            page.add_init_script(FIRST_PAINT)
            cdp = page.context.new_cdp_session(page)
            bytes_so_far = [0]
            cdp.on("Network.dataReceived", lambda data, so_far=bytes_so_far: _add(so_far, data["encodedDataLength"]))
            cdp.send("Network.enable")
            line = {"latency": latency, "downloadThroughput": rate * 125, "uploadThroughput": rate * 125}
            cdp.send("Network.emulateNetworkConditions", {"offline": False, **line})
            page.goto("/", wait_until="commit")
            page.wait_for_function("() => window.paintedAt", polling="raf", timeout=120_000)
            found[f"kB before the first picture at {name}"] = bytes_so_far[0] / 1000
            found[f"first picture at {name}, s"] = page.evaluate("() => window.paintedAt") / 1000
    return found


def _add(so_far: list[int], n: int) -> None:
    so_far[0] += n


def empty_page(browser: Browser, server: Server) -> dict[str, float]:
    """The same for a Streamlit page with a single word."""
    found: dict[str, float] = {}
    with guarded_page(browser, server) as (page, _):
        page.add_init_script(
            """const wait = () => document.querySelector("[data-testid=stMarkdown]")
                 ? window.paintedAt = performance.now() : requestAnimationFrame(wait);
               requestAnimationFrame(wait);"""
        )
        for name in ("cold", "warm"):
            page.goto("/")
            page.wait_for_function("() => window.paintedAt")
            found[f"empty Streamlit page {name}, s"] = page.evaluate("() => window.paintedAt") / 1000
            page.wait_for_timeout(300)
    return found


def calm(browser: Browser, server: Server, seconds: float) -> dict[str, float]:
    """What must not happen while it plays on: blank frames, pictures taken away, a layout that shifts."""
    with guarded_page(browser, server) as (page, _):
        page.goto("/")
        page.wait_for_function(PLAYING)
        page.wait_for_timeout(1500)
        page.evaluate(WATCH)
        page.evaluate("() => { __player.goal = Infinity; }")
        page.wait_for_timeout(seconds * 1000)
        blank, removed, jumps = page.evaluate("() => [window.blank, window.removed, window.jumps]")
        return {"while playing: blank frames": blank, "plots taken away": removed, "layout shift": jumps}


def solved(browser: Browser) -> dict[str, float]:
    """From pressing Play at full speed until a test loss below 0.05 has been reached on screen, 6 layers of 8.

    On a server of its own, which has not trained this run before: the one of six seeds that takes longest among those
    that get there at all (345 epochs).
    """
    with serve() as server, guarded_page(browser, server) as (page, _):
        page.goto(DEEP + "&lr=0.005&noise=0&seed=6")
        page.wait_for_function("() => window.__stage?.frames > 0")
        page.get_by_label("Speed").select_option("Full speed")
        page.evaluate("""() => { const p = __player; p.pause(); p.place(0); p.play(); p.goal = Infinity;
          window.pressed = performance.now(); }""")
        # Full speed shows every so many epochs: solved is when a picture at or after such a moment is shown.
        passed = "() => { const p = window.__player; return p?.run.rows.some((r) => r[0] <= p.step && r[3] < 0.05); }"
        page.wait_for_function(passed, timeout=60_000, polling="raf")
        return {"6x8 spirals solved after, s": page.evaluate("() => performance.now() - window.pressed") / 1000}


def title(words: str) -> None:
    """A heading, with how busy the machine is."""
    print(f"\n{words}, load {os.getloadavg()[0]:.1f}", flush=True)


def tell(title: str, found: dict[str, list[float]], path: Path | None) -> None:
    """Print the median, the lowest and the highest of each figure, and write all that was found to a file, if named."""
    width = max(map(len, found))
    print(f"\n{title} (lowest to highest)")
    for name, values in found.items():
        print(f"  {name:{width}s} {statistics.median(values):8.2f}   ({min(values):.2f} to {max(values):.2f})")
    if path:
        path.write_text(json.dumps(found, indent=1), encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Take every measurement in turns, and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    rounds, seconds, presses = (2, 3, 8) if options.quick else (5, 5, 15)
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.py"
        empty.write_text("import streamlit as st\n\nst.write('empty')\n", encoding="utf-8")
        shutil.copytree(ROOT / ".streamlit", empty.parent / ".streamlit")
        browser = launch(playwright)
        with serve() as server, serve(empty) as bare:
            jobs: list[tuple[str, Callable[[], dict[str, float]]]] = [
                ("", lambda: empty_page(browser, bare)),
                ("", lambda: first_paint(browser, server)),
                ("", lambda: slow_lines(browser, server)),
                ("8-8: ", lambda: frames_a_second(browser, server, FULL, seconds)),
                ("6x8: ", lambda: frames_a_second(browser, server, DEEP, seconds)),
                ("4 compared: ", lambda: compared(browser, server, seconds)),
                ("8-8: ", lambda: click_to_paint(browser, server, FULL, presses)),
                ("6x8: ", lambda: click_to_paint(browser, server, DEEP, presses)),
                ("8-8: ", lambda: one_answer(browser, server, FULL, presses)),
                ("8-8: ", lambda: drag(browser, server, FULL)),
                ("", lambda: solved(browser)),
                ("", lambda: calm(browser, server, 5 if options.quick else 60)),
                ("", lambda: answers(browser, server, presses)),
            ]
            for _ in range(rounds):
                for prefix, job in jobs:
                    for name, value in job().items():
                        found.setdefault(prefix + name, []).append(value)
        browser.close()
    tell(f"The page in headless Chromium, medians of {rounds} rounds", found, options.json)


if __name__ == "__main__":
    main()
