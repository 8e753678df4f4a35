"""A talk as it is given: a clicker's keys, a reload in the middle, the offline file, an audience that follows."""

import json
import re
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from playground.scenes.ready import ready_talks
from playground.scenes.recorded import new_studio, record
from playground.scenes.talk import read_talk
from playground.scenes.talk_check import check
from playground.scenes.told import packed
from playground.web.message import decode
from tests.browser.harness import visit

SHORT = "\n\n---\n\n".join(
    [
        "# Words\n\nOnly words.\n<!-- note: Breathe. -->",
        "# One run\n\n<!-- run: ?dataset=moons&samples=80&hidden=4 ; show: picture, network, loss\n"
        'play: 0..30 in 2s\nstep: point neuron 1.2 "this one"\nalso: say Look there. -->\n\nA run.\n'
        "<!-- note: Point. -->",
        "# Two runs\n\n<!-- compare: same, lr=0.001 | same, lr=0.1 ; show: picture, accuracy ; play: 0..20 in 1s\n"
        "ask: the first | the second\nright: 2 -->\n\nWhich is better?",
    ]
)
AT = "() => { const { scene, stop, epoch, playing, black, big } = mlpTalk.presenter.walk.moment;" + (
    "return { at: [scene + 1, stop + 1], epoch, playing, black, big }; }"
)


def begin(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_function("() => window.mlpTalk?.presenter?.view.frames > 0", timeout=60_000)


def at(page: Page) -> list[int]:
    return page.evaluate(AT)["at"]


def press_until(page: Page, key: str, place: list[int]) -> None:
    page.keyboard.press(key)
    page.wait_for_function(f"(place) => String(({AT})().at) === String(place)", arg=place)


@pytest.fixture(scope="module")
def brought(server) -> str:
    """The address of the short talk on the server."""
    body = json.dumps({"source": SHORT}).encode()
    request = urllib.request.Request(f"{server.url}/talks", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return f"/talks/{json.load(answer)['name']}"


def test_a_clicker_gives_the_talk_forwards_and_backwards(new_page, brought):
    page = new_page(viewport="laptop")
    begin(page, brought)
    assert at(page) == [1, 1]
    press_until(page, "PageDown", [2, 1])
    assert page.evaluate(AT)["epoch"] == 0
    press_until(page, "PageDown", [2, 2])
    assert page.evaluate(AT)["playing"]
    page.keyboard.press("PageDown")  # what still plays comes to its end first
    page.wait_for_function(f"() => !({AT})().playing")
    assert (at(page), page.evaluate(AT)["epoch"]) == ([2, 2], 30)
    press_until(page, "PageDown", [2, 3])
    expect(page.locator(".say")).to_have_text("Look there.")
    expect(page.locator(".label")).to_have_text("this one")
    assert "scene=2.3" in page.url
    page.reload()  # as the start button of a clicker does, which sends F5
    page.wait_for_function("() => window.mlpTalk?.presenter?.view.frames > 0")
    assert (at(page), page.evaluate(AT)["epoch"]) == ([2, 3], 30)
    press_until(page, "ArrowRight", [3, 1])
    press_until(page, "PageUp", [2, 3])
    press_until(page, "PageUp", [2, 2])
    assert page.evaluate(AT) == {"at": [2, 2], "epoch": 30, "playing": False, "black": False, "big": 0}
    press_until(page, "PageUp", [2, 1])
    press_until(page, "PageUp", [1, 1])
    press_until(page, "End", [3, 1])
    page.keyboard.press("PageDown")
    page.wait_for_function(f"() => ({AT})().epoch === 20 && !({AT})().playing")
    press_until(page, "PageDown", [3, 3])
    expect(page.locator(".options .right")).to_have_text(re.compile("the second"))
    page.keyboard.press("PageDown")
    assert at(page) == [3, 3], "after the last scene nothing comes"


def test_black_big_and_full_screen_come_and_go_and_a_field_keeps_its_keys(new_page, brought):
    page = new_page(viewport="laptop")
    begin(page, f"{brought}#scene=2.2")
    for key in (".", "b"):
        page.keyboard.press(key)
        expect(page.locator(".black")).to_be_visible()
        page.keyboard.press("PageDown")
        expect(page.locator(".black")).to_be_hidden()
        assert at(page) == [2, 2], "the press that ends the black does nothing else"
    before = page.locator(".diagram").bounding_box()
    page.keyboard.press("2")
    page.wait_for_function("() => document.querySelectorAll('.panels .panel').length === 1")
    after = page.locator(".diagram").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 1200
    assert after["height"] > 600 > before["height"]
    page.keyboard.press("Escape")
    expect(page.locator(".panels .panel")).to_have_count(3)
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement !== null")
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement === null")
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), { id: 'field' }))")
    page.focus("#field")
    page.keyboard.type("b. 1 no")
    assert page.input_value("#field") == "b. 1 no"
    assert page.evaluate(AT) == {"at": [2, 2], "epoch": 30, "playing": False, "black": False, "big": 0}
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    page.wait_for_function(f"() => ({AT})().playing && ({AT})().epoch < 30")
    page.keyboard.press(" ")
    page.wait_for_function(f"() => !({AT})().playing")


