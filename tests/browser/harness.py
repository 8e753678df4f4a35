"""What the browser tests stand on: the app on a port of its own, a Chromium, and pages under guard.

The screenshots and the benchmarks use the same three: `serve()`, `launch()` and `guarded_page()`.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright

from scripts.programs import find

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results"
REACH = Path(__file__).with_name("reach.js")
VIEWPORTS = {"desktop": (1440, 900), "laptop": (1280, 720), "phone": (390, 844), "large": (2560, 1440)}
SCHEMES = ("light", "dark")

# No name leads anywhere here, so that neither Chromium nor the app can call anyone but the server.
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

# On a deep link Streamlit's client looks for its server below the page's path first, and finds it one level up.
STREAMLITS_OWN = r"status of 404 .*://[^/]+/.+/_stcore/(?:health|host-config)\)$"


# ---------------------------------------------------------------------------------------------- server


@dataclass(frozen=True)
class Server:
    """A running Streamlit: where it listens, and where it writes what it has to say."""

    url: str
    log: Path
    pid: int = 0

    @property
    def port(self) -> int:
        """Where it listens: another server can take its place there."""
        return int(self.url.rpartition(":")[2])

    def output(self) -> str:
        """Give all that the server has printed so far; nothing is left of one that has been put away."""
        return self.log.read_text(errors="replace", encoding="utf-8") if self.log.exists() else ""


@contextmanager
def serve(app: Path = ROOT / "app.py", *, port: int = 0, timeout: float = 60.0, base: str = "") -> Iterator[Server]:
    """Run an app from its own folder on a free port, or on the given one, below a path, and stop it at the end."""
    port = port or free_port()
    flags = {"address": "127.0.0.1", "port": port, "headless": "true", "fileWatcherType": "none", "baseUrlPath": base}
    command = [sys.executable, "-m", "streamlit", "run", app.name]
    command += [f"--server.{name}={value}" for name, value in flags.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.log"
        with path.open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                command, cwd=app.parent, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        server = Server(f"http://127.0.0.1:{port}", path, process.pid)
        try:
            _wait_for_health(server, process, timeout, base)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_health(server: Server, process: subprocess.Popen[bytes], timeout: float, base: str) -> None:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"Streamlit ended with code {process.returncode}:\n{server.output()}")
        try:
            with urllib.request.urlopen(f"{server.url}/{base}/_stcore/health".replace("//_", "/_"), timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"Streamlit was not up after {timeout:.0f} s:\n{server.output()}")


# --------------------------------------------------------------------------------------------- browser


def launch(playwright: Playwright) -> Browser:
    """Start Debian's Chromium, or the Chrome that is there; without one, fail in a sentence."""
    return playwright.chromium.launch(executable_path=find("chromium"), args=CHROMIUM_FLAGS)


class Guard:
    """Remembers what no page of ours may do: log an error, throw one, ask another host, upset the server."""

    def __init__(self, context: BrowserContext, server: Server, tolerate: str = "") -> None:
        self.context = context
        self.server = server
        self.log: list[str] = []
        self._problems: list[str] = []
        self._tolerate = tolerate
        self._log_start = len(server.output())
        self._ears: dict[Any, Callable[[Any], None]] = {
            "console": lambda m: self._console(m.type, f"{m.text} ({m.location['url']})"),
            "weberror": lambda error: self._problem(f"page error: {error.error}"),
            "request": lambda request: self._request(request.url),
            "page": lambda page: page.on("websocket", self._socket_ear),
        }
        self._socket_ear: Callable[[Any], None] = lambda socket: self._request(socket.url)
        for event, ear in self._ears.items():
            context.on(event, ear)
        for page in context.pages:
            page.on("websocket", self._socket_ear)

    def leave(self) -> None:
        """Listen no longer."""
        for event, ear in self._ears.items():
            self.context.remove_listener(event, ear)
        for page in self.context.pages:
            with suppress(KeyError):  # a page that was opened meanwhile has its ear from the context
                page.remove_listener("websocket", self._socket_ear)

    def problems(self) -> list[str]:
        """List what went wrong so far, the server's side included."""
        for page in self.context.pages:
            with suppress(Error):  # A round trip: all that happened on the page before it has been heard.
                page.evaluate("0")
        news = self.server.output()[self._log_start :]
        stumbles = re.findall(r"^.*(?:Traceback|deprecat).*(?:\n.*){0,40}", news, re.M | re.I)
        found = [*self._problems, *(f"the server said: {stumble}" for stumble in stumbles)]
        return [p for p in found if not (self._tolerate and re.search(self._tolerate, p))]

    def _console(self, kind: str, text: str) -> None:
        self.log.append(f"console {kind}: {text}")
        if kind == "error" and not re.search(STREAMLITS_OWN, text):
            self._problems.append(self.log[-1])

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.server.url).netloc:
            self._problem(f"request to another host: {url}")

    def _problem(self, sentence: str) -> None:
        self.log.append(sentence)
        self._problems.append(sentence)


