"""Clients that ask a daemon for pictures as fast as they can: some take them, others don't."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed


async def flood(address: str, *, reads: bool, taken: Callable[[], None] = lambda: None) -> None:
    """Ask on and on; take what comes, or nothing. `taken` is called after each picture."""
    try:
        async with connect(
            f"{address}/v1/control", compression=None, proxy=None, max_size=None, max_queue=1, ping_interval=None
        ) as client:
            try:
                for number in range(10**6):
                    if not reads and number >= 50:
                        await client.wait_closed()
                    await client.send(json.dumps({"id": number, "do": "frame"}))
                    if reads:
                        await client.recv()
                        taken()
            finally:
                # Gone without a word: a goodbye would wait behind all that was not taken.
                client.transport.abort()
    except ConnectionClosed:
        return


class FrameFlood:
    """Many of them, every other one of which takes nothing, in a thread from `begin` to `end`."""

    def __init__(self, address: str, clients: int) -> None:
        self._address = address
        self._clients = clients
        self._taken = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Have them dial."""
        begun = threading.Event()
        self._taken.clear()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._ask(begun)), name="frame flood", daemon=True)
        self._thread.start()
        assert begun.wait(10)

    def end(self) -> None:
        """Have them go, without a word, once there were pictures for them, which may be late where much else runs."""
        assert self._loop is not None
        assert self._over is not None
        assert self._thread is not None
        answered = self._taken.wait(20)
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)
        assert not self._thread.is_alive()
        assert answered

    async def _ask(self, begun: threading.Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        begun.set()
        clients = [
            asyncio.create_task(flood(self._address, reads=number % 2 == 0, taken=self._taken.set))
            for number in range(self._clients)
        ]
        await self._over.wait()
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
