"""The page Fold in a real browser: its pictures are of the moment, and so are the numbers beside them."""

from __future__ import annotations

import re

import numpy as np
from playwright.sync_api import Page, expect

from playground.geometry.align import align
from playground.geometry.fold import separations
from playground.geometry.layers import moments, reading, readout_plane, readouts, share_shown, spaces, through
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import percent, say
from tests.browser.harness import settle, visit
from tests.browser.stage import recorded, state

PICTURES = "() => [...document.querySelectorAll('.fold canvas')].map((c) => c.toDataURL())"
FINE = "() => __fold.isFine && __fold.step === __player.step && !__fold.loop"


def at(page: Page, step: int) -> list[str]:
    """What stands on every canvas at a step."""
    page.evaluate("(step) => { __player.halt(); __player.place(step); }", step)
    settle(page)
    page.wait_for_function(FINE)
    return page.evaluate(PICTURES)


def test_the_numbers_beside_the_pictures_are_the_engines(page: Page):
    visit(page, "/fold?step=2500")
    trainer = recorded(Experiment(), 200).trainer
    net, x = trainer.net.copy(), trainer.data.x_train
    frames = trainer.recording.parameters[moments(trainer.recording, 200)]
    room = spaces(net, x, frames)
    plane = readouts(net, x, frames)[(0,)]
    net.parameters[...] = trainer.recording.seek(2500).parameters
    (_, a1), (_, a2) = through(net, x)
    shares = share_shown(a1, room[1].directions[:2]), share_shown(a2, readout_plane(plane, reading(net, (0,))[0]))
    straight = separations(net, trainer.data, net.parameters)
    assert straight
    words = page.locator(".fold .reading")
    expect(words.nth(0)).to_contain_text(f"a straight line gets {percent(straight[0])} right")
    for k in (1, 2):
        expect(words.nth(k)).to_contain_text(f"shows {percent(shares[k - 1])} of the spread")
        expect(words.nth(k)).to_contain_text(f"a straight line gets {percent(straight[k])} right")
    label = page.locator(".fold .station canvas").nth(2).get_attribute("aria-label") or ""
    assert re.search(rf"before the output\. Epoch 100\..*{re.escape(percent(shares[1]))}", label)
    # And each point lies where the engine has it, across the readout plane.
    shown = page.evaluate("() => [...__fold.panels[2].picture.scene.points[0]]")
    w, b = reading(net, (0,))
    np.testing.assert_allclose(shown, (a2 @ w + b) / np.linalg.norm(w) / plane.across, atol=1e-4)


def test_scrubbing_back_gives_the_same_pictures(page: Page):
    visit(page, "/fold?step=5000")
    first = at(page, 1500)
    other = at(page, 4000)
    assert all(a != b for a, b in zip(first[1:], other[1:], strict=True))
    assert at(page, 1500) == first


def test_the_film_plays_through_all_layers_and_a_hovered_point_is_ringed_everywhere(page: Page):
    visit(page, "/fold?dataset=blobs&classes=3&hidden=3,1&step=500")
    page.wait_for_function(FINE)
    page.get_by_role("button", name="Play the film").click()
    expect(page.locator(".fold .what")).to_contain_text("Layer 1: its weights turn, stretch and shift")
    expect(page.locator(".fold .what")).to_contain_text("only cut straight")
    page.wait_for_function(FINE)
    before = page.evaluate(PICTURES)
    x, y = page.evaluate(
        """() => { const { picture } = __fold.panels[0], [u, v] = picture.scene.points;
             return [picture.x(u[7]), picture.y(v[7])]; }"""
    )
    page.locator(".fold .station canvas").first.hover(position={"x": x, "y": y})
    expect(page.locator(".fold .note")).to_contain_text("It is ringed in every picture; click to keep it")
    page.wait_for_function(FINE)
    assert all(a != b for a, b in zip(before, page.evaluate(PICTURES), strict=True))


