"""The list of keys: "?" opens it on every page that has any, and it goes as it came."""

from contextlib import suppress

import pytest
from playwright.sync_api import Page, TimeoutError

from tests.browser.harness import settle, visit
from tests.browser.stage import state, wait_for

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


def test_a_page_that_has_the_focus_because_it_scrolls_has_no_frame_and_controls_have_theirs(page: Page):
    visit(page, "/?look=projector&view=full&step=100")
    at = page.evaluate(
        """() => { const { left, top } = __stage.views.diagram.box.getBoundingClientRect();
          const { x, y } = __stage.views.diagram.columns[1][2]; return [left + x, top + y]; }"""
    )
    page.mouse.click(*at)
    page.keyboard.press("PageDown")
    wait_for(page, "p.state === 'playing'")
    page.wait_for_function("() => document.activeElement.matches('.stMain:focus-visible')")
    assert page.evaluate("() => getComputedStyle(document.activeElement, '::before').content") == "none"
    page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.matches('.stage :focus-visible')")
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"


def pause(page: Page) -> None:
    """Stand still."""
    page.evaluate("() => __player.pause()")
    wait_for(page, "p.state === 'paused'")


KEYS_OF_THE_STAGE = {
    "End": "p.step === p.run.last",
    "ArrowLeft": "p.step === p.run.last - 1",
    "Home": "p.step === 0",
    "Space": "p.state === 'playing'",
}


@pytest.mark.parametrize("what", ["a tile", "a list", "a slider", "a switch"])
def test_what_was_chosen_in_the_sidebar_with_a_mouse_leaves_the_keys_to_the_stage(page: Page, what: str):
    visit(page, "/?step=100&view=full&samples=100")
    sidebar = page.locator("[data-testid=stSidebar]")
    if what == "a tile":
        sidebar.get_by_role("radio", name="Moons", exact=True).click()
        page.wait_for_url("**dataset=moons**")
    elif what == "a list":
        option = page.get_by_role("option", name="ReLU", exact=True)
        for _ in range(3):  # a page that is drawn anew closes the list
            sidebar.get_by_role("combobox", name="Activation").first.click()
            with suppress(TimeoutError):
                option.click(timeout=5000)
                break
        page.wait_for_url("**activation=relu**")
    elif what == "a slider":
        track = sidebar.get_by_role("slider", name="Noise").locator("xpath=ancestor::*[@data-orientation][last()]")
        track.scroll_into_view_if_needed()
        box = track.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + box["height"] / 2)
        page.wait_for_url("**noise=**")
    else:
        sidebar.get_by_text("Projector").click()
        page.wait_for_selector(".stage.projector")
    settle(page)
    pause(page)
    address = page.evaluate("() => __player.run.header.run")
    for key, condition in KEYS_OF_THE_STAGE.items():
        page.keyboard.press(key)
        wait_for(page, condition)
    pause(page)
    settle(page)
    assert page.evaluate("() => __player.run.header.run") == address, "a key has changed a setting"


def test_who_walks_to_a_slider_by_keys_moves_it_by_keys(page: Page):
    visit(page, "/?step=100&view=full&samples=100")
    slider = page.get_by_role("slider", name="Noise")
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("([e, old]) => e.value !== old", arg=[slider.element_handle(), before])


@pytest.mark.parametrize("where", ["a slider", "a list", "a tile"])
def test_with_projector_on_a_clicker_leads_whatever_has_the_focus(page: Page, where: str):
    visit(page, "/?step=100&look=projector&view=full&samples=100")
    sidebar = page.locator("[data-testid=stSidebar]")
    role, name = {
        "a slider": ("slider", "Noise"), "a list": ("combobox", "Activation"), "a tile": ("radio", "Moons"),
    }[where]  # fmt: skip
    sidebar.get_by_role(role, name=name).first.focus()
    run = page.evaluate("() => __player.run.header.run")
    page.keyboard.press("PageDown")
    wait_for(page, "p.state === 'playing'")
    page.keyboard.press("PageUp")
    wait_for(page, "p.step === 0 && p.state === 'paused'")
    page.keyboard.press(".")
    page.wait_for_selector(".black:popover-open")
    page.keyboard.press("PageDown")
    page.wait_for_selector(".black:popover-open", state="hidden")
    settle(page)
    assert page.evaluate("() => __player.run.header.run") == run
    assert state(page)["step"] == 0
