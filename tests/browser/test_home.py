"""The home page in a real browser: alive at once, and a time machine."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import parse_qsl

import numpy as np
import pytest
from playwright.sync_api import expect

import mlp
from playground.figures.palette import DARK, LIGHT
from playground.figures.scale import PROJECTOR, px
from playground.run import link
from playground.run.classics import CLASSICS
from playground.run.config import Config
from playground.run.experiment import Experiment
from playground.run.number import say
from tests.browser.harness import screenshot, settle, visit
from tests.browser.stage import WATCH, parameters, pictures, press, recorded, sentence, state, wait_for

FULL = "/?view=full"
in_full = pytest.mark.parametrize("home", [FULL], indirect=True)
"""For what Simple does not show"""


@pytest.fixture
def home(page, request):
    visit(page, getattr(request, "param", "/"))
    wait_for(page, "window.__stage?.ready")
    return page


def pause(page):
    wait_for(page, "p.run.rows.length > 1")
    page.evaluate("() => __player.moving && __player.pause()")  # a press may come after the end, and play on
    wait_for(page, "p.state === 'paused'")


def test_the_page_is_alive_by_itself_on_a_fresh_server(fresh_server, new_page):
    page = new_page()
    page.goto("/")
    page.wait_for_function("() => window.__player?.state === 'playing' && window.__stage.frames > 5")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_the_opening_run_plays_from_noise_to_solved_and_says_what_to_do_next(home):
    wait_for(home, "p.state === 'paused'")
    expect(home.locator(".stage .sentence")).to_contain_text("Drag the curve to go back in time.")
    assert state(home)["epoch"] == 200
    run = recorded(Experiment(), 200)
    assert run.recording.test_score[-1] >= 0.97
    np.testing.assert_array_equal(parameters(home), run.recording.parameters[-1].astype(np.float32))


def test_play_paints_new_epochs_and_pause_stops(home):
    pause(home)
    press(home, "Reset")
    wait_for(home, "p.step === 0 && p.state === 'paused'")
    noise = pictures(home)
    press(home, "Play")
    wait_for(home, "p.step > 500")
    assert pictures(home) != noise
    press(home, "Pause")
    before = state(home)
    home.wait_for_timeout(400)
    assert state(home)["step"] == before["step"]
    assert state(home)["state"] == "paused"


def test_play_at_the_end_plays_it_again_and_train_on_goes_further(home):
    on = home.get_by_role("button", name="Train on")
    expect(on).to_be_disabled()
    wait_for(home, "p.state === 'paused'")
    press(home, "Play")
    wait_for(home, "p.moving && p.epoch < 150")
    wait_for(home, "p.state === 'paused' && p.epoch === 200")
    on.click()
    wait_for(home, "p.moving && p.epoch > 210")
    expect(on).to_be_disabled()
    press(home, "Pause")


def test_step_goes_one_mini_batch_and_back_shows_the_very_same_parameters(home):
    pause(home)
    home.keyboard.press("End")
    run = recorded(Experiment(), 200)
    seen = {}
    for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowRight", "ArrowLeft"):
        before = state(home)["step"]
        home.keyboard.press(key)
        step = before + (1 if key == "ArrowRight" else -1)
        wait_for(home, f"p.step === {step}")
        now = parameters(home)
        np.testing.assert_array_equal(now, run.recording.seek(step).parameters.astype(np.float32))
        assert (seen.setdefault(step, now) == now).all()


@in_full
def test_step_by_buttons_by_shift_and_by_the_toggle(home):
    pause(home)
    press(home, "Reset")
    wait_for(home, "p.step === 0")
    press(home, "Step")
    wait_for(home, "p.step === 1")
    press(home, "Back")
    wait_for(home, "p.step === 0")
    press(home, "Step", modifiers=["Shift"])
    wait_for(home, "p.step === 25")
    home.get_by_label("Step by").select_option("1 epoch")
    press(home, "Step")
    wait_for(home, "p.step === 50")
    press(home, "Back")
    wait_for(home, "p.step === 25")


def test_step_at_the_end_trains_exactly_one_mini_batch_further(home):
    pause(home)
    home.keyboard.press("End")
    last = state(home)["last"]
    press(home, "Step")
    wait_for(home, f"p.step === {last + 1}")
    run = recorded(Experiment(), 201 if last == 5000 else last // 25 + 1)
    np.testing.assert_array_equal(parameters(home), run.recording.seek(last + 1).parameters.astype(np.float32))


@in_full
def test_dragging_the_timeline_updates_every_panel(home):
    pause(home)
    box = home.locator(".stage .handle").bounding_box()
    seen = set()
    home.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 40)
    home.mouse.down()
    for share in (0.7, 0.4, 0.1, 0.5):
        home.mouse.move(box["x"] + box["width"] * share, box["y"] + 40, steps=4)
        wait_for(home, "p.state === 'scrubbing'")
        home.wait_for_timeout(60)
        seen.add(pictures(home))
    home.mouse.up()
    assert len(seen) == 4
    wait_for(home, "p.state === 'paused'")
    step = state(home)["step"]
    run = recorded(Experiment(), 200)
    np.testing.assert_array_equal(parameters(home), run.recording.seek(step).parameters.astype(np.float32))
    cursors = home.evaluate("() => [...document.querySelectorAll('.stage .cursor')].map((c) => c.style.transform)")
    assert len(cursors) == 3
    assert all(cursors)


def test_reset_gives_the_same_first_weights_and_a_new_seed_gives_others(home):
    pause(home)
    press(home, "Reset")
    wait_for(home, "p.step === 0")
    first = parameters(home)
    press(home, "Step")
    wait_for(home, "p.step === 1")
    press(home, "Reset")
    wait_for(home, "p.step === 0")
    assert (parameters(home) == first).all()
    name = state(home)["run"]
    press(home, "New seed")
    wait_for(home, f"p.run.header.run !== '{name}'")
    pause(home)
    home.keyboard.press("Home")
    assert not (parameters(home) == first).all()
    press(home, "Undo")
    wait_for(home, f"p.run.header.run === '{name}'")
    home.keyboard.press("Home")
    assert (parameters(home) == first).all()


def test_changing_the_dataset_while_it_plays_never_mixes_two_runs(home):
    wait_for(home, "p.state === 'playing' && p.step > 200")
    home.evaluate(
        """() => { const seen = window.seen = []; const stage = window.__stage; const paint = stage.paint.bind(stage);
           stage.paint = (row) => { paint(row); seen.push([stage.run.header.run, row[0], row.length,
             stage.run.header.width, stage.run.rows.includes(row) || stage.run.single.get(row[0]) === row]); }; }"""
    )
    for name in ("Moons", "XOR", "Blobs", "Circles"):
        run = state(home)["run"]
        home.get_by_role("radio", name=name, exact=True).click()
        wait_for(home, f"p.run.header.run !== '{run}' && p.step > 0")
    seen = home.evaluate("() => window.seen")
    names = list(dict.fromkeys(run for run, *_ in seen))
    assert len(names) >= 4
    order = [names.index(run) for run, *_ in seen]
    assert order == sorted(order), "a run that had been left was painted again"
    assert all(length == width and own for _, _, length, width, own in seen)
    for a, b in pairwise(seen):
        assert a[0] != b[0] or a[1] <= b[1], "the new run jumped back"


def test_a_new_learning_rate_counts_from_the_moment_on_screen_and_keeps_the_past(home):
    pause(home)
    box = home.locator(".stage .handle").bounding_box()
    home.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 30)
    home.wait_for_timeout(400)
    before = state(home)
    home.get_by_role("radio", name="0.03", exact=True).click()
    wait_for(home, f"p.run.header.run !== '{before['run']}'")
    now = state(home)
    assert now["step"] == before["step"]
    press(home, "Play")
    wait_for(home, f"p.step > {before['step'] + 200}")
    press(home, "Pause")
    fork = Experiment().change(before["step"], learning_rate=0.03)
    assert state(home)["run"] == fork.name
    run = recorded(fork, 200)
    step = state(home)["step"]
    np.testing.assert_array_equal(parameters(home), run.recording.seek(step).parameters.astype(np.float32))
    earlier = before["step"] // 2 // 25 * 25
    home.evaluate(f"() => window.__player.place({earlier})")
    np.testing.assert_array_equal(parameters(home), run.recording.seek(earlier).parameters.astype(np.float32))


def test_a_new_learning_rate_while_it_plays_does_not_throw_the_picture_back(home):
    wait_for(home, "p.state === 'playing' && p.step > 300")
    home.evaluate(
        """() => { window.steps = []; const tick = () => { window.steps.push(__player.step);
           requestAnimationFrame(tick); }; tick(); }"""
    )
    home.get_by_role("radio", name="0.03", exact=True).click()
    run = state(home)["run"]
    wait_for(home, f"p.run.header.run !== '{run}'")
    home.wait_for_timeout(500)
    steps = home.evaluate("() => window.steps")
    assert all(b >= a for a, b in pairwise(steps))


def test_a_run_that_breaks_pauses_with_a_sentence_and_can_still_be_scrubbed(page):
    visit(page, "/?dataset=plane&activation=relu&optimizer=sgd&lr=10")
    wait_for(page, "p.state === 'diverged'")
    expect(page.locator(".stage .sentence")).to_contain_text("learning rate")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    press(page, "Back")
    wait_for(page, "p.state === 'paused'")
    page.keyboard.press("Home")
    wait_for(page, "p.step === 0")
    assert np.isfinite(parameters(page)).all()
    press(page, "Play")
    wait_for(page, "p.state === 'diverged'")


def test_neurons_and_layers_are_added_and_removed_at_the_network(page):
    visit(page, "/?view=full")
    home = page
    pause(home)
    home.get_by_role("button", name="Add a neuron to hidden layer 1").click()
    wait_for(home, "p.run.header.settings.hidden_layer_sizes.join() === '9,8'")
    home.get_by_role("button", name="Add a hidden layer").click()
    wait_for(home, "p.run.header.settings.hidden_layer_sizes.join() === '9,8,8'")
    expect(home.get_by_role("textbox", name="Hidden layers")).to_have_value("9, 8, 8")
    for _ in range(3):
        n = home.evaluate("() => __player.run.header.settings.hidden_layer_sizes.length")
        home.get_by_role("button", name="Remove the last hidden layer").click()
        wait_for(home, f"p.run.header.settings.hidden_layer_sizes.length === {n - 1}")
    wait_for(home, "p.run.n_layers === 1")
    expect(home.get_by_role("textbox", name="Hidden layers")).to_have_value("")


@pytest.mark.parametrize("hidden", ["64,64", ",".join(["4"] * 14), ",".join(["32"] * 20)])
def test_a_network_beyond_the_buttons_opens_by_link_and_says_what_it_costs_and_what_is_shown(page, hidden):
    visit(page, f"/?hidden={hidden}&view=full&step=25", timeout=120_000)  # its 200 epochs are fetched in any case
    wait_for(page, "window.__stage?.ready", timeout=60_000)
    config = Config(hidden_layer_sizes=tuple(map(int, hidden.split(","))))
    expect(page.get_by_text(config.cost)).to_be_visible()
    expect(page.get_by_role("textbox", name="Hidden layers")).to_have_value(hidden.replace(",", ", "))
    most = max(config.hidden_layer_sizes)
    shown = page.evaluate("() => Math.max(...__stage.views.diagram.columns.map((c) => c.length))")
    title = page.locator(".stage .diagram h3")
    expect(title).to_have_text(re.compile(f"first {shown} of each layer" if shown < most else "every neuron|strongest"))
    columns = page.evaluate("() => __stage.views.diagram.columns")
    assert all(b["y"] - a["y"] >= 6.5 for column in columns for a, b in pairwise(column)), "neurons lie on each other"
    assert all(b[0]["x"] - a[0]["x"] > 20 for a, b in pairwise(columns))
    areas = page.evaluate("() => __stage.views.weights.areas(__stage.views.weights.box.clientWidth)")
    assert all(area["right"] - area["left"] >= 5 for area in areas)
    assert all(b["left"] - a["right"] >= 3 for a, b in pairwise(areas))
    boxes = [b.bounding_box() for b in page.locator(".stage .layer-buttons button:visible").all()]
    for k, a in enumerate(boxes):
        for b in boxes[:k]:
            apart = abs(a["x"] - b["x"]) >= a["width"] - 1 or abs(a["y"] - b["y"]) >= a["height"] - 1
            assert apart, "buttons lie on each other"
    press(page, "Step")
    wait_for(page, "p.step === 26", timeout=60_000)
    page.wait_for_timeout(1000)  # answers that go on to arrive must not take the step away again
    run = recorded(Experiment(config), 2)
    np.testing.assert_array_equal(parameters(page), run.recording.seek(26).parameters.astype(np.float32))
    page.get_by_role("button", name="Remove the last hidden layer").click()
    wait_for(page, f"p.run.header.settings.hidden_layer_sizes.join() === '{hidden.rpartition(',')[0]}'", timeout=60_000)


def test_the_address_bar_is_a_link_to_what_is_on_screen(home, new_page):
    pause(home)
    home.get_by_role("radio", name="Moons", exact=True).click()
    expect(home).to_have_url(re.compile(r"dataset=moons"))
    home.get_by_role("button", name="Add a neuron to hidden layer 2").click()
    expect(home).to_have_url(re.compile(r"dataset=moons&hidden=8(,|%2C)9"))
    other = new_page()
    visit(other, home.url.removeprefix(home.evaluate("() => location.origin")))
    wait_for(other, f"p.run.header.run === '{state(home)['run']}'")


def test_copy_link_copies_the_address(home):
    home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home.get_by_role("radio", name="Circles", exact=True).click()
    wait_for(home, "p.run.header.link.includes('circles')")
    press(home, "Copy link")
    expect(home.locator(".stage .sentence")).to_contain_text("copied")
    copied = home.evaluate("() => navigator.clipboard.readText()")
    address, step = copied.split("&step=")
    assert address == home.evaluate("() => location.origin") + "/?dataset=circles"
    assert int(step) >= 0


def test_a_link_stands_still_where_it_says_and_a_reload_keeps_how_it_is_looked_at(page):
    visit(page, f"{FULL}&step=0")
    assert (state(page)["state"], state(page)["step"]) == ("paused", 0)
    page.get_by_label("Stop", exact=True).select_option("Stop at 99 % right")
    page.get_by_label("Speed").select_option("15 epochs/s")
    page.get_by_role("button", name="Log scale").click()
    page.get_by_label("Discretize").check()
    page.get_by_role("button", name="Confusion", exact=True).click()
    page.mouse.click(*place_of(page, 2, 2))
    page.mouse.move(5, 5)
    opened = "&neuron=2.3&panel=matrix"
    expect(page).to_have_url(
        re.compile(rf"\?step=0&goal=score0.99&speed=15&scale=log&discretize=on{opened}&view=full$")
    )
    entries = page.evaluate("() => history.length")
    page.reload()
    settle(page)
    page.wait_for_function("() => window.__stage?.views.timeline.plot.layout?.yaxis.type === 'log'")
    expect(page.get_by_label("Discretize")).to_be_checked()
    expect(page.get_by_text("What neuron 3 of layer 2 sees")).to_be_visible()
    expect(page.locator(".stage .scores h3")).to_contain_text("Confusion matrix")
    for label, chosen in (("Speed", "15 epochs/s"), ("Stop", "Stop at 99 % right")):
        assert page.get_by_label(label, exact=True).evaluate("(s) => s.selectedOptions[0].text") == chosen
    assert (state(page)["state"], state(page)["step"]) == ("paused", 0)
    assert page.evaluate("() => history.length") == entries
    page.get_by_role("radio", name="Moons", exact=True).click()  # the server writes into the address bar, too
    expect(page).to_have_url(re.compile(rf"dataset=moons&.*goal=score0.99&speed=15&scale=log&discretize=on{opened}"))
    visit(page, "/?play=4&step=30")
    wait_for(page, "p.state === 'paused' && p.step === 100")
    expect(page).to_have_url(re.compile(r"\?step=100$"))


@pytest.mark.parametrize(
    ("path", "query", "step"),
    [
        *((path, "", 37) for path in ("/", "/inside", "/health", "/export")),
        ("/", "then=30@batch:7&", 41),
        ("/inside", "dataset=moons&batch=3&", 5),
        ("/", "optimizer=sgd&lr=0.3&l2=10&", -3),  # near the end of a run that breaks
    ],
)
def test_a_link_opens_the_very_step_that_it_names_on_every_page(page, path, query, step):
    if step < 0:
        experiment = link.run_from_query(dict(parse_qsl(query)))[0]
        run = recorded(experiment, 300)
        assert run.recording.diverged
        step = run.last_step + step
    visit(page, f"{path}?{query}step={step}")
    wait_for(page, f"p.run.rows.length > 1 && p.step === {step} && !p.asked")
    page.wait_for_timeout(500)
    assert state(page)["step"] == step
    experiment, moment, _ = link.run_from_query(dict(parse_qsl(f"{query}step={step}")))
    assert moment == step
    run = recorded(experiment, 1)
    run.record_until(step)
    wanted = run.recording.seek(step).parameters
    wide = np.abs(wanted).max() > np.finfo(np.float32).max
    np.testing.assert_array_equal(parameters(page), wanted if wide else wanted.astype(np.float32))
    if path == "/export":
        expect(page.get_by_text(f"up to step {step:,}")).to_be_visible()


def test_a_run_that_breaks_offers_to_start_again_with_a_lower_rate(page):
    visit(page, "/?optimizer=sgd&lr=0.3&l2=10")
    wait_for(page, "p.state === 'diverged'")
    expect(page.locator(".stage .sentence")).to_contain_text("The numbers grew beyond all bounds")
    page.wait_for_function("() => __stage.views.timeline.plot.layout?.yaxis.type === 'log'")
    page.get_by_role("button", name="Start again with 0.03").click()
    wait_for(page, "p.run.header.link.includes('lr=0.03') && p.step > 0")
    expect(page.get_by_role("button", name=re.compile("Start again"))).to_have_count(0)
    expect(page).to_have_url(re.compile(r"lr=0\.03"))


def test_a_broken_link_keeps_the_good_and_names_the_bad(page):
    visit(page, "/?dataset=moons&lr=nan&hidden=3,3&colour=**red**")
    expect(page.get_by_text("Learning rate must be between 1e-05 and 10; got nan.")).to_be_visible()
    expect(page.get_by_text("**red**")).to_have_count(0)
    expect(page.get_by_text("The link's “colour” is not a setting")).to_be_visible()
    wait_for(page, "p.run.header.net.layers.length === 3")


def test_two_tabs_at_once_do_not_disturb_each_other(home, new_page):
    pause(home)
    other = new_page()
    visit(other, "/")
    wait_for(other, "p.state === 'playing' || p.state === 'paused'")
    mine = state(home)
    other.get_by_role("radio", name="XOR", exact=True).click()
    wait_for(other, f"p.run.header.run !== '{mine['run']}'")
    home.wait_for_timeout(300)
    assert state(home)["run"] == mine["run"]
    assert state(home)["step"] == mine["step"]
    press(home, "Step")
    wait_for(home, f"p.step === {mine['step'] + 1}")


def test_a_reload_in_the_middle_of_a_run_opens_the_same_settings_again(home):
    home.get_by_role("radio", name="Moons", exact=True).click()
    wait_for(home, "p.run.header.link.includes('moons') && p.step > 100")
    home.reload()
    wait_for(home, "p.run.header.link.includes('moons') && p.step > 100")


def test_going_to_another_page_and_back_keeps_the_run_and_the_moment(home):
    pause(home)
    before = state(home)
    home.get_by_role("link", name="Health").click()
    home.wait_for_url("**/health*")
    wait_for(home, f"p.step === {before['step']} && document.querySelector('.stage.timeline')")
    home.get_by_role("link", name="Playground").click()
    home.wait_for_function("() => document.querySelector('.stage.full canvas')")
    assert state(home)["step"] == before["step"]
    assert state(home)["run"] == before["run"]


def test_a_deep_link_opens_its_page_on_a_fresh_server(fresh_server, page):
    visit(page, "/gradients?dataset=moons")
    wait_for(page, "p.run.header.link === '?dataset=moons'")
    expect(page.get_by_role("radio", name="Moons", exact=True)).to_be_checked()


def test_space_plays_and_pauses_but_not_while_a_field_is_filled_in(page):
    visit(page, "/?view=full")
    home = page
    pause(home)
    home.keyboard.press("Home")
    wait_for(home, "p.step === 0")
    home.locator(".stage .handle").focus()
    home.keyboard.press("Space")
    wait_for(home, "p.state === 'playing'")
    home.keyboard.press("Space")
    wait_for(home, "p.state === 'paused'")
    home.get_by_role("textbox", name="Hidden layers").focus()
    home.keyboard.press("Space")
    home.wait_for_timeout(200)
    assert state(home)["state"] == "paused"


def place_of(page, layer, unit):
    """Where a neuron of the drawing is on screen."""
    box = page.locator(".stage .diagram .plot").bounding_box()
    at = page.evaluate(
        "([l, k]) => { const { x, y } = __stage.views.diagram.columns[l][k]; return { x, y }; }", [layer, unit]
    )
    return box["x"] + at["x"], box["y"] + at["y"]


@in_full
def test_hovering_gives_numbers(home):
    pause(home)
    home.keyboard.press("End")
    box = home.locator(".stage .surface .plot").bounding_box()
    home.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    expect(home.locator(".stage .note")).to_contain_text("% sure")
    home.mouse.move(*place_of(home, 1, 2))
    expect(home.locator(".stage .tip")).to_contain_text("neuron 3 of layer 1: Tanh, bias")
    expect(home.locator(".stage .surface h3 > span").first).to_have_text("What neuron 3 of layer 1 sees")
    box = home.locator(".stage .weights .plot").bounding_box()
    home.mouse.move(box["x"] + 60, box["y"] + 50)
    expect(home.locator(".stage .weights .hoverlayer")).to_contain_text("→")


@pytest.mark.parametrize("viewport", ["desktop", "laptop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_screen_in_light_and_dark(new_page, viewport, scheme):
    page = new_page(viewport=viewport, scheme=scheme)
    visit(page, FULL if viewport == "desktop" else "/")
    wait_for(page, "p.run.rows.length > 100")
    background = page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).backgroundColor")
    assert page.evaluate("() => __stage.theme.dark") == (scheme == "dark")
    assert (background == "rgb(255, 255, 255)") == (scheme == "light")
    width = page.viewport_size["width"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    for plot in page.locator(".stage .plot:visible").all():
        box = plot.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 1
    if viewport != "phone":
        box = page.locator(".stage .timeline .plot").bounding_box()
        assert box["y"] + box["height"] <= page.viewport_size["height"]
    screenshot(page, f"home-{viewport}-{scheme}")


def test_nothing_blinks_jumps_or_is_mounted_anew_while_it_plays(home):
    home.evaluate(WATCH)
    press(home, "Play") if home.get_by_role("button", name="Play").is_visible() else None
    wait_for(home, "p.state === 'paused'")
    press(home, "Play")
    home.wait_for_timeout(3000)
    assert home.evaluate("() => [window.removed, window.blank]") == [0, 0]
    assert home.evaluate("() => window.jumps") < 0.01


@in_full
def test_another_theme_in_mid_play_recolours_everything_and_stops_and_remounts_nothing(home):
    home.evaluate(
        """() => { __player.goal = Infinity; __player.play();
          const all = () => [...document.querySelectorAll('.stage canvas, .stage .over, .stage section, .stage .play')];
          window.before = all(); window.same = () => { const now = all();
            return now.length === before.length && now.every((e, k) => e === before[k]); }; }"""
    )
    palettes = {"dark": DARK, "light": LIGHT}
    for scheme in ("dark", "light"):
        home.emulate_media(color_scheme=scheme)
        dark, text, curve = str(scheme == "dark").lower(), palettes[scheme].text, palettes[scheme].test
        home.wait_for_function(
            f"""() => __stage.theme.dark === {dark}
                && getComputedStyle(__stage.element).getPropertyValue('--text') === '{text}'
                && [...document.querySelectorAll('.stage .over')].every((p) => p.layout.font.color === '{text}')
                && __stage.views.timeline.plot.data.at(-1).line.color === '{curve}'""",
            timeout=30_000,
        )
        step = state(home)["step"]
        wait_for(home, f"p.moving && p.step > {step + 50}")
        assert home.evaluate("() => same()")


def test_a_double_click_on_play_leaves_the_button_and_the_picture_in_step(home):
    pause(home)
    press(home, "Reset")
    wait_for(home, "p.step === 0 && p.state === 'paused' && !p.asked")
    play = home.locator(".stage button.play")
    for moving in (False, True):  # begun at rest, it ends at rest; begun in motion, in motion
        if moving:
            play.click()
            wait_for(home, "p.step > 50")
        play.dblclick()
        home.wait_for_timeout(300)
        expect(play).to_have_text("Pause" if moving else "Play")
        step = state(home)["step"]
        home.wait_for_timeout(500)
        now = state(home)
        assert now["state"] == ("playing" if moving else "paused")
        assert (now["step"] > step) == moving


@in_full
def test_the_sentence_tells_the_truth(home):
    pause(home)
    home.keyboard.press("End")
    home.wait_for_timeout(200)
    run = recorded(Experiment(Config()), state(home)["last"] // 25)
    loss = run.recording.test_loss[-1]
    first, *_, last = run.recording.gradient_norms[-1]
    text = sentence(home)
    assert f"test loss {loss:.3f}" in text
    if first / last > 1.7:
        assert f"layer 1's gradient is {first / last:.1f} times" in text or f"{first / last:.0f} times" in text


def test_simple_says_in_plain_words_how_many_new_points_are_right_and_explains_the_words(home):
    wait_for(home, "p.state === 'paused'")
    data, net = recorded(Experiment(), 200).trainer.data, recorded(Experiment(), 200).trainer.net
    right = int((net.classify(data.x_test) == data.y_test).sum())
    said = home.locator(".stage .sentence")
    expect(said).to_contain_text(f"It gets {right} of {len(data.x_test)} new points right after 200 epochs.")
    expect(home.locator(".stage .panel:visible")).to_have_count(3)
    for hidden in ("Fork here", "Log scale", "Confusion"):
        expect(home.get_by_text(hidden, exact=True)).to_be_hidden()
    epochs = said.get_by_role("button", name="200 epochs")
    epochs.focus()
    home.keyboard.press("Enter")
    expect(home.get_by_text("Once through all the points that the network may learn from.")).to_be_visible()
    home.keyboard.press("Escape")
    expect(home.locator(".explained:popover-open")).to_have_count(0)
    assert state(home)["state"] == "paused"


def test_show_everything_keeps_the_run_and_the_moment_and_every_picture_says_what_it_is(page):
    visit(page, "/?dataset=moons&step=500")
    before = state(page)
    press(page, "Show everything")
    expect(page.locator(".stage .panel:visible")).to_have_count(6)
    expect(page).to_have_url(re.compile("dataset=moons.*step=500.*view=full"))
    settle(page)
    assert [state(page)[key] for key in ("run", "step", "state")] == [before[key] for key in ("run", "step", "state")]
    signs = page.locator(".stage .what")
    for sign in signs.all():
        sign.press("Enter")
        note = page.locator(".explained:popover-open")
        expect(note).to_have_text(re.compile(r"^What is this\?.{60,}"))
        box, (width, height) = note.bounding_box(), page.viewport_size.values()
        assert min(box["x"], box["y"], width - box["x"] - box["width"], height - box["y"] - box["height"]) >= 0
        page.keyboard.press("Escape")
    expect(signs).to_have_count(6)
    press(page, "Show less")
    expect(page.locator(".stage .panel:visible")).to_have_count(3)
    assert state(page)["step"] == 500


def test_who_comes_for_the_first_time_is_invited_to_press_play_and_then_no_more(new_page):
    page = new_page(new=True)
    invitation = page.locator(".stage .sentence", has_text="Press Play")
    visit(page, "/?step=0")
    expect(invitation).to_be_visible()
    press(page, "Play")
    wait_for(page, "p.step > 100")
    visit(page, "/?step=0")
    expect(page.locator(".stage .sentence")).to_contain_text("before it has learned anything")
    expect(invitation).to_have_count(0)


def test_back_in_the_browser_brings_the_settings_back(home):
    pause(home)
    home.get_by_role("radio", name="Moons", exact=True).click()
    expect(home).to_have_url(re.compile("dataset=moons"))
    home.get_by_role("radio", name="XOR", exact=True).click()
    expect(home).to_have_url(re.compile("dataset=xor"))
    home.go_back()
    wait_for(home, "p.run.header.link === '?dataset=moons'")
    expect(home.get_by_role("radio", name="Moons", exact=True)).to_be_checked()
    home.go_back()
    wait_for(home, "p.run.header.link === ''")
    home.go_forward()
    wait_for(home, "p.run.header.link === '?dataset=moons'")


def test_going_back_from_another_page_keeps_the_experiment(home):
    pause(home)
    home.get_by_role("radio", name="Moons", exact=True).click()
    wait_for(home, "p.run.header.link === '?dataset=moons'")
    home.get_by_role("link", name="Health").click()
    expect(home).to_have_url(re.compile("health.*dataset=moons"))
    for _ in range(3):
        if "health" not in home.url:
            break
        home.go_back()
        home.wait_for_timeout(500)
    assert "health" not in home.url
    wait_for(home, "p.run.header.link === '?dataset=moons'")


def test_simple_or_full_is_remembered_by_the_browser_and_a_link_that_says_one_wins(new_page):
    page = new_page(new=True)
    visit(page, "/?view=full")  # somebody else's choice
    visit(page, "/")
    expect(page.get_by_role("slider", name="Test share")).to_have_count(0)
    page.get_by_text("Full", exact=True).click()
    expect(page.get_by_role("slider", name="Test share")).to_be_visible()
    expect(page).to_have_url(re.compile("view=full"))
    page.wait_for_function("() => document.cookie.includes('full')")
    page.goto("about:blank")
    page.add_init_script(
        """new MutationObserver(() => {
             const shown = [...document.querySelectorAll('.stSidebar .stSlider')].map((e) => e.innerText);
             if (shown.length) (window.seen ??= []).push(shown.some((t) => t.startsWith('Samples')));
           }).observe(document, { childList: true, subtree: true });"""
    )
    visit(page, "/?dataset=moons")
    expect(page.get_by_role("slider", name="Test share")).to_be_visible()
    visit(page, "/?view=simple")
    expect(page.get_by_role("slider", name="Test share")).to_have_count(0)
    assert not any(page.evaluate("() => window.seen")), "Full was drawn before Simple"
    expect(page).to_have_url(re.compile("view=simple"))
    visit(page, "/")
    page.get_by_text("Simple", exact=True).click()
    expect(page).to_have_url(re.compile("view=simple"))
    page.go_back()
    expect(page.get_by_role("slider", name="Test share")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("slider", name="Test share")).to_have_count(0)


def test_a_browser_that_keeps_nothing_shows_full_all_the_same(new_page):
    page = new_page(new=True)
    refusal = "() { throw new Error('cookies are forbidden'); }"
    page.add_init_script(f"Object.defineProperty(document, 'cookie', {{ get{refusal}, set{refusal} }});")
    visit(page, "/")
    page.get_by_text("Full", exact=True).click()
    expect(page.get_by_role("slider", name="Test share")).to_be_visible()
    wait_for(page, "window.__stage?.ready")


def test_the_projector_makes_everything_larger_and_a_link_can_leave_parts_away(page):
    visit(page, f"{FULL}&look=projector&hide=weights")
    wait_for(page, "window.__stage?.ready")
    assert page.evaluate("() => getComputedStyle(document.querySelector('.stage .sentence')).fontSize") == (
        f"{px('lead') * PROJECTOR:g}px"
    )
    expect(page.locator(".stage section.weights")).to_be_hidden()
    expect(page.locator(".stage section.gradients")).to_be_visible()
    page.get_by_text("Projector").click()
    expect(page).not_to_have_url(re.compile("look="))


@in_full
def test_a_weight_is_set_by_hand_and_the_run_goes_on_from_there(home):
    pause(home)
    home.evaluate("() => __player.place(1000)")
    wait_for(home, "p.step === 1000")
    before, drawn = parameters(home), pictures(home)
    box = home.locator(".stage .weights .plot").bounding_box()
    home.mouse.click(box["x"] + 60, box["y"] + 40)
    home.get_by_label("Exact value").fill("-4")
    home.wait_for_timeout(300)
    assert pictures(home) != drawn, "the pictures follow while a value is tried"
    home.keyboard.press("Enter")
    wait_for(home, "p.run.header.link.includes('then=')")
    edited = parameters(home)
    place = int(np.flatnonzero(edited != before)[0])
    assert (edited != before).sum() == 1
    assert edited[place] == -4
    press(home, "Step")
    wait_for(home, "p.step === 1001")
    run = recorded(Experiment().edit(1000, {place: -4.0}), 41)
    np.testing.assert_array_equal(parameters(home), run.recording.seek(1001).parameters.astype(np.float32))
    press(home, "Back")
    press(home, "Back")
    wait_for(home, "p.step === 999")
    np.testing.assert_array_equal(parameters(home), run.recording.seek(999).parameters.astype(np.float32))
    press(home, "Undo")
    wait_for(home, "p.run.header.link === ''")


@in_full
def test_a_fork_stays_beside_the_run_it_came_from_and_both_can_be_switched(home):
    pause(home)
    home.evaluate("() => __player.place(1000)")
    first = state(home)["run"]
    home.get_by_text("Fork here").click()
    home.get_by_label("Setting to change from here on").select_option("Batch size")
    home.get_by_label("Its new value").select_option("20")
    home.get_by_role("button", name="Fork", exact=True).click()
    wait_for(home, "p.page.branches.length === 2")
    assert state(home)["run"] == Experiment().change(1000, batch_size=20).name
    assert state(home)["step"] == 1000
    wait_for(home, "p.branches.length === 1 && document.querySelector('.timeline .over').data.length === 3")
    home.get_by_role("button", name="the first run").click()
    wait_for(home, f"p.run.header.run === '{first}'")
    assert state(home)["step"] == 1000
    expect(home.locator(".stage .surface .tag")).to_have_text("the first run")
    plane = home.locator(".stage .surface .nsewdrag").bounding_box()
    tag = home.locator(".stage .surface .tag").bounding_box()
    assert plane
    assert tag
    assert tag["y"] + tag["height"] <= plane["y"], "the run's name lies on its points"
    home.get_by_role("button", name="batch size 20, from epoch 40").click()
    wait_for(home, f"p.run.header.run !== '{first}'")


def test_what_was_changed_in_mid_run_is_played_from_the_start_as_well_by_one_press(page):
    visit(page, "/?step=500")
    anew = page.get_by_role("button", name="The same from the start")
    expect(anew).to_be_hidden()
    page.get_by_role("radio", name="0.03", exact=True).click()
    anew.click()
    wait_for(page, "p.page.branches.length === 3 && p.moving")
    assert state(page)["run"] == Experiment().change(0, learning_rate=0.03).name
    expect(anew).to_be_hidden()


@in_full
def test_a_change_at_the_start_is_played_beside_the_run_that_was_played_there(home):
    wait_for(home, "p.atGoal && !p.moving && p.told === p.step && !p.asked", timeout=40_000)
    home.keyboard.press("Home")
    wait_for(home, "p.step === 0 && p.told === 0 && !p.asked")
    home.get_by_role("radio", name="0.02", exact=True).click()
    wait_for(home, "p.page.branches.length === 2 && p.moving")
    assert state(home)["run"] == Experiment().change(0, learning_rate=0.02).name
    chips = home.locator(".stage .chips button")
    expect(chips).to_have_text([re.compile("^the first run"), re.compile("^learning rate 0.02, from the start")])
    for over in home.locator(".stage .tools > button, .stage .tools summary").all():
        over.click(trial=True)  # nothing lies over it
    home.wait_for_function(
        """() => { const lines = __stage.views.timeline.plot.data.map(({ line }) => `${line.color} ${line.dash}`);
             return lines.length === 3 && new Set(lines).size === 3; }"""
    )


@pytest.mark.parametrize("viewport", ["laptop", "phone"])
def test_four_branches_stand_in_one_row_with_the_one_on_screen_in_sight(new_page, viewport):
    page = new_page(viewport=viewport)
    visit(page, "/?lr=0.02&hidden=4")
    wait_for(page, "p.atGoal && !p.moving && !p.asked")
    for n, rate in enumerate((0.03, 0.1, 0.3), 2):
        page.evaluate("(rate) => __player.tell({ change: { learning_rate: rate } })", rate)
        wait_for(page, f"p.page.branches.length === {n} && p.atGoal && !p.moving && !p.asked")
    row, chips = page.locator(".stage .branches"), page.locator(".stage .chips button")
    tops = chips.evaluate_all("(chips) => chips.map((chip) => chip.getBoundingClientRect().top)")
    assert len(tops) == 4
    assert len(set(tops)) == 1
    shown = page.locator(".stage .chips [aria-pressed=true]")
    expect(shown).to_contain_text("learning rate 0.3")
    inside, around = shown.bounding_box(), row.bounding_box()
    assert around["x"] <= inside["x"]
    assert inside["x"] + inside["width"] <= around["x"] + around["width"] <= page.viewport_size["width"]
    fade = float(row.evaluate("(e) => parseFloat(getComputedStyle(e).getPropertyValue('--gone-left'))"))
    assert (fade > 0) == (row.evaluate("(e) => e.scrollLeft") > 0), "a sign that there are some before it"
    assert inside["x"] >= around["x"] + fade
    box = page.locator(".stage .timeline .plot").bounding_box()
    assert box["y"] + box["height"] <= page.viewport_size["height"]


def test_a_click_opens_a_neuron_and_another_closes_it(home):
    pause(home)
    x, y = place_of(home, 2, 0)
    title = home.locator(".stage .surface h3 > span").first
    for name in ("What neuron 1 of layer 2 sees", "What the network thinks of every point"):
        home.mouse.click(x, y)
        home.mouse.move(5, 5)
        expect(title).to_have_text(name)


@pytest.mark.parametrize("way", ["click", "key", "button"])
def test_the_output_comes_back_while_the_pointer_is_still_on_the_neuron(home, way):
    pause(home)
    x, y = place_of(home, 2, 0)
    title = home.locator(".stage .surface h3 > span").first
    back = home.get_by_role("button", name="Back to the output")
    home.mouse.move(x, y)
    expect(title).to_have_text("What neuron 1 of layer 2 sees")
    expect(back).to_be_hidden()  # it goes when the pointer does
    home.mouse.click(x, y)
    expect(back).to_be_visible()
    if way == "click":
        home.mouse.click(x, y)
    elif way == "key":
        home.keyboard.press("Escape")
    else:
        back.click()
    home.mouse.move(*((x + 1, y) if way != "button" else (5, 5)))
    expect(title).to_have_text("What the network thinks of every point")
    expect(back).to_be_hidden()
    assert "neuron=" not in home.url
    home.mouse.move(5, 5)
    home.mouse.move(x, y)
    expect(title).to_have_text("What neuron 1 of layer 2 sees")


def test_keys_count_where_a_click_has_given_the_focus_to_the_page_itself(new_page):
    page = new_page(viewport="laptop")
    visit(page, "/?hidden=4&view=full&step=500")
    page.locator(".stMain").evaluate("(main) => { main.tabIndex = -1; main.focus(); }")
    assert page.evaluate("() => document.activeElement.matches('.stMain') && __stage.views.diagram !== undefined")
    assert page.locator(".stMain").evaluate("(main) => main.scrollHeight > main.clientHeight"), "it could be scrolled"
    page.keyboard.press("Space")
    wait_for(page, "p.moving")
    page.keyboard.press("Space")
    wait_for(page, "!p.moving")
    page.keyboard.press("Home")
    wait_for(page, "p.step === 0")


def test_marks_say_what_happened_and_a_click_goes_there(page):
    visit(page, "/?samples=60&noise=0.4&lr=0.02&hidden=16,16&step=1")
    wait_for(page, "p.run.header.marks.some((m) => m.kind === 'overfitting')")
    press(page, "Play")
    wait_for(page, "p.epoch > 20")
    press(page, "Pause")
    mark = page.get_by_role("button", name=re.compile("Overfitting starts"))
    mark.click()
    epoch = page.evaluate("() => __player.run.header.marks.find((m) => m.kind === 'overfitting').epoch")
    wait_for(page, f"Math.abs(p.row[1] - {epoch}) < 1")
    expect(page.locator(".stage .sentence")).to_contain_text("Overfitting starts")


def test_the_confusion_matrix_is_the_engines(page):
    visit(page, f"{FULL}&dataset=blobs&classes=4&noise=0.4")
    wait_for(page, "window.__stage?.ready")
    pause(page)
    page.keyboard.press("End")
    page.get_by_role("button", name="Confusion").click()
    step = state(page)["last"]
    wait_for(page, f"p.run.header.answers?.step === {step}")
    cells = page.locator(".stage .answers td")
    expect(cells).to_have_count(16)
    experiment = Experiment(Config(dataset="blobs", n_classes=4, noise=0.4))
    run = recorded(experiment, step // 25)
    net, data = run.trainer.net, run.trainer.data
    net.parameters[...] = run.recording.seek(step).parameters
    matrix = mlp.confusion_matrix(data.y_test, net.classify(data.x_test), 4)
    assert [int(text) for text in cells.all_inner_texts()] == matrix.ravel().tolist()


@in_full
def test_the_answers_are_asked_for_while_their_panel_is_open_and_follow_the_moment(home):
    pause(home)
    assert home.evaluate("() => __player.run.header.answers") is None
    home.evaluate("() => __player.place(500)")
    wait_for(home, "p.told === 500 && !p.asked")
    home.get_by_role("button", name="Confusion").click()

    def shown_is_right(experiment=None):
        wait_for(home, '__stage.views.scores.answers.drawn?.startsWith(`["${p.run.header.run}",${p.step},`)')
        step = state(home)["step"]
        run = recorded(experiment or Experiment(), step // 25 + 1)
        cells = [int(text) for text in home.locator(".stage .answers td").all_inner_texts()]
        assert cells == np.ravel(run.confusion_at(step)["matrix"]).tolist(), step
        return cells

    early = shown_is_right()
    press(home, "Step")
    wait_for(home, "p.step === 501")
    shown_is_right()
    box = home.locator(".stage .handle").bounding_box()
    home.mouse.move(box["x"] + 100, box["y"] + 30)
    home.mouse.down()
    home.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 30, steps=5)
    home.mouse.up()
    assert shown_is_right() != early
    home.evaluate("() => { const p = __player; p.setSpeed({ name: 'slow', epochs: 20 }); p.play(); }")
    for _ in range(2):  # while it plays, they are at most a second and an answer behind
        home.wait_for_timeout(1500)
        wait_for(home, "p.moving && p.step - p.run.header.answers.step < 1000")
    home.get_by_role("radio", name="Moons", exact=True).click()
    wait_for(home, "p.run.header.link.includes('moons')")
    pause(home)
    shown_is_right(Experiment(Config(dataset="moons")))
    home.get_by_role("button", name="Over time").click()
    before = home.evaluate("() => JSON.stringify(__player.run.header.answers)")
    press(home, "Step")
    home.wait_for_timeout(500)
    assert home.evaluate("() => JSON.stringify(__player.run.header.answers)") == before


def test_residuals_and_the_curve_of_one_input(page):
    visit(page, f"{FULL}&dataset=sine")
    wait_for(page, "window.__stage?.ready")
    pause(page)
    expect(page.locator(".stage .surface h3 > span").first).to_have_text("The curve that the network has learned")
    page.get_by_role("button", name="Residuals").click()
    page.wait_for_function("() => document.querySelector('.stage .answers .over')?.data?.[0].y.length === 250")


def test_the_sum_of_two_numbers_can_be_asked_at_every_moment(page):
    visit(page, "/?classic=sum&step=2000")
    wait_for(page, "window.__stage?.ready")
    pause(page)
    expect(page.locator(".stage .scores h3")).to_contain_text("Predicted against true")
    page.wait_for_function("() => document.querySelector('.stage .answers .over')?.data?.[0].y.length === 200")
    run = recorded(Experiment(CLASSICS["sum"].config), 5)
    for step, typed in ((2000, (0.2, 0.3)), (4000, (0.1, 0.45))):
        page.evaluate(f"() => __player.place({step})")
        for name, number in zip(("x₁", "x₂"), typed, strict=True):
            page.get_by_role("spinbutton", name=name).fill(str(number))
        answer = run.recording.seek(step).parameters
        net = run.trainer.net.copy()
        net.parameters[...] = answer
        expect(page.locator(".stage .probe output")).to_have_text(
            f"{say(float(net.outputs([typed])[0, 0]))} (true: {say(sum(typed))})"
        )
    page.get_by_role("spinbutton", name="x₁").fill("")
    expect(page.locator(".stage .probe output")).to_have_text("type a number")
    page.keyboard.press("Space")
    assert state(page)["state"] == "paused", "typing in a field plays nothing"


@in_full
def test_test_points_can_be_hidden_and_the_surface_made_discrete(home):
    pause(home)
    home.keyboard.press("End")
    home.wait_for_timeout(300)
    home.get_by_role("checkbox", name="Test points").uncheck()
    shown = "document.querySelector('.stage .surface .over').data.filter((t) => t.visible).length"
    home.wait_for_function(f"() => {shown} === 2")
    colours = """() => {
      const { canvas: image } = __stage.views.surface;
      const bytes = image.getContext('2d').getImageData(0, 0, image.width, image.height).data;
      return new Set(new Uint32Array(bytes.buffer)).size;
    }"""
    assert home.evaluate(colours) > 20
    home.get_by_role("checkbox", name="Discretize").check()
    home.wait_for_timeout(300)
    assert home.evaluate(colours) == 2


def test_the_plain_sentence_keeps_step_with_the_picture_while_it_plays(new_page):
    page = new_page()
    visit(page, "/?hidden=4,3")
    page.evaluate("() => { __player.goal = Infinity; __player.play(); }")
    wait_for(page, "p.moving && p.epoch > 2")
    told = page.evaluate(
        """async () => {
          const told = [];
          for (let k = 0; k < 20; k++) {
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            const [words] = document.querySelector(".stage .sentence").textContent.match(/\\d+ epoch/) ?? [""];
            told.push([parseInt(words), Math.floor(__player.epoch + 1e-6), __player.moving]);
          }
          return told;
        }"""
    )
    assert all(moving for *_, moving in told)
    assert [said for said, *_ in told] == [shown for _, shown, _ in told]
    assert len({said for said, *_ in told}) > 3


def test_the_settings_of_the_first_look_are_all_on_a_laptops_screen(new_page):
    page = new_page(viewport="desktop")
    visit(page, "/?hidden=4,3&step=0")
    for name in ("0.001", "3"):
        expect(page.get_by_role("radio", name=name, exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("radio", name="Ripple")).to_be_hidden()
    page.get_by_text("Predict a number").click()
    page.get_by_role("radio", name="Ripple").click()
    wait_for(page, "p.run.header.data.name === 'ripple' || p.run.header.task === 'regression'")
    page.reload()
    wait_for(page, "p.run.header.task === 'regression'")
    expect(page.get_by_role("radio", name="Ripple")).to_be_visible()