def new_context(browser: Browser, server: Server) -> BrowserContext:
    """A browser of its own, at home on the server, that has seen and remembers nothing."""
    return reaching(browser.new_context(base_url=server.url))


def reaching(context: BrowserContext) -> BrowserContext:
    """Let tests reach the player, the stage and the drawing sheet of every page: `__player`, `__stage`, `__sheet`."""
    context.add_init_script(path=REACH)
    return context


def forget(context: BrowserContext) -> None:
    """Leave one empty page of a context, and nothing that it remembers but for its cache of files."""
    page, *others = context.pages
    for other in others:
        other.close()
    with suppress(Error):  # an empty page has no storage
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
    context.set_offline(False)
    page.unroute_all()
    page.goto("about:blank")
    page.mouse.move(0, 0)
    context.clear_cookies()
    context.clear_permissions()


@contextmanager
def guarded_page(
    browser: Browser,
    server: Server,
    *,
    viewport: str = "desktop",
    scheme: str = "light",
    tolerate: str = "",
    context: BrowserContext | None = None,
) -> Iterator[tuple[Page, Guard]]:
    """Open an empty page, at home on the server, and raise at the end if its guard saw a problem.

    `tolerate` is a pattern for problems that a test provokes on purpose. A page in a given context is the one that
    the context has already: it need not load and compile the app's files again.
    """
    own = context or new_context(browser, server)
    page = own.pages[0] if own.pages else own.new_page()
    guard = Guard(own, server, tolerate)
    width, height = VIEWPORTS[viewport]
    try:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="no-preference",
            forced_colors="none",
            contrast="no-preference",
        )
        yield page, guard
        if problems := guard.problems():
            raise AssertionError("The page's guard complains:\n" + "\n".join(f"- {p}" for p in problems))
    finally:
        guard.leave()
        if context is None or page.is_closed():  # a test may close its page
            own.close()
        else:
            forget(own)


# -------------------------------------------------------------------------------------------- on a page


def visit(page: Page, path: str = "/", *, timeout: float = 30_000) -> None:
    """Open one of the app's pages and wait until it stands."""
    page.goto(path)
    settle(page, timeout=timeout)


# Whether all that the script has told is drawn: a busy browser does it after the script has ended, and shows grey boxes
# until then. Components without a height never hold anything.
DRAWN = """() => !document.querySelector(
  '[data-testid=stMain] :is([data-testid=stSkeleton], [class$="-place"]:empty:not([style*="min-height: 0rem"]))')"""


def settle(page: Page, *, timeout: float = 30_000) -> None:
    """Wait until Streamlit has run the script to its end, and the stage, if any, shows its run and has told all."""
    calm = '[data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
    # Before its first run a page is calm, too.
    page.wait_for_selector("[data-testid=stMain] .stElementContainer", state="attached", timeout=timeout)
    page.wait_for_selector(calm, timeout=timeout)
    page.wait_for_timeout(150)  # A click takes a moment to reach the server and make it run.
    page.wait_for_selector(calm, timeout=timeout)
    page.wait_for_function(DRAWN, timeout=timeout)
    told = "__player.moving || (__player.isTold && !__player.asked)"
    stands = f"!document.querySelector('.stage-place') || (window.__stage?.ready && __player.filled && ({told}))"
    page.wait_for_function(f"() => {stands}", timeout=timeout)
    page.wait_for_selector(calm, timeout=timeout)


def screenshot(page: Page, name: str, folder: Path = RESULTS) -> Path:
    """Save what the page's window shows as `<folder>/<name>.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    page.screenshot(path=path)
    return path


def save_evidence(page: Page, guard: Guard, name: str) -> None:
    """Keep what a failed test leaves behind: the picture, the browser's log and the server's."""
    stem = re.sub(r"[^\w.-]+", "_", name).strip("_")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{stem}.log").write_text(
        "\n".join([*guard.log, "", "--- server ---", guard.server.output()]), encoding="utf-8"
    )
    with suppress(Error):  # When the page is closed or has crashed, the log has to do.
        screenshot(page, stem)
