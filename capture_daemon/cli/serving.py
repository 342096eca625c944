"""Running a daemon from a command: its readiness line, its signals."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from capture_daemon import signals

if TYPE_CHECKING:
    from collections.abc import Coroutine

Result_co = TypeVar("Result_co", covariant=True)


class Runnable(Protocol[Result_co]):
    """What runs once and can be stopped: a daemon, an extraction."""

    def run(self) -> Coroutine[object, object, Result_co]:
        """Work to the end."""
        ...

    def stop(self) -> None:
        """Come to an end soon."""
        ...


def run_until_stopped(make: Callable[[], Runnable[Result_co]]) -> Result_co:
    """Make it and run it on an event loop of its own; SIGINT and SIGTERM stop it."""

    async def run() -> Result_co:
        runnable = make()
        with signals.stopping(runnable.stop):
            return await runnable.run()

    return asyncio.run(run())


def tell_ready(address: str) -> None:
    """The readiness line, on standard error whatever the log level: scripts wait for it."""
    sys.stderr.write(f"listening on {address}\n")
    sys.stderr.flush()
