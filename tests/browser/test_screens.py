"""Size follows the screen: type, sidebar and pictures grow with the window, and a phone has its settings in a sheet."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from scripts.visual_language import root
from tests.browser.harness import Server, guarded_page, reaching, visit
from tests.browser.stage import state, wait_for
from tests.browser.test_layout import LAYOUT

LARGE = ((1440, 900), (1920, 1080), (2560, 1440), (3840, 2160))
TYPE = """() => { const px = (s) => parseFloat(getComputedStyle(document.querySelector(s)).fontSize); return {
  root: px('html'), button: px('.stage .play'), said: px('.stage .sentence'), title: px('.stage h3'),
  label: px('.stSidebar [data-testid=stWidgetLabel] p'), tab: px('[data-testid=stTopNavLink]'),
  name: px('.gallery button'), axis: px('.stage .surface .xtick text'),
  zoom: __stage.theme.zoom, sidebar: document.querySelector('.stSidebar').offsetWidth }; }"""
ROOM = """() => { const box = (s) => document.querySelector(s).getBoundingClientRect();
  const [main, stage] = [box('.stMain'), box('.stage')];
  const drawn = ['.surface .plot', '.diagram .plot', '.timeline .plot'].map((s) => box('.stage ' + s));
  return { below: main.bottom - stage.bottom, height: main.height,
    share: drawn.reduce((sum, { width, height }) => sum + width * height, 0) / (main.width * main.height) }; }"""


def resize(page: Page, width: int, height: int) -> None:
    """Give the window another size, and wait until the stage has taken it over."""
    page.set_viewport_size({"width": width, "height": height})
    want = root(width, height) / 16
    page.wait_for_function(f"() => Math.abs(__stage.theme.zoom - {want}) < 1e-3 && !__player.changed && __stage.ready")
    page.wait_for_function(
        "() => Math.abs(document.querySelector('.stage .surface .js-plotly-plot')._fullLayout.width - "
        "document.querySelector('.stage .surface .plot').clientWidth) <= 1"
    )


def test_type_sidebar_and_pictures_grow_with_the_window(page: Page):
    page.set_viewport_size({"width": 1440, "height": 900})
    visit(page, "/?step=1200")
    ordinary, room = page.evaluate(TYPE), page.evaluate(ROOM)
    assert ordinary["root"] == 16
    for width, height in LARGE[1:]:
        resize(page, width, height)
        factor = root(width, height) / 16
        for name, size in page.evaluate(TYPE).items():
            assert size == pytest.approx(factor * ordinary[name], rel=0.01), f"{name} at {width} x {height}"
        now = page.evaluate(ROOM)
        assert now["share"] >= room["share"], f"{width} x {height} is filled less than 1440 x 900"
        assert now["below"] < 0.1 * now["height"], f"{now['below']} pixels are empty at {width} x {height}"


AXES = """() => [...document.querySelectorAll('.charts .js-plotly-plot')].map((plot) => [...plot.querySelectorAll(
  '.xtick text')].map((text) => parseFloat(getComputedStyle(text).fontSize))).filter((sizes) => sizes.length)"""


@pytest.mark.parametrize(
    ("path", "card", "n_charts"), [("/inside?step=37", "", 1), ("/export", "Pictures (PNG, SVG)", 4)]
)
def test_charts_of_the_pages_grow_with_the_window_too(page: Page, path: str, card: str, n_charts: int):
    page.set_viewport_size({"width": 2560, "height": 1440})
    visit(page, path)
    if card:
        page.locator(".take").get_by_role("radio", name=card).click()
    page.wait_for_function(f"() => ({AXES})().length === {n_charts}")
    size = 11 * root(2560, 1440) / 16
    assert all(each == pytest.approx(size, rel=0.01) for sizes in page.evaluate(AXES) for each in sizes)


def test_magnifying_and_a_larger_usual_size_make_type_larger(page: Page):
    visit(page, "/?step=1200")
    seen = 16.0
    for percent in (125, 150, 200):  # of 2560 x 1440, as the screen has it
        resize(page, 2560 * 100 // percent, 1440 * 100 // percent)
        grown = page.evaluate(TYPE)["root"] * percent / 100
        assert grown > seen
        seen = grown
    page.set_viewport_size({"width": 1440, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 24}})
    page.wait_for_function("() => __stage.theme.zoom === 1.5")
    larger = page.evaluate(TYPE)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    assert (larger["root"], larger["button"]) == (24, 21)


# ---- a phone, by touch -------------------------------------------------------------------------------------------
@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Page]:
    """A page that is touched."""
    context = reaching(browser.new_context(base_url=server.url, has_touch=True, is_mobile=True))
    with guarded_page(browser, server, viewport="phone", context=context) as (page, _):
        yield page
    context.close()


def swipe(touch: CDPSession, start: tuple[float, float], by: tuple[float, float]) -> None:
    """Move a finger over the screen in ten steps."""
    for k in range(11):
        at = {"x": start[0] + by[0] * k / 10, "y": start[1] + by[1] * k / 10}
        kind = "touchStart" if k == 0 else "touchMove"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def middle(page: Page, selector: str) -> tuple[float, float]:
    """Where an element is."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def bottom_of(page: Page, selector: str) -> float:
    """Where an element ends."""
    return float(page.locator(selector).first.evaluate("(e) => e.getBoundingClientRect().bottom"))


