"""The page "Inside a step" in a real browser: the walk by keyboard, picking, terms that light up with their links."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from playground.inside.step import take_apart
from playground.run.experiment import Experiment
from playground.run.number import say
from tests.browser.harness import settle, visit
from tests.browser.stage import recorded

SCREENS = [(1440, 900), (1366, 768), (1280, 720)]
ROOT = ".inside"
LINK = ".inside .link[data-key='{}'] .touch"


@pytest.fixture
def inside(page: Page) -> Page:
    """The page, at the end of what is recorded of the opening run."""
    open_page(page)
    return page


def open_page(page: Page) -> None:
    visit(page, "/inside")
    page.locator(".stage .handle").focus()
    page.keyboard.press("End")
    expect(page.locator(".inside .where")).to_have_text(re.compile(r"Step [1-9]\d+ → \d+"))
    page.evaluate("document.activeElement.blur()")
    page.wait_for_selector(f"{ROOT}[data-idea]")
    settle(page)
    page.mouse.move(5, 5)


def idea(page: Page) -> str:
    return page.locator(ROOT).get_attribute("data-idea") or ""


def spoken(page: Page) -> tuple[list[int], list[int]]:
    """The layers whose units and whose incoming links are highlighted."""
    layers = "kind => [...document.querySelectorAll(`.inside .${kind}.spoken`)].map(e => +e.dataset.layer)"
    units, links = (sorted(set(page.evaluate(layers, kind))) for kind in ("unit", "link"))
    return units, links


def now(page: Page) -> str:
    """The moment, as the timeline has it."""
    return page.locator(".stage .handle").get_attribute("aria-valuenow") or ""


def test_arrow_keys_walk_from_idea_to_idea_and_highlight_what_each_speaks_of(inside: Page):
    moment = now(inside)
    seen = [(idea(inside), spoken(inside))]
    for _ in range(15):
        inside.keyboard.press("ArrowRight")
        seen.append((idea(inside), spoken(inside)))
    walked = dict(seen)
    assert walked["The point enters"] == ([0], [])
    assert walked["Sums of layer 2"] == ([1, 2], [2])
    assert walked["The bend of layer 1"] == ([1], [])
    assert walked["Blame goes back to layer 1"] == ([1, 2], [2])
    assert walked["The gradient of the weights into the output layer"] == ([3], [3])
    assert walked["The new weights"] == ([], [1, 2, 3])
    assert seen[-1][0] == "The new weights"
    inside.keyboard.press("ArrowLeft")
    assert idea(inside) == "What Adam remembers"
    assert now(inside) == moment, "the walk must not move the timeline"


def test_the_last_stop_leads_on_to_the_first_of_the_next_step(page: Page):
    visit(page, "/inside?step=40")
    where, root, following = page.locator(".inside .where"), page.locator(ROOT), page.locator(".inside .walk .next")
    for go, step in ((following.click, 41), (lambda: page.keyboard.press("ArrowRight"), 42)):
        page.locator(".inside .stops button").last.click()
        expect(following).to_have_text(f"Step {step} →")
        go()
        expect(where).to_have_text(re.compile(f"^Step {step} → {step + 1},"))
        expect(root).to_have_attribute("data-idea", "The point enters")
        expect(following).to_have_text("Next →")


def test_a_clicker_leads_the_walk_with_the_projectors_look(page: Page):
    visit(page, "/inside?step=40&look=projector")
    root, where = page.locator(ROOT), page.locator(".inside .where")
    page.locator(".inside .unit").first.focus()  # keys of the drawing have to wait
    page.keyboard.press("PageDown")
    expect(root).to_have_attribute("data-idea", "Sums of layer 1")
    page.keyboard.press("PageUp")
    expect(root).to_have_attribute("data-idea", "The point enters")
    page.locator(".inside .stops button").last.click()
    page.keyboard.press("PageDown")
    expect(where).to_have_text(re.compile("^Step 41 → 42,"))
    expect(root).to_have_attribute("data-idea", "The point enters")
    page.get_by_role("combobox", name="Activation").first.focus()  # a list, and closed
    page.keyboard.press("PageDown")
    expect(root).to_have_attribute("data-idea", "Sums of layer 1")
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'text' }))")
    page.locator("#text").focus()
    page.keyboard.press("PageDown")
    assert idea(page) == "Sums of layer 1"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("b")
    page.wait_for_selector(".stage .black:popover-open")
    page.keyboard.press("PageDown")  # only brings the page back
    page.wait_for_selector(".stage .black", state="hidden")
    assert idea(page) == "Sums of layer 1"


def test_all_about_what_was_clicked_is_one_click_away(inside: Page):
    inside.locator(".inside .unit[data-key='u:2:5']").click()
    expect(inside.locator(".inside .foot")).to_contain_text(
        "Chosen: neuron 6 of layer 2, and the dashed weight into it."
    )
    assert idea(inside) == "Sums of layer 2", "the walk goes to where it is spoken of"
    heading = inside.get_by_role("heading", name="Neuron 6 of layer 2")
    expect(heading).not_to_be_in_viewport()
    inside.get_by_role("button", name="All about it").click()
    expect(heading).to_be_in_viewport(ratio=1)
    assert heading.evaluate(TOPMOST), "the head of the page must not lie over it"


TOPMOST = """(e) => { const { left, top, height } = e.getBoundingClientRect();
  return document.elementFromPoint(left + 2, top + height / 2) === e; }"""

DASHED = """() => [...document.querySelectorAll('.inside .link .ink')]
  .filter((ink) => getComputedStyle(ink).strokeDasharray !== 'none').map((ink) => ink.parentElement.dataset.key)"""


def test_stop_drawing_foot_panel_and_nudge_speak_of_one_weight(inside: Page):
    inside.locator(LINK.format("l:2:3:2")).dispatch_event("click")
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "l:2:3:2")
    assert idea(inside) == "Sums of layer 2", "the walk goes to where it is spoken of"
    mine = "the weight from neuron 4 of layer 1 to neuron 3 of layer 2"
    others = {
        "layer 1": ("l:1:0:0", "the weight from input x₁ to neuron 1 of layer 1"),
        "output": ("l:3:0:0", "the weight from neuron 1 of layer 2 to the output"),
    }
    for k in range(16):
        inside.locator(".inside .stops button").nth(k).click()
        title = idea(inside)
        key, name = next((of for layer, of in others.items() if layer in title), ("l:2:3:2", mine))
        assert inside.evaluate(DASHED) == [key], title
        chosen, heading = inside.locator(".inside .foot span").inner_text(), inside.locator(".inside .about h3")
        about = heading.inner_text()
        assert chosen.startswith(f"Chosen: {about[0].lower()}{about[1:]}"), title
        if "gradient" in title or "Chosen: the weight" in chosen:
            assert name in chosen, title
        else:
            assert chosen.endswith(", and the dashed weight into it."), title
        inside.get_by_role("button", name="Nudge this weight").click()
        assert inside.locator(".inside .nudge h3").inner_text() == f"Nudge {name}", title
        inside.get_by_role("button", name="Back to the formulas").click()


LEGEND = """() => [...document.querySelectorAll('.inside .legend span')].map((e) => e.textContent)"""


def test_a_legend_names_lines_and_colours_and_blame_is_told_above_every_layer_on_its_way_back(page: Page):
    visit(page, "/inside?step=40")
    expect(page.locator(".inside .where")).to_contain_text("Step 40")
    for k, runs in ((0, []), (3, ["runs forward"]), (10, ["runs back"]), (15, [])):
        page.locator(".inside .stops button").nth(k).click()
        assert page.evaluate(LEGEND) == ["above zero", "below zero", "chosen weight", "in the formula", *runs]
        blame = page.locator(".inside .blame text")
        assert [text.is_visible() for text in blame.all()] == 4 * [k == 10]
    page.locator(".inside .stops button").nth(10).click()
    said, *sizes = page.locator(".inside .blame text").all_text_contents()
    widths = [float(rod.get_attribute("width") or 0) for rod in page.locator(".inside .blame rect").all()]
    assert said == "size of δ"
    assert widths[0] == 0.0
    ratios = [float(size.replace("−", "-")) / width for size, width in zip(sizes, widths[1:], strict=True)]
    assert max(ratios) == pytest.approx(min(ratios), rel=0.1), (
        "rods are as long as their numbers, told in a figure or two"
    )


def test_every_stop_of_the_walk_is_a_button_with_its_name_and_the_keys_go_on_from_it(inside: Page):
    stops = inside.locator(".inside .stops button")
    expect(stops).to_have_count(16)
    stop = inside.get_by_role("button", name="11 of 16: Blame goes back to layer 2")
    stop.click()
    expect(inside.locator(ROOT)).to_have_attribute("data-idea", "Blame goes back to layer 2")
    expect(stop).to_have_attribute("aria-current", "step")
    expect(stop).to_contain_text("blame")
    lit = inside.evaluate("[...document.querySelectorAll('.inside .group.now')].map(e => e.dataset.stage)")
    assert set(lit) == {"backward"}
    inside.keyboard.press("ArrowRight")
    expect(inside.locator(ROOT)).to_have_attribute("data-idea", "The gradient of the weights into layer 2")
    expect(stops.nth(11)).to_be_focused()


FITS = """() => {
  const room = [...document.querySelectorAll('.inside :is(.halves, .card, .scroller, .status)')];
  return { below: Math.max(...room.map((e) => e.getBoundingClientRect().bottom - innerHeight)),
           inner: Math.max(...room.map((e) => Math.max(e.scrollHeight - e.clientHeight, 0))),
           pictures: [...document.querySelectorAll('.sketches .plot')].every((e) => e.firstChild?.checkVisibility()),
           numbers: [...document.querySelectorAll('.inside .card math')].every((e) => e.checkVisibility()),
           scrolled: document.querySelector('[data-testid=stMain]').scrollTop }; }"""


@pytest.mark.parametrize("size", SCREENS)
def test_drawing_and_card_stand_on_one_screen_at_every_stop_with_all_pictures_and_numbers(
    inside: Page, size: tuple[int, int]
):
    inside.set_viewport_size({"width": size[0], "height": size[1]})
    inside.wait_for_function(
        "() => document.querySelector('.inside .halves').getBoundingClientRect().bottom <= innerHeight"
    )
    for k in range(16):
        inside.locator(".inside .stops button").nth(k).click()
        fits = inside.evaluate(FITS)
        assert fits["below"] <= 0, (k, fits)
        assert fits["inner"] <= 1, (k, fits)
        assert fits["pictures"], (k, fits)
        assert fits["numbers"], (k, fits)
        assert fits["scrolled"] == 0


DEEP = "/inside?hidden=8,8,8,8,8,8,8,8&activation=sigmoid&step=40"
# What of the deepest network's drawing and walk is cut, or lies over something else.
OUTSIDE = """() => {
  const box = (e) => e.getBoundingClientRect(), all = (what) => [...document.querySelectorAll('.inside ' + what)];
  const [scroller, list] = [box(all('.scroller')[0]), box(all('.stops')[0])];
  const words = (e) => { const range = document.createRange(); range.selectNodeContents(e); return box(range); };
  const beyond = (r, around) => r.left < around.left - 1 || r.right > around.right + 1;
  const heads = all('.stops li b').map(words);
  return [
    ...all(':is(.unit rect, text.column, text.value, text.name)')
      .filter((e) => box(e).width && beyond(box(e), scroller)),
    ...all('.name').filter((e) => all('.unit rect').some((unit) =>
      box(unit).left < box(e).right && box(unit).top < box(e).bottom && box(unit).bottom > box(e).top)),
    ...all('.unit').filter((e) => beyond(box(e.querySelector('text')), box(e.querySelector('rect')))),
    ...all('.stops button').filter((e) => beyond(box(e), list) || box(e).width < 12),
    ...all('.stops button[aria-current] span').filter((e) => !e.innerText || beyond(words(e), list)),
    ...heads.filter((r, k) => beyond(r, list) || (k && r.left < heads[k - 1].right)),
  ].map((e) => e.outerHTML ?? JSON.stringify(e)); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_deep_network_and_its_walk_fit_their_places(new_page: Callable[..., Page], scheme: str):
    page = new_page(scheme=scheme)
    visit(page, DEEP)
    stops = page.locator(".inside .stops button")
    expect(page.locator(".inside .unit")).to_have_count(2 + 8 * 8 + 1)
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        for k in (0, 8, 18, stops.count() - 12, stops.count() - 1):
            stops.nth(k).click()
            expect(stops.nth(k)).to_have_attribute("aria-current", "step")
            assert page.evaluate(OUTSIDE) == [], (width, k)
    page.get_by_role("button", name="Blame goes back to layer 4").click()
    expect(page.locator(".inside .stops [aria-current] span")).to_have_text("blame layer 4")
    assert all(page.locator(".inside .value").all_text_contents()), "there is room for the numbers"


FLOW = """() => [...document.querySelectorAll('.inside .link .drops')].flatMap((drops) => {
  const { display, animationName, animationDirection } = getComputedStyle(drops);
  const { link, dataset } = drops.parentElement;
  return display === 'none' ? [] : [[dataset.layer, animationName, animationDirection, link.share, link.blame,
                                     parseFloat(drops.style.strokeWidth)]]; })"""


def test_values_run_forward_blame_runs_back_and_both_stand_still_where_motion_is_unwelcome(inside: Page):
    assert inside.evaluate(FLOW) == []
    inside.locator(".inside .stops button").nth(3).click()
    forward = inside.evaluate(FLOW)
    assert {tuple(row[:3]) for row in forward} == {("2", "inside-run", "normal")}
    assert len(forward) == 64
    order = sorted(forward, key=lambda row: abs(row[3]))
    assert [row[5] for row in order] == sorted(row[5] for row in forward), "the more a link carries, the thicker"
    inside.locator(".inside .stops button").nth(10).click()
    back = inside.evaluate(FLOW)
    assert {tuple(row[:3]) for row in back} == {("3", "inside-run", "reverse")}
    order = sorted(back, key=lambda row: abs(row[4]))
    assert [row[5] for row in order] == sorted(row[5] for row in back)
    inside.emulate_media(reduced_motion="reduce")
    assert {row[1] for row in inside.evaluate(FLOW)} == {"none"}


def test_a_nudged_weight_tells_promise_and_truth_by_keyboard(inside: Page):
    before = idea(inside)
    inside.get_by_role("button", name="Nudge this weight").press("Enter")
    slider = inside.get_by_role("slider", name="Nudge the weight from input x₁ to neuron 1 of layer 1: how far")
    slider.focus()
    inside.keyboard.press("End")
    told = inside.evaluate(
        """() => ({ value: document.querySelector('.inside .nudge output').textContent,
                    bars: [...document.querySelectorAll('.inside .bar b')].map((b) => Number(b.title)) })"""
    )
    where = re.match(r"Step (\d+) →", inside.locator(".inside .where").inner_text())
    assert where
    here = take_apart(recorded(Experiment(), 210).trainer, int(where[1]))
    w = here.net.parameters.copy()
    w[0] += 1.0
    promise, truth = told["bars"]
    assert promise == pytest.approx(here.gradient[0], rel=1e-9)
    assert truth == pytest.approx(here.loss_of(w) - here.loss_of(here.net.parameters), rel=1e-9)
    assert told["value"].endswith(f"→ {say(w[0])}")
    assert idea(inside) == before, "keys on the slider must not walk"
    inside.get_by_role("button", name="Next").click()
    expect(slider).to_be_hidden()
    expect(inside.locator(".inside .card")).to_be_visible()


# How far the dot lies from the thumb of the slider across, and what the plot is labelled with.
UNDER = """() => {
  const [slider, dot] = ['input', '.plot .dot'].map((what) => document.querySelector('.inside .nudge ' + what));
  const [at, place] = [slider, dot].map((e) => e.getBoundingClientRect());
  const thumb = at.left + 8 + (at.width - 16) * slider.value / slider.max;
  return { off: place.left + place.width / 2 - thumb,
           axes: [...document.querySelectorAll('.nudge .plot :is(text, math)')].map((e) => e.textContent) }; }"""


def test_the_nudges_dot_stands_under_the_thumb_over_axes_with_numbers_and_words_say_which_way_it_goes(inside: Page):
    inside.get_by_role("button", name="Nudge this weight").click()
    inside.get_by_role("slider", name="Nudge the weight from input x₁ to neuron 1 of layer 1: how far").focus()
    for width, height in SCREENS:
        inside.set_viewport_size({"width": width, "height": height})
        settle(inside)
        for key in ("Home", "PageUp", "End"):
            inside.keyboard.press(key)
            seen = inside.evaluate(UNDER)
            assert abs(seen["off"]) <= 2, (width, key, seen)
            assert len([text for text in seen["axes"] if re.fullmatch(r"[−\d.×⁻⁰-⁹¹²³]+", text)]) >= 4, seen
            assert seen["axes"][-2:] == ["w", "L̄"]
    for text in inside.locator(".inside .bar b").all_text_contents():
        assert re.search(r"^\+.* rises$|^−.* falls$|^0 stays$", text), text
    expect(inside.locator(".inside .nudge .note")).to_contain_text(re.compile("it (rises|falls)"))


def test_the_points_of_the_mini_batch_are_followed_one_by_one_beside_the_title(inside: Page):
    before = idea(inside)
    for name, point in (("The point after", 2), ("The point before", 1), ("The point before", 10)):
        inside.get_by_role("button", name=name).click()
        expect(inside.locator(".inside .points")).to_contain_text(f"point {point} of 10")
        expect(inside.get_by_text(f"On show: point {point} of 10")).to_be_visible()
    assert idea(inside) == before


def test_on_the_timeline_the_arrow_keys_move_through_time_instead(inside: Page):
    before, moment = idea(inside), int(now(inside))
    inside.locator(".stage .handle").focus()
    for back in (1, 2):
        inside.keyboard.press("ArrowLeft")
        expect(inside.locator(".stage .handle")).to_have_attribute("aria-valuenow", str(moment - back))
    expect(inside.locator(".inside .where")).to_contain_text(f"Step {moment - 2} → {moment - 1}")
    assert idea(inside) == before


def test_keys_in_a_setting_do_not_walk(inside: Page):
    before = idea(inside)
    inside.get_by_role("combobox", name="Activation").first.focus()
    inside.keyboard.press("ArrowRight")
    assert idea(inside) == before


def test_a_click_on_a_link_shows_its_terms_and_they_light_up_together(inside: Page):
    inside.locator(LINK.format("l:2:3:2")).dispatch_event("click")
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "l:2:3:2")
    heading = "The weight from neuron 4 of layer 1 to neuron 3 of layer 2"
    expect(inside.get_by_role("heading", name=heading)).to_be_visible()
    picked = inside.locator(".inside .link.picked")
    expect(picked).to_have_count(1)
    expect(picked).to_have_attribute("data-key", "l:2:3:2")

    # The blame of neuron 3 of layer 2 comes back over its link to the output.
    term = inside.locator(".inside .groups .term[data-key='l:3:2:0']").first
    term.hover()
    expect(inside.locator(".inside .link.lit")).to_have_attribute("data-key", "l:3:2:0")
    expect(inside.locator(".inside .status")).to_contain_text("weight 3 → 1")

    inside.locator(LINK.format("l:3:2:0")).dispatch_event("pointerover", {"bubbles": True})
    lit = inside.evaluate("[...new Set([...document.querySelectorAll('.inside .term.lit')].map(e => e.dataset.key))]")
    assert lit == ["l:3:2:0"]


