"""How soon the pages that look closer answer a click: from the event until the new numbers have been painted.

For Health that is once without and once with its charts: the sentence stands first, and then the last of the
histograms is redrawn.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.browser.harness import Server, guarded_page, settle, visit

# A message that is posted in a frame comes when that frame has been painted.
PAINTED = """new Promise((r) => requestAnimationFrame(() => {
  const c = new MessageChannel(); c.port1.onmessage = r; c.port2.postMessage(0); }))"""
PICK = f"""async (key) => {{
  const until = async (test) => {{ while (!test()) await new Promise((r) => setTimeout(r, 2)); }};
  const t0 = performance.now();
  const link = document.querySelector(`.inside .link[data-key="${{key}}"] .touch`);
  link.dispatchEvent(new MouseEvent("click", {{ bubbles: true }}));
  await until(() => document.querySelector(".inside").dataset.pick === key);
  await {PAINTED};
  return performance.now() - t0; }}"""
WALK = f"""async () => {{
  const t0 = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key: "ArrowRight", bubbles: true }}));
  await {PAINTED};
  return performance.now() - t0; }}"""
MOMENT = f"""async () => {{
  const until = async (test) => {{ while (!test()) await new Promise((r) => setTimeout(r, 2)); }};
  const text = () => Array.from(document.querySelectorAll("[data-testid=stAlert]"), (e) => e.textContent).join();
  const painted = () => {PAINTED};
  const chart = document.querySelector(".chart[data-key=Gradients] .js-plotly-plot");
  const redrawn = new Promise((r) => chart.once("plotly_afterplot", r)).then(painted).then(() => performance.now());
  const before = text(), t0 = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key: "ArrowLeft", bubbles: true }}));
  await until(() => text() !== before);
  await painted();
  const sentence = performance.now();
  return [sentence - t0, Math.max(sentence, await redrawn) - t0]; }}"""


def _open(page: Page, path: str) -> None:
    """Open a page at the end of what is recorded, and take the keys off the timeline."""
    visit(page, path)
    page.locator(".stage .handle").focus()
    page.keyboard.press("End")
    page.wait_for_timeout(1500)
    settle(page)
    page.evaluate("document.activeElement.blur()")


def answers(browser: Browser, server: Server, presses: int) -> dict[str, float]:
    """Milliseconds, medians of so many clicks on each page, on the opening 2-8-8-1 network."""
    found: dict[str, list[float]] = {}
    with guarded_page(browser, server) as (page, _):
        _open(page, "/inside")
        for k in range(presses):
            found.setdefault("inside: click on a link (ms)", []).append(page.evaluate(PICK, f"l:2:{k % 8}:{k % 7}"))
            page.wait_for_timeout(300)
            found.setdefault("inside: next idea (ms)", []).append(page.evaluate(WALK))
        _open(page, "/health")
        for _ in range(presses):
            sentence, charts = page.evaluate(MOMENT)
            found.setdefault("health: step on the timeline, its sentence (ms)", []).append(sentence)
            found.setdefault("health: step on the timeline, its charts too (ms)", []).append(charts)
            page.wait_for_timeout(700)
    return {name: sorted(values)[len(values) // 2] for name, values in found.items()}
