"""Rows that wait to be read: in order, or live so that the newest wins."""

from __future__ import annotations

import asyncio

from capture_daemon.reading.events import RowRequest

CAPACITY = 64
"""Rows that wait at most where the newest wins; one more and the oldest is given up."""


class RowQueue:
    """What reading asks for, until somebody reads it. Used from one event loop.

    With `newest_wins` a newer request for the same place takes the older one's turn, whole rows come before what is
    still being typed, and where more than `CAPACITY` rows wait the oldest is given up. Without it every request is
    kept, in order; whoever puts them in has to wait where they become many.
    """

    def __init__(self, *, newest_wins: bool) -> None:
        self._newest_wins = newest_wins
        self._waiting: list[RowRequest] = []
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, request: RowRequest) -> list[RowRequest]:
        """Add a request; returns those that are given up for it, which nobody will read."""
        given_up: list[RowRequest] = []
        if self._newest_wins:
            given_up = self._make_way(request)
        else:
            self._waiting.append(request)
        self._filled.set()
        return given_up

    async def take(self, most: int) -> list[RowRequest]:
        """Wait until there is a request, and take up to `most`."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        if self._newest_wins:
            self._waiting.sort(key=_is_partial)
        taken, self._waiting = self._waiting[:most], self._waiting[most:]
        return taken

    def _make_way(self, request: RowRequest) -> list[RowRequest]:
        for position, older in enumerate(self._waiting):
            if older.place == request.place:
                self._waiting[position] = request
                return [older]
        self._waiting.append(request)
        return [self._waiting.pop(0)] if len(self._waiting) > CAPACITY else []


def _is_partial(request: RowRequest) -> bool:
    return request.place[0] == "partial"
