"""A tab goes on where it was: a reload, and a server started anew, keep the branches and what Undo leads to."""

from __future__ import annotations

import signal

from playwright.sync_api import Page, expect

from playground.run.config import Config
from playground.run.experiment import Experiment
from tests.browser.harness import settle, visit
from tests.browser.stage import entries, press, wait_for
from tests.browser.test_connection import another_server, page_of_a_server_that_ends

MOONS = Experiment(Config(dataset="moons", hidden_layer_sizes=(4,)))
LINK = "dataset=moons&hidden=4"
CHANGED = MOONS.change(500, learning_rate=0.02)
OTHER = MOONS.change(500, batch_size=20)


def two_branches(page: Page) -> None:
    """Change the learning rate at step 500, take that back, and change the batch size there: two runs side by side."""
    visit(page, f"/?{LINK}&step=500")
    for setting, value, run in (("learning_rate", 0.02, CHANGED), ("batch_size", 20, OTHER)):
        page.evaluate("() => { __player.pause(); __player.place(500); }")
        wait_for(page, "p.told === 500 && !p.asked && !p.wish")
        page.evaluate("([name, value]) => __player.tell({ change: { [name]: value } })", [setting, value])
        wait_for(page, f"p.run.header.run === '{run.name}' && !p.wish && !p.asked")
        if run != OTHER:
            branch(page, MOONS)


def branch(page: Page, to: Experiment) -> None:
    """Go to another branch."""
    page.evaluate("(branch) => __player.tell({ branch })", to.name)
    wait_for(page, f"p.run.header.run === '{to.name}' && !p.wish && !p.asked")


def goes_on(page: Page) -> None:
    """The second branch is on screen, the others beside it, and Undo leads the whole way back."""
    names = [MOONS.name, CHANGED.name, OTHER.name]
    wait_for(page, f"p.page.branches.map((b) => b.run).sort().join() === '{','.join(sorted(names))}'")
    assert page.evaluate("() => __player.run.header.run") == OTHER.name
    for run in (MOONS, CHANGED, MOONS):
        press(page, "Undo")
        wait_for(page, f"p.run.header.run === '{run.name}' && !p.wish")
    expect(page.get_by_role("toolbar").get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    branch(page, CHANGED)
    expect(page.get_by_role("radio", name="0.02", exact=True)).to_be_checked()


def test_a_reload_keeps_the_branches_and_what_undo_leads_to(new_page):
    page = new_page()
    two_branches(page)
    page.reload()
    settle(page)
    goes_on(page)
    visit(page, f"/?{LINK}&lr=0.3")  # another link in the same tab begins afresh
    wait_for(page, "p.run.header.link.includes('lr=0.3') && !p.page.undo")
    settle(page)
    assert page.evaluate("() => __player.page.branches.length") == 1


def test_a_server_started_anew_is_told_of_the_branches_and_of_what_undo_leads_to(browser):
    with page_of_a_server_that_ends(browser) as (page, end, port):
        two_branches(page)
        end(signal.SIGKILL)
        with another_server(page, port):
            goes_on(page)


def test_each_page_is_one_entry_of_the_history_so_that_back_goes_page_by_page(page: Page):
    visit(page, f"/?{LINK}&step=500")
    way = ["/data", "/compare", "/atlas", "/talk", "/health"]
    before = entries(page)
    for path in way:
        page.locator(f"a[data-testid=stTopNavLink][href$='{path}']").click()
        page.wait_for_function(f"() => location.pathname === '{path}' && location.search.includes('dataset=moons')")
        settle(page)
    assert len(entries(page) - before) == len(way)
    for path in [*reversed(way[:-1]), "/"]:
        page.go_back()
        settle(page)
        assert page.evaluate("() => location.pathname") == path
    wait_for(page, f"p.run.header.run === '{MOONS.name}' && p.step === 500")
