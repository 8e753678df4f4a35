"""Optimizers on a map in a real browser: the engine's ways, from where the map was clicked."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

import mlp
from playground.run.descent import way
from playground.run.functions import FUNCTIONS
from tests.browser.harness import visit


def test_a_click_sets_the_start_and_each_optimizer_goes_the_engines_way_from_there(page):
    page.emulate_media(reduced_motion="reduce")
    visit(page, "/compare?map=himmelblau&rates=sgd:0.01")
    page.wait_for_function("() => document.querySelector('.descent .over .main-svg')")
    box = page.locator(".descent .map").bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
    page.wait_for_function("() => location.search.includes('from=')")
    page.wait_for_function("() => __map.told.start[0] !== -0.5")
    told = page.evaluate("() => __map.told")
    f = FUNCTIONS["himmelblau"]
    start = tuple(told["start"])
    u = (0.3 * box["width"] - 56) / (box["width"] - 56 - 14)
    v = (0.4 * box["height"] - 8) / (box["height"] - 8 - 42)
    assert start == pytest.approx((-5 + 10 * u, 5 - 10 * v), abs=0.02)
    assert page.get_by_label("Start, x").input_value() == f"{start[0]:.4g}"
    for name, shown in zip(mlp.OPTIMIZERS, told["ways"], strict=True):
        wanted = way(f, name, start, 0.0, 0.01 if name == "sgd" else None)
        assert shown["rate"] == wanted.rate
        np.testing.assert_allclose(shown["points"], wanted.points, rtol=1e-5, atol=1e-5)
    page.get_by_label("Step", exact=True).press("Home")
    expect(page.locator(".descent .where")).to_have_text("Step 0")
    page.get_by_role("button", name="Play").press("Enter")
    page.wait_for_function("() => __map.step > 20")
    expect(page.locator(".descent tbody tr")).to_have_count(len(mlp.OPTIMIZERS))
