"""SIGINT and SIGTERM: the first asks for an orderly end, a second one later forces it. SIGHUP: a reload."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

SIGNALS = (signal.SIGINT, signal.SIGTERM)
FORCED = 130
"""The exit code of a program that was stop_signal twice."""
SAME_SIGNAL = 0.5
"""Seconds within which a second signal is the same wish: Ctrl-C in a terminal may come by way of `make` as well."""


def end_at_once(code: int) -> None:
    """Until `stopping` takes over, end the program with `code` at a signal: nothing is open yet."""

    def leave(number: int, frame: FrameType | None) -> None:
        sys.exit(code)

    for number in SIGNALS:
        signal.signal(number, leave)


@contextmanager
def stopping(stop: Callable[[], None], reload: Callable[[], None] | None = None) -> Iterator[None]:
    """Within it, the first signal calls `stop` on the running event loop, and a second one ends the process.

    SIGHUP calls `reload`, if there is one; in a terminal it says that the terminal is gone, and stops as well.
    """
    from asyncio import get_running_loop  # noqa: PLC0415 - slow to import, and every command imports this module

    loop = get_running_loop()
    stop_signal = _StopSignal(stop)
    handlers: dict[signal.Signals, Callable[[], None]] = dict.fromkeys(SIGNALS, stop_signal)
    if sys.platform != "win32" and reload is not None:
        handlers[signal.SIGHUP] = stop_signal if _in_a_terminal() else reload
    before = {number: signal.getsignal(number) for number in handlers}
    for number, handler in handlers.items():
        _handle(loop, number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            if sys.platform != "win32":
                loop.remove_signal_handler(number)
            signal.signal(number, earlier)


@contextmanager
def stopping_without_a_loop(stop: Callable[[], None]) -> Iterator[None]:
    """Within it, where no event loop runs, the first signal calls `stop`, and a second one ends the process."""
    stop_signal = _StopSignal(stop)
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in before:
        signal.signal(number, lambda _number, _frame: stop_signal())
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


class _StopSignal:
    """What is called at each signal."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._first: float | None = None

    def __call__(self) -> None:
        if self._first is None:
            self._first = time.monotonic()
            self._stop()
        elif time.monotonic() - self._first > SAME_SIGNAL:
            os._exit(FORCED)


def _in_a_terminal() -> bool:
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _handle(loop: asyncio.AbstractEventLoop, number: signal.Signals, handler: Callable[[], None]) -> None:
    if sys.platform == "win32":
        # Event loops can't watch signals there.
        signal.signal(number, lambda _number, _frame: _call(loop, handler))
    else:
        loop.add_signal_handler(number, handler)


def _call(loop: asyncio.AbstractEventLoop, handler: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(handler)
