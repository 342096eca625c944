"""What the tests of sources share: no thread may be left, no display of the tester's be used, an X server to kill."""

import threading
from collections.abc import Iterator

import pytest

from tests.x_server import XServer


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("source")] == []


@pytest.fixture
def x_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    with XServer() as server:
        assert server.display is not None
        monkeypatch.setenv("DISPLAY", server.display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield server
