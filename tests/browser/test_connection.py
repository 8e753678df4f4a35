"""What goes to the server while a run plays; a server that is away or started anew; pages that nobody looks at."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import expect

from playground.run.config import Config
from playground.run.experiment import Experiment
from tests.browser.harness import ROOT, free_port, guarded_page, serve, settle, visit
from tests.browser.stage import parameters, press, recorded, sentence, state, wait_for

LOST = (
    r"ERR_CONNECTION|ERR_EMPTY_RESPONSE|ERR_SOCKET|ERR_INTERNET|Error in reaching|not responding|disconnected"
    r"|status of 410 .*/ask"
)
ASKED = """() => { const p = __player, ask = p.ask.bind(p); window.asked = [];
  p.ask = (question, urgent) => { window.asked.push(question); return ask(question, urgent); };
  const put = p.put.bind(p); window.put = 0; p.put = () => { window.put++; put(); }; }"""
PLAY_ON = "() => { __player.goal = Infinity; __player.play(); }"


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def page_of_a_server_that_ends(browser):
    """(a run's page, what ends its server, with a signal or in order, the port where another can take its place)"""
    port = free_port()
    with ExitStack() as stack, ExitStack() as first:
        server = first.enter_context(serve(port=port))
        page, _ = stack.enter_context(guarded_page(browser, server, tolerate=LOST))

        def end(by=None):
            if by:
                os.kill(server.pid, by)
            first.close()

        visit(page, "/?hidden=4,3&dataset=circles")
        yield page, end, port


@contextmanager
def another_server(page, port, app=ROOT / "app.py"):
    """A server in the place of one that ended. It stays until the page stands.

    Streamlit's client throws if its server goes away while it loads.
    """
    with serve(app, port=port) as server:
        yield server
        settle(page)


def stand_at_2000(page):
    """Stand at step 2000, where the server knows of it."""
    page.evaluate("() => { __player.pause(); __player.place(2000); }")
    wait_for(page, "p.told === 2000 && !p.asked")


def play_what_is_recorded(page):
    """Play, step and scrub while the server is away."""
    page.get_by_role("slider", name="Moment of the run").focus()
    page.keyboard.press("Home")
    wait_for(page, "p.step === 0")
    press(page, "Play")
    wait_for(page, "p.epoch > 20 && p.moving")
    press(page, "Pause")
    box = page.locator(".stage .handle").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    wait_for(page, "Math.abs(p.epoch / __stage.views.timeline.span.end - 0.3) < 0.1")


def spoken(page):
    """What goes to the server from now on: questions, and what Streamlit's client sends to have the script run."""
    said = {"questions": 0, "reruns": 0}

    def count(what):
        said[what] += 1

    page.on("request", lambda request: count("questions") if request.url.endswith("/ask") else None)
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: count("reruns")))
    return said


def test_playing_runs_no_script_and_the_moment_that_stands_is_told_once(page):
    said = spoken(page)
    visit(page, "/?hidden=4,3&dataset=circles&view=full")
    page.get_by_role("button", name="Confusion", exact=True).click()
    wait_for(page, "p.epoch > 20")
    before = dict(said)
    assert before["reruns"] >= 1, "the page itself is drawn by a script"
    page.evaluate(PLAY_ON)
    for speed in ("240 epochs/s", "Slow motion", "60 epochs/s"):
        step = state(page)["step"]
        page.get_by_label("Speed").select_option(speed)
        wait_for(page, f"p.step > {step} + {3 if speed == 'Slow motion' else 5000}")
    wait_for(page, "p.run.header.answers.step > 5000")
    assert said["questions"] > before["questions"] + 4
    assert said["reruns"] == before["reruns"]
    press(page, "Pause")
    wait_for(page, "p.told === p.step && !p.asked")
    page.wait_for_timeout(500)
    assert said["reruns"] == before["reruns"] + 1


def test_without_its_server_a_page_stays_calm_and_goes_on_at_the_same_step(server, new_page):
    page = new_page(tolerate=LOST)
    visit(page, "/?hidden=4,3&dataset=circles")
    wait_for(page, "p.epoch > 20")
    page.evaluate(PLAY_ON)
    page.context.set_offline(True)
    wait_for(page, "p.state === 'disconnected'")
    stood = state(page)
    assert stood["step"] == stood["last"]
    assert sentence(page).startswith("The server does not answer at the moment")
    assert page.get_by_role("dialog").count() == 0
    play_what_is_recorded(page)
    page.keyboard.press("End")
    press(page, "Play")
    page.evaluate(ASKED)
    page.wait_for_timeout(1000)
    assert page.evaluate("() => window.put") <= 1, "asked again and again"
    assert state(page)["step"] == stood["last"]
    page.context.set_offline(False)
    wait_for(page, f"p.step > {stood['last']} && p.state === 'playing'")
    assert state(page)["runs"] == [stood["run"]]