def box_of(page: Page, selector: str) -> dict[str, Any]:
    """Where an element is: left, top, right, bottom, width, height."""
    box: dict[str, Any] = page.locator(selector).first.evaluate("(e) => e.getBoundingClientRect().toJSON()")
    return box


@pytest.mark.parametrize("size", [(390, 844), (360, 740), (360, 640)])
def test_a_phones_settings_are_a_sheet_below_the_picture_which_goes_on(phone: Page, size: tuple[int, int]):
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    visit(phone, "/?step=1200")
    before = state(phone)["run"]
    sheet = phone.locator(".stSidebar")
    expect(sheet).to_be_hidden()
    phone.get_by_role("button", name="Expand sidebar").tap()
    expect(sheet).to_be_visible()
    box = sheet.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, size[0])
    assert box["y"] + box["height"] == pytest.approx(size[1], abs=1)
    assert box["height"] <= 0.46 * size[1]
    assert bottom_of(phone, ".stage .surface canvas") <= box["y"]
    sentence, plane = (phone.locator(f".stage {part}").bounding_box() for part in (".sentence", ".surface .plot"))
    assert sentence
    assert plane
    assert sentence["y"] >= 60, "below the tabs"
    assert sentence["y"] + sentence["height"] <= plane["y"], "what the settings come to, in words, too"
    assert plane["height"] >= (0.3 if size[1] > 700 else 0.25) * size[1]
    play = box_of(phone, ".stage .play")
    assert plane["y"] + plane["height"] <= play["top"], "and what plays it"
    assert play["bottom"] <= box["y"]
    phone.locator(".gallery").get_by_role("radio", name="Circles").tap()
    wait_for(phone, f"p.run.header.run !== '{before}' && p.epoch > 0 && p.moving")
    frames = state(phone)["frames"]
    phone.wait_for_function(f"() => __stage.frames > {frames}")
    expect(sheet).to_be_visible()
    close = phone.get_by_role("button", name="Collapse sidebar")
    handle = close.bounding_box()
    assert handle is not None
    assert min(handle["width"], handle["height"]) >= 44
    close.tap()
    expect(sheet).to_be_hidden()
    sentence, plane = (phone.locator(f".stage {part}").bounding_box() for part in (".sentence", ".surface .plot"))
    assert sentence
    assert plane
    assert plane["y"] + plane["height"] <= sentence["y"]


def test_a_phones_sheet_leads_to_each_group_of_settings(phone: Page):
    visit(phone, "/?step=1200")
    phone.get_by_role("button", name="Expand sidebar").tap()
    ways = phone.get_by_role("navigation", name="Groups of settings").get_by_role("button")
    expect(ways).to_have_text(["Data", "Network", "Training"])
    sheet = phone.locator(".stSidebar").bounding_box()
    assert sheet
    for name in ("Training", "Network", "Data"):
        way = ways.filter(has_text=name)
        way.tap()
        heading = phone.locator(".stSidebar").get_by_role("heading", name=name)
        expect(heading).to_be_in_viewport()
        box, above = heading.bounding_box(), way.bounding_box()
        assert box
        assert above
        assert above["height"] >= 44
        assert above["y"] + above["height"] <= box["y"], "the way stays in sight"
        if name != "Training":  # which is the last
            assert box["y"] < sheet["y"] + 150
    assert "#" not in phone.url


