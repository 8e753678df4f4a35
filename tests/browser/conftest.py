"""Fixtures of the browser tests: `server`, `fresh_server`, `browser`, `new_page` and `page`."""

import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.harness import Server, guarded_page, launch, save_evidence, serve

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
    """One Chromium for all tests; every page of a test gets a context of its own."""
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture
def new_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Make guarded pages: `new_page(viewport="phone", scheme="dark", tolerate="a problem provoked")`.

    They are on the test's `fresh_server` if it names one, and on the shared `server` otherwise.
    """
    home = request.getfixturevalue("fresh_server" if "fresh_server" in request.fixturenames else "server")
    request.node.stash[HOME] = home
    numbers = count(1)

    @contextmanager
    def with_evidence(**options: Any) -> Iterator[Page]:
        name = f"{request.node.nodeid}-{next(numbers)}"
        with guarded_page(browser, home, **options) as (page, guard):
            yield page
            if request.node.stash.get(FAILED, False) or guard.problems():
                save_evidence(page, guard, name)

    with ExitStack() as pages:
        yield lambda **options: pages.enter_context(with_evidence(**options))


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A guarded page on the app's server, at 1440 x 900 in the light scheme, still empty."""
    return new_page()
