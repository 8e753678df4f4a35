"""Fixtures of the browser tests: `server`, `fresh_server`, `browser`, `new_page` and `page`."""

import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from itertools import count

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.harness import Server, guarded_page, launch, new_context, save_evidence, serve

FAILED = pytest.StashKey[bool]()
HOME = pytest.StashKey[Server]()


def pytest_configure() -> None:
    """Let a run that is terminated end as on Ctrl-C, so that no server outlives it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


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
def contexts(browser: Browser, server: Server) -> Callable[..., BrowserContext]:
    """Contexts of all kinds on the shared server, which keep its files from test to test."""
    return cache(partial(new_context, browser, server))


@pytest.fixture
def new_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make guarded pages: `new_page(viewport="phone", scheme="dark", tolerate="a problem provoked")`.

    They are on the test's `fresh_server` if it names one, and on the shared `server` otherwise. Each is a browser of
    its own, with nothing remembered; the first of a kind has the app's files from the tests before.
    """
    home = request.getfixturevalue("fresh_server" if "fresh_server" in request.fixturenames else "server")
    request.node.stash[HOME] = home
    numbers = count(1)
    taken: list[BrowserContext] = []

    @contextmanager
    def with_evidence(*, tolerate: str = "", **options: str) -> Iterator[Page]:
        name = f"{request.node.nodeid}-{next(numbers)}"
        shared = None
        if "fresh_server" not in request.fixturenames:
            kept = request.getfixturevalue("contexts")(**options)
            shared = None if kept in taken else kept
            taken.append(kept)
        with guarded_page(browser, home, tolerate=tolerate, context=shared, **options) as (page, guard):
            yield page
            if request.node.stash.get(FAILED, False) or guard.problems():
                save_evidence(page, guard, name)

    with ExitStack() as pages:
        yield lambda **options: pages.enter_context(with_evidence(**options))


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A guarded page on the app's server, at 1440 x 900 in the light scheme, still empty."""
    return new_page()