def test_a_term_leads_on_to_its_own_link(inside: Page):
    inside.locator(LINK.format("l:2:0:0")).dispatch_event("click")
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "l:2:0:0")
    inside.locator(".inside .groups .term[data-key='l:3:0:0']").first.click()
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "l:3:0:0")


FOCUSED = """() => { const e = document.activeElement, style = getComputedStyle(e), ink = e.querySelector('.ink, rect');
  return { key: e.closest('[data-key]')?.dataset.key ?? null, name: e.getAttribute('aria-label'),
           lit: [...document.querySelectorAll('.inside .link.lit, .inside .unit.lit')].map((l) => l.dataset.key),
           width: parseFloat(ink ? getComputedStyle(ink).strokeWidth : style.outlineWidth) }; }"""


def test_the_drawing_is_one_tab_stop_and_keys_lead_to_every_unit_and_link(inside: Page):
    assert inside.locator(".inside svg [tabindex='0']").count() == 1
    inside.get_by_role("button", name="Nudge this weight").focus()
    inside.keyboard.press("Tab")  # the focus that a keyboard gives is the one that must be visible
    assert inside.evaluate(FOCUSED)["key"] == "l:1:0:0"  # what is picked
    inside.keyboard.press("Home")
    seen = []
    for _ in range(2 + 8 + 8 + 1 + 16 + 64 + 8):
        focused = inside.evaluate(FOCUSED)
        assert focused["lit"] == [focused["key"]]
        assert focused["width"] >= 3, "the focus must be seen"
        seen.append(focused["key"])
        inside.keyboard.press("ArrowDown")
    assert len(set(seen)) == len(seen) == inside.locator(".inside .unit, .inside .link").count()
    assert seen[:5] == ["u:0:0", "u:0:1", "u:1:0", "l:1:0:0", "l:1:1:0"]
    assert inside.evaluate(FOCUSED)["key"] == seen[-1] == "l:3:7:0"
    inside.keyboard.press("PageUp")
    assert inside.evaluate(FOCUSED)["key"] == "u:3:0"
    inside.keyboard.press("PageUp")
    assert inside.evaluate(FOCUSED)["key"] == "u:2:7"
    assert inside.locator(".inside svg [tabindex='0']").count() == 1


