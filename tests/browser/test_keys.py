"""The list of keys: "?" opens it on every page that has any, and it goes as it came."""

from playwright.sync_api import Page

from tests.browser.harness import visit
from tests.browser.stage import state

LIST = "dialog.key-list"
# What each page lists, and what stands there once its component has come.
PAGES = {
    "/": (["The run"], ".stage"),
    "/inside": (["The run", "Inside a step"], ".inside"),
    "/fold": (["The run", "The large picture of Fold, once it has the focus"], ".fold"),
    "/compare": (["Compared runs"], ".compare"),
    "/atlas": (["The atlas"], ".atlas"),
    "/data": (["The drawing sheet, once it has the focus"], ".draw"),
    "/health": (["The run"], ".stage"),
}


def test_every_page_lists_its_own_keys_and_none_of_a_page_that_was_left(page: Page):
    for path, (titles, component) in PAGES.items():
        visit(page, path)
        page.wait_for_selector(component)
        page.keyboard.press("?")
        page.wait_for_selector(f"{LIST}[open]")
        assert page.locator(f"{LIST} h2").all_inner_texts() == titles
        page.keyboard.press("Escape")
        page.wait_for_selector(LIST, state="detached")
    page.get_by_role("link", name="Compare", exact=True).click()
    page.wait_for_selector(".compare-place .compare")
    page.keyboard.press("?")
    page.wait_for_selector(f"{LIST}[open]")
    assert page.locator(f"{LIST} h2").all_inner_texts() == ["Compared runs"]


def test_while_it_is_open_no_key_reaches_the_run_and_the_focus_comes_back(page: Page):
    visit(page, "/?step=100")
    play = page.get_by_role("button", name="Play", exact=True)
    play.focus()
    page.keyboard.press("?")
    page.wait_for_selector(f"{LIST}[open]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Home")
    assert state(page)["step"] == 100
    page.keyboard.press("?")
    page.wait_for_selector(LIST, state="detached")
    assert play.evaluate("(e) => e === document.activeElement")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => __player.step === 101")


def test_a_question_mark_that_is_typed_opens_nothing(page: Page):
    visit(page, "/atlas")
    field = page.get_by_role("textbox", name="Values of the learning rate")
    field.click()
    page.keyboard.press("?")
    assert page.locator(LIST).count() == 0
    assert field.input_value().count("?") == 1


def test_a_clicker_leads_the_playground_with_the_projectors_look(page: Page):
    visit(page, "/?look=projector&step=0&speed=slow")
    page.wait_for_selector(".stage.projector")
    page.keyboard.press("PageDown")
    page.wait_for_function("() => __player.moving && __player.step > 0")
    page.keyboard.press(".")
    page.wait_for_selector(".stage .black:popover-open")
    page.keyboard.press("PageDown")
    page.wait_for_selector(".stage .black", state="hidden")
    page.wait_for_function("() => __player.moving")
    page.keyboard.press("PageDown")
    page.wait_for_function("() => !__player.moving")
    page.keyboard.press("PageUp")
    page.wait_for_function("() => __player.step === 0")
