"""Running a daemon from a command: its readiness line, its signals."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from capture_daemon.common import signals

if TYPE_CHECKING:
    from collections.abc import Coroutine

Result_co = TypeVar("Result_co", covariant=True)


class Runnable(Protocol[Result_co]):
    """What runs once and can be stopped: a daemon, an extraction."""

    def run(self) -> Coroutine[object, object, Result_co]:
        """Run to the end."""
        ...

    def stop(self) -> None:
        """End soon."""
        ...


@runtime_checkable
class Reloadable(Protocol):
    """What can read its configuration again while it runs."""

    def reload(self) -> None:
        """Read it again soon."""
        ...


def run_until_stopped(make: Callable[[], Runnable[Result_co]]) -> Result_co:
    """Make it and run it on an event loop of its own; SIGINT and SIGTERM stop it, SIGHUP has it reload if it can."""

    async def run() -> Result_co:
        runnable = make()
        reload = runnable.reload if isinstance(runnable, Reloadable) else None
        with signals.stopping(runnable.stop, reload):
            return await runnable.run()

    return asyncio.run(run())


def print_ready(address: str) -> None:
    """The readiness line, on standard error whatever the log level: scripts wait for it."""
    sys.stderr.write(f"listening on {address}\n")
    sys.stderr.flush()