def test_a_unit_and_a_link_are_picked_by_keyboard(inside: Page):
    moment = now(inside)
    unit = inside.locator(".inside .unit[data-key='u:2:5']")
    unit.focus()
    inside.keyboard.press("Enter")
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "u:2:5")
    expect(inside.get_by_role("heading", name="Neuron 6 of layer 2")).to_be_visible()
    expect(unit).to_be_focused()
    inside.keyboard.press("ArrowDown")
    name = inside.evaluate(FOCUSED)["name"]
    assert name.startswith("weight from neuron 1 of layer 1 to neuron 6 of layer 2: "), name
    inside.keyboard.press("Space")
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "l:2:0:5")
    expect(inside.locator(".inside .link.picked")).to_be_focused()
    assert now(inside) == moment, "keys in the drawing do not move the time"
    assert idea(inside) == "Sums of layer 2", "and the walk only to where what is picked is spoken of"


POINTED = """() => { const [e, ...more] = document.querySelectorAll('.inside .current');
  return more.length || !e ? null : {
    key: e.closest('[data-key]')?.dataset.key ?? null, full: e.getAttribute('data-full'),
    said: document.querySelector('.inside .announced').innerText, width: parseFloat(getComputedStyle(e).outlineWidth),
    lit: [...document.querySelectorAll('.inside svg .lit')].map((l) => l.dataset.key) }; }"""


