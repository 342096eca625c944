"""The daemon in this process, with its real worker, on a short piece of the sample clip."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from capture_daemon.config import models
from capture_daemon.config.models import Configuration
from capture_daemon.daemon.daemon import Daemon, single_error
from capture_daemon.errors import AddressError, LogError, LogHeldError, RegionError, SourceError
from capture_daemon.records import Entry, Hello, Line, Record, Status, parse_record
from tests.dataset.logs import choice, record
from tests.footage import cut_sample
from tests.server.helpers import set_mark

WAIT = 60.0
SPOKEN = ["Are we there yet?", "Are we there yet?"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cut_sample(tmp_path_factory.mktemp("clip") / "clip.mp4", 9)


def configuration(folder: Path, clip: Path, **changes: Any) -> Configuration:
    overrides = {
        "source.name": str(clip),
        "regions.dialogue": "140,546,1000,144",
        "regions.speaker": "150,492,180,44",
        "log.path": str(folder / "lines.jsonl"),
        "server.port": 0,
    }
    return models.load(None, None, overrides | {key.replace("__", "."): value for key, value in changes.items()})


async def hear_all(address: str) -> tuple[list[Record], int]:
    """Everything a client is told from the beginning to the end, and the close code."""
    records = []
    async with connect(f"{address}/v1/lines?after=0", compression=None, proxy=None) as connection:
        try:
            while True:
                records.append(parse_record(await connection.recv()))
        except ConnectionClosed as closed:
            return records, closed.rcvd.code if closed.rcvd is not None else 1006


def test_a_recording_is_logged_served_and_ends(tmp_path: Path, clip: Path) -> None:
    async def main() -> None:
        clients: list[asyncio.Task[tuple[list[Record], int]]] = []
        shown: list[Entry] = []
        daemon = Daemon(
            configuration(tmp_path, clip),
            on_ready=lambda address: clients.append(asyncio.create_task(hear_all(address))),
            on_line=shown.append,
        )
        stats = await asyncio.wait_for(daemon.run(), WAIT)
        records, code = await asyncio.wait_for(clients[0], WAIT)
        assert code == 1001
        assert isinstance(records[0], Hello)
        lines = [record for record in records if isinstance(record, Line)]
        assert lines == shown
        assert [line.text for line in lines][-2:] == SPOKEN
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        assert {line.source for line in lines} == {str(clip)}
        logged = (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()
        assert [parse_record(text) for text in logged] == lines
        statuses = {(record.what, record.state) for record in records if isinstance(record, Status)}
        assert ("source", "capturing") in statuses
        assert (stats.lines, stats.corrected) == (len(lines), 0)
        assert 0 < stats.passes <= 25
        assert stats.shown == pytest.approx(9, abs=0.2)

    tasks_before = threading.active_count()
    asyncio.run(main())
    assert threading.active_count() <= tasks_before + 1


def test_the_numbers_go_on_at_the_next_start(tmp_path: Path, clip: Path) -> None:
    (tmp_path / "lines.jsonl").write_text(
        json.dumps(
            {"type": "line", "v": 1, "stream": "9f1c62d07a3e", "seq": 41, "session": "", "time": "", "started": ""}
            | {"media_time": None, "media_started": None, "speaker": None, "text": "Hi", "rows": ["Hi"]}
            | {"language": "en", "confidence": 1.0, "source": "screen:1", "region": "dialogue", "box": [1, 2, 3, 4]}
        )
        + "\n",
        encoding="utf-8",
    )
    set_mark(tmp_path / "lines.jsonl", "9f1c62d07a3e", 41)
    shown: list[Entry] = []
    asyncio.run(Daemon(configuration(tmp_path, clip), on_line=shown.append).run())
    assert [line.seq for line in shown] == list(range(42, 42 + len(shown)))
    assert {line.stream for line in shown} == {"9f1c62d07a3e"}


def test_stopping_before_anything_runs_is_a_clean_end(tmp_path: Path, clip: Path) -> None:
    async def main() -> None:
        daemon = Daemon(configuration(tmp_path, clip), realtime=True, load_first=True)
        running = asyncio.create_task(daemon.run())
        await asyncio.sleep(0.2)
        daemon.stop()
        daemon.stop()
        assert (await asyncio.wait_for(running, 5)).lines == 0

    asyncio.run(main())
    assert not (tmp_path / "lines.jsonl").exists()


def test_stopping_in_the_middle_of_a_line_logs_it(tmp_path: Path, clip: Path) -> None:
    async def main() -> list[Line]:
        shown: list[Entry] = []
        ready = asyncio.Event()
        daemon = Daemon(
            configuration(tmp_path, clip),
            realtime=True,
            load_first=True,
            on_ready=lambda address: ready.set(),
            on_line=shown.append,
        )
        running = asyncio.create_task(daemon.run())
        await asyncio.wait_for(ready.wait(), WAIT)
        await asyncio.sleep(2.5)
        daemon.stop()
        await asyncio.wait_for(running, 3)
        return [one for one in shown if isinstance(one, Line)]

    shown = asyncio.run(main())
    assert "Eleven letters delivered".startswith(shown[-1].text[:15])


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"regions__dialogue": "1200,600,400,100"}, RegionError),
        ({"source__name": "nothere.mp4"}, SourceError),
        ({"log__path": "/dev/null/lines.jsonl"}, LogError),
        ({"server__host": "192.0.2.1"}, AddressError),
    ],
)
def test_what_cannot_be_opened_is_told_as_one_error(
    tmp_path: Path, clip: Path, changes: dict[str, str], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        asyncio.run(Daemon(configuration(tmp_path, clip, **changes)).run())


@pytest.mark.skipif(os.name != "posix", reason="an open file can't be taken away there")
def test_lines_that_could_never_be_written_are_told_at_the_end(tmp_path: Path, clip: Path) -> None:
    folder = tmp_path / "logs"

    def take_away(address: str) -> None:
        (folder / "lines.jsonl").unlink()
        (folder / "lines.jsonl").mkdir()

    with pytest.raises(LogError, match=r"lines\.jsonl: \d+ lines could not be written"):
        asyncio.run(Daemon(configuration(folder, clip), on_ready=take_away).run())


def test_delays_are_those_of_lines_and_not_of_menus(tmp_path: Path, clip: Path) -> None:
    daemon = Daemon(configuration(tmp_path, clip), realtime=True)
    for entry in (record("Sylvie: Hi.", 1), choice(("Go.", "Stay."), 1, 2)):
        daemon._published(entry, time.monotonic())
    assert (daemon._delays.summary() or {})["lines"] == 1


def test_of_several_errors_the_foreseen_one_is_told() -> None:
    inner = ExceptionGroup("inner", [ValueError("a"), LogHeldError("held")])
    group = ExceptionGroup("outer", [OSError("b"), inner])
    assert isinstance(single_error(group), LogHeldError)
    assert isinstance(single_error(ExceptionGroup("outer", [ValueError("a")])), ValueError)
