"""Every page in windows from a small phone to a large screen, and in those that magnify: nothing lies on anything or is
cut off, the picture is square, and nothing moves while it plays."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import settle, visit
from tests.browser.stage import press, wait_for

LAYOUT = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")
SIZES = {
    "a wall": (3840, 2160),
    "a large screen": (2560, 1440),
    "a screen": (1920, 1080),
    "a desktop": (1440, 900),
    "a Chromebook": (1366, 768),
    "a projector": (1280, 720),
    "a desktop at 150 %": (960, 600),
    "a tablet": (768, 1024),
    "a desktop at 200 %": (720, 450),
    "a phone": (390, 844),
    "a small phone": (360, 740),
}
FEW = ("a wall", "a large screen", "a Chromebook", "a tablet", "a small phone")
TWO = ("a Chromebook", "a small phone")
THREE = ("a Chromebook", "a tablet", "a small phone")
PAGES = {
    "/?step=1200": tuple(SIZES),
    "/?look=projector&step=1200": ("a screen", "a projector", "a desktop at 150 %", "a tablet", "a phone"),
    "/?view=full&dataset=blobs&classes=6&hidden=8,8,8,8,8,8&then=300@lr:0.003;400@optimizer:sgd&step=500": FEW,
    "/?hide=diagram&dataset=sine&step=500": TWO,
    "/inside?step=37": FEW,
    "/health?hidden=8,8,8,8,8,8,8,8&activation=sigmoid&step=3000": FEW,
    "/compare?compare=default|lr=0.1|hidden=2": FEW,
    "/data": (*THREE, "a projector"),
    "/export?step=2500": THREE,
    "/lessons?lesson=how-many-neurons&screen=challenge": THREE,
}
DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')].every((plot) =>
  !plot._fullLayout || !plot.parentElement.clientWidth ||
  Math.abs(plot._fullLayout.width - plot.parentElement.clientWidth) <= 1)"""
JUMPS = """() => { window.moved = [];
  new PerformanceObserver((list) => list.getEntries().forEach((e) =>
    e.sources.forEach((s) => window.moved.push(s.node?.parentElement?.outerHTML.slice(0, 200)))))
    .observe({ type: 'layout-shift' }); }"""
CELLS = """() => [...document.querySelectorAll('.stage .cell, .stage .panel')].map((e) => {
  const { left, top } = e.getBoundingClientRect(); return [left, top]; })"""


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the window another size, and wait until everything is drawn for it."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(DRAWN)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_lies_on_anything_and_nothing_is_cut_off_in_a_window_of_any_size(page: Page, path: str):
    found = {}
    page.set_viewport_size({"width": 3840, "height": 2160})
    visit(page, path)
    for name in PAGES[path]:
        resize(page, SIZES[name])
        found[name] = page.evaluate(LAYOUT)
    assert not {name: problems for name, problems in found.items() if problems}


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("a desktop", ""),
        ("a projector", "&look=projector"),
        ("a desktop at 150 %", ""),
        ("a phone", ""),
    ],
)
def test_nothing_moves_while_it_plays_or_at_a_step(page: Page, name: str, look: str):
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[name], strict=True)))
    visit(page, f"/?step=0{look}")
    page.evaluate(JUMPS)
    before = page.evaluate(CELLS)
    page.evaluate("() => __player.play()")
    wait_for(page, "p.state === 'paused' && p.epoch === 200")
    press(page, "Back")
    wait_for(page, "p.step === 4999")
    settle(page)
    assert page.evaluate(CELLS) == before
    assert page.evaluate("() => moved") == []


@pytest.mark.parametrize(("look", "least"), [("usual", 260), ("projector", 400)])
def test_on_a_small_laptop_fulls_buttons_are_one_row_and_its_timeline_is_on_screen(page: Page, look: str, least: int):
    """And the picture is large enough to see, and larger still for the back row."""
    page.set_viewport_size({"width": 1280, "height": 720})
    visit(page, f"/?view=full&step=0&look={look}")
    page.wait_for_selector(f".stage{'.projector' if look == 'projector' else ':not(.projector)'}[data-view=full]")
    page.wait_for_function(
        """() => {
          const stage = document.querySelector(".stage");
          const shown = [...stage.querySelectorAll(".buttons > *")].filter((e) => e.offsetWidth);
          const tops = new Set(shown.map((e) => Math.round(e.getBoundingClientRect().top)));
          return tops.size === 1 && stage.querySelector(".timeline").getBoundingClientRect().bottom <= innerHeight;
        }"""
    )
    for choice in ("Step by", "Stop"):
        expect(page.get_by_label(choice, exact=True)).to_be_visible()
    page.wait_for_function(
        "(least) => document.querySelector('.stage .surface .nsewdrag')?.getBoundingClientRect().height >= least",
        arg=least,
    )


@pytest.mark.parametrize("view", ["simple", "full"])
def test_for_the_back_row_the_picture_is_the_largest_thing(page: Page, view: str):
    """And where the settings are put away, it takes what they leave of the height."""
    page.set_viewport_size({"width": 1280, "height": 720})
    visit(page, f"/?view={view}&step=1200&look=projector")
    reaches = """(least) => {
      const box = (s) => document.querySelector(".stage " + s).getBoundingClientRect();
      const [plane, network, handle] = [box(".surface .nsewdrag"), box(".diagram .plot"), box(".handle")];
      return plane.height >= least && plane.height > network.height && handle.bottom <= innerHeight; }"""
    page.wait_for_function(reaches, arg=400)
    page.locator(".stSidebar").hover()
    page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    page.wait_for_function(reaches, arg=440)
    page.wait_for_function(DRAWN)
    assert page.evaluate(LAYOUT) == []


def test_four_compared_runs_are_one_row_on_a_projector(page: Page):
    page.set_viewport_size({"width": 1280, "height": 720})
    visit(page, "/compare?look=projector")
    page.get_by_role("button", name="Four optimizers").first.click()
    page.wait_for_selector(".compare .tiles[data-count='4']")
    page.wait_for_function(
        """() => {
          const boxes = [...document.querySelectorAll(".compare .square")].map((e) => e.getBoundingClientRect());
          return boxes.length === 4 && boxes.every((b) => b.top === boxes[0].top && b.bottom <= innerHeight);
        }"""
    )