@pytest.mark.parametrize("size", [(844, 390), (740, 360), (667, 375), (568, 320)])
def test_a_phone_held_sideways_has_the_picture_on_the_left_and_what_moves_it_beside_it(
    phone: Page, size: tuple[int, int]
):
    width, height = size
    phone.set_viewport_size({"width": width, "height": height})
    visit(phone, "/?step=1200")
    sheet = phone.locator(".stSidebar")
    expect(sheet).to_be_hidden()
    plane = box_of(phone, ".stage .surface .nsewdrag")
    assert plane["height"] >= 0.6 * height
    assert plane["bottom"] <= height
    for part in (".play", ".sentence", ".timeline .plot"):
        assert box_of(phone, f".stage {part}")["left"] >= plane["right"], part
    curve = box_of(phone, ".stage .timeline .plot")
    if width >= 740:
        assert curve["bottom"] <= height
    assert phone.evaluate(LAYOUT) == []
    assert phone.evaluate(SMALL) == []
    network = phone.locator(".stage .diagram .plot")
    network.scroll_into_view_if_needed()
    expect(network).to_be_in_viewport(ratio=0.5)
    phone.locator(".stMain").evaluate("(e) => e.scrollTo(0, 0)")
    phone.get_by_role("button", name="Expand sidebar").tap()
    expect(sheet).to_be_visible()
    phone.wait_for_function(
        "(least) => document.querySelector('.stage .surface .nsewdrag').getBoundingClientRect().height >= least",
        arg=0.28 * height,
    )
    play = box_of(phone, ".stage .play")
    assert box_of(phone, ".stage .surface")["left"] >= box_of(phone, ".stSidebar")["right"]
    assert play["bottom"] <= height
    assert play["right"] <= width


def test_a_phone_that_is_turned_keeps_its_settings_put_away(phone: Page):
    visit(phone, "/?step=1200")
    for width, height in ((844, 390), (390, 844), (844, 390)):
        phone.set_viewport_size({"width": width, "height": height})
        expect(phone.locator(".stSidebar")).to_be_hidden()
        phone.wait_for_timeout(200)
        expect(phone.locator(".stSidebar")).to_be_hidden()


@pytest.mark.parametrize("size", [(390, 844), (360, 640)])
def test_on_the_way_down_to_the_network_a_phones_picture_shrinks_and_what_plays_it_stays(
    phone: Page, size: tuple[int, int]
):
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    visit(phone, "/?step=1200")
    whole = box_of(phone, ".stage .surface .plot")
    for scrolled in (0, 60, 120, 180, 240, 300, 2000):
        phone.locator(".stMain").evaluate("(e, y) => e.scrollTo(0, y)", scrolled)
        phone.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        small, play = box_of(phone, ".stage .surface .plot"), box_of(phone, ".stage .play")
        assert small["bottom"] <= play["top"], f"scrolled by {scrolled}"
        assert small["top"] >= 60, f"scrolled by {scrolled}"
    assert small["height"] == pytest.approx(0.55 * whole["height"], abs=2)
    assert play["bottom"] <= 0.54 * size[1]
    network = box_of(phone, ".stage .diagram .plot")
    assert min(network["bottom"], size[1]) - max(network["top"], play["bottom"]) >= 0.4 * size[1]
    phone.locator(".stage .play").tap()
    wait_for(phone, "p.moving")
    phone.locator(".stage .play").tap()
    wait_for(phone, "!p.moving && p.step > 1200")


FADE = """(e) => ['left', 'right'].map((side) => parseFloat(getComputedStyle(e).getPropertyValue(`--gone-${side}`)))"""


def test_a_phones_row_of_tabs_fades_where_it_goes_on(phone: Page):
    visit(phone, "/?step=1200")
    tabs = phone.get_by_test_id("stSidebarNav")
    lit = "[data-testid=stSidebarNav] [aria-current=page] span"
    ends = {0: (0, 32), 250: (32, 32), 9999: (32, 0)}
    for scrolled, fades in ends.items():
        tabs.evaluate("(e, x) => e.scrollTo({ left: x, behavior: 'instant' })", scrolled)
        phone.wait_for_function(
            f"(want) => String(({FADE})(document.querySelector('[data-testid=stSidebarNav]'))) === want",
            arg=",".join(map(str, fades)),
        )
        assert box_of(phone, lit)["left"] >= box_of(phone, "[data-testid=stSidebarNav]")["left"] + fades[0]


def test_a_phones_tabs_are_in_sight_and_lead_on(phone: Page):
    visit(phone, "/?step=1200")
    tabs = phone.get_by_role("link", name="Health")
    tabs.scroll_into_view_if_needed()
    box = tabs.bounding_box()
    assert box is not None
    assert box["y"] < 60
    assert box["height"] >= 44
    tabs.tap()
    expect(phone.locator(".patients, .portraits").first).to_be_visible()
    lit = phone.locator("[aria-current=page]").first
    expect(lit).to_contain_text("Health")
    expect(lit).to_be_in_viewport()


