"""Lessons in a real browser: one by keyboard, one by touch on a phone inside another site's page, and nobody's HTML."""

from __future__ import annotations

import functools
import http.server
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.scenes import packed
from playground.scenes.border import border
from playground.scenes.library import library
from playground.scenes.task import Draft, markdown
from tests.browser.harness import Server, reaching, settle, visit
from tests.browser.stage import wait_for
from tests.browser.test_accessibility import AXE, complaints

FOCUSED = """() => { const e = document.activeElement;
  return (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '').trim(); }"""
MOST_TABS = 80


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if re.match(rf"(?:[a-z_]+\s+)?{name}", page.evaluate(FOCUSED)):  # the name of an icon may come first
            return
    raise AssertionError(f"{MOST_TABS} tabs did not lead to “{name}”")


def kept(page: Page) -> dict[str, dict[str, object]]:
    """What this browser remembers of the lessons."""
    return json.loads(page.evaluate("localStorage.getItem('mlp.lessons.v1') ?? '{}'"))


def shows(page: Page, screen: str) -> None:
    page.wait_for_url(re.compile(f"screen={screen}"))
    settle(page)


def test_a_lesson_from_the_list_to_its_last_star_by_keyboard(page):
    page.emulate_media(reduced_motion="reduce")
    visit(page, "/lessons")
    tab_to(page, r"1\. One neuron, one line")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("lesson=one-neuron"))
    settle(page)
    wait_for(page, "p.run.rows.length > 1 && p.run.header.link.includes('separable')")
    page.get_by_label("Speed").select_option("240 epochs/s")
    tab_to(page, "On: predict")
    page.keyboard.press("Enter")
    shows(page, "predict")
    waiting = page.get_by_role("button", name="That is my guess")
    expect(waiting).to_be_disabled()
    background = page.locator(".stApp").evaluate("(app) => getComputedStyle(app).backgroundColor")
    assert waiting.evaluate("(button) => getComputedStyle(button).color") != background, "it cannot be read"
    tab_to(page, "First end of the line")
    for key in ("ArrowUp", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="That is my guess")).to_be_enabled()
    tab_to(page, "That is my guess")
    page.keyboard.press("Enter")
    shows(page, "run")
    assert page.evaluate("() => __player.speed.name") == "240 epochs/s", "what was chosen goes on to the next screen"
    tab_to(page, "On: compare")
    page.keyboard.press("Enter")
    shows(page, "compare")
    expect(page.get_by_text("You saw that coming.")).to_be_visible()
    expect(page.get_by_text("Dashed: your line.")).to_be_visible()
    tab_to(page, "On: explain")
    page.keyboard.press("Enter")
    shows(page, "explain")
    tab_to(page, "A neuron only weighs and adds")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    wait_for(page, "p.run.header.link.includes('xor')")
    settle(page)
    tab_to(page, "On: challenge")
    page.keyboard.press("Enter")
    shows(page, "challenge")
    wait_for(page, "p.run.header.link.includes('separable')")
    tab_to(page, r"0\.0+1")
    for _ in range(9):  # up to 0.3
        page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == "0.3"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("lr=0.3(?:&|$)"))
    settle(page)
    tab_to(page, "Try it from 5 beginnings")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Solved: ★★★")).to_be_visible()
    settle(page)
    page.wait_for_function("() => localStorage.getItem('mlp.lessons.v1')?.includes('\"stars\":3')")
    assert kept(page)["one-neuron"]["code"].startswith("one-neuron~3~lr:0.3~")
    visit(page, "/lessons")
    expect(page.get_by_role("img", name="3 of 3 stars")).to_be_visible()


@contextmanager
def another_site(folder: Path, address: str) -> Iterator[str]:
    """A page of another origin with an address in a frame."""
    frame = f'<!doctype html><title>School</title><iframe src="{address}" style="border:0;width:100%;height:820px">'
    (folder / "index.html").write_text(frame, encoding="utf-8")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{site.server_port}/"
        site.shutdown()


