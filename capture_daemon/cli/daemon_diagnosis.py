"""What a daemon that runs with this configuration says of itself, above all why no line comes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from capture_daemon.cli import remote
from capture_daemon.cli.findings import Finding
from capture_daemon.common.visible import visible
from capture_daemon.config.models import ServerTable
from capture_daemon.errors import CaptureDaemonError
from capture_daemon.server.connect import configured_connection

LIMIT = 5.0
"""Seconds for the daemon to answer, 2 to 10: it does within milliseconds, and somebody waits."""
_WORKS = ("capturing", "paused")


def status_of(server: ServerTable) -> dict[str, Any] | None:
    """The answer of the daemon at the configured address to `status`; None if none answers."""
    if server.port == 0:
        return None
    try:
        connection = configured_connection(server)
        [answer] = asyncio.run(_asked(connection))
    except (CaptureDaemonError, TimeoutError, ValueError):
        # What is wrong with the port, the token or the certificate is reported where these are looked at.
        return None
    return answer


async def _asked(connection: Any) -> list[dict[str, Any]]:
    async with asyncio.timeout(LIMIT):
        return await remote.ask(connection, {"do": "status"})


def examine(answer: Mapping[str, Any]) -> Iterator[Finding]:
    """What the daemon's answer says."""
    lines = answer.get("lines", 0)
    silence = answer.get("seconds_since_line")
    last = f", the last one {silence:.0f} s ago" if isinstance(silence, int | float) else ""
    yield Finding("daemon", "good", visible(f"runs, captures {answer.get('source')}, lines so far: {lines}{last}"))
    for status in answer.get("statuses", ()):
        state, detail = status.get("state"), status.get("detail")
        if state in _WORKS and not (detail and status.get("what") == "source"):
            continue
        # A source that is captured has something to say only where no line comes.
        found = detail if state in _WORKS else f"{status.get('what')} is {state}: {detail or 'it gives no reason'}"
        yield Finding("daemon", "note", visible(str(found)))