def test_a_phones_picture_stays_in_sight_while_the_network_is_tapped(phone: Page):
    visit(phone, "/?step=1200")
    phone.locator(".stage .diagram .plot").scroll_into_view_if_needed()
    phone.evaluate("() => document.querySelector('.stMain').scrollBy(0, 200)")
    at = phone.evaluate(
        "() => { const d = __stage.views.diagram, b = d.box.getBoundingClientRect(), c = d.columns[1][4];"
        " return { x: b.left + c.x, y: b.top + c.y }; }"
    )
    phone.touchscreen.tap(at["x"], at["y"])
    expect(phone.locator(".stage .surface h3 > span").first).to_contain_text("neuron 5")
    for part in (".stage .surface h3", ".stage .surface .plot"):
        expect(phone.locator(part)).to_be_in_viewport(ratio=0.99)


def test_what_a_touched_point_tells_goes_as_the_page_is_scrolled_and_by_itself(phone: Page):
    visit(phone, "/?step=1200")
    right, down = phone.evaluate(
        "() => { const { range, up, traces: [t] } = __player.run.header.data, of = (x, [a, b]) => (x - a) / (b - a);"
        " return [of(t.x1[0], range), 1 - of(t.x2[0], up)]; }"
    )
    told = phone.locator(".stage .surface .hovertext")
    for leave in ("() => document.querySelector('.stMain').scrollBy(0, 100)", "() => {}"):
        box = phone.locator(".stage .surface .nsewdrag").bounding_box()
        assert box is not None
        phone.touchscreen.tap(box["x"] + right * box["width"], box["y"] + down * box["height"])
        expect(told).to_contain_text("class 0")
        phone.evaluate(leave)
        expect(told).to_have_count(0, timeout=20_000)


def test_a_vertical_swipe_scrolls_wherever_it_begins_and_a_horizontal_one_moves_time(phone: Page):
    visit(phone, "/?step=1200")
    touch = phone.context.new_cdp_session(phone)
    for start in (".stage .timeline .plot", ".stage .surface .plot", ".stage .diagram .plot"):
        phone.locator(start).scroll_into_view_if_needed()
        before = phone.evaluate("() => document.querySelector('.stMain').scrollTop")
        by = -150 if before < 100 else 150
        swipe(touch, middle(phone, start), (5, by))
        phone.wait_for_function(f"() => Math.abs(document.querySelector('.stMain').scrollTop - {before}) > 50")
        assert state(phone)["step"] == 1200, start
        assert phone.evaluate("() => __player.look.neuron") == "", start
        assert phone.locator(".editor").is_hidden(), start
    phone.evaluate("() => document.querySelector('.stMain').scrollTo(0, 0)")
    swipe(touch, middle(phone, ".stage .timeline .plot"), (100, 3))
    wait_for(phone, "p.step > 1200 && !p.scrubbing")


# How far a mark is from the curve where it stands, and how far beyond the plane, in pixels.
MARKS = """() => [...document.querySelectorAll('.stage .mark')].map((e, k) => {
  const { xaxis, yaxis } = document.querySelector('.stage .timeline .js-plotly-plot')._fullLayout;
  const [box, plot] = [e, document.querySelector('.stage .timeline .plot')].map((one) => one.getBoundingClientRect());
  const { rows, header } = __player.run;
  const row = rows[__player.run.indexAt(header.marks[k].epoch, 1)];
  const at = plot.top + yaxis._offset + yaxis.d2p(row[2]);
  const [left, right] = [plot.left + xaxis._offset, plot.left + xaxis._offset + xaxis._length];
  return { clear: Math.max(box.top - at, at - box.bottom), beyond: Math.max(left - box.left, box.right - right) };
})"""


def test_marks_keep_clear_of_the_curve_and_of_the_numbers_and_do_not_keep_a_finger_from_moving_time(phone: Page):
    phone.set_viewport_size({"width": 360, "height": 740})
    visit(phone, "/?hidden=8,8,8&step=4000")
    phone.wait_for_function("() => document.querySelectorAll('.stage .mark').length > 1")
    phone.evaluate(
        """() => { const mark = (epoch) => ({ epoch, step: -1, kind: "change", text: "Here." });
          __player.run.header.marks = [mark(0), ...__player.run.header.marks, mark(200)]; __player.changed = true; }"""
    )
    phone.wait_for_function("() => document.querySelectorAll('.stage .mark.change').length === 2")
    for mark in phone.evaluate(MARKS):
        assert mark["clear"] > 0, mark
        assert mark["beyond"] < 1, mark
    swipe(phone.context.new_cdp_session(phone), middle(phone, ".stage .mark.drop"), (60, 2))
    wait_for(phone, "p.step !== 4000 && !p.scrubbing")
    assert state(phone)["epoch"] > 60  # not where the mark is


