"""The page Health in a real browser: it follows the timeline, and one click makes the experiment that it advises."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.harness import settle, visit
from tests.browser.stage import wait_for

CHART = ".charts .chart"
WHEN = ("Before", "After")
SICK = "/health?hidden=8,8,8,8,8,8,8,8&activation=sigmoid"


def test_one_click_on_a_cure_starts_the_experiment(page: Page):
    visit(page, f"{SICK}&step=0")
    fading = page.get_by_text(re.compile(r"Layer 1 gets \S+ % of the output layer's gradient"))
    expect(fading).to_be_visible()
    expect(page.locator("[data-testid=stMain] button[kind=primary]")).to_have_count(1)
    page.get_by_role("button", name="Use two hidden layers of tanh", exact=True).click()
    page.wait_for_url(re.compile(r"/health(\?(?!.*hidden)|$)"))
    outcome = page.locator(".st-key-cure_outcome")
    expect(outcome).to_be_focused()
    expect(outcome).to_be_in_viewport()
    expect(outcome.locator("figure small")).to_have_text([re.compile(r"\d+ of 100 right, loss ")] * 2)
    expect(outcome.locator(".chart b")).to_have_text([f"{when}: The gradient on its way back" for when in WHEN])
    expect(page.locator(".stage .handle")).to_have_attribute("aria-valuenow", "1500")  # where the card judges
    outcome.get_by_role("button", name="Stop").click()
    expect(outcome.get_by_role("button", name="Go on")).to_be_visible()
    expect(outcome.get_by_text(re.compile(r"From .* beginnings?: "))).to_be_visible()
    settle(page)
    expect(fading).to_have_count(0)


def at_the_top(page: Page, part: Locator) -> bool:
    """Whether a part of the page begins right below the page's head."""
    box = part.bounding_box()
    return box is not None and 0 < box["y"] < 100


def test_the_page_goes_to_the_table_at_once_and_a_patient_leads_back_to_the_controls(page: Page):
    visit(page, f"{SICK}&step=0")
    page.get_by_role("button", name="Try each alone").click()
    table = page.locator(".st-key-tried_vanishing")
    expect(table.locator("figure").last).to_be_attached()
    expect(table).to_be_focused()
    expect(page.get_by_text("Training run")).to_be_visible()  # it has only begun
    assert at_the_top(page, table)
    table.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="All weights zero").click()
    expect(page.locator(".st-key-findings")).to_be_focused()
    expect(page.locator("[data-testid=stMain]")).to_have_js_property("scrollTop", 0)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_in_viewport()


def test_each_change_is_tried_alone_and_the_one_that_helps_is_used(page: Page):
    visit(page, "/health?init=zeros&step=250")
    page.get_by_role("button", name="Try each alone").click()
    table = page.locator(".st-key-tried_twins")
    expect(table).to_be_focused()
    assert at_the_top(page, table), "the page goes to the table, not to where its heading is in sight"
    row = table.locator("figure", has_text="Glorot uniform instead of Zeros")
    expect(row.locator("em")).to_have_text(re.compile("cures [1-5] of [1-5]"))
    expect(row.locator("small")).to_have_text(re.compile(r"\d+ → \d+ of 100 right"))
    colours = row.locator("canvas").evaluate(
        "(c) => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
    )
    assert colours > 3, "its picture is drawn"
    row.get_by_role("button", name="Use it: Initial weights: Glorot uniform instead of Zeros").click()
    expect(page.locator(".st-key-cure_outcome")).to_be_focused()
    page.wait_for_url(re.compile(r"/health(\?(?!.*init)|$)"))
    expect(table).to_have_count(0)


def test_a_sick_network_is_drawn_and_a_click_opens_it_where_its_finding_is(page: Page):
    visit(page, "/health")
    patient = page.get_by_role("button", name="All weights zero")
    expect(patient.locator("small")).to_have_text("50 of 100 right")
    colours = patient.locator("canvas").evaluate(
        "(c) => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size"
    )
    assert colours > 3, "its points are drawn"
    patient.click()
    findings = page.locator(".st-key-findings")
    expect(findings.get_by_text("All neurons of a layer are the same").first).to_be_visible()
    expect(findings).to_be_focused()
    expect(page.locator(".stage .handle")).to_have_attribute("aria-valuenow", "1500")


def test_opened_by_its_bare_address_the_run_plays_and_what_became_of_it_is_looked_at(page: Page):
    visit(page, "/health")
    wait_for(page, "p.atGoal")
    expect(page.get_by_text("epoch 200, step 5000")).to_be_visible()
    page.goto("/export")
    expect(page.get_by_text("up to step 5,000")).to_be_visible()


