"""What the browser tests share: one Chromium, and a fresh fake server and page for each test."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from chromium import Chromium, Page, find_chromium  # noqa: E402
from fake_server import FakeServer  # noqa: E402


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
