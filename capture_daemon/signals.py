"""SIGINT and SIGTERM: the first asks for an orderly end, a second one later forces it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
FORCED = 130
"""The exit code of a program that was told twice."""
SAME_SIGNAL = 0.5
"""Seconds within which a second signal is the same wish: Ctrl-C in a terminal may come by way of `make`, too."""


def end_at_once(code: int) -> None:
    """Until `stopping` takes over, end the program with `code` at a signal: nothing is open yet."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(code)

    for number in SIGNALS:
        signal.signal(number, leave)


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """Within it, the first signal calls `stop` on the running event loop, and a second one ends the process."""
    loop = asyncio.get_running_loop()
    first: list[float] = []

    def told() -> None:
        if not first:
            first.append(time.monotonic())
            stop()
        elif time.monotonic() - first[0] > SAME_SIGNAL:
            os._exit(FORCED)

    def tell(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(told)

    before = {number: signal.getsignal(number) for number in SIGNALS}
    if sys.platform == "win32":
        # Event loops can't watch signals there.
        for number in SIGNALS:
            signal.signal(number, tell)
    else:
        for number in SIGNALS:
            loop.add_signal_handler(number, told)
    try:
        yield
    finally:
        if sys.platform != "win32":
            for number in SIGNALS:
                loop.remove_signal_handler(number)
        for number, handler in before.items():
            signal.signal(number, handler)
