"""The page Landscape in a real browser: its sentence is the engine's, and a network of the map can be gone on from."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
from playwright.sync_api import Page, expect

from playground.geometry.landscape import Moment, Pieces, loss_map, spectrum
from playground.geometry.planes import path_of
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import say
from tests.browser.harness import settle, visit
from tests.browser.stage import recorded

FREE = Pieces(nullcontext, lambda: False)
STANDS = """() => __landscape?.sheet?.told.n === 61 && __landscape.sheet.told.step === __player.step
  && __landscape.spectrum?.step === __player.step && __landscape.curve && !__landscape.loop"""


def test_the_sentence_the_map_and_the_eigenvalues_are_the_engines_at_the_moment(page: Page):
    visit(page, "/landscape?step=2500")
    page.wait_for_function(STANDS)
    run = recorded(Experiment(), 200)
    net, data = run.trainer.net.copy(), run.trainer.data
    net.parameters[...] = run.recording.seek(2500).parameters
    moment = Moment(net, data, 2500, net.loss_value(data.x_train, data.y_train))
    last = page.evaluate("() => __player.run.last")
    shown = loss_map(moment, path_of(run.recording, last), "path", 61, 1, (0, 1), FREE)
    expect(page.locator(".landscape .what")).to_have_text(shown.words)
    np.testing.assert_allclose(page.evaluate("() => [...__landscape.sheet.losses]"), shown.losses.ravel(), rtol=1e-5)
    values = spectrum(moment, FREE)
    negative = int((values < -1e-6).sum())
    note = page.locator(".landscape .note").nth(2)
    expect(note).to_contain_text(f"{negative} of {len(values)} eigenvalues are negative, from {say(values[0], 3)}")
    expect(page.locator(".landscape .note").nth(1)).to_contain_text("does not apply here: the optimizer is adam")
    # The moment is drawn where it is on the map.
    np.testing.assert_allclose(page.evaluate("() => __landscape.sheet.told.here"), shown.here, rtol=1e-6)


def test_a_network_of_the_map_is_shown_and_gone_on_from_and_its_link_holds_it(page: Page):
    visit(page, "/landscape?hidden=3&samples=60&step=20")
    page.wait_for_function(STANDS)
    page.locator(".landscape .square canvas").click(position={"x": 90, "y": 60})
    expect(page.locator(".landscape .picked")).to_contain_text("says the map")
    wanted = page.evaluate(
        """async () => { const v = __landscape, { networkAt } = await import(
             document.querySelector('link[href*="assets/js/"]').href.replace("stage/stage.css", "landscape/part.js"));
             return [...networkAt(v.sheet, v.picked)].map((x) => Number(x.toPrecision(6))); }"""
    )
    before = page.evaluate("() => __player.run.header.run")
    page.get_by_role("button", name="Start from there").click()
    page.wait_for_function("(before) => __player.run.header.run !== before", arg=before)
    settle(page)
    assert "w0:" in page.url or "w0%3A" in page.url
    here = page.evaluate(
        "() => { __player.halt(); __player.place(20); return [...__player.run.parameters(__player.row)]; }"
    )
    np.testing.assert_allclose(here, wanted, rtol=1e-6)


def test_the_paths_of_other_runs_lie_on_the_same_map(page: Page):
    visit(page, "/landscape?hidden=3&samples=60&step=300&beside=hidden%3D3%26samples%3D60%26optimizer%3Dsgd")
    page.wait_for_function(STANDS)
    config = Config(hidden_layer_sizes=(3,), n_samples=60)
    run, other = (recorded(Experiment(c), 200) for c in (config, config.changed(optimizer="sgd")))
    last = page.evaluate("() => __player.run.last")
    paths = [path_of(each.recording, last) for each in (run, other)]
    net, data = run.trainer.net.copy(), run.trainer.data
    net.parameters[...] = run.recording.seek(300).parameters
    moment = Moment(net, data, 300, net.loss_value(data.x_train, data.y_train))
    shown = loss_map(moment, paths[0], "path", 61, 1, (0, 1), FREE, paths[1:])
    expect(page.locator(".landscape .what")).to_have_text(shown.words)
    expect(page.locator(".landscape .labels")).to_contain_text("Paths: A (on screen), B (SGD).")
    drawn = page.evaluate("() => __landscape.sheet.others[0].map(({ x, y, foot }) => [x, y, foot])")
    np.testing.assert_allclose(drawn, shown.others[0], rtol=1e-4, atol=1e-5)


def test_the_edge_is_shown_on_its_line(page: Page):
    visit(page, "/landscape?hidden=2&samples=40")
    page.get_by_role("button", name="Show me the edge").click()
    page.wait_for_function("() => __landscape?.curve?.edge === 4 && __player.step === 3000")
    assert 3.9 < page.evaluate("() => __landscape.curve.values.at(-1)") < 4.1
    expect(page.locator(".landscape .note").nth(1)).to_contain_text("Above the line, 4 = 2 / learning rate")
