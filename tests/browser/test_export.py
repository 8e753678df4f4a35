"""The page "Take along" in a real browser: what is downloaded repeats the run, and what is opened is the same again."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import mlp
from playground.run.link import run_from_query
from playground.run.runs import Runs
from tests.browser.harness import reaching, screenshot, settle, visit
from tests.browser.stage import parameters, state, wait_for
from tests.export.scripts import difference, execute

QUERY = "dataset=blobs&samples=60&then=12@lr:0.003,batch:32&step=20"


@pytest.fixture
def export(page: Page) -> Page:
    visit(page, f"/export?{QUERY}")
    expect(page.get_by_text("up to step 20")).to_be_visible()
    wait_for(page, "p.step === 20")
    return page


def json_file(raw: bytes) -> dict[str, object]:
    return {"name": "run.json", "mimeType": "application/json", "buffer": raw}


def choose(page: Page, name: str) -> None:
    """Click a card, and wait until what it stands for is beside the cards."""
    page.get_by_role("radio").filter(has=page.get_by_text(name, exact=True)).click()
    expect(page.locator(".st-key-taken").get_by_role("heading", name=name)).to_be_visible()


def download(page: Page, name: str) -> bytes:
    choose(page, name)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download").click()
    return caught.value.path().read_bytes()


def test_the_downloaded_program_repeats_the_run(export):
    assert difference(execute(download(export, "NumPy").decode())) < 1e-12


def test_the_downloaded_weights_are_those_of_the_moment(export):
    experiment, step, _ = run_from_query(dict(pair.split("=") for pair in QUERY.split("&")))
    run = Runs().get(experiment)
    run.record_until(step)
    net = mlp.MLP.load(io.BytesIO(download(export, "Weights (.npz)")))
    assert (net.parameters == run.recording.seek(20).parameters).all()


def test_an_experiment_file_opens_the_same_run_in_another_window(export, new_page):
    file = download(export, "Experiment (JSON)")
    other = new_page()
    visit(other, "/export?step=0")
    other.locator("input[type=file]").set_input_files(json_file(file))
    expect(other.get_by_text("up to step 20")).to_be_visible()
    wait_for(other, f"p.run.header.run === '{state(export)['run']}'")


def test_a_broken_experiment_file_is_a_sentence_and_changes_nothing(export):
    before = state(export)["run"]
    for raw, words in ((b"{", "This is not JSON"), (b"[]", "not an experiment"), (b"{}", "not an experiment")):
        export.locator("input[type=file]").set_input_files(json_file(raw))
        expect(export.get_by_text(words)).to_be_visible()
        settle(export)
        assert state(export)["run"] == before


def test_the_link_on_the_page_opens_the_run_at_the_step(export, new_page):
    link = export.locator("[data-testid=stCode]").first.inner_text().strip()
    other = new_page()
    visit(other, link.removeprefix(export.evaluate("() => location.origin")))
    wait_for(other, "p.step === 20 && p.state === 'paused'")
    assert state(other)["run"] == state(export)["run"]


def test_the_moment_on_the_timeline_is_what_is_taken_along(export):
    export.get_by_role("toolbar").get_by_role("button", name="Step", exact=True).click()
    expect(export.get_by_text("up to step 21")).to_be_visible()
    plain = json.loads(download(export, "Experiment (JSON)"))
    assert plain["step"] == 21


def test_a_qr_code_is_shown(export):
    pytest.importorskip("segno")
    export.get_by_role("button", name="QR code").click()
    expect(export.get_by_text("point a camera at it")).to_be_visible()
    expect(export.get_by_role("img").last).to_be_visible()


@pytest.mark.parametrize("kind", ["PNG", "SVG"])
def test_a_picture_is_saved_by_the_browser(export, kind):
    choose(export, "Pictures (PNG, SVG)")
    export.get_by_role("radio", name=kind, exact=True).click()
    settle(export)
    figure = export.locator(".charts .chart").filter(has_text="Decision boundary")
    expect(figure.locator(".main-svg").first).to_be_visible()
    with export.expect_download() as caught:
        figure.get_by_role("button", name=f"Save as {kind}").click()
    raw = caught.value.path().read_bytes()
    assert raw.startswith(b"\x89PNG") if kind == "PNG" else b"<svg" in raw[:200]
    assert caught.value.suggested_filename == f"blobs-2-8-8-3-step-20-boundary.{kind.lower()}"
    assert io.BytesIO(raw).getbuffer().nbytes > 3000


@pytest.mark.parametrize(("viewport", "scheme"), [("laptop", "dark"), ("phone", "light")])
def test_the_page_fits_its_window(new_page, viewport, scheme):
    page = new_page(viewport=viewport, scheme=scheme)
    visit(page, f"/export?{QUERY}")
    expect(page.get_by_text("up to step 20")).to_be_visible()
    screenshot(page, f"export-{viewport}-{scheme}")
    widest = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
    assert widest <= page.viewport_size["width"]


@pytest.mark.parametrize("query", [QUERY, "dataset=ripple&samples=60&step=300", ""])
def test_the_replay_plays_and_scrubs_from_disk_with_the_network_cut_off(new_page, browser, tmp_path, query):
    page = new_page()
    visit(page, f"/export?{query or 'step=2500'}")
    expect(page.get_by_text("up to step")).to_be_visible()
    wait_for(page, "p.step > 0 && p.state === 'paused'")
    file = tmp_path / "replay.html"
    file.write_bytes(download(page, "Replay (HTML)"))
    context = reaching(browser.new_context(offline=True))
    problems: list[str] = []
    context.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda e: problems.append(str(e.error)))
    context.on("request", lambda r: problems.append(r.url) if r.url.startswith("http") else None)
    replay = context.new_page()
    replay.goto(file.as_uri())
    wait_for(replay, "p.step > 0 && !p.moving && window.__stage?.ready")
    mine, last = state(replay), parameters(replay)
    assert mine["step"] == mine["last"]
    np.testing.assert_array_equal(last, parameters(page))
    replay.keyboard.press("Home")
    wait_for(replay, "p.step === 0")
    assert not np.array_equal(parameters(replay), last)
    track = replay.locator(".timeline .plot").bounding_box()
    replay.mouse.move(track["x"] + track["width"] / 2, track["y"] + track["height"] / 2)
    replay.mouse.down()
    replay.mouse.move(track["x"] + track["width"] / 2 + 5, track["y"] + track["height"] / 2)
    replay.mouse.up()
    wait_for(replay, "p.step > 0 && p.step < p.run.last")
    replay.keyboard.press("End")
    replay.evaluate(
        """() => { window.seen = new Set();
          const look = () => { window.seen.add(__player.step); requestAnimationFrame(look); }; look(); }"""
    )
    replay.get_by_role("button", name="Play").click()  # a short run is over in a blink
    wait_for(replay, "window.seen.size > 3 && !p.moving && p.step === p.run.last")
    context.close()
    assert problems == []
