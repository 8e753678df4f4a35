"""Data of one's own in a real browser: drawn, brought along, shared by link; and nothing lost by a bad file."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.run.config import Config
from playground.run.data import plane_of
from playground.run.experiment import Experiment
from playground.run.glance import glance
from playground.run.runs import new_trainer
from playground.tables.drawn import drawn_table
from playground.tables.examples import EXAMPLES
from playground.tables.scattered import scattered
from tests.browser.harness import screenshot, settle, visit
from tests.browser.stage import parameters, press, state, wait_for

POINTS = "() => window.__sheet.points.map((p) => [...p])"


def spray(page: Page, at: tuple[float, float], to: tuple[float, float], steps: int = 14) -> None:
    """Drag over the drawing sheet, places given as shares of its width and height."""
    box = page.locator(".draw .paper").bounding_box()
    assert box
    place = [(box["x"] + u * box["width"], box["y"] + v * box["height"]) for u, v in (at, to)]
    page.mouse.move(*place[0])
    page.mouse.down()
    for k in range(1, steps + 1):
        s = k / steps
        page.mouse.move(*(a + s * (b - a) for a, b in zip(*place, strict=True)))
        page.wait_for_timeout(50)
    page.mouse.up()


@pytest.fixture
def drawn(page: Page) -> Page:
    """The data page with two strokes of two classes on the sheet."""
    visit(page, "/data")
    page.locator(".draw .paper").wait_for()
    spray(page, (0.2, 0.2), (0.8, 0.25))
    page.get_by_role("radio", name="class 1").click()
    spray(page, (0.2, 0.7), (0.8, 0.75))
    return page


def test_beside_the_sheet_stands_what_the_engine_makes_of_the_points(drawn):
    drawn.wait_for_function("() => __sheet.preview.shown === JSON.stringify(__sheet.points.flat())")
    flat = drawn.evaluate("() => __sheet.points.flat()")
    seen = glance(drawn_table({"points": flat}))
    list(seen.parts())
    places = np.array([[-2.5, -2.5], [0.1, 2.0], [1.0, -0.3]])
    found = drawn.evaluate(
        """([x1, x2]) => { const { network, parameters } = __sheet.preview.seen;
             return Array.from(network.evaluate(parameters, x1, x2).at(-1)[0]); }""",
        places.T.tolist(),
    )
    np.testing.assert_allclose(found, seen.trainer.net.predict_proba(places)[:, 1], atol=1e-5)
    words = f"It gets {seen.n_right} of {len(flat) // 3} points right after {seen.epochs:,} passes over them."
    expect(drawn.locator(".draw .preview .note-line")).to_have_text(words)
    drawn.get_by_role("button", name="Clear").click()
    expect(drawn.locator(".draw .preview")).to_be_hidden()
    drawn.get_by_role("button", name="A spiral").click()  # to begin with
    expect(drawn.locator(".draw .preview .note-line")).to_contain_text("of 150 points right after")
    expect(drawn.locator(".draw .examples")).to_be_hidden()
    drawn.get_by_role("button", name="Undo").click()
    assert drawn.evaluate(POINTS) == []
    drawn.get_by_role("button", name="Undo").click()  # and the Clear before it
    assert drawn.evaluate("() => __sheet.points.flat()") == flat


def test_a_formula_fills_the_sheet_and_undo_brings_back_what_was_drawn(drawn):
    before = drawn.evaluate(POINTS)
    drawn.get_by_text("Begin with a formula").click()
    box = drawn.get_by_role("textbox", name="Your formula")
    box.fill("x*y > 0")
    box.press("Enter")
    wanted = scattered("x*y > 0", 240, 0.1, 1)
    drawn.wait_for_function("(flat) => String(__sheet.points.flat()) === String(flat)", arg=wanted.points)
    expect(drawn.get_by_text(wanted.words)).to_be_visible()
    box.fill("x*y")
    box.press("Enter")
    expect(drawn.get_by_text("The formula gives a number")).to_be_visible()
    assert drawn.evaluate("() => __sheet.points.flat()") == wanted.points
    for _ in range(2):  # the formula that one begins with, and then its own
        drawn.get_by_role("button", name="Undo").click()
    assert drawn.evaluate(POINTS) == before


def test_what_is_drawn_is_learned_and_its_link_opens_the_same_numbers_elsewhere(drawn, new_page):
    points = drawn.evaluate(POINTS)
    assert {p[2] for p in points} == {0, 1}
    assert len(points) > 16
    drawn.get_by_role("button", name="Train on these points").click()
    wait_for(drawn, "p.step > 60")  # on the Playground, where it plays
    press(drawn, "Pause")
    wait_for(drawn, "p.state === 'paused'")
    drawn.context.grant_permissions(["clipboard-read", "clipboard-write"])
    press(drawn, "Copy link")
    expect(drawn.locator(".stage .sentence")).to_contain_text("copied")
    link = drawn.evaluate("() => navigator.clipboard.readText()")
    mine, numbers = state(drawn), parameters(drawn)

    other = new_page()
    visit(other, link.removeprefix(drawn.evaluate("() => location.origin")))
    wait_for(other, f"p.step === {mine['step']} && p.state === 'paused'")
    assert state(other)["run"] == mine["run"]
    np.testing.assert_array_equal(parameters(other), numbers)


def test_points_are_undone_erased_moved_and_cleared(drawn):
    n = len(drawn.evaluate(POINTS))
    drawn.get_by_role("button", name="Undo").click()
    after = drawn.evaluate(POINTS)
    assert len(after) < n
    assert {p[2] for p in after} == {0}
    drawn.get_by_role("radio", name="Erase").click()
    spray(drawn, (0.15, 0.2), (0.5, 0.23), steps=20)
    left = drawn.evaluate(POINTS)
    assert 0 < len(left) < len(after)
    drawn.get_by_role("radio", name="Move").click()
    x, y, _ = left[0]
    at = (30 / 500 + (x + 3) / 6 * 462 / 500, 8 / 500 + (3 - y) / 6 * 466 / 500)
    spray(drawn, at, (0.5, 0.9), steps=6)
    moved = drawn.evaluate(POINTS)
    assert sum(a != b for a, b in zip(left, moved, strict=True)) == 1
    drawn.get_by_role("button", name="Clear").click()
    assert drawn.evaluate(POINTS) == []
    drawn.get_by_role("button", name="Undo").click()
    assert drawn.evaluate(POINTS) == moved


def test_the_sheet_can_be_used_without_a_mouse(page):
    visit(page, "/data")
    page.locator(".draw .paper").focus()
    for key in ("ArrowRight", "Shift+ArrowUp", "Enter", "2", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate(POINTS) == [[0.1, 0.5, 0], [0, 0.5, 1]]
    page.keyboard.press("Delete")
    assert page.evaluate(POINTS) == [[0.1, 0.5, 0]]
    page.keyboard.press("Control+z")
    assert len(page.evaluate(POINTS)) == 2
    for key in ("t", "Enter", "x", "1", "Enter"):  # turned by half: in the other class, then in its own
        page.keyboard.press(key)
    assert page.evaluate(POINTS)[2:] == [[0, 0.5, 1], [0, -0.5, 0], [0, 0.5, 0], [0, -0.5, 0]]
    for key in ("n", "o", "Enter"):
        page.keyboard.press(key)
    ring = [(x, y) for x, y, _ in page.evaluate(POINTS)[6:]]
    assert len(ring) == 36
    assert all(0.69 <= np.hypot(x, y - 0.5) <= 1.31 for x, y in ring)
    page.keyboard.press("Control+z")
    assert len(page.evaluate(POINTS)) == 6


def test_a_stamp_is_as_large_as_it_is_pulled_and_lies_that_way(page):
    visit(page, "/data")
    page.get_by_role("radio", name="Stripe").click()
    for _ in range(3):
        page.locator(".draw .paper").press("-")
    spray(page, (0.5, 0.5), (0.5, 0.2), steps=5)
    points = page.evaluate(POINTS)
    assert len(points) > 25
    assert max(abs(x) for x, _, _ in points) < 0.2
    assert max(y for _, y, _ in points) > 1.5
    assert min(y for _, y, _ in points) < -1.5


def test_a_drawing_can_begin_with_the_points_on_show(page):
    visit(page, "/data?dataset=moons&samples=60")
    page.get_by_text("Begin with the points shown now").click()
    page.wait_for_function("() => window.__sheet?.points.length === 60")


def picture(page: Page) -> str:
    """The points of a table's picture that Plotly has drawn, and all that the picture says in words."""
    page.wait_for_function("() => document.querySelectorAll('.charts .picture path.point').length")
    n = page.locator(".charts .picture path.point").count()
    return f"{n} points: {page.locator('.charts .picture').get_attribute('aria-label')}"


