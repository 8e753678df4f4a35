"""Take the pictures of the README: `make screenshots` writes docs/images/*.png anew.

A picture is a row of PICTURES. To add one, say where it is taken, how large and light or dark, and what is
done on the page before the shutter opens.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.harness import ROOT, Server, guarded_page, launch, screenshot, serve, settle, visit

IMAGES = ROOT / "docs" / "images"
OPTIMIZERS = "optimizer=sgd&lr=0.3|optimizer=momentum&lr=0.03|optimizer=adam|optimizer=rmsprop"


def played_to_the_end(page: Page) -> None:
    """Wait until the opening run stands at its goal, and all charts with it."""
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=20_000)
    settle(page)
    page.wait_for_timeout(500)


def at_rest(page: Page) -> None:
    """Wait until everything on a page that follows the timeline has been drawn."""
    page.wait_for_timeout(3000)
    settle(page)


def as_blame_runs_back(page: Page) -> None:
    """Walk to where blame goes back to layer 2, and wait until it runs."""
    page.get_by_role("button", name="Blame goes back to layer 2").click()
    page.mouse.move(5, 5)
    page.wait_for_timeout(500)


def cured(page: Page) -> None:
    """Give the cure of the first finding, and wait until it is tried from every beginning."""
    page.locator("[data-testid=stMain] button[kind=primary]").click()
    page.get_by_text("From 20 beginnings").wait_for(timeout=120_000)
    page.locator("[data-testid=stMain]").evaluate("(main) => main.scrollTo(0, 0)")
    at_rest(page)


def solved(page: Page) -> None:
    """Have the challenge on screen tried, and wait for what the engine says."""
    page.get_by_role("button", name="Try it from").click()
    page.get_by_text("Solved").wait_for(timeout=30_000)
    at_rest(page)


def at_epoch_70(page: Page) -> None:
    """Wait until the runs side by side are trained, and stand where they differ most."""
    page.wait_for_function("() => window.__compare?.complete", timeout=30_000)
    page.evaluate("() => __compare.seek(70)")
    page.wait_for_timeout(1500)


def all_tiles(page: Page) -> None:
    """Wait until every tile of the atlas is there, and stand at the end."""
    page.wait_for_function("() => window.__atlas?.tiles.complete", timeout=60_000)
    page.evaluate("() => __atlas.seek(1e9)")
    page.wait_for_timeout(2000)


def walked_down(page: Page) -> None:
    """Wait until the optimizers on a map have taken their steps."""
    page.wait_for_function("() => window.__map?.step === __map?.told?.steps", timeout=30_000)
    page.wait_for_timeout(1000)


def two_arms(page: Page) -> None:
    """Stamp a spiral arm that symmetry turns into two, and wait until the network has learned them."""
    page.locator(".draw .paper").focus()
    for key in ("a", "t", "+", *["PageUp"] * 4, *["Enter"] * 3):
        page.keyboard.press(key)
    page.wait_for_function("() => __sheet.preview.shown === JSON.stringify(__sheet.points.flat())")
    page.locator(".draw .paper").evaluate("(paper) => paper.blur()")  # so that the stamp's outline goes
    page.wait_for_timeout(500)


def open_talk(page: Page, path: str) -> None:
    """Open the page of a talk, which has no Streamlit, and wait until its runs are recorded."""
    page.goto(path)
    page.wait_for_function("() => window.mlpTalk?.presenter?.view.frames > 0", timeout=60_000)


def still(page: Page) -> None:
    """Wait until what stands is drawn as finely as it can be."""
    page.wait_for_timeout(500)


@dataclass(frozen=True)
class Picture:
    """One picture: where, how, and what happens first."""

    name: str
    path: str = "/"
    viewport: str = "desktop"
    scheme: str = "light"
    before: Callable[[Page], None] = played_to_the_end
    opened: Callable[[Page, str], None] = visit


PICTURES = (
    Picture("playground"),
    Picture("playground-dark", path="/?dataset=blobs&classes=5&noise=0.3&hidden=6,4", scheme="dark"),
    Picture("playground-laptop", path="/?look=projector&step=2000", viewport="laptop", before=at_rest),
    Picture("playground-phone", viewport="phone"),
    Picture("playground-large", viewport="large"),
    Picture("inside", path="/inside?step=1000", before=as_blame_runs_back),
    Picture("health", path="/health?dataset=circles&hidden=2&step=3000", before=cured),
    Picture("landscape", path="/landscape?step=2500", before=at_rest),
    Picture("fold", path="/fold?step=5000", before=at_rest),
    Picture(
        "lesson",
        path="/lessons?lesson=how-many-neurons&screen=challenge&dataset=xor&hidden=4&lr=0.03",
        viewport="laptop",
        before=solved,
    ),
    Picture("compare", path=f"/compare?compare={quote(OPTIMIZERS, safe='')}", before=at_epoch_70),
    Picture("atlas", path="/atlas", before=all_tiles),
    Picture("map", path="/compare?map=rosenbrock", before=walked_down),
    Picture("data", path="/data", before=two_arms),
    Picture("export", path="/export?step=5000", before=at_rest),
    Picture("talk", path="/talks/depth#scene=5.3", viewport="laptop", before=still, opened=open_talk),
)


def take(picture: Picture, browser: Browser, server: Server, folder: Path) -> Path:
    """Open the page, do what the picture asks for, and save it."""
    with guarded_page(browser, server, viewport=picture.viewport, scheme=picture.scheme) as (page, _):
        picture.opened(page, picture.path)
        picture.before(page)
        return screenshot(page, picture.name, folder)


def main() -> int:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(p.name for p in PICTURES))
    parser.add_argument("--folder", type=Path, default=IMAGES)
    options = parser.parse_args()
    wanted = [p for p in PICTURES if not options.names or p.name in options.names]
    if not wanted:
        parser.error(f"there is no such picture; there are {', '.join(p.name for p in PICTURES)}")
    with serve() as server, sync_playwright() as playwright:
        browser = launch(playwright)
        for picture in wanted:
            path = take(picture, browser, server, options.folder)
            print(f"{path} ({path.stat().st_size // 1024} kB)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