def test_letters_and_numbers_of_a_formula_are_reached_by_keyboard(inside: Page):
    inside.context.grant_permissions(["clipboard-read", "clipboard-write"])
    inside.locator(LINK.format("l:2:0:0")).dispatch_event("click")
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "l:2:0:0")
    group = inside.locator(".inside .group").filter(has=inside.locator(".term[data-key='l:3:0:0']")).first
    group.focus()
    seen = []
    for _ in range(group.locator(".number, .term:not(:has(.number))").count()):
        inside.keyboard.press("ArrowDown")
        seen.append(inside.evaluate(POINTED))
    assert all(stop["said"] and stop["width"] >= 2 for stop in seen), seen
    for stop in seen:
        assert set(stop["lit"]) <= {stop["key"]}
    letter = next(k for k, stop in enumerate(seen) if stop["key"] == "l:3:0:0" and not stop["full"])
    assert set(seen[letter]["lit"]) == {"l:3:0:0"}
    assert "weight from neuron 1 of layer 2 to the output: " in seen[letter]["said"], seen[letter]
    number = next(k for k, stop in enumerate(seen) if stop["full"])
    inside.keyboard.press("Home")
    for _ in range(number):
        inside.keyboard.press("ArrowDown")
    inside.keyboard.press("Enter")
    expect(inside.locator(".inside .copied")).to_contain_text(seen[number]["full"])
    inside.keyboard.press("Home")
    for _ in range(letter):
        inside.keyboard.press("ArrowDown")
    inside.keyboard.press("Enter")
    expect(inside.locator(ROOT)).to_have_attribute("data-pick", "l:3:0:0")
    expect(inside.locator(".inside .group").first).to_be_focused()
    inside.keyboard.press("Shift+Tab")
    assert inside.evaluate("document.querySelectorAll('.inside .current, .inside .group .lit').length") == 0