GOOD = "height,weight,kind\n" + "\n".join(f"{k % 7},{k * k % 11},{'cat' if k % 3 else 'dog'}" for k in range(40))


def csv_file(name: str, raw: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": raw}


def open_upload(page: Page) -> None:
    visit(page, "/data")
    page.get_by_role("radio", name="Upload or paste").click()
    settle(page)


def test_a_table_and_its_button_are_in_the_first_screen_before_it_is_used(page):
    open_upload(page)
    page.locator("input[type=file]").set_input_files(csv_file("pets.csv", GOOD.encode()))
    assert picture(page).startswith("40 points: 40 rows as points: height from 0 to 6 across, weight from 0 to 9 up; ")
    for section, button in (
        ("Upload or paste", "Train on these data"),
        ("Edit as a table", "Train on the edited table"),
    ):
        page.get_by_role("radio", name=section).click()
        for width, height in ((1440, 900), (1366, 768), (768, 1024), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(
                """() => { const [plot, place] = ['.main-svg', '.charts-place'].map((s) => document.querySelector(s));
                     return plot && Math.abs(plot.clientWidth - place.clientWidth) < 2; }"""
            )
            expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)
            expect(page.locator(".charts .picture")).to_be_in_viewport(ratio=1)
            expect(page.locator(".charts .picture path.point").first).to_be_in_viewport()


def test_the_button_below_the_picture_stands_where_it_stays_before_the_picture_is_drawn(page):
    open_upload(page)
    held = []
    page.route("**/charts/charts.js*", lambda route: held.append(route))
    page.locator("input[type=file]").set_input_files(csv_file("pets.csv", GOOD.encode()))
    button = page.get_by_role("button", name="Train on these data")
    button.wait_for()
    expect(page.locator("[data-test-script-state='notRunning']")).to_be_attached()
    before = button.bounding_box()
    assert held
    assert page.locator(".charts").count() == 0
    for route in held:
        route.continue_()
    page.locator(".charts path.point").first.wait_for()
    settle(page)
    assert button.bounding_box() == before


def test_a_bad_file_is_a_sentence_and_loses_nothing(page):
    open_upload(page)
    page.locator("input[type=file]").set_input_files(csv_file("pets.csv", GOOD.encode()))
    page.get_by_role("button", name="Train on these data").click()
    page.wait_for_function("() => window.__stage?.ready")
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page.get_by_text("The network now learns from")).to_contain_text("pets: 40 rows, 2 inputs, 2 classes")
    settle(page)
    url = page.url
    for name, raw, words in (
        ("a.csv", b"PK\x03\x04 no table", "not a CSV file but a zip or Excel file"),
        ("b.csv", b"a,b,c\n1,2,3\n4,5\n", "Line 3 has 2 cells"),
        ("<b>c</b>.csv", GOOD.replace("dog", "cat").encode(), "one class only"),
    ):
        page.locator("input[type=file]").set_input_files(csv_file(name, raw))
        expect(page.get_by_text(words)).to_be_visible()
        expect(page.get_by_text("The network now learns from")).to_contain_text("pets: 40 rows")
    assert page.url == url