def test_the_page_follows_the_timeline(page: Page):
    visit(page, "/health?step=0")
    expect(page.get_by_text("At epoch 0, step 0,")).to_be_visible()
    page.locator(".stage .handle").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("At epoch 1, step 25,")).to_be_visible()
    charts = page.locator(CHART)
    expect(charts).to_have_count(8)
    for k in range(8):
        expect(charts.nth(k).locator(".main-svg").first).to_be_visible()


def test_what_was_hidden_in_a_legend_stays_hidden_at_the_next_moment(page: Page):
    visit(page, "/health?step=500")
    shown = "() => document.querySelector('.chart[data-key=flat] .js-plotly-plot')._fullData.map((t) => t.visible)"
    page.locator(".chart[data-key=flat] .legendtoggle").first.click()
    page.wait_for_function(f"() => ({shown})()[0] === 'legendonly'")
    page.evaluate(
        """() => { window.redrawn = false; document.querySelector('.chart[data-key=flat] .js-plotly-plot')
             .on('plotly_afterplot', () => (window.redrawn = true)); }"""
    )
    page.locator(".stage .handle").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => redrawn")
    assert page.evaluate(shown) == ["legendonly", True]


def places(page: Page) -> list[float]:
    """Where the moment is marked in each chart over time, as a share of its horizontal axis."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.charts .moment')].map((line) => {
             const area = line.parentElement.querySelector('.nsewdrag').getBoundingClientRect();
             return (line.getBoundingClientRect().left + 1 - area.left) / area.width; })"""
    )


def test_a_drag_moves_the_moment_in_every_chart_over_time_and_redraws_none_of_them(page: Page):
    visit(page, "/health?step=5000")  # where outputs are flat, and stay so
    page.locator(CHART + " .nsewdrag").last.wait_for(state="attached")
    page.evaluate(
        """() => { window.redrawn = [];
          for (const chart of document.querySelectorAll('.chart'))
            chart.querySelector('.js-plotly-plot').on('plotly_afterplot', () => redrawn.push(chart.dataset.key)); }"""
    )
    handle = page.locator(".stage .handle")
    box = handle.bounding_box()
    assert box
    page.mouse.move(box["x"] + 80, box["y"] + 10)
    page.mouse.down()
    for share in (0.3, 0.6):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + 10)
        page.wait_for_timeout(300)
        wanted = page.evaluate("() => __player.epoch / __player.run.lastEpoch")
        assert 0.1 < wanted < 0.9
        assert places(page) == pytest.approx([wanted] * 3, abs=0.004)
    assert page.evaluate("() => redrawn") == [], "while the hand is on the timeline the server is not asked"
    page.mouse.up()
    epoch, step = page.evaluate("() => [__player.epoch, __player.step]")
    expect(page.get_by_text(f"epoch {epoch:.4g}, step {step}")).to_be_visible()
    page.wait_for_function("() => redrawn.length >= 5")
    assert set(page.evaluate("() => redrawn")) == {"proof vanishing", "flat", "Activations", "Weights", "Gradients"}


def test_a_single_step_is_told_at_once_and_a_burst_when_it_is_over(page: Page):
    visit(page, "/health?step=0")
    page.locator(".stage .handle").focus()
    page.keyboard.press("End")
    settle(page)
    page.wait_for_timeout(500)
    at_once = page.evaluate(
        """async () => { const player = __player, say = player.say, last = player.step; window.told = [];
          player.say = () => { told.push(last - player.step); say.call(player); };
          player.stepBy(-1, false);
          await new Promise((r) => setTimeout(r));
          return [...told]; }"""
    )
    assert at_once == [1]
    settle(page)
    page.evaluate("() => { for (let k = 0; k < 9; k++) __player.stepBy(-1, false); }")
    page.wait_for_timeout(800)
    assert page.evaluate("() => told") == [1, 10]


def test_the_numbers_come_as_csv(page: Page, tmp_path: Path):
    visit(page, "/health?step=0")
    page.get_by_text("The numbers behind the plots").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV file").first.click()
    download.value.save_as(tmp_path / "layers.csv")
    assert download.value.suggested_filename == "layers.csv"
    text = (tmp_path / "layers.csv").read_text(encoding="utf-8")
    assert text.startswith("layer,activation,neurons")
    assert len(text.splitlines()) == 4


@pytest.mark.parametrize(("viewport", "scheme"), [("phone", "dark"), ("laptop", "light")])
def test_the_page_fits_its_window(new_page: Callable[..., Page], viewport: str, scheme: str):
    page = new_page(viewport=viewport, scheme=scheme)
    visit(page, f"{SICK}&step=0")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0


def test_the_old_address_still_works_on_a_fresh_server(fresh_server: object, page: Page):
    visit(page, "/gradients")
    expect(page.locator(CHART)).to_have_count(8)
