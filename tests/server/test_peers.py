from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capture_daemon.server import peers as peers_module
from capture_daemon.server.peers import Peers, can_tell, find_uids, pair_of
from tests.other_user import OTHER, needs_other_user
from tests.server.helpers import WAIT

linux = pytest.mark.skipif(not can_tell(), reason="only Linux tells whose a connection is")

ROW = b"01 00000000:00000000 00:00000000 00000000 7 0 99 1"
"""What a table says of a connection behind its two ends: user 7, inode 99."""
DIAL = """
import os, socket, sys
host, port, uid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if uid >= 0:
    os.setgid(uid)
    os.setuid(uid)
client = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
client.connect((host, port))
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def dialled(host: str, reached: str, uid: int = -1) -> Iterator[tuple[socket.socket, subprocess.Popen[str]]]:
    """Our end of a connection that a program of that user (-1: our own) has made, and the program."""
    family = socket.AF_INET6 if ":" in reached else socket.AF_INET
    with socket.socket(family) as listener:
        try:
            listener.bind((reached, 0))
        except OSError:
            pytest.skip(f"this machine has no {reached}")
        listener.listen()
        port = listener.getsockname()[1]
        with subprocess.Popen(
            [sys.executable, "-c", DIAL, host, str(port), str(uid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
        ) as program:
            assert program.stdout is not None
            program.stdout.readline()
            connection, _ = listener.accept()
            with connection:
                yield connection, program
            program.kill()


async def asked(*connections: socket.socket) -> list[int | None]:
    peers = Peers()
    try:
        async with asyncio.timeout(WAIT):
            return list(await asyncio.gather(*(peers.uid_of(one) for one in connections)))
    finally:
        await peers.close()


@linux
@pytest.mark.parametrize(
    ("host", "reached"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::ffff:127.0.0.1", "127.0.0.1")]
)
def test_the_user_of_a_program_is_told(host: str, reached: str) -> None:
    with dialled(host, reached) as (ours, _):
        assert asyncio.run(asked(ours)) == [os.geteuid()]


@pytest.mark.parametrize(
    ("host", "reached"), [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("::ffff:127.0.0.1", "127.0.0.1")]
)
def test_another_user_is_told(host: str, reached: str) -> None:
    needs_other_user()
    with dialled(host, reached, OTHER) as (theirs, _), dialled("127.0.0.1", "127.0.0.1") as (ours, _):
        assert asyncio.run(asked(theirs, ours)) == [OTHER, os.geteuid()]


def test_a_program_that_has_gone_is_not_taken_for_root() -> None:
    """Linux tells an end that nobody holds any more as root's; what was sent before is still to be read."""
    needs_other_user()
    with dialled("127.0.0.1", "127.0.0.1", OTHER) as (connection, program):
        assert asyncio.run(asked(connection)) == [OTHER]
        program.kill()
        program.wait(WAIT)
        assert asyncio.run(asked(connection)) == [None]


@linux
def test_a_table_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    with dialled("127.0.0.1", "127.0.0.1") as (connection, _):
        pair = pair_of(connection)
        assert pair is not None
        assert find_uids([pair], [tmp_path / "tcp"]) == {}


def test_a_connection_as_the_tables_name_it() -> None:
    class Fake:
        def getpeername(self) -> tuple[str, int]:
            return "127.0.0.1", 0x1A15

        def getsockname(self) -> tuple[str, int]:
            return "127.0.0.1", 80

    if sys.byteorder == "little":
        assert pair_of(Fake()) == (  # type: ignore[arg-type]
            b"0100007F:1A15 0100007F:0050",
            b"0000000000000000FFFF00000100007F:1A15 0000000000000000FFFF00000100007F:0050",
        )


@linux
def test_half_a_row_stops_nobody_for_good(tmp_path: Path) -> None:
    """As where a table is longer than is read of it."""
    table = tmp_path / "tcp"

    async def main(connection: socket.socket) -> list[int | None]:
        pair = pair_of(connection)
        assert pair is not None
        peers = Peers([table])
        try:
            told = []
            for row in (
                b"0: %s 01 00000000",
                b"0: %s 01 00000000:00000000 00:00000000 00000000 x 0 7",
                b"0: %s " + ROW,
            ):
                table.write_bytes(row.replace(b"%s", pair[0]))
                async with asyncio.timeout(WAIT):
                    told.append(await peers.uid_of(connection))
            return told
        finally:
            await peers.close()

    with dialled("127.0.0.1", "127.0.0.1") as (connection, _):
        assert asyncio.run(main(connection)) == [None, None, 7]


@pytest.mark.parametrize(
    ("mapped", "stands_in"),
    [
        ("         0          0 4294967295\n", None),
        ("      1000       1000          1\n", 65_533),
        ("         0       1000          1\n         1     100000      65536\n", 65_533),
        ("", 65_533),
        ("nonsense\n", 65_534),
        (None, None),
    ],
)
def test_who_stands_in_for_users_that_a_namespace_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped: str | None, stands_in: int | None
) -> None:
    monkeypatch.setattr(peers_module, "UID_MAP", tmp_path / "uid_map")
    monkeypatch.setattr(peers_module, "OVERFLOW_UID", tmp_path / "overflowuid")
    (tmp_path / "overflowuid").write_text("65533\n")
    if mapped is not None:
        (tmp_path / "uid_map").write_text(mapped)
    assert peers_module.stand_in() == stands_in
