"""The harness is trusted by every other browser test, so here it is shown what it must catch."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from scripts import programs
from tests.browser.harness import VIEWPORTS, Server, guarded_page, serve, settle, visit

TINY_APP = """
import streamlit as st

def home():
    st.title("Tiny")
    if st.button("Stumble"):
        raise RuntimeError("planted on the server")

def deep():
    st.title("Deep")

st.navigation([st.Page(home, default=True), st.Page(deep)]).run()
"""
OFFLINE = "[browser]\ngatherUsageStats = false\n"


def write_app(folder: Path, *, config: str = OFFLINE) -> Path:
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "config.toml").write_text(config, encoding="utf-8")
    (folder / "app.py").write_text(TINY_APP, encoding="utf-8")
    return folder / "app.py"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(write_app(tmp_path_factory.mktemp("tiny"))) as running:
        yield running


@pytest.mark.parametrize(("viewport", "scheme"), [("desktop", "light"), ("laptop", "dark"), ("phone", "dark")])
def test_a_faultless_page_passes_its_guard(browser: Browser, tiny: Server, viewport: str, scheme: str):
    with guarded_page(browser, tiny, viewport=viewport, scheme=scheme) as (page, guard):
        visit(page)
        assert page.get_by_role("heading", name="Tiny").is_visible()
        assert page.evaluate("[innerWidth, innerHeight]") == list(VIEWPORTS[viewport])
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
        assert guard.problems() == []


def test_a_deep_link_passes_its_guard_and_a_dead_one_does_not(browser: Browser, tiny: Server):
    run_guarded(browser, tiny, lambda page: visit(page, "/deep"))
    with pytest.raises(AssertionError, match="does not seem to exist"):
        run_guarded(browser, tiny, lambda page: visit(page, "/nowhere"))


def run_guarded(browser: Browser, server: Server, act: Callable[[Page], object], **options: str) -> None:
    with guarded_page(browser, server, **options) as (page, _):
        page.goto("/_stcore/health")
        act(page)
        page.wait_for_timeout(100)


def stumble_on_the_server(page: Page) -> None:
    visit(page)
    page.get_by_role("button", name="Stumble").click()
    page.get_by_test_id("stException").wait_for()
    settle(page)


PLANTED: dict[str, tuple[Callable[[Page], object], str]] = {
    "console error": (lambda page: page.evaluate("console.error('planted')"), "console error: planted"),
    "page error": (
        lambda page: page.evaluate("void setTimeout(() => { throw new Error('planted') })"),
        "page error: .*planted",
    ),
    "foreign request": (
        lambda page: page.evaluate("fetch('https://example.com/x').catch(() => 0)"),
        "request to another host: https://example.com/x",
    ),
    "foreign socket": (
        lambda page: page.evaluate("void new WebSocket('wss://example.com/x')"),
        "request to another host: wss://example.com/x",
    ),
    "server traceback": (stumble_on_the_server, "the server said: .*Traceback(.|\n)*planted on the server"),
}


@pytest.mark.parametrize(("plant", "complaint"), PLANTED.values(), ids=PLANTED)
def test_the_guard_complains_about(browser: Browser, tiny: Server, plant: Callable[[Page], object], complaint: str):
    with pytest.raises(AssertionError, match=complaint):
        run_guarded(browser, tiny, plant)


def test_a_problem_that_a_test_provokes_can_be_tolerated(browser: Browser, tiny: Server):
    plant, _ = PLANTED["console error"]
    run_guarded(browser, tiny, plant, tolerate="planted")


def test_the_guard_complains_about_streamlits_own_telemetry(browser: Browser, tmp_path: Path):
    with (
        serve(write_app(tmp_path, config="")) as server,
        pytest.raises(AssertionError, match="request to another host: https://"),
    ):
        run_guarded(browser, server, visit)


def test_a_server_that_does_not_start_says_why(tmp_path: Path):
    with pytest.raises(RuntimeError, match=re.escape("missing.py")), serve(tmp_path / "missing.py"):
        pass


LOCKED = "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)"


def test_an_apt_that_finds_the_lock_taken_is_tried_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    script = tmp_path / "apt-get"
    script.write_text(
        f"#!/bin/sh\ntest -e {tmp_path}/free && exit 0\ntouch {tmp_path}/free\necho '{LOCKED}' >&2\nexit 100\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    programs.run_when_unlocked([str(script)], pause=0.0)
    assert "Another apt is at work" in capfd.readouterr().out


@pytest.mark.parametrize(("words", "patience"), [("E: Unable to locate package", 300.0), (LOCKED, -1.0)])
def test_an_apt_that_fails_for_good_is_a_failure(words: str, patience: float, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(programs, "PATIENCE", patience)
    with pytest.raises(subprocess.CalledProcessError):
        programs.run_when_unlocked(["sh", "-c", f"echo '{words}' >&2; exit 100"], pause=0.0)


@pytest.mark.parametrize("name", programs.PROGRAMS)
def test_a_missing_program_is_a_failure_in_a_sentence_that_says_what_helps(name: str, monkeypatch: pytest.MonkeyPatch):
    variable = name.upper().replace("-", "_")
    monkeypatch.delenv(variable, raising=False)
    monkeypatch.setitem(programs.PROGRAMS, name, ("no-such-program",))
    with pytest.raises(FileNotFoundError, match=f"need {name}, and none was found.* {variable}=/"):
        programs.find(name)
    monkeypatch.setenv(variable, sys.executable)
    assert programs.find(name) == sys.executable