def test_by_touch_on_a_phone_in_the_frame_of_another_site_to_the_board_of_a_class(
    new_page, browser: Browser, server: Server, tmp_path
):
    teacher = new_page()
    visit(teacher, "/lessons?desk=class")
    teacher.get_by_role("button", name="Open a class").click()
    room = teacher.locator("h3", has_text="Class ").inner_text().removeprefix("Class ").strip()
    context = reaching(
        browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, color_scheme="dark")
    )
    address = f"{server.url}/lessons?embed=true&room={room}"
    with another_site(tmp_path, address) as school:
        phone = context.new_page()
        phone.goto(school)
        inside = phone.frame_locator("iframe")
        inside.get_by_role("link", name=re.compile("A line is not enough")).tap()
        inside.get_by_role("radio", name="2 Predict").tap()
        expect(inside.get_by_text("What will the accuracy on the test points be")).to_be_visible()
        inside.get_by_role("spinbutton").fill("50")
        inside.get_by_role("button", name="That is my guess").tap()
        inside.get_by_role("toolbar").first.wait_for()
        above, below = (
            inside.locator(place).first.bounding_box() for place in (".stage-place", ".st-key-on")
        )  # the way on comes after what there is to see
        assert above is not None
        assert below is not None
        assert below["y"] > above["y"] + above["height"] / 2
        inside.get_by_role("button", name="On: compare").tap()
        expect(inside.get_by_text("You saw that coming.")).to_be_visible()
        inside.get_by_role("radio", name="6 Challenge").tap()
        for feature, chosen in (("x₁x₂", "true"), ("x₁", "false"), ("x₂", "false")):
            pill = inside.get_by_role("button", name=feature, exact=True)
            pill.tap()
            expect(pill).to_have_attribute("aria-pressed", chosen)
        inside.get_by_role("button", name="Try it from 5 beginnings").tap()
        expect(inside.get_by_text("Solved: ★★★")).to_be_visible()
        inside.get_by_text("Hand it in by link").tap()
        expect(inside.get_by_role("button", name="Copy to clipboard")).to_have_count(2)  # the code, and the link
        for copy in inside.get_by_role("button", name="Copy to clipboard").all():
            expect(copy).to_be_visible()  # though there is no mouse
        inside.get_by_label("A name for the board").fill("<i>Ada</i> *x*")
        inside.get_by_role("button", name="Hand in", exact=True).tap()
        expect(inside.get_by_text("Verified, <i>Ada</i> *x*: ★★★")).to_be_visible()
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert phone.frames[1].evaluate(wide) <= 0
    context.close()
    row = teacher.locator(".st-key-board tr", has_text="Ada")
    expect(row).to_contain_text("<i>Ada</i> *x*")
    expect(row).to_contain_text("★★★")
    assert teacher.locator(".st-key-board i").count() == 0
    teacher.reload()  # the browser remembers that the class is its own
    expect(teacher.locator(".st-key-board tr", has_text="Ada")).to_be_visible()


def test_a_line_is_dragged_by_touch_and_compared_with_the_engines_border(new_page):
    page = new_page(viewport="phone")
    page.emulate_media(reduced_motion="reduce")
    visit(page, "/lessons?lesson=one-neuron&screen=predict")
    run = library()["one-neuron"].screen("run")
    assert run is not None
    truth = border(run.run, run.until, nullcontext)
    handles = page.locator(".drawn-line .plane button")
    expect(page.get_by_role("button", name="That is my guess")).to_be_disabled()
    handles.first.scroll_into_view_if_needed()
    plane = page.locator(".drawn-line svg").bounding_box()
    assert plane is not None
    touch = page.context.new_cdp_session(page)
    for k, (x, y) in enumerate([(0.2, 0.9), (0.7, 0.1)]):  # shares of the picture
        box = handles.nth(k).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
        start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        to = (plane["x"] + x * plane["width"], plane["y"] + y * plane["height"])
        half = tuple((a + b) / 2 for a, b in zip(start, to, strict=True))
        for kind, places in (
            ("touchStart", [start]), ("touchMove", [half]), ("touchMove", [to]), ("touchEnd", []),
        ):  # fmt: skip
            points = [{"x": a, "y": b} for a, b in places]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    button = page.get_by_role("button", name="That is my guess")
    expect(button).to_be_enabled()
    button.click()
    shows(page, "run")
    page.get_by_role("button", name="On: compare").click()
    shows(page, "compare")
    told = page.get_by_text("Your line and the network's border agree on").inner_text()
    share = truth.agreement(tuple(truth.side * v for v in (2 * 0.2 - 1, 1 - 2 * 0.9, 2 * 0.7 - 1, 1 - 2 * 0.1)))
    assert abs(float(re.search(r"([\d.]+) %", told)[1]) - share) < 1.5  # a finger is as exact as a pixel
    expect(page.get_by_text("A surprise, then.")).to_be_visible()
    assert page.locator(".drawn-line .guess").count() == 1
    assert page.locator(".drawn-line button:visible").count() == 0


HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def test_nothing_of_a_stranger_becomes_html(page):
    task = Draft(
        HOSTILE, f"{HOSTILE}\n\n[link](javascript:window.hacked=1)", Experiment(Config(dataset="moons")), ("seed",),
        "test accuracy >= 90 %", hint=HOSTILE,
    )  # fmt: skip
    for query in (
        f"lesson={HOSTILE}", f"room={HOSTILE}", f"task={HOSTILE}", f"lesson=batch-size&solution={HOSTILE}",
        f"task={packed.to_text(markdown(task))}",
    ):  # fmt: skip
        visit(page, f"/lessons?{query.replace('&', '%26') if 'solution' not in query else query}")
        assert page.locator("img[src=x], .stApp script, a[href^=javascript]").count() == 0, query
        assert page.evaluate("window.hacked") is None, query
        assert page.locator(".stException").count() == 0, query


def test_a_task_takes_the_buttons_of_the_stage_away_as_well(page):
    task = Draft("Mine", "", Experiment(Config(dataset="moons")), ("learning_rate",), "test accuracy >= 90 %")
    visit(page, f"/lessons?task={packed.to_text(markdown(task))}&view=full")
    wait_for(page, "p.run.rows.length > 1")
    expect(page.get_by_text("This is a task")).to_be_visible()
    assert page.get_by_role("button", name="Add a hidden layer").count() == 0
    assert page.locator(".stage .layer button:visible").count() == 0
    assert page.get_by_role("button", name="Full").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("query", "stands"),
    [
        ("lesson=how-many-neurons&screen=challenge&hidden=4&dataset=xor&lr=0.03", "Try it from 5 beginnings"),
        ("lesson=learning-by-heart&screen=predict", "I don't know"),
        ("desk=make", "Save as Markdown file"),
        ("desk=class", "Open a class"),
    ],
    ids=["challenge", "predict", "make", "class"],
)
def test_axe_finds_nothing_serious_in_a_lesson_and_on_the_desk(new_page, query, stands, scheme):
    page = new_page(scheme=scheme, viewport="phone")
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    visit(page, f"/lessons?{query}")
    button = page.get_by_role("button", name=stands)
    expect(button).to_be_visible()
    if page.locator(".stage-place").count():
        wait_for(page, "window.__stage?.ready && p.run.rows.length > 1")
        page.evaluate("() => __player.pause()")
        button.click()
        expect(page.get_by_text("Solved: ★★★")).to_be_visible()
    if stands == "Open a class":
        button.click()
        expect(page.locator("h3", has_text="Class ")).to_be_visible()
    settle(page)
    page.evaluate(AXE)
    assert complaints(page) == []


def test_back_in_the_browser_is_what_was_before_with_the_controls_of_its_screen_alone(page):
    visit(page, "/lessons?lesson=one-neuron&screen=challenge&view=full")
    page.get_by_role("radio", name="0.02", exact=True).click()
    wait_for(page, "p.run.header.link.includes('lr=0.02')")
    settle(page)
    page.go_back()
    wait_for(page, "!p.run.header.link.includes('lr=')")
    settle(page)
    assert page.locator("[class*='st-key-setting_']").count() == 2
    page.get_by_role("radio", name="5 Explain").click()
    shows(page, "explain")
    page.go_back()
    shows(page, "challenge")
    assert page.locator("[class*='st-key-setting_']").count() == 2
    assert page.evaluate("() => __player.run.header.link") == "?dataset=separable&hidden=none"


def test_the_lessons_that_come_along_are_all_there(page):
    visit(page, "/lessons")
    titles = page.locator(".lessons .cards b").all_inner_texts()
    assert titles == [f"{k}. {lesson.title}" for k, lesson in enumerate(library().values(), 1)]
