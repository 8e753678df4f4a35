"""The page Health in a real browser: it follows the timeline, and one click makes the experiment that it advises."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import settle, visit

SICK = "/health?hidden=8,8,8,8,8,8,8,8&activation=sigmoid"


def test_one_click_on_a_cure_starts_the_experiment(page: Page):
    visit(page, SICK)
    fading = page.get_by_text(re.compile("Layer 1 gets .* % of the output layer's gradient"))
    expect(fading).to_be_visible()
    page.get_by_role("button", name="Use ReLU with He initialization").first.click()
    page.wait_for_url(re.compile("activation=relu"))
    settle(page)
    expect(fading).to_have_count(0, timeout=15_000)


def test_the_page_follows_the_timeline(page: Page):
    visit(page, "/health")
    expect(page.get_by_text("At epoch 0, step 0,")).to_be_visible()
    page.locator(".stage .handle").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("At epoch 1, step 25,")).to_be_visible(timeout=15_000)
    charts = page.locator("[data-testid=stPlotlyChart]")
    expect(charts).to_have_count(7)
    for k in range(7):
        expect(charts.nth(k).locator(".main-svg").first).to_be_visible()


def test_the_numbers_come_as_csv(page: Page, tmp_path: Path):
    visit(page, "/health")
    page.get_by_text("The numbers behind the plots").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV file").first.click()
    download.value.save_as(tmp_path / "layers.csv")
    assert download.value.suggested_filename == "layers.csv"
    text = (tmp_path / "layers.csv").read_text()
    assert text.startswith("layer,activation,units")
    assert len(text.splitlines()) == 4


@pytest.mark.parametrize(("viewport", "scheme"), [("phone", "dark"), ("laptop", "light")])
def test_the_page_fits_its_window(new_page: Callable[..., Page], viewport: str, scheme: str):
    page = new_page(viewport=viewport, scheme=scheme)
    visit(page, SICK)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def test_the_old_address_still_works_on_a_fresh_server(fresh_server: object, page: Page):
    visit(page, "/gradients")
    expect(page.locator("[data-testid=stPlotlyChart]")).to_have_count(7)
