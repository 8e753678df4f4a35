"""How soon the pages that look closer answer a click: from the event until the new numbers have been painted.

The timeline waits for 150 ms until a moment has stood before it tells the server (a drag would ask a hundred times),
and what Health takes to answer a click on it includes that wait.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Page

from tests.browser.harness import Server, guarded_page, settle, visit

PAINTED = """await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
  return performance.now() - t0;"""
PICK = f"""async (key) => {{
  const until = async (test) => {{ while (!test()) await new Promise((r) => setTimeout(r, 2)); }};
  const t0 = performance.now();
  const link = document.querySelector(`.inside .link[data-key="${{key}}"] .touch`);
  link.dispatchEvent(new MouseEvent("click", {{ bubbles: true }}));
  await until(() => document.querySelector(".inside").dataset.pick === key);
  {PAINTED} }}"""
WALK = f"""async () => {{
  const t0 = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key: "ArrowRight", bubbles: true }}));
  {PAINTED} }}"""
MOMENT = f"""async () => {{
  const until = async (test) => {{ while (!test()) await new Promise((r) => setTimeout(r, 2)); }};
  const text = () => document.querySelector("[data-testid=stAlert], [data-testid=stMarkdown]")?.textContent;
  const before = text(), t0 = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", {{ key: "ArrowLeft", bubbles: true }}));
  await until(() => text() !== before);
  {PAINTED} }}"""


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
            found.setdefault("health: step on the timeline (ms)", []).append(page.evaluate(MOMENT))
            page.wait_for_timeout(700)
    return {name: sorted(values)[len(values) // 2] for name, values in found.items()}
