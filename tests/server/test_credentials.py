"""Which users of this machine are let in without a token."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from capture_daemon.config.models import ServerTable
from capture_daemon.errors import ConfigurationError
from capture_daemon.server import peers
from capture_daemon.server.credentials import allowed_uids

pwd = pytest.importorskip("pwd")

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not peers.can_tell(), reason="needs a system that tells the users of connections"
)


def test_without_a_token_the_daemons_own_user_root_and_those_that_are_named_come_in() -> None:
    assert allowed_uids(ServerTable()) == frozenset({os.geteuid(), 0})
    assert allowed_uids(ServerTable(users=("daemon",))) == frozenset({os.geteuid(), 0, pwd.getpwnam("daemon").pw_uid})


def test_with_a_token_or_for_all_users_nobody_is_identified(tmp_path: Path) -> None:
    assert allowed_uids(ServerTable(token_file=tmp_path / "token")) is None
    assert allowed_uids(ServerTable(users="all")) is None


def test_a_user_that_there_is_none_of_is_named() -> None:
    with pytest.raises(ConfigurationError, match="there is no user 'nobody-of-that-name'"):
        allowed_uids(ServerTable(users=("nobody-of-that-name",)))


def test_a_user_whose_number_stands_for_others_as_well_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # As in a container, whose user namespace has only some users: all others come in under this one's number.
    monkeypatch.setattr(peers, "stand_in", lambda: pwd.getpwnam("daemon").pw_uid)
    with pytest.raises(ConfigurationError, match="'daemon' stands for all users"):
        allowed_uids(ServerTable(users=("daemon",)))