def test_a_table_is_read_at_a_button_stays_pasted_and_says_what_became_of_it(new_page):
    page = new_page(viewport="phone")
    open_upload(page)
    thousands = (
        "umsatz;nr;kind\n" + "\n".join(f"{1 + k % 3}.{k * 7 % 10}50;{k};{'ab'[k % 2]}" for k in range(40)) + "\n7;40;a"
    )
    page.get_by_role("textbox", name="Or paste one").fill(thousands)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("“1.050” was read as 1050")).to_be_visible()
    expect(page.get_by_text(": 1 of 3 left out")).to_be_visible()
    page.get_by_role("combobox", name="The names stand in").click()
    page.get_by_role("option", name="no row").click()
    expect(page.get_by_text("42 rows and 3 columns; semicolon")).to_be_visible()
    page.get_by_role("radio", name="Ready data").click()
    expect(page.get_by_text("150 flowers")).to_be_visible()
    page.get_by_role("radio", name="Upload or paste").click()
    page.get_by_text("Bring another table instead of “Pasted data”").click()
    expect(page.get_by_role("textbox", name="Or paste one")).to_have_value(thousands)
    expect(page.get_by_text("What becomes of the columns")).to_be_visible()


def test_names_and_labels_are_text_wherever_they_are_shown(page):
    nasty = "<img src=x onerror=alert(1)>,$x^2$ **b** %{y},kind\n"
    rows = "\n".join(f"{k % 7},{k * k % 11},{'<b>a</b>' if k % 3 else '[l](http://x.y)'}" for k in range(40))
    open_upload(page)
    page.get_by_role("textbox", name="Or paste one").fill(nasty + rows)
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Train on these data").click()
    page.wait_for_function("() => window.__stage?.ready")
    for name in ("Data", "Playground", "Take along"):
        page.get_by_role("link", name=name, exact=True).click()
        settle(page)
        page.wait_for_timeout(800)
        assert page.locator("img[src=x]").count() == 0
        assert page.locator("a[href*='x.y']").count() == 0
    page.get_by_role("link", name="Playground", exact=True).click()
    page.wait_for_function("() => document.querySelector('.surface .xtitle')")
    assert page.locator(".surface .xtitle").text_content() == "<img src=x onerror=alert(1)>"
    ticks = page.locator(".surface .xtick").all_text_contents()  # of the table's column, which holds 0 to 6
    assert ticks == ["0", "2", "4", "6"]
    expect(page.locator(".stage .note")).to_have_text("● <b>a</b>, ◆ [l](http://x.y). Filled: training. Hollow: test.")


