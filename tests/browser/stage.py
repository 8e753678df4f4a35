"""What the tests ask the live stage: which run, which moment, which numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from playwright.sync_api import Page

from playground.run.experiment import Experiment
from playground.run.runs import Run, Runs

STATE = """() => { const p = window.__player; return p?.run && {
  state: p.state, step: p.step, epoch: p.epoch, last: p.run.last, run: p.run.header.run, goal: String(p.goal),
  frames: window.__stage.frames, runs: [...p.runs.keys()] }; }"""
PARAMETERS = "() => { const p = window.__player; return p?.run && Array.from(p.run.parameters(p.row)); }"


def state(page: Page) -> dict[str, Any]:
    """The player's state, as plain numbers."""
    return _once_there(page, STATE)


def wait_for(page: Page, condition: str, timeout: float = 30_000) -> None:
    """Wait until a JavaScript condition over `p` (the player) holds."""
    code = f"() => {{ const p = window.__player; return p?.run && ({condition}); }}"
    page.wait_for_function(code, timeout=timeout)


def entries(page: Page) -> set[str]:
    """The entries of the tab's history. Chromium keeps 50, so their number says little."""
    return set(page.evaluate("() => navigation.entries().map((entry) => entry.key)"))


def press(page: Page, name: str, **options: Any) -> None:
    """Press one of the stage's buttons."""
    page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).click(**options)


def parameters(page: Page) -> np.ndarray:
    """The parameters that the picture on screen was drawn from."""
    return np.array(_once_there(page, PARAMETERS), dtype=float)


def _once_there(page: Page, code: str) -> Any:
    """What code finds on the page: while Streamlit puts the stage into its place, there is no player for a moment."""
    return page.wait_for_function(code, timeout=30_000).json_value()


def recorded(experiment: Experiment, epochs: int) -> Run:
    """The same experiment, trained here, to hold the screen against."""
    run = Runs().get(experiment)
    run.record(epochs, seconds=60)
    return run


def sentence(page: Page) -> str:
    """What the stage says is going on."""
    return page.locator(".stage .sentence").inner_text()


def pictures(page: Page) -> str:
    """A fingerprint of every canvas of the stage and of the read-out."""
    return json.dumps(
        page.evaluate(
            """() => [...document.querySelectorAll('.stage canvas')].map((c) => c.toDataURL())
                 .concat(document.querySelector('.stage .readout').innerText)"""
        )
    )


WATCH = """() => {
  window.jumps = window.removed = window.blank = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => (window.jumps += e.value)))
    .observe({ type: "layout-shift" });
  const plots = "canvas, .js-plotly-plot";
  const count = (n) => n.nodeType === 1 && (n.matches(plots) || n.querySelector(plots)) && window.removed++;
  new MutationObserver((all) => all.forEach((m) => m.removedNodes.forEach(count)))
    .observe(document.body, { childList: true, subtree: true });
  const look = () => {
    const c = document.querySelector(".stage .surface canvas");
    if (c.getContext("2d").getImageData(c.width / 2, c.height / 2, 1, 1).data[3] === 0) window.blank++;
    requestAnimationFrame(look);
  };
  look();
}"""
"""From now on, count layout shifts (their sum), pictures that leave the page, and frames with a blank surface."""
