"""What the browser tests share: one Chromium, and a fresh fake server and page for each test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from chromium import Chromium, Page, find_chromium  # noqa: E402
from fake_server import FakeServer  # noqa: E402
from firefox import Firefox, FirefoxPage, find_firefox  # noqa: E402
from website import Site  # noqa: E402


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """The browser; every page has storage of its own."""
    if find_chromium() is None:
        pytest.fail("no chromium: install Debian's, or name one in $CHROMIUM")
    with Chromium.launch() as browser:
        yield browser


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """A server that does what the test tells it."""
    with FakeServer() as fake:
        yield fake


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    """An empty page; a test that leaves errors in its console fails, unless it cleared them."""
    empty = chromium.new_page()
    yield empty
    errors = list(empty.errors)
    empty.close()
    assert errors == []


@pytest.fixture(scope="session")
def firefox() -> Iterator[Firefox]:
    """The other browser."""
    if find_firefox() is None:
        pytest.fail("no firefox: install Debian's firefox-esr, or name one in $FIREFOX")
    with Firefox.launch() as browser:
        yield browser


@pytest.fixture(params=["chromium", "firefox"])
def visitor(request: pytest.FixtureRequest) -> Iterator[Page | FirefoxPage]:
    """An empty page of each browser; what it leaves in its console as errors fails the test."""
    empty = request.getfixturevalue(request.param).new_page()
    yield empty
    errors = list(empty.errors)
    empty.close()
    assert errors == []


@pytest.fixture
def site() -> Iterator[Site]:
    """A website of the test's own."""
    pages = Site()
    yield pages
    pages.close()


@pytest.fixture
def other_site() -> Iterator[Site]:
    """Another one."""
    pages = Site()
    yield pages
    pages.close()
