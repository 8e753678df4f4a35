"""Quick input on any control ends at what the user set, with one change in the run and one entry in the history."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Locator, Page, TimeoutError

from playground.run import link
from playground.run.config import Config
from playground.run.experiment import Experiment
from tests.browser.harness import settle, visit
from tests.browser.stage import entries, press, state, wait_for


@pytest.fixture
def opened(new_page):
    def open_at(query: str) -> Page:
        page = new_page()
        visit(page, f"/?dataset=moons&view=full{query}")
        wait_for(page, "p.run.rows.length > 150 && p.step > 0 && !p.asked")
        return page

    return open_at


def arrives(page: Page, wanted: Config, changes: int = 0) -> None:
    """The run on screen, and the address bar, come to hold these settings and so many changes, and stay there."""
    experiment = Experiment(wanted)
    for _ in range(40):  # a busy machine is late, not wrong
        page.wait_for_timeout(500)
        before, experiment = experiment, shown(page)
        if experiment == before and (experiment.now, len(experiment.changes)) == (wanted, changes):
            break
    page.wait_for_timeout(1000)
    wait_for(page, "!p.asked && !p.wish")
    experiment = shown(page)
    assert experiment.now == wanted
    assert len(experiment.changes) == changes
    wait_for(page, f"p.run.header.run === '{experiment.name}'")


def shown(page: Page) -> Experiment:
    """The experiment that the address bar holds."""
    experiment, _, problems = link.run_from_query(dict(parse_qsl(page.evaluate("() => location.search.slice(1)"))))
    assert not problems
    return experiment


def click_in_a_row(button: Locator, times: int, pause: int) -> float:
    """Click in the page itself: from outside, each click of a busy machine takes seconds. How many seconds it took."""
    return button.evaluate(
        """async (button, [times, pause]) => {
          const begun = performance.now();
          for (let k = 0; k < times; k++) {
            button.click();
            await new Promise((resolve) => setTimeout(resolve, pause));
          }
          return (performance.now() - begun) / 1000;
        }""",
        [times, pause],
    )


def press_in_a_row(control: Locator, key: str, times: int, pause: int) -> float:
    """Press a key in the page itself, for the same reason. How many seconds it took."""
    return control.evaluate(
        """async (control, [key, times, pause]) => {
          control.focus();
          const begun = performance.now();
          for (let k = 0; k < times; k++) {
            for (const type of ["keydown", "keyup"])
              control.dispatchEvent(new KeyboardEvent(type, { key, code: key, bubbles: true, cancelable: true }));
            await new Promise((resolve) => setTimeout(resolve, pause));
          }
          return (performance.now() - begun) / 1000;
        }""",
        [key, times, pause],
    )


def is_one_entry(page: Page, before: set[str], seconds: float) -> bool:
    """Whether a burst has made one entry of the history. A machine that stretches it makes several bursts of it."""
    return 1 <= len(entries(page) - before) <= 1 + int(seconds / BURST_SECONDS)


BURST_SECONDS = 2.0
MOONS = Config(dataset="moons")


@pytest.mark.parametrize(("query", "pause"), [("&step=500", 30), ("&step=500", 300), ("", 30), ("", 100)])
def test_a_slider_moved_over_several_stops_is_one_change(opened, query, pause):
    page = opened(query)
    before = entries(page)
    slider = page.get_by_role("slider", name="Batch size")
    seconds = press_in_a_row(slider, "ArrowRight", 4, pause)
    arrives(page, MOONS.changed(batch_size=128), changes=1)
    assert is_one_entry(page, before, seconds)
    assert slider.get_attribute("aria-valuetext") == "128"
    press(page, "Undo")
    arrives(page, MOONS)


def test_a_slider_that_makes_another_run_is_one_step_of_undo(opened):
    page = opened("&step=500")
    before = entries(page)
    seconds = press_in_a_row(page.get_by_role("slider", name="Noise"), "ArrowRight", 8, 60)
    arrives(page, MOONS.changed(noise=0.18))
    assert is_one_entry(page, before, seconds)
    press(page, "Undo")
    arrives(page, MOONS)


@pytest.mark.parametrize("pause", [30, 150])
def test_each_press_at_the_network_counts(opened, pause):
    page = opened("&step=500")
    before = entries(page)
    seconds = click_in_a_row(page.get_by_role("button", name="Add a neuron to hidden layer 2"), 5, pause)
    arrives(page, MOONS.changed(hidden_layer_sizes=(8, 13)))
    assert is_one_entry(page, before, seconds)


@pytest.mark.parametrize("pause", [30, 150])
def test_each_press_of_new_seed_and_of_a_number_counts(opened, pause):
    page = opened("&step=500")
    for _ in range(4):
        press(page, "New seed")
        page.wait_for_timeout(pause)
    arrives(page, MOONS.changed(seed=5))
    page.get_by_role("spinbutton", name="Data seed").focus()
    for _ in range(5):
        page.keyboard.press("ArrowUp")
        page.wait_for_timeout(pause)
    arrives(page, MOONS.changed(seed=5, data_seed=12))


def test_each_feature_that_is_chosen_quickly_is_kept(opened):
    page = opened("&step=500")
    for label in ("x₁²", "x₂²", "x₁x₂"):
        click_in_a_row(page.get_by_role("button", name=label, exact=True), 1, 60)
    arrives(page, MOONS.changed(features=("x1", "x2", "x1^2", "x2^2", "x1*x2")))


def test_each_press_of_undo_counts_and_so_does_what_is_chosen_from_a_list(opened):
    page = opened("&step=500")
    for label in ("x₁²", "x₂²", "x₁x₂"):
        click_in_a_row(page.get_by_role("button", name=label, exact=True), 1, 60)
        page.wait_for_timeout(700)
    arrives(page, MOONS.changed(features=("x1", "x2", "x1^2", "x2^2", "x1*x2")))
    click_in_a_row(page.get_by_role("toolbar").get_by_role("button", name="Undo", exact=True), 3, 60)
    arrives(page, MOONS)
    settle(page)
    option = page.get_by_role("option", name="RMSprop", exact=True)
    for _ in range(5):  # an open list closes when the page is drawn anew, as it may be on a busy machine
        page.get_by_role("combobox", name="Optimizer").click()
        with suppress(TimeoutError):
            option.click(timeout=5_000)
            break
    arrives(page, MOONS.changed(optimizer="rmsprop"), changes=1)


def test_each_dataset_is_an_entry_of_its_own_and_back_leads_through_them(opened):
    page = opened("&step=500")
    before = entries(page)
    for name in ("XOR", "Circles"):
        page.get_by_role("radio", name=name, exact=True).click()
        page.wait_for_timeout(700)
    arrives(page, Config(dataset="circles"))
    assert len(entries(page) - before) == 2
    page.go_back()
    arrives(page, Config(dataset="xor"))
    page.go_back()
    arrives(page, MOONS)
    assert state(page)["step"] == 500


def test_the_address_holds_the_moment_once_it_stands_and_a_reload_comes_back_to_it(opened):
    page = opened("&step=500")
    before = entries(page)
    press(page, "Step")
    page.wait_for_function("() => location.search.includes('step=501')")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.search.includes('step=504')")
    assert entries(page) == before, "moments are no entries of the history"
    page.reload()
    settle(page)
    assert state(page)["step"] == 504
    page.get_by_role("link", name="Health").click()
    wait_for(page, "p.step === 504")
    page.wait_for_function("() => location.search.includes('step=504')")