MEASURE = """async () => {
  const { presenter } = mlpTalk;
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const least = () => {
    const texts = document.createTreeWalker(presenter.view.element, NodeFilter.SHOW_TEXT);
    const { letters, atlas, theme } = presenter.view;
    const small = [atlas.look.letters, atlas.look.least].map((size) => size * theme.zoom);
    const sizes = [letters, ...(atlas.element.isConnected ? small : [])];
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const element = text.parentElement;
      if (text.data.trim() && element.checkVisibility()) sizes.push(parseFloat(getComputedStyle(element).fontSize));
    }
    return Math.min(...sizes);
  };
  const wrong = [];
  const boxes = (what) => [...document.querySelectorAll(what)].filter((e) => e.checkVisibility())
    .map((e) => [e.className || e.tagName, e.getBoundingClientRect()]);
  for (const [scene, { stops }] of presenter.talk.scenes.entries()) {
    for (const stop of stops.keys()) {
      presenter.do(() => presenter.walk.stand(scene, stop));
      await frames();
      const where = `scene ${scene + 1}.${stop + 1}: `;
      if (least() < 28) wrong.push(where + `letters of ${least()} pixels`);
      for (const [name, r] of boxes(".talk h1, .talk .say, .talk .panel, .talk .options li, .talk .label"))
        if (r.left < -1 || r.top < -1 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1)
          wrong.push(where + name + " is not on the screen");
      const under = Math.min(...boxes(".talk .say, .talk .options").map(([, r]) => r.top));
      for (const [name, r] of boxes(".talk .panel, .talk .label"))
        if (r.bottom > under + 1) wrong.push(where + name + " covers the words");
    }
  }
  return wrong;
}"""