def test_a_point_is_picked_on_the_plane(inside: Page):
    chart = inside.locator(".charts .chart").first
    chart.scroll_into_view_if_needed()
    point = chart.locator(".scatterlayer .trace").last.locator("path.point").nth(4)
    point.wait_for()
    box = point.bounding_box()
    assert box
    inside.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(inside.get_by_text(re.compile(r"On show: point [2-9]\d? of 10"))).to_be_visible()


def test_a_point_is_picked_in_the_table(inside: Page):
    table = inside.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box
    inside.mouse.click(box["x"] + 14, box["y"] + 35 * 4.5)  # the fourth row's box for selecting it
    expect(inside.get_by_text("On show: point 4 of 10")).to_be_visible()


def test_a_number_is_copied_in_full(inside: Page):
    inside.context.grant_permissions(["clipboard-read", "clipboard-write"])
    number = inside.locator(".inside .card .lines .row > math > mrow > .number").first
    full = number.get_attribute("data-full") or ""
    number.click()
    expect(inside.locator(".inside .copied")).to_contain_text(full)
    assert inside.evaluate("navigator.clipboard.readText()") == full
    assert len(full) > 10


def test_a_name_in_the_program_says_what_it_is_and_leads_to_its_idea(inside: Page):
    name = inside.locator(".program [data-word=D2]").first
    name.hover()
    expect(inside.locator(".program .said")).to_contain_text("the blame of layer 2")
    lit = inside.evaluate("[...new Set([...document.querySelectorAll('.program .lit')].map(e => e.textContent))]")
    assert lit == ["D2"]
    name.click()
    expect(inside.locator(ROOT)).to_have_attribute("data-idea", "Blame goes back to layer 2")
    expect(inside.locator(".inside .stops [aria-current=step]")).to_be_focused()
    expect(inside.locator(".inside .card")).to_be_in_viewport()


