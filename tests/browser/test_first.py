"""The first picture of the home page: it stands before Streamlit's client is there, and stays when that comes."""

import numpy as np
import pytest
from playwright.sync_api import Page, Route

from playground.run.config import Config
from playground.run.experiment import Experiment
from tests.browser.harness import settle, visit
from tests.browser.stage import parameters, press, recorded, state, wait_for

PLACES = """() => ["canvas", "button", "h3", ".cell", ".sentence"].flatMap((kind) => [...document.querySelectorAll(
  `.stage ${kind}`)].filter((e) => !e.closest(".over, .under, .timeline .plot") && !e.hidden).map((e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return [kind, x, y, width, height].map((v) => (typeof v === "number" ? Math.round(v) : v)).join(" "); }))"""
STREAMLITS = "**/static/js/**"
LETTERS = """() => Promise.all(["400", "600"].map((weight) => document.fonts.load(`${weight} 16px "Source Sans"`)))"""
"""Words of another font may need another line."""


def places(page: Page) -> list[str]:
    """Where everything on the stage is, once its words and letters are there; marks move as more of the run comes."""
    now: list[str] = []
    for _ in range(20):
        before, now = now, page.evaluate(PLACES)
        if now == before:
            break
        page.wait_for_timeout(500)
    return now


@pytest.fixture
def held(new_page):
    """A page that gets nothing of Streamlit's client before it is let: (page, go on)."""

    def open_at(path: str, **options: str):
        page: Page = new_page(new=True, **options)
        waiting: list[Route] | None = []
        page.route(STREAMLITS, lambda route: waiting.append(route) if waiting is not None else route.continue_())

        def go_on() -> None:
            nonlocal waiting
            before, waiting = waiting or [], None
            for route in before:
                route.continue_()

        page.goto(path, wait_until="commit")
        page.wait_for_selector("#first.drawn")
        wait_for(page, "window.__stage.frames > 0")
        return page, go_on

    return open_at


@pytest.mark.parametrize("viewport", ["desktop", "phone"])
@pytest.mark.parametrize(
    ("path", "experiment", "step"),
    [
        ("/?dataset=moons&hidden=4,3&step=37", Experiment(Config(dataset="moons", hidden_layer_sizes=(4, 3))), 37),
        ("/?view=full&hide=settings&dataset=plane&step=50", Experiment(Config(dataset="plane")), 50),
    ],
)
def test_it_is_the_engines_own_and_nothing_moves_when_streamlit_comes(held, path, experiment, step, viewport):
    page, go_on = held(path, viewport=viewport)
    assert page.locator(".stApp").count() == 0
    assert (state(page)["run"], state(page)["step"]) == (experiment.name, step)
    run = recorded(experiment, 10)
    row = run.step_rows(step, step)[0]
    np.testing.assert_array_equal(parameters(page), row[-len(parameters(page)) :].astype(np.float32))
    page.evaluate(LETTERS)
    before = places(page)
    page.evaluate("() => { document.querySelector('.stage .surface canvas').kept = true; }")
    go_on()
    page.wait_for_selector("#first", state="detached")
    assert places(page) == before
    assert page.evaluate("() => document.querySelector('.stage .surface canvas').kept"), "it is the same picture"
    settle(page)
    assert page.evaluate("() => document.querySelectorAll('.stage').length") == 1
    assert page.evaluate("() => document.querySelector('.stage .surface .js-plotly-plot .points path') !== null")


def test_it_stays_the_same_picture_however_late_what_takes_it_over_is(new_page):
    page = new_page(new=True)
    waiting: list[Route] = []
    page.route("**/static/js/BidiComponent.*.js", lambda route: waiting.append(route))
    page.goto("/?dataset=moons&step=37", wait_until="commit")
    page.wait_for_selector("#first.drawn")
    wait_for(page, "window.__stage.frames > 0")
    page.evaluate("() => { document.querySelector('.stage .surface canvas').kept = true; }")
    page.wait_for_selector("[data-testid=stMain] [data-testid=stSkeleton]", state="attached")
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]')
    page.wait_for_timeout(4000)
    for route in waiting:
        route.continue_()
    settle(page)
    assert page.evaluate("() => document.querySelector('.stage .surface canvas').kept")


def test_it_can_be_played_and_stepped_and_what_needs_the_page_is_done_when_that_is_there(held):
    page, go_on = held("/?dataset=moons&step=500")
    press(page, "Step")
    wait_for(page, "p.step === 501")
    page.keyboard.press("ArrowLeft")
    wait_for(page, "p.step === 500")
    press(page, "New seed")
    press(page, "New seed")
    assert state(page)["run"] == Experiment(Config(dataset="moons")).name
    go_on()
    settle(page)
    wait_for(page, f"p.run.header.run === '{Experiment(Config(dataset='moons', seed=3)).name}'")


def test_a_first_picture_that_does_not_come_keeps_nobody_from_the_page(new_page):
    page = new_page(new=True, tolerate="status of 500|/first")
    page.route("**/first*", lambda route: route.fulfill(status=500))
    visit(page, "/?dataset=moons&step=50")
    assert state(page)["step"] == 50
    page.route("**/first.js", lambda route: route.abort())
    visit(page, "/?dataset=moons&step=60")
    assert state(page)["step"] == 60


def test_where_something_is_said_above_it_the_page_comes_as_any_other(new_page):
    page = new_page()
    visit(page, "/?lr=fast&step=50")
    assert page.get_by_text("must be a number").count() or page.locator(".stAlert").count()
    assert page.locator("#first").count() == 0
    assert state(page)["step"] == 50
