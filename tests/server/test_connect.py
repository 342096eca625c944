from __future__ import annotations

import os
from pathlib import Path

import pytest

from capture_daemon.config.models import ServerTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.server import peers
from capture_daemon.server.connect import DaemonConnection, configured_connection, named_connection
from capture_daemon.server.tokens import own_token
from tests.server.certificates import make_certificate
from tests.server.helpers import TOKEN, token_file


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
    assert configured_connection(ServerTable(host=host)) == DaemonConnection(url)


def test_its_token_and_certificate_come_along(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    there = configured_connection(ServerTable(token_file=token_file(tmp_path), certificate=certificate, key=key))
    assert (there.url, there.token) == ("wss://localhost:6677", TOKEN)
    assert there.context is not None
    assert TOKEN not in repr(there)


def test_another_daemon_gets_only_the_token_that_is_named(tmp_path: Path) -> None:
    assert named_connection("ws://gamepc:6677", None) == DaemonConnection("ws://gamepc:6677")
    assert named_connection("ws://gamepc:6677", str(token_file(tmp_path))).token == TOKEN
    with pytest.raises(ConfigurationError, match=r"server\.token_file"):
        named_connection("ws://gamepc:6677", tmp_path / "missing")


def test_the_token_that_a_daemon_makes_is_found_where_it_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    made = own_token()
    assert own_token() == made
    for telling in (True, False):
        monkeypatch.setattr(peers, "can_tell", lambda telling=telling: telling)
        expected = None if telling else made
        assert configured_connection(ServerTable()).token == expected
        assert named_connection("ws://localhost:6677", None).token == expected
        assert named_connection("127.0.0.1:6677", None).token == expected
        # Nobody else is shown it.
        assert named_connection("ws://192.0.2.1:6677", None).token is None
        assert named_connection("ws://localhost.example:6677", None).token is None
        assert configured_connection(ServerTable(users="all")).token is None


def test_a_token_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "token", []
    sync = os.fsync

    def watched(descriptor: int) -> None:
        assert not path.exists()
        synced.append(os.fstat(descriptor).st_size)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    made = own_token(path)
    assert synced == [len(made) + 1]
    assert path.read_text() == f"{made}\n"
    assert [file.name for file in tmp_path.iterdir()] == ["token"]
