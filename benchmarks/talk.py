"""How fast a talk is on a large screen, 1920 x 1080, in headless Chromium: `python -m benchmarks.talk`.

Every press of the ready talks that plays is played over and over, and the frames that reach the screen are counted in
the browser's own trace. From scene to scene is from the time stamp of the trusted key until the frame with the first
picture of the next scene is on the screen. The files that play without a server are opened from disk.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.page import counted, tell, traced, waits
from playground.scenes.ready import ready_talks
from playground.scenes.recorded import new_studio
from playground.scenes.talk_check import check
from tests.browser.harness import launch

WIDTH, HEIGHT = 1920, 1080
THERE = "() => window.mlpTalk?.presenter?.view.frames > 0"
# Where something plays, [scene, press], by what is on show.
PLAYING = """() => mlpTalk.presenter.talk.scenes.flatMap(({ heading, stops }, scene) => stops.flatMap((stop, press) =>
  stop.play ? [[scene, press, `${heading}: ${stop.show.join(", ")}`]] : []))"""
PLAY = """([scene, press]) => { const p = mlpTalk.presenter, tick = p.walk.tick.bind(p.walk);
  p.walk.tick = (seconds) => {
    const moved = tick(seconds);
    if (!p.walk.playing) p.walk.enter(scene, press);
    return moved; };
  p.do(() => p.walk.enter(scene, press)); }"""
COUNT = """() => { const v = mlpTalk.presenter.view, paint = v.paint.bind(v); window.painted = 0;
  v.paint = (...given) => { paint(...given); window.painted++; }; }"""
ALIVE = """const wait = () => window.mlpTalk?.presenter?.view.frames > 0
  ? window.aliveAt = performance.now() : requestAnimationFrame(wait);
requestAnimationFrame(wait);"""
STAND = "(scene) => mlpTalk.presenter.do(() => mlpTalk.presenter.walk.stand(scene, Infinity))"
# The first picture of a scene, marked in the trace.
PROBE = """() => { const { view } = mlpTalk.presenter; let pressed = 0;
  document.addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  const paint = view.paint.bind(view);
  view.paint = (...given) => { paint(...given);
    if (!pressed) return;
    performance.mark("pressed", { startTime: pressed }); performance.mark("drawn"); pressed = 0; }; }"""


def opened(browser: Browser, file: Path) -> Page:
    """A talk from its file, on a large screen."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.goto(file.as_uri())
    page.wait_for_function(THERE, timeout=60_000)
    return page


def frames(browser: Browser, file: Path, seconds: float) -> dict[str, dict[str, float]]:
    """For everything that plays: frames a second on the screen, and pictures drawn."""
    page = opened(browser, file)
    found = {}
    for scene, press, name in page.evaluate(PLAYING):
        page.reload()
        page.wait_for_function(THERE)
        page.evaluate(PLAY, [scene, press])
        page.wait_for_timeout(800)
        page.evaluate(COUNT)
        found[name] = counted(page, seconds)
    page.close()
    return found


def from_scene_to_scene(browser: Browser, file: Path) -> list[float]:
    """Milliseconds from the press until the first picture of the scene is on the screen, for each but the first."""
    page = opened(browser, file)
    page.evaluate(PROBE)
    n = page.evaluate("() => mlpTalk.presenter.talk.scenes.length")
    with traced(page, "blink.user_timing") as events:
        for scene in range(1, n):
            # The last press of the scene before, as it stands.
            page.evaluate(STAND, scene - 1)
            page.wait_for_timeout(300)
            page.keyboard.press("PageDown")
            page.wait_for_timeout(300)
    page.close()
    return waits(events)


def alive(browser: Browser, file: Path) -> float:
    """Seconds from opening the file until its first picture is there and keys count."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.add_init_script(ALIVE)
    page.goto(file.as_uri(), wait_until="commit")
    page.wait_for_function("() => window.aliveAt")
    seconds = float(page.evaluate("() => window.aliveAt")) / 1000
    page.close()
    return seconds


def main(arguments: list[str] | None = None) -> None:
    """Give all talks, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    rounds, seconds = (1, 2) if options.quick else (3, 4)
    found: dict[str, list[float]] = {}
    studio = new_studio()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = {name: Path(folder) / f"{name}.html" for name in ready_talks()}
        for name, source in ready_talks().items():
            files[name].write_bytes(check(source, studio).file)
        browser = launch(playwright)
        for _ in range(rounds):
            for name, file in files.items():
                for what, each in frames(browser, file, seconds).items():
                    for figure, value in each.items():
                        found.setdefault(f"{name}, {what}: {figure}", []).append(value)
                found.setdefault(f"{name}: scene to scene, ms", []).extend(from_scene_to_scene(browser, file))
                found.setdefault(f"{name}: alive after, s", []).append(alive(browser, file))
        browser.close()
    tell(f"The ready talks at 1920 x 1080, medians of {rounds} rounds", found, options.json)


if __name__ == "__main__":
    main()
