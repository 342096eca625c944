"""Limits on the rates at which clients send and receive, so that none can hold the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

BYTES_A_SECOND = 32 * 1024 * 1024
"""For all clients together, 4 to 128 MiB: a 1080p picture in a tenth of a second, for a twentieth of one core."""
SEND_PIECE = 64 * 1024
"""Bytes that are sent at once, 16 to 256 KiB: so much waits for a client that takes nothing."""


class SendThrottle:
    """Gives each piece its moment, in the order in which they come."""

    def __init__(self, rate: float = BYTES_A_SECOND) -> None:
        self._rate = rate
        self._free = 0.0

    async def wait(self, size: int) -> None:
        """Wait until a piece of this many bytes may be sent."""
        now = asyncio.get_running_loop().time()
        moment = max(self._free, now)
        self._free = moment + size / self._rate
        await asyncio.sleep(moment - now)


RATE = 500.0
"""Frames a second that are taken of one client, 100 to 2,000: a ping and its answer cost some twenty microseconds, so
this is a hundredth of one core, and a picker that is dragged about sends sixty."""
AT_ONCE = 1000
"""Frames that may come together, 100 to 5,000."""
RECEIVE_PIECE = 4096
"""Bytes that are taken before others have their turn, 1 to 64 KiB: 700 of the smallest pings, some ten milliseconds."""
REST = 0.1
"""The least time, in seconds, for which nothing more is taken once there were too many."""


class ReceiveThrottle:
    """Between a transport and what takes its data; `end` it. All on one event loop."""

    def __init__(self, transport: asyncio.Transport, take: Callable[[bytes], None]) -> None:
        self._transport = transport
        self._take = take
        self._loop = asyncio.get_running_loop()
        self._waiting = bytearray()
        self._held: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._owed, self._since = 0.0, self._loop.time()

    def offer(self, data: bytes) -> None:
        """Take what has come, now or later; meanwhile nothing more is read."""
        self._waiting += data
        self._go_on()

    def count(self) -> None:
        """Count one more frame in what was taken."""
        self._owed += 1

    def hold(self, reason: str) -> None:
        """Read and take nothing until `release` is called with this reason."""
        self._held.add(reason)
        self._transport.pause_reading()

    def release(self, reason: str) -> None:
        """Go on, unless there is another reason not to."""
        if reason not in self._held:
            return
        self._held.discard(reason)
        if not self._held and self._timer is None:
            # Not at once: the caller is in the middle of something.
            self._timer = self._loop.call_later(0, self._rested)

    def end(self) -> None:
        """Take nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        self._held.add("ended")
        self._waiting.clear()

    def _go_on(self) -> None:
        if not self._held and self._timer is None and self._waiting:
            piece = bytes(self._waiting[:RECEIVE_PIECE])
            del self._waiting[:RECEIVE_PIECE]
            now = self._loop.time()
            # A piece counts as well: a client may send single bytes.
            self._owed = max(0.0, self._owed - RATE * (now - self._since)) + 1
            self._since = now
            self._take(piece)
            if self._owed > AT_ONCE:
                self._timer = self._loop.call_later((self._owed - AT_ONCE) / RATE + REST, self._rested)
            elif self._waiting:
                self._timer = self._loop.call_later(0, self._rested)
        if self._held or self._timer is not None:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _rested(self) -> None:
        self._timer = None
        self._go_on()
