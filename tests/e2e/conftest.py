"""One browser for all tests that look at pages; it takes seconds to start."""

from collections.abc import Iterator

import pytest

from tests.browser import Browser, browser


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started
