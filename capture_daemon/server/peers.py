"""Which user of this machine opened a connection: Linux lists it by the connection's two addresses."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import socket
import sys
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

logger = logging.getLogger(__name__)

TABLES = (Path("/proc/self/net/tcp"), Path("/proc/self/net/tcp6"))
"""The connections of this machine, of IPv4 and IPv6; a client that dials ::ffff:127.0.0.1 stands in the second."""
LOOKS = 3
"""How often the tables are read for a connection that isn't in them, 1 to 10: rows that move while they are read are
missed now and then, and more often than three times in a row only where the client has gone."""
LARGEST_TABLE = 64 * 1024 * 1024
"""Bytes of a table that are read, 1 to 256 MiB: 400,000 connections; a machine has 28,000 free ports to an address."""
ROOT = 0
UID_MAP, OVERFLOW_UID = Path("/proc/self/uid_map"), Path("/proc/sys/kernel/overflowuid")
ALL_UIDS = 2**32 - 1
USUAL_STAND_IN = 65_534
UNKNOWN = -1
"""The id of a user that this process's user namespace doesn't have."""
_ESTABLISHED, _FIN_WAITS, _CLOSE_WAIT = b"01", (b"04", b"05"), b"08"
_ALIVE = (1, 8)  # of our own end: established, or the client has sent its last

Pair = tuple[bytes, ...]
"""A connection as the tables name it, from the client's side: in IPv4's way, in IPv6's, or both."""


def can_tell() -> bool:
    """Whether users can be identified here: on Linux, with /proc, in a process whose own user Linux knows."""
    return sys.platform == "linux" and TABLES[0].exists() and os.geteuid() != stand_in()


def stand_in() -> int | None:
    """The user id that stands for all users whom this process's user namespace doesn't have; None if it has all.

    It is mostly 65534, which elsewhere is a user of its own, "nobody"; that is returned if the real one is unknown.
    """
    try:
        mapped = sum(int(row.split()[2]) for row in UID_MAP.read_text(encoding="ascii").splitlines())
        return None if mapped >= ALL_UIDS else int(OVERFLOW_UID.read_text(encoding="ascii"))
    except FileNotFoundError:
        return None  # a system without such namespaces
    except (OSError, ValueError, IndexError):
        return USUAL_STAND_IN


class Peers:
    """Finds out users; `close` it. One reading of the tables serves all who were waiting when it began."""

    def __init__(self, tables: Iterable[Path] = TABLES) -> None:
        self._tables = tuple(tables)
        # A thread of its own: those of the loop's pool may all be waiting for a disk.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="peers")
        self._asked: dict[Pair, asyncio.Future[int | None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def uid_of(self, connection: socket.socket) -> int | None:
        """The user id of the program that has dialled; None if it has gone or can't be found."""
        pair = pair_of(connection)
        if pair is None:
            return None
        for _ in range(LOOKS):
            if (uid := await self._look(pair)) is not None:
                # Addresses are given anew: the one found is this client only if the connection held all the while.
                return uid if uid != UNKNOWN and _is_alive(connection) else None
        return None

    async def close(self) -> None:
        """Stop; a running lookup ends on its own, in milliseconds."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        for asked in self._asked.values():
            asked.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _look(self, pair: Pair) -> int | None:
        asked = self._asked.get(pair)
        if asked is None:
            asked = self._asked[pair] = asyncio.get_running_loop().create_future()
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(asked)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while self._asked:
            asked, self._asked = self._asked, {}
            found: dict[Pair, int] = {}
            try:
                found = await loop.run_in_executor(self._thread, find_uids, tuple(asked), self._tables)
            except (OSError, ValueError, IndexError) as error:
                # No /proc any more, no free descriptor, or half a row: unknown now, and the next lookup may succeed.
                logger.debug("can't look up whose connections these are: %s", error)
            finally:
                for pair, waiting in asked.items():
                    if not waiting.done():
                        waiting.set_result(found.get(pair))
        self._reading = None


def find_uids(pairs: Collection[Pair], tables: Iterable[Path]) -> dict[Pair, int]:
    """The users of these connections, as far as the tables have them; raises OSError if they can't be read."""
    found: dict[Pair, int] = {}
    unknown = stand_in()
    for table in tables:
        if len(found) == len(pairs) or not table.exists():
            continue
        with table.open("rb") as file:
            text = file.read(LARGEST_TABLE)
        for pair in pairs:
            for name in pair:
                if pair not in found and (uid := _uid_in(text, name)) is not None:
                    found[pair] = UNKNOWN if uid == unknown else uid
    return found


def _uid_in(text: bytes, name: bytes) -> int | None:
    """The user in the row of that name; None if there is none, or where nobody holds that end any more."""
    place = text.find(name)
    if place < 0:
        return None
    row = text[place : text.find(b"\n", place)].split()
    state, uid, inode = row[2], row[6], row[8]
    # A socket that no process holds is listed as root's, without an inode.
    if state not in (_ESTABLISHED, *_FIN_WAITS, _CLOSE_WAIT) or inode == b"0":
        return None
    return int(uid)


def pair_of(connection: socket.socket) -> Pair | None:
    """How the tables name the client's end of an accepted connection; None if it has gone already."""
    try:
        theirs, ours = connection.getpeername(), connection.getsockname()
    except OSError:
        return None
    addresses = [ipaddress.ip_address(end[0].partition("%")[0]) for end in (theirs, ours)]
    ports = [theirs[1], ours[1]]
    plain = [getattr(address, "ipv4_mapped", None) or address for address in addresses]
    ways = [plain]
    if all(address.version == 4 for address in plain):
        ways.append([ipaddress.ip_address(f"::ffff:{address}") for address in plain])
    return tuple(
        b" ".join(b"%s:%04X" % (_written(address.packed), port) for address, port in zip(way, ports, strict=True))
        for way in ways
    )


def _written(packed: bytes) -> bytes:
    """An address as the kernel writes it: each four bytes as one number of this machine's order."""
    words = [packed[place : place + 4] for place in range(0, len(packed), 4)]
    return b"".join(b"%08X" % int.from_bytes(word, sys.byteorder) for word in words)


def _is_alive(connection: socket.socket) -> bool:
    """Whether our own end is still connected: the first byte of what Linux reports is its state."""
    try:
        return sys.platform == "linux" and connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] in _ALIVE
    except OSError:
        return False