@pytest.mark.parametrize("name", ["iris", "digits"])
def test_the_browser_evaluates_many_inputs_over_the_plane_as_numpy_does(page, name):
    visit(page, "/data")
    page.get_by_role("radio", name="Ready data").click()
    page.get_by_role("button", name=EXAMPLES[name].help).click()
    wait_for(page, "p.run.header.net.plane && p.step > 20")
    page.wait_for_function("() => __player.run === __stage.run")
    at = np.array([[-1.0, 0.5], [0.3, -2.0], [1.5, 1.5]])
    found = page.evaluate(
        """([x1, x2]) => { __player.pause(); const row = __player.row;
             const p = __player.run.parameters(row);
             return {p: Array.from(p), out: __stage.network.evaluate(p, x1, x2).at(-1).map((a) => Array.from(a))}; }""",
        at.T.tolist(),
    )
    experiment = Experiment(Config(own_data=EXAMPLES[name].load()))
    plane, net = plane_of(experiment), new_trainer(experiment).net
    net.parameters[...] = found["p"]
    np.testing.assert_allclose(np.array(found["out"]).T, net.predict_proba(plane.origin + at @ plane.axes), atol=1e-5)


def test_every_page_opens_with_data_of_many_inputs(page):
    visit(page, "/data")
    page.get_by_role("radio", name="Ready data").click()
    page.get_by_role("button", name=EXAMPLES["iris"].help).click()
    wait_for(page, "p.step > 100")
    press(page, "Pause")
    names = page.locator("[data-testid=stTopNavLink]").all_inner_texts()
    assert "Take along" in names
    for name in names:
        page.get_by_role("link", name=name, exact=True).click()
        settle(page)
        page.wait_for_timeout(500)
        assert page.locator("[data-testid=stException]").count() == 0, name


@pytest.mark.parametrize("look", ["", "?look=projector"])
def test_in_a_low_window_the_sheet_is_as_high_as_it_and_the_buttons_are_beside_it(new_page, look):
    page = new_page(viewport="laptop")
    visit(page, f"/data{look}")
    page.wait_for_function(
        """() => { const box = (s) => document.querySelector(s).getBoundingClientRect();
             const [paper, end] = ['.paper', '.end'].map(box);
             return paper.bottom <= innerHeight && paper.bottom > innerHeight - 40 && end.bottom <= innerHeight
               && end.left > paper.right; }"""
    )


@pytest.mark.parametrize(("viewport", "scheme"), [("laptop", "light"), ("phone", "dark")])
def test_the_data_page_fits_its_window(new_page, viewport, scheme):
    page = new_page(viewport=viewport, scheme=scheme)
    visit(page, "/data")
    page.locator(".draw .paper").wait_for()
    screenshot(page, f"data-{viewport}-{scheme}")
    box = page.locator(".draw .paper").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
