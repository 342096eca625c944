"""What large answers may take of the line, all together: sending them must not hold the event loop."""

from __future__ import annotations

import asyncio

BYTES_A_SECOND = 32 * 1024 * 1024
"""For all clients together, 4 to 128 MiB: a 1080p picture in a tenth of a second, for a twentieth of one core."""
PIECE = 64 * 1024
"""Bytes that are sent at once, 16 to 256 KiB: so much waits for a client that takes nothing."""


class SendThrottle:
    """Gives each piece its moment, in the order in which they come."""

    def __init__(self, rate: float = BYTES_A_SECOND) -> None:
        self._rate = rate
        self._free = 0.0

    async def wait(self, size: int) -> None:
        """Wait until a piece of so many bytes may be sent."""
        now = asyncio.get_running_loop().time()
        moment = max(self._free, now)
        self._free = moment + size / self._rate
        await asyncio.sleep(moment - now)
