"""From a source's thread to the event loop: a mailbox in which the newest wins, a backlog in which nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")

LOOK_ROUND = 1.0
"""Seconds after which a thread that waits for its reader shows that it is still there."""


class Handover(Generic[Item]):
    """What both ways of handing over share. One thread puts and ends; one task of the event loop waits and takes."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._items: deque[Item] = deque()
        self._changed = threading.Condition()
        self._ready = asyncio.Event()
        self._waking = False
        self._ended = False
        self._error: BaseException | None = None

    def end(self, error: BaseException | None = None) -> None:
        """Nothing more will be put; what lies here is still handed out, then `error` is raised. From any thread."""
        with self._changed:
            if not self._ended:
                self._ended, self._error = True, error
            self._changed.notify_all()
            self._wake()

    def discard(self) -> None:
        """Nobody will take any more: drop what lies here and end. From any thread."""
        with self._changed:
            self._items.clear()
        self.end()

    def clear(self) -> None:
        """Drop what lies here, and go on. From any thread."""
        with self._changed:
            self._items.clear()
            self._changed.notify_all()

    async def first(self) -> Item | None:
        """Wait for the next item and leave it where it is; None at the end. Raises the error it was ended with."""
        while True:
            with self._changed:
                if self._items:
                    return self._items[0]
                if self._ended:
                    if self._error is not None:
                        raise self._error
                    return None
                self._ready.clear()
            await self._ready.wait()

    async def take(self) -> Item | None:
        """Wait for the next item and take it; None at the end. Raises the error it was ended with."""
        while await self.first() is not None:
            with self._changed:
                if self._items:
                    self._changed.notify_all()
                    return self._items.popleft()
        return None

    def _wake(self) -> None:
        # One call under way is enough, however many items come: a busy event loop isn't buried in calls.
        if not self._waking:
            self._waking = True
            # A closed loop raises RuntimeError: its thread was left behind, and there is nobody to wake.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._woken)

    def _woken(self) -> None:
        with self._changed:
            self._waking = False
            self._ready.set()


class Mailbox(Handover[Item]):
    """One slot, in which the newest item wins."""

    def put(self, item: Item) -> None:
        """Leave an item, in place of one that wasn't taken yet. Never waits."""
        with self._changed:
            if not self._ended:
                self._items.clear()
                self._items.append(item)
                self._wake()


class Backlog(Handover[Item]):
    """A queue of `capacity` items whose writer waits for its reader: nothing is dropped."""

    def __init__(self, loop: asyncio.AbstractEventLoop, capacity: int) -> None:
        super().__init__(loop)
        self._capacity = capacity

    def put(self, item: Item, waiting: Callable[[], None] = lambda: None) -> bool:
        """Add an item, waiting for room; False if the backlog has ended and nobody will read it.

        `waiting` is called before it waits, and each second while it does.
        """
        with self._changed:
            while not (self._ended or len(self._items) < self._capacity):
                waiting()
                self._changed.wait(LOOK_ROUND)
            if self._ended:
                return False
            self._items.append(item)
            self._wake()
            return True