CUT = """async () => {
  const card = document.querySelector(".inside .card"), cut = [];
  for (const stop of document.querySelectorAll(".inside .stops button")) {
    stop.click();
    await new Promise((done) => requestAnimationFrame(done));
    if (card.scrollHeight > card.clientHeight) cut.push(stop.title);
  }
  return cut;
}"""


@pytest.mark.parametrize(("width", "height", "look"), [(1280, 720, "projector"), (1366, 768, "usual")])
def test_drawing_every_card_and_the_nudge_stand_on_one_screen_without_scrolling(
    page: Page, width: int, height: int, look: str
):
    page.set_viewport_size({"width": width, "height": height})
    visit(page, f"/inside?step=37&look={look}")
    expect(page.locator(".inside .halves")).to_be_in_viewport(ratio=1)
    assert page.evaluate(CUT) == []
    page.get_by_role("button", name="Nudge this weight").click()
    expect(page.locator(".inside .nudge")).to_be_in_viewport(ratio=1)
    assert page.locator(".inside .nudge").evaluate("(e) => e.scrollHeight - e.clientHeight") <= 0


@pytest.mark.parametrize(("viewport", "scheme"), [("phone", "dark"), ("laptop", "light")])
def test_the_page_fits_its_window(new_page: Callable[..., Page], viewport: str, scheme: str):
    page = new_page(viewport=viewport, scheme=scheme)
    open_page(page)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
    assert wide <= 0
    expect(page.locator(".inside .card")).to_be_visible()
    formulas = page.evaluate(
        "[...document.querySelectorAll('.inside .vector')].map(e => e.getBoundingClientRect().right - innerWidth)"
    )
    assert max(formulas) <= 0
    page.locator(".inside .stops button").nth(14).click()  # the longest formula: the optimizer's
    expect(page.locator(ROOT)).to_have_attribute("data-idea", "What Adam remembers")
    beyond = """() => { const box = document.querySelector('.inside .vector').getBoundingClientRect();
      return Math.max(...[...document.querySelectorAll('.inside .vector mtext')].map((e) =>
        e.getBoundingClientRect().right - box.right)); }"""
    assert page.evaluate(beyond) <= 0
    page.set_viewport_size({"width": 1440, "height": 900})
    gap = """() => { const [m, v] = [...document.querySelectorAll('.inside .vector mtext')].map((e) => {
        const words = document.createRange(), text = e.firstChild;
        words.setEnd(text, text.data.trimEnd().length), words.setStart(text, 0);
        return { ...words.getBoundingClientRect().toJSON(), size: parseFloat(getComputedStyle(e).fontSize) }; });
      return m.top === v.top && (v.left - m.right) / v.size; }"""
    assert page.evaluate(gap) > 0.3, "between two formulas on one line is a space"


def test_a_link_opens_the_page_on_a_fresh_server(fresh_server: object, page: Page):
    visit(page, "/inside?dataset=blobs&hidden=4&optimizer=momentum")
    expect(page.locator(".inside .unit[data-layer='2']")).to_have_count(3)
