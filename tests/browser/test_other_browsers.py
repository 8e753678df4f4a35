"""One tour of all pages in each browser that Debian ships beside Chromium, in which all the other tests run."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

import mlp
from playground.run.experiment import Experiment
from tests.browser.harness import Server
from tests.browser.others import Tab, firefox, wait, webkit
from tests.browser.stage import recorded

BROWSERS = {"Firefox": firefox, "WebKit": webkit}
GROUND = """(() => {
  const { canvas } = __stage.views.surface, context = canvas.getContext("2d"), n = canvas.width, side = [];
  for (let row = 0; row < 9; row++)
    for (let column = 0; column < 9; column++) {
      const [x, y] = [column, row].map((k) => Math.floor((n * (k + 0.5)) / 9));
      side.push([(x + 0.5) / n, (y + 0.5) / n, ...context.getImageData(x, y, 1, 1).data]);
    }
  return { range: __player.run.header.data.range, pixels: side };
})()"""
"""Of the boundary: places from the left and from the top, and the colours there"""


@pytest.fixture(params=BROWSERS)
def tab(request: pytest.FixtureRequest) -> Iterator[Tab]:
    if request.param == "WebKit" and sys.platform != "linux":
        pytest.skip("WebKitGTK is there for Linux alone")
    with BROWSERS[request.param]() as found:
        yield found


def go_to(tab: Tab, page: str, condition: str) -> None:
    """Follow a link of the bar above, and wait for what the page is for."""
    tab.click(f"a[data-testid=stTopNavLink][href$='/{page}']")
    wait(tab, f"location.pathname === '/{page}' && {condition}")


def test_every_page_does_its_work_and_complains_of_nothing(tab: Tab, server: Server):
    tab.visit(f"{server.url}/?hidden=4,3")
    home(tab)
    go_to(tab, "inside", "document.querySelector('.inside[data-idea] svg .unit')")
    go_to(tab, "health", "document.querySelectorAll('.charts .js-plotly-plot .main-svg path').length > 20")
    wait(tab, "document.querySelector('.stApp').innerText.includes('step 26,')")
    go_to(tab, "compare", "window.__compare?.time > 5 && __compare.tiles.every((tile) => tile.row)")
    go_to(tab, "data", "document.querySelector('.draw .paper') && window.__sheet")
    tab.click(".draw .paper")
    wait(tab, "__sheet.points.length === 1")
    go_to(tab, "export", "document.querySelector('.st-key-taken [data-testid=stDownloadButton] button')")
    wait(tab, "document.querySelector('.stApp').innerText.includes('up to step 26')")
    assert not tab.evaluate("!!document.querySelector('[data-testid=stException]')")
    assert tab.problems() == []


def home(tab: Tab) -> None:
    """The run plays, pauses, and goes on by a mini-batch; what is on screen is the engine's."""
    wait(tab, "p?.state === 'playing' && p.epoch > 5 && document.querySelector('.stApp .stage')")
    tab.click(".stage button.play")
    wait(tab, "p?.state === 'paused' && p.isTold && !p.asked")
    tab.evaluate("__player.place(25)")
    tab.click(".stage button.step")
    wait(tab, "p?.step === 26 && p.isTold && !p.asked && __stage.fine")
    run = recorded(Experiment().change(0, hidden_layer_sizes=(4, 3)), 2)
    net = run.trainer.net
    net.parameters[...] = run.recording.seek(26).parameters
    found = tab.evaluate("Array.from(__player.run.parameters(__player.row))")
    np.testing.assert_array_equal(np.array(found, dtype=np.float32), net.parameters.astype(np.float32))
    ground = tab.evaluate(GROUND)
    u, v, red, _, blue, opaque = np.array(ground["pixels"], dtype=float).T
    low, high = ground["range"]
    x = np.column_stack([low + (high - low) * u, high - (high - low) * v])
    says = net.predict_proba(mlp.expand_features(x, ("x1", "x2")))[:, 1] - 0.5
    assert (opaque == 255).all()
    clear = np.abs(says) > 0.02
    assert clear.sum() > 40
    np.testing.assert_array_equal((blue > red)[clear], (says > 0)[clear])
    assert np.ptp(blue - red) > 20