# What is pressed is a control, its label, and what the style sheet lays around it; of Streamlit's slider its track.
SMALL = """() => { const small = [];
  for (const e of document.querySelectorAll('button, select, summary, input, a[href], [role=radio], [role=switch]')) {
    if (e.matches('.term, .ring, [inert] *, details:not([open]) :not(summary)') || !e.checkVisibility())
      continue;
    const style = getComputedStyle(e), around = getComputedStyle(e, '::after');
    if (style.visibility === 'hidden' || style.opacity === '0') continue;
    const pressed = e.closest('label:not(:has(> div > button)), .stSlider [role=group] > div') ?? e;
    const { width, height } = pressed.getBoundingClientRect();
    const more = around.position === 'absolute' && around.content !== 'none' ? -2 * parseFloat(around.top) : 0;
    if (width > 1 && Math.min(width, height) + more < 43.5)
      small.push(`${e.tagName} ${e.className} ${e.ariaLabel ?? e.textContent.slice(0, 30)}: ${width} x ${height}`);
  }
  return small; }"""


@pytest.mark.parametrize(
    "path",
    [
        "/?view=full&hidden=8,8,8&step=4000",
        "/compare?compare=default|lr=0.1",
        "/fold?step=500",
        "/data",
        "/lessons?lesson=how-many-neurons&screen=challenge",
    ],
)
def test_what_a_finger_presses_is_large_enough(phone: Page, path: str):
    visit(phone, path)
    for more in phone.get_by_role("button", name="More", exact=True).all():
        if more.is_visible():
            more.tap()
    assert phone.evaluate(SMALL) == []


# What one comes to a page for, and how much of it, in pixels, is on a phone's first screen.
FIRST = {
    "/export?step=2500&hidden=7,7,7&lr=0.02&batch=12&noise=0.2": (".take button", 80),
    "/lessons?lesson=how-many-neurons": (".stage .surface .plot", 250),
    "/lessons?lesson=how-many-neurons&screen=challenge": (".stage .surface .plot", 250),
    "/data": (".draw .paper", 336),
    "/compare?compare=default|lr=0.1": (".compare .square", 250),
}


@pytest.mark.parametrize("path", FIRST)
def test_what_one_comes_for_is_on_a_phones_first_screen(phone: Page, path: str):
    phone.set_viewport_size({"width": 360, "height": 740})
    visit(phone, path)
    what, least = FIRST[path]
    phone.wait_for_function(
        f"() => {{ const {{ top, bottom }} = document.querySelector('{what}').getBoundingClientRect();"
        f" return Math.min(bottom, innerHeight) - top >= {least}; }}"
    )


@pytest.mark.parametrize("path", ["/?view=full&step=1200", "/export?step=1200"])
def test_a_phones_buttons_are_a_row_that_is_never_moved_sideways(phone: Page, path: str):
    phone.set_viewport_size({"width": 360, "height": 740})
    visit(phone, path)
    buttons = phone.get_by_role("toolbar", name="Training")
    rows = (
        "(e) => new Set([...e.children].map((c) => c.getBoundingClientRect()).filter((b) => b.width).map((b) => b.top))"
    )
    assert buttons.evaluate(f"(e) => ({rows})(e).size") == 1
    for name in ("Reset", "Back", "Play", "Step", "Undo", "Copy link", "More"):
        expect(buttons.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=0.99)
    speed = buttons.get_by_role("combobox", name="Speed")
    expect(speed).to_be_hidden()
    buttons.get_by_role("button", name="More").tap()
    expect(speed).to_be_in_viewport(ratio=0.99)
    expect(buttons.get_by_role("button", name="More")).to_have_attribute("aria-expanded", "true")
    assert buttons.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0
    speed.select_option(label="Slow motion")
    wait_for(phone, "p.speed.key === 'slow'")


def test_a_phones_next_screen_of_a_lesson_begins_at_its_top(phone: Page):
    visit(phone, "/lessons?lesson=how-many-neurons&screen=explain")
    phone.get_by_role("button", name="On: challenge").tap()
    phone.wait_for_url("**screen=challenge*")
    expect(phone.get_by_role("heading", name="Challenge: as few as you can")).to_be_focused()
    assert phone.evaluate("() => document.querySelector('.stMain').scrollTop") == 0
