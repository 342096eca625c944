from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.config import ServerTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.reach import Reach, reach_configured, reach_named
from tests.delivery.certificates import make_certificate
from tests.delivery.helpers import TOKEN, token_file


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("localhost", "ws://localhost:6677"),
        ("::1", "ws://[::1]:6677"),
        ("[::1]", "ws://[::1]:6677"),
        ("0.0.0.0", "ws://127.0.0.1:6677"),
        ("::", "ws://[::1]:6677"),
        ("192.168.1.5", "ws://192.168.1.5:6677"),
    ],
)
def test_where_the_daemon_of_a_configuration_is(host: str, url: str) -> None:
    assert reach_configured(ServerTable(host=host)) == Reach(url)


def test_its_token_and_certificate_come_along(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    there = reach_configured(ServerTable(token_file=token_file(tmp_path), certificate=certificate, key=key))
    assert (there.url, there.token) == ("wss://localhost:6677", TOKEN)
    assert there.context is not None
    assert TOKEN not in repr(there)


def test_another_daemon_gets_only_the_token_that_is_named(tmp_path: Path) -> None:
    assert reach_named("ws://gamepc:6677", None) == Reach("ws://gamepc:6677")
    assert reach_named("ws://gamepc:6677", str(token_file(tmp_path))).token == TOKEN
    with pytest.raises(ConfigurationError, match=r"server\.token_file"):
        reach_named("ws://gamepc:6677", tmp_path / "missing")