def test_a_clicked_point_stays_ringed_on_the_stage_and_in_its_link(page: Page):
    visit(page, "/fold?step=500&beside=seed%3D5")
    page.wait_for_function("() => __fold.beside?.parametersAt(__player.epoch) && !__fold.loop")
    page.wait_for_function(FINE)
    x, y, at = page.evaluate(
        """() => { const { picture } = __fold.panels[2], [u, v] = picture.scene.points;
             return [picture.x(u[7]), picture.y(v[7]), [0, 1].map((k) => __fold.told.plane[k][7])]; }"""
    )
    page.locator(".fold .station canvas").nth(4).click(position={"x": x, "y": y})
    # The same training point in the picture of the other run too.
    expect(page.locator(".fold .note")).to_contain_text("click it again to take the ring away")
    assert page.evaluate("() => __fold.ringed") == 7
    ring = np.array(page.evaluate("() => __player.ringed"))
    np.testing.assert_allclose(ring, at, atol=1e-3)
    page.wait_for_function("() => location.search.includes('ring=')")
    page.get_by_role("link", name="Playground").first.click()
    settle(page)
    place = "() => { const { ring, canvas } = __stage.panels.find(({ view }) => view.ring).view;"
    place += (
        " const [a, b] = [ring, canvas].map((e) => e.getBoundingClientRect()), { range } = __player.run.header.data;"
    )
    place += " return [(a.x + a.width / 2 - b.x) / b.width, (a.y + a.height / 2 - b.y) / b.height, ...range]; }"
    u, v, low, high = page.evaluate(place)
    np.testing.assert_allclose([low + u * (high - low), high - v * (high - low)], ring, atol=0.02 * (high - low))
    page.get_by_role("button", name="Take the ring away from this point").click()
    page.wait_for_function("() => !location.search.includes('ring=')")


def test_the_points_are_walked_and_kept_by_keys_alone(page: Page):
    visit(page, "/fold?hidden=2&step=500")
    page.wait_for_function(FINE)
    step = state(page)["step"]
    page.locator(".fold .film canvas").focus()
    places = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        p = page.evaluate("() => __fold.ringed")
        places.append(page.evaluate("(p) => __fold.picture.scene.points.map((along) => along[p])", p))
    first, right, down, left = places
    assert right[0] > first[0]
    assert down[1] < right[1]
    assert left[0] < down[0]
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('ring=')")
    page.keyboard.press("Tab")
    assert page.evaluate("() => __fold.ringed") == p
    assert state(page)["step"] == step


def test_a_run_beside_is_drawn_with_its_neurons_in_the_order_of_their_likes(page: Page):
    visit(page, "/fold?step=2500&beside=seed%3D5")
    page.wait_for_function("() => __fold.beside?.run.lastEpoch >= 100 && __fold.told.beside[0].epoch === 200")
    page.wait_for_function(FINE)
    other = recorded(Experiment(Config(seed=5)), 200).trainer
    run = recorded(Experiment(), 200).trainer
    k = int(np.searchsorted(run.recording.epochs, 200))
    found = align(run.net, run.data.x_train, run.recording.parameters[k], other.recording.parameters[k])
    net = run.net.copy()
    net.parameters[...] = found.of(other.recording.seek(2500).parameters)
    frames = run.recording.parameters[moments(run.recording, 200)]
    space = spaces(run.net, run.data.x_train, frames)[1]
    a1 = through(net, run.data.x_train)[0][1]
    along = (a1 - space.mean) @ space.directions[:2].T / space.extents[:2].max()
    shown = page.evaluate("() => [0, 1].map((k) => [...__fold.panels[1].below.picture.scene.points[k]])")
    np.testing.assert_allclose(np.transpose(shown), along, atol=1e-3)
    straight = separations(other.net, other.data, other.recording.seek(2500).parameters)
    assert straight
    expect(page.locator(".fold .reading.under").nth(2)).to_contain_text(f"gets {percent(straight[2])} right")
    expect(page.locator(".fold .note")).to_contain_text(
        f"agree by {say(np.abs(np.concatenate(found.alike)).mean(), 2)}"
    )
