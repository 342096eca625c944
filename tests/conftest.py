"""What tests share: an X server of their own, so that no display of the tester's is used, and logging as it was."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.x_server import XServer

# A busy machine takes more than Hypothesis's 200 ms for an example now and then.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def x_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    with XServer() as server:
        assert server.display is not None
        monkeypatch.setenv("DISPLAY", server.display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield server


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Takes back what a command that ran in this process set up: its handler writes to a stream that is closed then."""
    root, package = logging.getLogger(), logging.getLogger("capture_daemon")
    handlers, levels = list(root.handlers), (root.level, package.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    package.setLevel(levels[1])
