"""Firefox and WebKit, as far as a tour needs them: open, look, click, and what went wrong meanwhile.

Playwright drives its own builds of the two alone. These are those of Debian: Firefox by WebDriver BiDi, which Puppeteer
speaks, and WebKit by its own WebDriver, on a screen that nobody sees.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from httpx2 import Client, ConnectError, Response

from scripts.programs import find
from tests.browser.harness import REACH, ROOT, free_port

PATIENCE = 60.0  # seconds; on a busy machine a browser that draws in software is slow


class Tab(Protocol):
    """The one tab of a browser."""

    def visit(self, address: str) -> None:
        """Go to a page."""

    def evaluate(self, code: str) -> Any:
        """The value of a JavaScript expression, if it can be told in JSON."""

    def click(self, selector: str) -> None:
        """Click the middle of an element, as a person does."""

    def problems(self) -> list[str]:
        """The errors of the pages so far."""


def wait(tab: Tab, condition: str) -> None:
    """Wait until a JavaScript expression over `p` (the player, undefined without a stage) holds."""
    code = f"((p) => !!({condition}))(window.__player)"
    deadline = time.monotonic() + PATIENCE
    while not tab.evaluate(code):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{condition} did not become true within {PATIENCE:.0f} s")
        time.sleep(0.02)


# ---- Firefox -----------------------------------------------------------------------------------------------------
class Firefox:
    """Firefox, by way of a Node process that takes one command after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def _ask(self, *command: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"problem": "Firefox has ended."}
        if "problem" in answer:
            raise RuntimeError(f"{command}: {answer['problem']}")
        return answer["value"]

    def visit(self, address: str) -> None:
        self._ask("visit", address)
        self._ask("evaluate", REACH.read_text(encoding="utf-8"))

    def evaluate(self, code: str) -> Any:
        return self._ask("evaluate", code)

    def click(self, selector: str) -> None:
        self._ask("click", selector)

    def problems(self) -> list[str]:
        found: list[str] = self._ask("problems")
        return found


@contextmanager
def firefox() -> Iterator[Tab]:
    """Debian's Firefox, without a window."""
    node = Path(sys.executable).with_name("node")
    command = [str(node), str(Path(__file__).with_name("firefox.js")), find("firefox-esr")]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    with process:  # its end is that of its input
        yield Firefox(process)


# ---- WebKit ------------------------------------------------------------------------------------------------------
# WebKit's driver tells nothing of a page's errors: the page keeps them itself, from when its document is there.
LISTEN = """
window.problems = [];
addEventListener("error", (event) => problems.push(`page error: ${event.message}`));
addEventListener("unhandledrejection", (event) => problems.push(`page error: ${event.reason}`));
const complain = console.error;
console.error = (...words) => { problems.push(`console error: ${words.join(" ")}`); complain(...words); };
"""


class WebKit:
    """WebKit's own little browser, by the protocol WebDriver."""

    def __init__(self, session: Client) -> None:
        self.session = session
        self.past: list[str] = []

    def _post(self, act: str, **what: Any) -> Any:
        return _value(self.session.post(act, json=what))

    def visit(self, address: str) -> None:
        self.past = self.problems()
        self._run("window.problems = null")
        self._post("url", url=address)
        wait(self, "window.problems === undefined && document.documentElement")
        self._run(LISTEN + REACH.read_text(encoding="utf-8"))

    def _run(self, code: str) -> Any:
        return self._post("execute/sync", script=code, args=[])

    def evaluate(self, code: str) -> Any:
        return self._run(f"return {code}")

    def click(self, selector: str) -> None:
        (element,) = self._post("element", using="css selector", value=selector).values()
        self._post(f"element/{element}/click")

    def problems(self) -> list[str]:
        found: list[str] = self.past + self._run("return window.problems ?? []")
        return found


def _value(answer: Response) -> Any:
    """What WebDriver answers; RuntimeError, with its own words, where it could not do what was asked."""
    value = answer.json()["value"]
    if answer.is_error:
        raise RuntimeError(f"{value['error']}: {value['message']}")
    return value


@contextmanager
def webkit() -> Iterator[Tab]:
    """Debian's WebKit, on a screen of its own that nobody sees."""
    port = free_port()
    wanted = {"pageLoadStrategy": "none", "webkitgtk:browserOptions": {"args": ["--automation"]}}
    with ExitStack() as stack:
        screen = stack.enter_context(
            running(find("xvfb"), "-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp")
        )
        display = f":{(screen.stdout.readline() if screen.stdout else b'').decode().strip()}"
        # Without a graphics card, layers of their own cost more than they save.
        env = {**os.environ, "DISPLAY": display, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
        driver = running(find("webkit2gtk-driver"), f"--port={port}", env=env)
        stack.enter_context(driver)
        client = stack.enter_context(Client(base_url=f"http://127.0.0.1:{port}/session/", timeout=60))
        session = _value(_when_up(client, {"capabilities": {"alwaysMatch": wanted}}))
        client.base_url = f"{client.base_url}{session['sessionId']}/"
        stack.callback(client.delete, "")
        client.post("window/rect", json={"width": 1280, "height": 760})
        yield WebKit(client)


def _when_up(client: Client, wanted: dict[str, Any]) -> Response:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return client.post("", json=wanted)
        except ConnectError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def running(*command: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program, for as long as it is needed."""
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=10)
