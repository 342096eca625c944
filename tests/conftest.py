"""What tests share: an X server of their own, so that no display of the tester's is used."""

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
