"""What `doctor` repeats of a daemon that runs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from capture_daemon.cli.daemon_diagnosis import examine, status_of
from capture_daemon.cli.findings import Finding
from capture_daemon.config.models import ServerTable
from tests.server.helpers import StandInControls, room

STATUS = {
    "source": "screen:1",
    "lines": 0,
    "seconds_since_line": None,
    "statuses": [{"what": "source", "state": "capturing", "detail": None}, {"what": "log", "state": "capturing"}],
}


def test_the_hint_is_repeated() -> None:
    hint = {"what": "source", "state": "capturing", "detail": "no line in the first 60 s: there is no text"}
    good, note = examine(STATUS | {"statuses": [hint]})
    assert (good.state, good.found) == ("good", "runs, captures screen:1, lines so far: 0")
    assert note == Finding("daemon", "note", "no line in the first 60 s: there is no text")


def test_what_is_in_trouble_is_a_note() -> None:
    lost = {"what": "log", "state": "degraded", "detail": "the disk is full"}
    good, note = examine(STATUS | {"seconds_since_line": 12.4, "lines": 3, "statuses": [lost]})
    assert good.found.endswith("lines so far: 3, the last one 12 s ago")
    assert note.found == "log is degraded: the disk is full"
    assert len(list(examine(STATUS))) == 1


def test_a_daemon_is_asked_where_one_answers(tmp_path: Path) -> None:
    async def main() -> int:
        async with room(tmp_path, controls=StandInControls()) as place:
            answer = await asyncio.to_thread(status_of, ServerTable(port=place.port))
            assert answer is not None
            assert answer["paused"] is False
            return place.port

    port = asyncio.run(main())
    assert status_of(ServerTable(port=port)) is None
    assert status_of(ServerTable(port=0)) is None