def test_a_server_started_anew_keeps_the_settings_and_goes_on_with_the_run(browser):
    with page_of_a_server_that_ends(browser) as (page, end, port):
        wait_for(page, "p.epoch > 20")
        page.evaluate(PLAY_ON)
        wait_for(page, "p.epoch > 250")
        end()
        page.wait_for_timeout(4000)  # by now Streamlit would have covered the page
        assert page.get_by_role("dialog").count() == 0
        play_what_is_recorded(page)
        press(page, "Step")  # a step that is not here: it comes when the server does
        wanted = page.evaluate("() => __player.pendingStep")
        assert wanted is not None
        before = state(page)
        with another_server(page, port):
            wait_for(page, f"p.step === {wanted}")
            now = state(page)
            assert (now["runs"], now["last"]) == (before["runs"], before["last"])
            run = recorded(Experiment(Config(dataset="circles", hidden_layer_sizes=(4, 3))), 300)
            assert (parameters(page) == run.recording.seek(wanted).parameters.astype("f4")).all()
            assert "hidden=4,3" in page.url.replace("%2C", ",")
            expect(page.get_by_role("radio", name="Circles", exact=True)).to_be_checked()
            page.keyboard.press("End")
            press(page, "Play")
            wait_for(page, f"p.step > {before['last']} && p.state === 'playing'")
            assert state(page)["runs"] == before["runs"]
            last = state(page)["last"]
            run.record(last // 25 - 300, seconds=60)
            theirs = page.evaluate("() => Array.from(__player.run.rows, (row) => row[0])")
            both = min(len(theirs), len(run.recording))
            assert theirs[:both] == run.recording.steps[:both].tolist()


def test_a_server_that_is_killed_in_mid_play_and_started_anew_goes_on_with_the_run_by_itself(browser):
    with page_of_a_server_that_ends(browser) as (page, end, port):
        page.evaluate(PLAY_ON)
        wait_for(page, "p.epoch > 250")
        end(signal.SIGKILL)
        wait_for(page, "p.state === 'disconnected' && p.step === p.run.last")
        stood = state(page)
        page.evaluate("() => { window.seen = []; __player.watchers.add(() => seen.push(__player.step)); }")
        with another_server(page, port):
            wait_for(page, f"p.step > {stood['last']} + 2500 && p.state === 'playing'")
            seen = page.evaluate("() => seen")
            assert seen == sorted(seen), "it never goes back"
            assert seen[0] >= stood["step"]
            now = state(page)
            assert now["runs"] == stood["runs"]
            rows = page.evaluate("() => __player.run.rows.map((row) => Array.from(row))")
            run = recorded(Experiment(Config(dataset="circles", hidden_layer_sizes=(4, 3))), len(rows) - 1)
            np.testing.assert_array_equal(np.array(rows, dtype=np.float32), run.rows(-1)[: len(rows)])


def test_a_moment_that_stood_while_the_server_was_started_anew_is_told_to_the_new_one(browser):
    with page_of_a_server_that_ends(browser) as (page, end, port):
        stand_at_2000(page)
        settle(page)
        end(signal.SIGKILL)
        with another_server(page, port):
            page.wait_for_timeout(2000)
            settle(page)
            press(page, "Step")
            wait_for(page, "p.step === 2001 && p.told === 2001 && !p.asked")
            page.get_by_role("link", name="Take along").click()
            expect(page.get_by_text("up to step 2,001")).to_be_visible()
            page.wait_for_load_state("networkidle")


def test_the_server_trains_no_longer_when_the_tab_is_closed(fresh_server, new_page):
    page = new_page()
    visit(page, "/?hidden=8,8,8")
    page.get_by_label("Speed").select_option("Full speed")
    page.evaluate(PLAY_ON)
    wait_for(page, "p.run.lastEpoch > 400")
    page.close()
    time.sleep(0.7)
    before = cpu_seconds(fresh_server.pid)
    time.sleep(1.5)
    assert cpu_seconds(fresh_server.pid) - before < 0.1


def test_a_page_in_the_background_does_not_ask(new_page):
    page = new_page()
    visit(page, "/?hidden=4,3")
    wait_for(page, "p.state === 'playing'")
    page.evaluate(PLAY_ON)
    page.evaluate(ASKED)
    wait_for(page, "window.asked.length > 0")
    # A browser gives a page that is not seen no animation frames; this one, without a screen, never hides a page.
    page.evaluate("() => { window.frame = requestAnimationFrame; requestAnimationFrame = (f) => (window.next = f); }")
    page.wait_for_timeout(500)
    before = page.evaluate("() => [window.asked.length, window.put]")
    page.wait_for_timeout(3500)
    assert page.evaluate("() => [window.asked.length, window.put]") == before
    page.evaluate("() => { requestAnimationFrame = window.frame; requestAnimationFrame(window.next); }")
    wait_for(page, f"window.asked.length > {before[0]}")


def test_an_old_tab_says_that_the_server_has_a_newer_version_and_a_reload_comes_back_to_the_moment(browser, tmp_path):
    newer = tmp_path / "newer"
    for name in ("mlp", "pages", "playground", ".streamlit"):
        shutil.copytree(ROOT / name, newer / name)
    shutil.copy(ROOT / "app.py", newer)
    module = newer / "playground/web/js/shared/dom.js"
    module.write_text(f"// newer\n{module.read_text(encoding='utf-8')}", encoding="utf-8")
    with page_of_a_server_that_ends(browser) as (page, end, port):
        stand_at_2000(page)
        expect(page.locator(".newer")).to_have_count(0)
        end(signal.SIGKILL)
        with another_server(page, port, newer / "app.py"):
            expect(page.locator(".newer")).to_contain_text("newer version")
            expect(page.locator(".newer")).to_have_count(1)
            for width in (390, 768, 1440):
                page.set_viewport_size({"width": width, "height": 844})
                expect(page.locator(".newer")).to_be_in_viewport(ratio=1)
            wait_for(page, "p.step === 2000")
            with page.expect_navigation(wait_until="commit"):
                page.locator(".newer button").click()
            wait_for(page, "p.step === 2000 && !p.asked")
            expect(page.locator(".newer")).to_have_count(0)
            assert "hidden=4,3" in page.url.replace("%2C", ",")
