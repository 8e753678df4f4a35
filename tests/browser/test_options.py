"""Settings of the optimizer, a schedule, clipping and early stopping, from a link to the picture and on."""

import numpy as np
from playwright.sync_api import expect

from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.link import run_to_link
from tests.browser.harness import visit
from tests.browser.stage import parameters, press, recorded, sentence, state, wait_for

CONFIG = Config(
    dataset="moons", noise=0.4, n_samples=200, learning_rate=0.1, patience=9, clip_norm=1.0,
    optimizer="adamw", adamw_weight_decay=0.03, schedule="warm_up", warm_up_epochs=5.0,
)  # fmt: skip


def test_a_run_that_stops_early_rests_at_its_end_with_a_mark_and_a_fork_goes_on(page):
    experiment = Experiment(CONFIG)
    run = recorded(experiment, 200)
    assert run.recording.stopped
    visit(page, f"/{run_to_link(experiment)}&view=full")
    wait_for(page, "p.run.ended && p.state === 'paused'")
    assert state(page)["step"] == run.last_step
    np.testing.assert_array_equal(parameters(page), run.recording.parameters[-1].astype(np.float32))
    expect(page.locator(".stage .mark.stop")).to_have_attribute(
        "title", f"Epoch {run.recording.epochs[-1]:.0f}: {run.recording.stopped}"
    )
    assert run.recording.stopped in sentence(page)
    press(page, "Play")
    page.wait_for_timeout(500)
    assert (state(page)["step"], state(page)["state"]) == (run.last_step, "paused")
    for label in ("Weight decay", "Beta 1", "Epochs of warm-up", "Gradient clipping", "Least improvement"):
        expect(page.get_by_role("slider", name=label)).to_be_attached()
    expect(page.get_by_role("slider", name="Momentum")).to_have_count(0)

    page.get_by_text("Fork here").click()
    page.get_by_label("Setting to change from here on").select_option("adamw_weight_decay")
    page.get_by_label("Its new value").select_option(label="0.3")
    page.get_by_role("button", name="Fork", exact=True).click()
    forked = experiment.change(run.last_step, adamw_weight_decay=0.3)
    wait_for(page, f"p.run.header.run === '{forked.name}' && p.run.ended && p.atEnd && p.state === 'paused'", 20_000)
    on = recorded(forked, 200)
    assert on.last_step > run.last_step
    assert state(page)["step"] == on.last_step
    np.testing.assert_array_equal(parameters(page), on.recording.parameters[-1].astype(np.float32))
    assert f"then={run.last_step}@adamw_weight_decay:0.3" in page.url.replace("%40", "@").replace("%3A", ":")
