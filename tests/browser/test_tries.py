"""The table of tries in a real browser: what was on screen is kept there, and had back."""

from __future__ import annotations

import csv

import numpy as np
from playwright.sync_api import Page, expect

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import say
from tests.browser.harness import visit
from tests.browser.stage import recorded, wait_for

BASE = {"dataset": "moons", "hidden_layer_sizes": (4,), "n_samples": 200, "noise": 0.3}
FIRST, SECOND = (Experiment(Config(**BASE, learning_rate=rate)) for rate in (0.03, 0.1))
LINK = "dataset=moons&hidden=4&samples=200&noise=0.3&view=full&lr="


def rows(page: Page) -> list[str]:
    """The runs in the table, from the top down."""
    return page.evaluate("() => [...document.querySelectorAll('.tries tbody tr')].map((row) => row.dataset.run)")


def tried(page: Page, rate: float, n: int) -> None:
    """Open a run that does not play, and wait until it is the newest of so many tries, trained to its end."""
    page.emulate_media(reduced_motion="reduce")
    visit(page, f"/?{LINK}{rate}")
    expect(page.locator(".tries tbody tr")).to_have_count(n)
    expect(page.locator(".tries tbody tr").first).to_contain_text("200")


def test_tries_are_kept_named_starred_sorted_taken_along_compared_and_had_back(page):
    tried(page, 0.03, 1)
    tried(page, 0.1, 2)  # by a link, as after a reload: the first is still there
    newest = page.locator(".tries tbody tr").first
    expect(newest.locator(".apart")).to_have_text("Learning rate: 0.1")
    expect(newest).to_have_attribute("aria-current", "true")
    for row, experiment in zip(page.locator(".tries tbody tr").all(), (SECOND, FIRST), strict=True):
        recording = recorded(experiment, 200).recording
        k = int(np.argmin(recording.test_loss[:201]))
        loss = f"{recording.test_loss[k]:.3f}, epoch {say(float(recording.epochs[k]))}"
        expect(row.get_by_role("cell").nth(5)).to_have_text(loss)
        expect(row.get_by_role("cell").nth(6)).to_have_text(f"{100 * recording.test_score[:201].max():.1f} %")

    page.get_by_role("textbox", name="Name: try 1").fill("the slow one")
    page.get_by_role("textbox", name="Name: try 1").press("Enter")
    page.get_by_role("button", name="Star: try 1").press("Space")
    expect(page.get_by_role("button", name="Star: try 1")).to_be_focused()
    visit(page, f"/?{LINK}0.1")
    expect(page.get_by_role("textbox", name="Name: try 1")).to_have_value("the slow one")
    page.get_by_label("Order of the tries").select_option("Starred first")
    assert rows(page) == [FIRST.name, SECOND.name]

    with page.expect_download() as download:
        page.get_by_role("button", name="Download table").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["name"], first["star"], second["Learning rate"]) == ("the slow one", "1", "0.1")
    assert first["link"].startswith(f"{page.evaluate('() => location.origin')}/?")

    page.get_by_role("button", name="Remove: try 2").click()
    expect(page.locator(".tries tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Undo").last.press("Enter")
    expect(page.locator(".tries tbody tr")).to_have_count(2)

    page.get_by_role("button", name="Have it back: try 1").click()
    wait_for(page, f"p.run.header.run === '{FIRST.name}'")
    for n in (1, 2):
        page.get_by_role("checkbox", name=f"Compare: try {n}").check()
    page.get_by_role("button", name="Compare 2").click()
    page.wait_for_function("() => window.__compare?.runs.length === 2")
    assert page.evaluate("() => __compare.page.runs") == [FIRST.name, SECOND.name]


def test_where_nothing_may_be_stored_the_table_says_so_and_works_on_a_phone(new_page):
    page = new_page(viewport="phone", scheme="dark", new=True)
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    tried(page, 0.03, 1)
    expect(page.locator(".tries [role=status]")).to_contain_text("does not let the page store anything")
    box = page.locator(".tries").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    for control in page.locator(".tries button:visible, .tries select").all():
        assert control.bounding_box()["height"] >= 44
