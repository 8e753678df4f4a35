"""Keyboard and screen reader: everything can be reached, has a name, and is told in words and numbers."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import axe_playwright_python
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.run.experiment import Experiment
from tests.browser.harness import SCHEMES, VIEWPORTS, visit
from tests.browser.stage import parameters, press, recorded, state, wait_for

# The package carries axe-core itself, of which no more is needed here.
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/", "/inside", "/health", "/fold", "/landscape", "/lessons", "/compare", "/atlas", "/data", "/export", "/talk",
)  # fmt: skip

# What axe-core finds in Streamlit's own markup, which no page of ours can change: rule, selector, and why it may stay.
STREAMLITS_OWN = [
    # Scrollers without anything to focus in them are Tab stops of their own in Chromium, Firefox and Safari.
    ("scrollable-region-focusable", ".stCode pre"),
]

# The control with the focus: its name as the page gives it, and whether its focus can be seen.
FOCUSED = """() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const name = e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || e.title;
  return { name: name.trim(), in_stage: !!e.closest('.stage'),
           visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }; }"""


@pytest.fixture
def home(page: Page) -> Page:
    visit(page, "/?view=full")
    wait_for(page, "window.__stage?.ready && p.run.rows.length > 1")
    return page


def stand_still(page: Page) -> None:
    """Wait for a stage with a run, where the page has one, and pause it."""
    if page.locator(".stage-place").count():
        wait_for(page, "window.__stage?.ready && p.run.rows.length > 1")
        page.evaluate("() => __player.pause()")
    expect(page.locator(".stException")).to_have_count(0)


def complaints(page: Page) -> list[str]:
    """What axe-core calls serious or critical, without what Streamlit alone could change."""
    found = page.evaluate(
        """async (excused) => {
          const { violations } = await axe.run(document, { resultTypes: ['violations'] });
          return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).flatMap((v) => v.nodes
            .filter((n) => !excused.some(([rule, selector]) => rule === v.id
                                         && document.querySelector(n.target[0])?.matches(selector)))
            .map((n) => `${v.id}: ${n.html.slice(0, 200)} ${n.failureSummary}`)); }""",
        STREAMLITS_OWN,
    )
    return list(found)


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(page, path):
    page.emulate_media(reduced_motion="reduce")
    visit(page, f"{path}?view=full")
    stand_still(page)
    page.evaluate(AXE)
    found: dict[str, list[str]] = {}
    for name in ("desktop", "phone"):
        width, height = VIEWPORTS[name]
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            dark = "true" if scheme == "dark" else "false"
            page.wait_for_function(
                f"""() => {dark} === (getComputedStyle(document.querySelector('.stApp')).colorScheme === 'dark')
                          && (!document.querySelector('.stage-place') || __stage.theme.dark === {dark})"""
            )
            page.wait_for_timeout(700)  # the component on "Inside a step" looks for a new theme every 600 ms
            if problems := complaints(page):
                found[f"{name}, {scheme}"] = problems
    assert not found


def set_by_hand(page: Page) -> None:
    page.locator(".stage .cells").press("Enter")
    expect(page.get_by_role("dialog", name="Set by hand")).to_be_visible()


def open_confusion(page: Page) -> None:
    page.get_by_role("button", name="Confusion").click()
    expect(page.get_by_role("table", name="Confusion matrix of the test points")).to_be_visible()


def open_word(page: Page) -> None:
    page.get_by_role("button", name="loss", exact=True).click()
    expect(page.locator(".explained:popover-open")).to_contain_text("how wrong the network is")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("path", "before"),
    [
        ("/?look=projector", lambda page: None),
        ("/?view=full", set_by_hand),
        ("/?view=full&dataset=blobs", open_confusion),
        ("/", open_word),
    ],
    ids=["projector", "set by hand", "confusion", "a word explained"],
)
def test_axe_finds_nothing_serious_on_what_is_opened_on_the_stage(new_page, path, before, scheme):
    page = new_page(scheme=scheme)
    page.emulate_media(reduced_motion="reduce")
    visit(page, path)
    stand_still(page)
    before(page)
    page.evaluate(AXE)
    assert complaints(page) == []


def test_the_order_in_which_the_page_is_read_is_the_order_in_which_it_is_seen(home):
    stand_still(home)
    assert home.locator(".stSidebar h3").all_inner_texts() == ["Data", "Network", "Training", "Classics"]
    parts = home.evaluate(
        """() => [...document.querySelectorAll(
             '.stage [role=toolbar], .stage .readout, .stage .sentence, .stage section')].map((e) => {
             const { left, top, bottom } = e.getBoundingClientRect();
             return { name: e.ariaLabel || e.className, left, top, bottom }; })"""
    )
    assert [part["name"] for part in parts] == [
        "Training", "readout", "sentence", "Decision boundary", "Network", "Weight heat maps",
        "Gradient norm by layer", "Accuracy", "Timeline: drag the loss curve",
    ]  # fmt: skip
    for a, b in pairwise(parts):
        assert b["top"] >= a["bottom"] - 1 or b["left"] > a["left"], (a, b)


def test_tab_goes_through_the_stages_controls_in_order_and_shows_where_it_is(home):
    stand_still(home)
    home.locator(".stage button.reset").focus()
    home.keyboard.press("Shift+Tab")  # the focus that a keyboard gives is the one that must be visible
    home.keyboard.press("Tab")
    seen: list[dict[str, Any]] = []
    for _ in range(40):
        focused = home.evaluate(FOCUSED)
        if not focused["in_stage"]:
            break
        seen.append(focused)
        home.keyboard.press("Tab")
    names = [re.sub(r"\s+", " ", f["name"]) for f in seen]
    assert all(f["visible"] for f in seen), [f["name"] for f in seen if not f["visible"]]
    wanted = [
        "Reset", "Back", "Play", "Step", "Step by", "Speed", "New seed", "Copy link", "Show less", "Add a hidden layer",
        "Add a neuron to hidden layer 1", "Add a neuron to hidden layer 2", "Log scale", "Moment of the run",
    ]  # fmt: skip
    places = [names.index(name) for name in wanted]
    assert places == sorted(places), names
    assert len(names) == len(set(names)), "two controls with one name"
    assert home.evaluate("() => [...document.querySelectorAll('.stage [tabindex]')].every((e) => e.tabIndex <= 0)")


def test_a_focused_button_works_with_space_and_enter(home):
    stand_still(home)
    home.keyboard.press("Home")
    step = home.get_by_role("toolbar").get_by_role("button", name="Step", exact=True)
    for n, key in enumerate(("Space", "Enter"), start=1):
        step.press(key)
        wait_for(home, f"p.step === {n} && p.state === 'paused'")
    play = home.locator(".stage button.play")
    for key in ("Space", "Enter"):
        play.press(key)
        wait_for(home, "p.moving")
        play.press(key)
        wait_for(home, "!p.moving")


def test_a_weight_is_chosen_and_set_by_the_keyboard_alone(home):
    stand_still(home)
    home.evaluate("() => __player.place(1000)")
    wait_for(home, "p.step === 1000 && p.told === 1000 && !p.asked")
    before = parameters(home)
    layers = home.evaluate("() => __stage.network.layers")
    home.get_by_role("button", name="Add a neuron to hidden layer 2").focus()
    home.keyboard.press("Tab")  # what is this?
    home.keyboard.press("Tab")
    grid = home.get_by_role("grid", name="Weights and biases")
    expect(grid).to_be_focused()
    assert home.evaluate(FOCUSED)["visible"]

    def chosen() -> str:
        cell = home.locator(f"[id='{grid.get_attribute('aria-activedescendant')}']")
        inside, around = cell.bounding_box(), home.locator(".stage .weights .plot").bounding_box()
        assert inside["x"] >= around["x"]
        assert inside["y"] + inside["height"] <= around["y"] + around["height"]
        words = cell.get_attribute("aria-label")
        expect(home.locator(".stage .weights .scale")).to_have_text(words)
        return words

    def holds(place: int) -> str:
        return f"{before[place]:.4g}".replace("-", "−")

    assert chosen() == f"Weight input x₁ → neuron 1 of layer 1: {holds(layers[0]['weight'][0])}"
    for key, name in (
        ("ArrowUp", "Weight input x₁ → neuron 1 of layer 1"),
        ("ArrowDown", "Weight input x₂ → neuron 1 of layer 1"),
        ("ArrowDown", "Bias of neuron 1 of layer 1"),
        ("ArrowDown", "Bias of neuron 1 of layer 1"),
        ("ArrowLeft", "Bias of neuron 1 of layer 1"),
        *(("ArrowRight", f"Bias of neuron {k} of layer 1") for k in range(2, 9)),
        ("ArrowRight", "Weight neuron 3 of layer 1 → neuron 1 of layer 2"),
        ("ArrowRight", "Weight neuron 3 of layer 1 → neuron 2 of layer 2"),
    ):
        home.keyboard.press(key)
        assert chosen().startswith(f"{name}: ")
    assert state(home)["step"] == 1000, "the arrow keys are the grid's"
    offset, across, down = layers[1]["weight"]
    place = offset + 2 * across + down
    assert chosen().endswith(holds(place))
    home.keyboard.press("Enter")
    editor = home.get_by_role("dialog", name="Set by hand")
    expect(editor).to_contain_text("Weight neuron 3 of layer 1 → neuron 2 of layer 2")
    expect(home.get_by_label("Exact value")).to_be_focused()
    home.keyboard.press("Escape")
    expect(editor).to_be_hidden()
    expect(grid).to_be_focused()
    home.keyboard.press("Enter")
    home.keyboard.type("-3.5")
    home.keyboard.press("Enter")
    wait_for(home, "p.run.header.link.includes('then=')")
    expect(grid).to_be_focused()
    after = parameters(home)
    assert np.flatnonzero(after != before).tolist() == [place]
    assert after[place] == -3.5
    home.wait_for_timeout(300)
    home.keyboard.press("ArrowLeft")
    home.keyboard.press("ArrowRight")
    assert chosen() == "Weight neuron 3 of layer 1 → neuron 2 of layer 2: −3.5"
    home.keyboard.press("Tab")
    expect(home.locator(".stage .weights .scale")).to_contain_text("full colour")


# Elements as Streamlit and its parts make them, and keys that are theirs.
STRANGERS = [
    ('<div role="dialog"><button>x</button></div>', "button", ("ArrowLeft", "Home", "Space")),
    ('<ul role="menu"><li role="menuitem" tabindex="0">x</li></ul>', "li", ("ArrowLeft", "Home", "Space")),
    ('<div role="tablist"><button role="tab">x</button></div>', "button", ("ArrowLeft", "Home", "End")),
    ("<textarea></textarea>", "textarea", ("ArrowLeft", "Home", "Space")),
    ('<input type="checkbox">', "input", ("Space",)),
    ('<div contenteditable="true">x</div>', "div", ("ArrowLeft", "Space")),
    ('<canvas tabindex="0" role="grid"></canvas>', "canvas", ("ArrowLeft", "Home", "Space")),
    ("<details><summary>x</summary></details>", "summary", ("Space",)),
    ('<a href="#x">x</a>', "a", ("Space",)),
    ("<button>x</button>", "button", ("Space",)),
    ('<div tabindex="0" style="width:9px;height:9px;overflow:auto"><p>scrolled</p></div>', "div", ("ArrowLeft", "End")),
]


def test_keys_are_never_taken_from_what_has_a_use_for_them(home):
    stand_still(home)
    home.evaluate(
        """() => { const place = document.createElement('div'); place.id = 'strangers';
           document.body.append(place); window.taken = [];
           window.addEventListener('keydown', (e) => e.defaultPrevented && taken.push(e.key)); }"""
    )
    before = state(home)
    for markup, tag, keys in STRANGERS:
        home.evaluate("(markup) => (document.querySelector('#strangers').innerHTML = markup)", markup)
        home.locator(f"#strangers {tag}").first.focus()
        for key in keys:
            home.keyboard.press(key)
        assert home.evaluate("() => taken") == [], markup
        now = state(home)
        assert (now["step"], now["state"]) == (before["step"], "paused"), markup


def test_streamlits_own_widgets_keep_their_keys(home):
    stand_still(home)
    before = state(home)
    for role, name in (
        ("textbox", "Hidden layers"),
        ("slider", "Batch size"),
        ("radio", "0.02"),
        ("combobox", "Activation"),
    ):
        widget = home.get_by_role(role, name=name).first
        widget.scroll_into_view_if_needed()
        widget.focus()
        home.keyboard.press("Home")
        home.keyboard.press("Escape")
        now = state(home)
        assert (now["step"], now["state"]) == (before["step"], "paused"), name


def words(page: Page) -> dict[str, str]:
    """The text alternatives of the stage's pictures, by part."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.stage .panel [role=img]')].map((e) =>
             [e.closest('.panel').classList[e.closest('.curves') ? 2 : 1], e.getAttribute('aria-label')]))"""
    )


def test_every_picture_is_told_in_the_numbers_of_the_moment(home):
    stand_still(home)
    home.keyboard.press("End")
    home.wait_for_timeout(600)
    told = words(home)
    assert set(told) == {"surface", "diagram", "weights", "gradients", "scores", "timeline"}
    read = dict(
        zip(
            ("at", "train", "test", "right", "test_right"),
            home.locator(".stage .cell b").all_inner_texts(),
            strict=True,
        )
    )
    for part in ("surface", "scores"):
        assert f"accuracy {read['right']}, test accuracy {read['test_right']}" in told[part]
    for part in ("surface", "timeline"):
        assert f"training loss {read['train']}, test loss {read['test']}" in told[part]
    shares = [float(share) for share in re.findall(r"has ([\d.]+) % ", told["surface"].replace(",", " "))]
    assert len(shares) == 2
    assert sum(shares) == pytest.approx(100, abs=0.2)
    net = recorded(Experiment(), 1).trainer.net
    net.parameters[:] = parameters(home)
    strongest = max(net.layers[0].weights.ravel().tolist(), key=abs)
    assert f"with {strongest:.4g}".replace("-", "−") in told["diagram"]
    assert re.search(r"Layer 1: 16 weights from −?[\d.]+ to [\d.]+, 8 biases from", told["weights"])
    assert re.search(r"layer 1 [\d.]+, layer 2 [\d.]+, output [\d.]+", told["gradients"])
    assert home.locator(".stage .panel svg.main-svg").count() > 0
    soup = "() => [...document.querySelectorAll('.stage svg.main-svg')].every((e) => e.closest('[aria-hidden=true]'))"
    assert home.evaluate(soup)
    home.keyboard.press("Home")
    home.wait_for_timeout(600)
    assert all(words(home)[part] != told[part] for part in told)


@pytest.mark.parametrize(("path", "n_charts"), [("/inside", 1), ("/health", 8)])
def test_every_chart_of_the_pages_that_look_closer_is_told_in_numbers(page, path, n_charts):
    visit(page, path)
    charts = page.locator(".stMain .js-plotly-plot:not(.stage *)")
    expect(charts).to_have_count(n_charts)
    told = charts.evaluate_all("all => all.map((e) => e.closest('[role=img], [role=figure]')?.ariaLabel ?? '')")
    assert all(len(re.findall(r"\d[\d.]*", words)) >= 5 for words in told), told


def test_words_follow_at_a_calm_pace_and_the_end_is_always_told(home):
    home.evaluate(
        """() => { window.said = []; window.told = [];
           new MutationObserver(() => said.push([performance.now(), __player.moving]))
             .observe(document.querySelector('.stage .spoken'), { childList: true });
           new MutationObserver(() => told.push([performance.now(), __player.moving]))
             .observe(document.querySelector('.stage .surface canvas'), { attributeFilter: ['aria-label'] }); }"""
    )
    home.evaluate("() => { __player.goal = Infinity; __player.play(); }")
    home.wait_for_timeout(7000)
    press(home, "Pause")
    home.wait_for_timeout(1500)
    for name, least in (("said", 4500), ("told", 2500)):  # milliseconds; a busy machine sees a change late
        times = [at for at, moving in home.evaluate(f"() => {name}") if moving]
        assert times, name
        assert all(b - a >= least for a, b in pairwise(times)), name
    read = home.locator(".stage .cell b").all_inner_texts()
    spoken = home.locator(".stage .spoken")
    expect(spoken).to_have_attribute("role", "status")
    expect(spoken).to_have_text(
        f"Standing at {read[0]}: training loss {read[1]}, test loss {read[2]}, "
        f"training accuracy {read[3]}, test accuracy {read[4]}."
    )
    assert read[1] in words(home)["surface"]


def test_reduced_motion_is_respected(page):
    page.emulate_media(reduced_motion="reduce")
    visit(page, "/inside")
    wait_for(page, "window.__stage?.ready && p.run.rows.length > 1")
    page.wait_for_timeout(500)
    assert state(page)["step"] == 0
    assert state(page)["state"] == "paused"
    moving = page.evaluate(
        # What follows the finger that scrolls does not move by itself.
        """() => [...document.querySelectorAll('.stage *, .inside *, .gallery *')]
             .map((e) => [e, getComputedStyle(e)])
             .filter(([, style]) => style.transitionDuration !== '0s'
                            || (style.animationName !== 'none' && style.animationTimeline === 'auto'))
             .map(([e]) => e.outerHTML.slice(0, 80))"""
    )
    assert moving == []
    press(page, "Play")  # asked for, it plays
    wait_for(page, "p.step > 0")


def test_nothing_disappears_in_colours_that_the_system_chooses(home):
    stand_still(home)
    home.emulate_media(forced_colors="active")
    home.wait_for_timeout(200)
    look = home.evaluate(
        """() => { const of = (q, name) => getComputedStyle(document.querySelector(q))[name];
          const ground = of('.stApp', 'backgroundColor');
          return { ground, cursor: of('.stage .cursor', 'backgroundColor'), knob: of('.stage .knob', 'backgroundColor'),
            chosen: of('.gallery [aria-checked=true]', 'borderTopColor'),
            other: of('.gallery [aria-checked=false]', 'borderTopColor'),
            edges: [...document.querySelectorAll('.stage button:not(.noted *), .stage select')].map((e) =>
              [getComputedStyle(e).borderTopStyle, getComputedStyle(e).borderTopColor]),
            term: [of('.stage .term', 'borderBottomStyle'), of('.stage .term', 'borderBottomColor')],
            sign: of('.stage .what', 'color') }; }"""
    )
    assert look["cursor"] != look["ground"]
    assert look["knob"] != look["ground"]
    assert look["chosen"] not in (look["other"], look["ground"])
    assert all(style == "solid" and colour != look["ground"] for style, colour in look["edges"])
    assert look["term"][0] == "dotted"
    assert look["ground"] not in (look["term"][1], look["sign"])
    home.locator(".stage button.reset").focus()
    home.keyboard.press("Tab")
    assert home.evaluate(FOCUSED)["visible"]


def test_more_contrast_makes_lines_as_strong_as_the_text(home):
    stand_still(home)
    home.emulate_media(contrast="more")
    line, text = home.evaluate(
        """() => { const style = getComputedStyle(document.querySelector('.stage button.reset'));
             return [style.borderTopColor, style.color]; }"""
    )
    assert line == text


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_at_twice_the_size(page, path):
    # A window of 1440 x 900 at 200 % has as much room as one of half its sides.
    page.set_viewport_size({"width": 720, "height": 450})
    visit(page, path)
    stand_still(page)
    cut = page.evaluate(
        """() => {
          const scroller = (e, axis) => { for (; e; e = e.parentElement) {
            const how = getComputedStyle(e)['overflow' + axis];
            if (/auto|scroll/.test(how) || e === document.documentElement) return e; } };
          return [...document.querySelectorAll('.stage *, .inside *, .stMain button, .stMain p, .stMain h3')]
            .filter((e) => e.checkVisibility() && !e.closest('svg, .spoken, [aria-hidden=true], math'))
            .filter((e) => {
              const box = e.getBoundingClientRect();
              const within = scroller(e.parentElement, 'X');
              const end = within.scrollWidth - within.scrollLeft
                          + (within === document.documentElement ? 0 : within.getBoundingClientRect().left);
              const beside = box.right > innerWidth + 1 && end < box.right - 1;
              const clipped = /hidden|clip/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1
                              && e.innerText && !e.closest('.plot, select');
              return beside || clipped; })
            .map((e) => e.outerHTML.slice(0, 160)); }"""
    )
    assert cut == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 720
    controls = page.locator(".stage button:visible, .stage select:visible, .stage .handle, .inside button:visible")
    for control in controls.all():
        control.scroll_into_view_if_needed()
        expect(control).to_be_in_viewport()
