"""Fixtures of the browser tests: `server`, `fresh_server`, `browser`, `new_page` and `page`."""

import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.harness import Server, guarded_page, launch, new_context, save_evidence, serve

FAILED = pytest.StashKey[bool]()
HOME = pytest.StashKey[Server]()


def pytest_configure() -> None:
    """Let a run that is terminated end as on Ctrl-C, so that no server outlives it; a busy machine has time."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    expect.set_options(timeout=30_000)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the fixtures know at teardown whether the test failed, and show the server's last words."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    if report.failed and HOME in item.stash:
        report.sections.append(("The server's last words", item.stash[HOME].output()[-5000:]))
    return report


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The app, one server for all tests."""
    with serve() as running:
        yield running


@pytest.fixture
def fresh_server() -> Iterator[Server]:
    """The app on a server that nobody has opened yet, for this test alone."""
    with serve() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def kept() -> list[BrowserContext]:
    """The one context that goes from test to test."""
    return []


@pytest.fixture
def new_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make guarded pages: `new_page(viewport="phone", scheme="dark", tolerate="a problem provoked")`.

    They are on the test's `fresh_server` if it names one, and on the shared `server` otherwise. Each is a browser that
    remembers nothing. The first of a test has the app's files from the tests before, but for `new_page(new=True)`.
    """
    home = request.getfixturevalue("fresh_server" if "fresh_server" in request.fixturenames else "server")
    request.node.stash[HOME] = home
    numbers = count(1)

    @contextmanager
    def with_evidence(*, new: bool = False, **options: str) -> Iterator[Page]:
        number = next(numbers)
        context = None
        if not new and number == 1 and "fresh_server" not in request.fixturenames:
            kept: list[BrowserContext] = request.getfixturevalue("kept")
            if not (kept and kept[0].pages):  # a test may have closed its page
                kept[:] = [new_context(browser, home)]
            context = kept[0]
        with guarded_page(browser, home, context=context, **options) as (page, guard):
            yield page
            if request.node.stash.get(FAILED, False) or guard.problems():
                save_evidence(page, guard, f"{request.node.nodeid}-{number}")

    with ExitStack() as pages:
        yield lambda **options: pages.enter_context(with_evidence(**options))


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A guarded page on the app's server, at 1440 x 900 in the light scheme, still empty."""
    return new_page()