@pytest.mark.parametrize("name", ready_talks())
def test_every_scene_of_the_ready_talks_is_large_enough_and_on_the_screen(new_page, name):
    page = new_page(viewport="laptop")
    begin(page, f"/talks/{name}")
    for width, height in ((1280, 720), (1920, 1080), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(MEASURE) == [], f"{width}x{height}"


DRAWN = """(wanted) => {
  const { parameters } = (mlpTalk.presenter ?? mlpTalk.follower).view.surfaces[0];
  return parameters?.length === wanted.length && parameters.every((value, k) => value === Math.fround(wanted[k]));
}"""


@pytest.fixture(scope="module")
def after_30() -> list[float]:
    """What the engine has for the second scene of the short talk, once it has played."""
    run = new_studio().run_of(read_talk(SHORT)[0].scenes[1].runs[0])
    run.record_to(30, 60)
    return run.recording.parameters[30].tolist()


def test_the_picture_is_drawn_from_the_engines_own_parameters(new_page, brought, after_30):
    page = new_page(viewport="laptop")
    begin(page, f"{brought}#scene=2.2")
    page.wait_for_function(DRAWN, arg=after_30)


def test_the_offline_file_plays_without_a_network(new_page, tmp_path: Path):
    checked = check(SHORT, new_studio())
    assert checked.problems == ()
    path = tmp_path / "talk.html"
    path.write_bytes(checked.file)
    page = new_page(new=True, viewport="laptop", tolerate=r"request to another host: file://")
    page.context.set_offline(True)
    page.goto(path.as_uri())
    page.wait_for_function("() => window.mlpTalk?.presenter?.view.frames > 0")
    assert page.evaluate("() => performance.now()") < 10_000
    press_until(page, "PageDown", [2, 1])
    press_until(page, "PageDown", [2, 2])
    page.wait_for_function(f"() => ({AT})().epoch === 30")
    assert page.url.endswith("#scene=2.2")
    page.reload()
    page.wait_for_function("() => window.mlpTalk?.presenter?.view.frames > 0")
    assert at(page) == [2, 2]
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    expect(opened.value.locator(".notes")).to_have_text("Point.")


FILM_AND_ATLAS = """# A film

<!-- run: ?dataset=moons&samples=80&hidden=4 ; show: picture, fold
play: hold at 30
fold: 0..1 in 1s -->

---

# An atlas

<!-- atlas: ?dataset=moons&samples=80&atlas=lr:0.01,0.1;width:2,4;seeds:1;epochs:20
play: 0..20 in 1s
step: point tile 2.1 "here" -->
"""
TILE = """([cell, wanted]) => { const { tiles } = mlpTalk.presenter.view.atlas.grid, tile = tiles.cells[cell];
  const own = tile.run.parameters(tile.rowAt(mlpTalk.presenter.walk.epoch));
  return own.length === wanted.length && own.every((value, k) => Math.abs(value - wanted[k]) < 1e-5); }"""


def test_a_film_and_an_atlas_play_from_a_file_with_the_engines_numbers(new_page, tmp_path: Path, after_30):
    studio = new_studio()
    checked = check(FILM_AND_ATLAS, studio)
    assert checked.problems == ()
    path = tmp_path / "talk.html"
    path.write_bytes(checked.file)
    page = new_page(new=True, viewport="laptop", tolerate=r"request to another host: file://")
    page.context.set_offline(True)
    begin(page, path.as_uri())
    expect(page.locator(".film")).to_have_attribute("data-label", re.compile("^Inputs: straight cut"))
    press_until(page, "PageDown", [1, 2])
    page.wait_for_function("() => mlpTalk.presenter.walk.film > 0.2 && mlpTalk.presenter.walk.film < 0.9")
    expect(page.locator(".film")).to_have_attribute("data-label", re.compile("^Layer 1: straight cut"))
    drawn = page.evaluate("() => [...mlpTalk.presenter.view.film.film.moment.parameters]")
    assert drawn == [float(np.float32(value)) for value in after_30]
    page.keyboard.press("2")
    expect(page.locator(".panels .panel")).to_have_count(1)
    press_until(page, "PageDown", [2, 1])
    press_until(page, "PageDown", [2, 2])
    page.wait_for_function("() => mlpTalk.presenter.walk.epoch === 20")
    run = studio.run_of(checked.talk.atlases[0].experiment(1, 0))
    run.record_to(20, 60)
    assert page.evaluate(TILE, [1, run.recording.parameters[20].tolist()])
    press_until(page, "PageDown", [2, 3])
    box, corner = (page.locator(what).bounding_box() for what in (".ring", ".atlas canvas"))
    assert box is not None
    assert corner is not None
    x, y, side = page.evaluate(
        "() => { const { grid } = mlpTalk.presenter.view.atlas; return [...grid.corner(1), grid.side]; }"
    )
    assert box["x"] <= corner["x"] + x
    assert box["y"] <= corner["y"] + y
    assert box["x"] + box["width"] >= corner["x"] + x + side
    assert box["y"] + box["height"] >= corner["y"] + y + side
    assert page.evaluate(MEASURE) == []


def test_the_speakers_window_shows_notes_and_what_comes_next_and_is_a_remote(new_page, brought):
    page = new_page(new=True, viewport="laptop")
    begin(page, brought)
    with page.context.expect_page() as opened:
        page.keyboard.press("s")
    speaker = opened.value
    expect(speaker.locator(".notes")).to_have_text("Breathe.")
    expect(speaker.locator(".next")).to_have_text("Next scene: One run")
    speaker.get_by_role("button", name="Next ▶").click()
    page.wait_for_function(f"() => String(({AT})().at) === '2,1'")
    expect(speaker.locator(".next")).to_have_text("Next press: plays to epoch 30 in 2 s")
    speaker.keyboard.press("PageUp")
    page.wait_for_function(f"() => String(({AT})().at) === '1,1'")
    expect(speaker.locator(".where")).to_have_text("Scene 1 of 3")


FOLLOWED = "() => { const { walk, view } = mlpTalk.follower; return [walk.scene, walk.stop, walk.epoch, view.frames]; }"


LASER = """([x, y]) => { const laser = document.querySelector(".laser").getBoundingClientRect();
  const box = document.querySelector(".diagram .plot").getBoundingClientRect();
  const [left, top] = [laser.left + laser.width / 2, laser.top + laser.height / 2];
  return Math.abs(left - box.left - x * box.width) < 2 && Math.abs(top - box.top - y * box.height) < 2; }"""


def test_two_phones_follow_vote_let_go_and_come_back(new_page, brought, after_30):
    page = new_page(new=True, viewport="laptop")
    begin(page, f"{brought}#scene=2.1")
    page.keyboard.press("i")
    address = page.locator(".invite b").inner_text()
    expect(page.locator(".invite img")).to_have_js_property("complete", True)
    page.keyboard.press("Escape")
    phones = [page.context.new_page() for _ in range(2)]
    for phone in phones:
        phone.set_viewport_size({"width": 390, "height": 844})
        phone.goto(f"http://{address}")
        phone.wait_for_function("() => window.mlpTalk?.follower?.received > 0")
        assert phone.evaluate(FOLLOWED)[:2] == [1, 0]
    page.keyboard.press("PageDown")
    for each in (page, *phones):
        each.wait_for_function(DRAWN, arg=after_30)
    one, two = phones
    box = page.locator(".diagram .plot").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.75 * box["height"], steps=5)  # the last of a sweep
    one.wait_for_function(LASER, arg=[0.25, 0.75])
    one.get_by_role("button", name="Explore on your own").click()
    press_until(page, "PageDown", [2, 3])
    press_until(page, "PageDown", [3, 1])
    two.wait_for_function("() => mlpTalk.follower.walk.scene === 2")
    assert one.evaluate(FOLLOWED)[:2] == [1, 1]
    assert "step=120" in (one.get_by_role("link", name="Open in the Playground").get_attribute("href") or "")
    one.get_by_role("button", name="Back to the speaker").click()
    one.wait_for_function("() => mlpTalk.follower.walk.scene === 2")
    for phone in phones:
        phone.get_by_role("button", name="the second").click()
    page.wait_for_function("() => String(mlpTalk.presenter.votes.total) === '0,2,0,0'")
    expect(page.locator(".options em")).to_have_count(0)
    page.keyboard.press("v")
    for each in (page, *phones):
        expect(each.locator(".options em")).to_have_text(["0", "2"])
    two.close()
    page.wait_for_function("() => String(mlpTalk.presenter.votes.total) === '0,1,0,0'")
    page.reload()  # the room stands in the address, and so it is there again
    page.wait_for_function("() => window.mlpTalk?.presenter?.view.frames > 0")
    press_until(page, "PageUp", [2, 3])
    one.wait_for_function("() => mlpTalk.follower.walk.scene === 1")


def test_the_page_talk_starts_what_it_shows(new_page, server):
    page = new_page(new=True)
    visit(page, "/talk")
    address = page.get_by_role("link", name="Start").first.evaluate("(link) => link.href")
    assert address == f"{server.url}/talks/depth"
    begin(page, address)
    studio = new_studio()
    source = ready_talks()["depth"]
    told, _ = read_talk(source)
    record(told, studio)
    data = packed(told, source, studio)
    header = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
    first = data[4 + int.from_bytes(data[:4], "little") :][: header["lengths"][0]]
    assert page.evaluate("() => mlpTalk.presenter.view.runs[0].rows.length") == len(decode(first)[1])
