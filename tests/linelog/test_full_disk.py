"""A disk that is really full: a small tmpfs, filled up under the real log and feed. Needs root, to mount it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from capture_daemon.config.models import LogTable
from capture_daemon.daemon.metrics import Metrics
from capture_daemon.daemon.web import WebPages, health
from capture_daemon.errors import LogError
from capture_daemon.linelog import parts, writer
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.parts import part_path
from capture_daemon.records import Gap, Line, Status
from capture_daemon.server.feed import Cursor, Feed
from tests.footage import cut_sample
from tests.program import SAMPLE_REGIONS, Listener, Running, call
from tests.server.helpers import WAIT, Room, line, receive_lines, room, until

SIZE = 64 * 1024


@pytest.fixture
def disk() -> Iterator[Path]:
    """A file system of 64 KiB."""
    with small_file_system(f"size={SIZE}") as folder:
        yield folder


@contextmanager
def small_file_system(options: str) -> Iterator[Path]:
    """Not in pytest's own folder, which couldn't be removed if this one were left behind."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    folder = Path(tempfile.mkdtemp(prefix="full-disk-"))
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False
        )
        if mounted.returncode != 0:
            pytest.skip("no file system may be mounted here")
        try:
            yield folder
        finally:
            # Lazily: a test that has failed may have left a file open in it.
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        folder.rmdir()


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"#" * 1024)
        except OSError:
            return ballast


def whole_lines(path: Path) -> bool:
    data = path.read_bytes()
    return not data or data.endswith(b"\n")


def test_half_a_line_is_taken_back(disk: Path) -> None:
    log = LineLog.open(disk / "dialogue.jsonl")
    refused = None
    for number in range(1000):
        try:
            log.append(line(f"line {number} " + "x" * 700))
        except LogError as error:
            refused = str(error)
            break
    assert refused is not None
    assert "no space left on device" in refused.lower()
    assert whole_lines(log.path)
    assert log.path.read_bytes().count(b"\n") == log.latest
    assert log.size == log.path.stat().st_size
    log.close()
    again = LineLog.open(disk / "dialogue.jsonl")
    assert again.latest == log.latest
    again.close()
    assert not (disk / "dialogue.jsonl.broken").exists()


def test_lines_come_out_in_order_when_there_is_room_again(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FIRST_DELAY", 0.05)
    monkeypatch.setattr(writer, "LONGEST_DELAY", 0.2)
    places: list[Room] = []
    pages = WebPages(Metrics("0.1.0"), lambda: health(places[0].feed.statuses, version="0.1.0", silence=None))

    def log_status() -> tuple[str, str]:
        statuses = places[0].feed.statuses
        return next(((told.state, told.detail or "") for told in statuses if told.what == "log"), ("-", ""))

    async def main() -> None:
        async with room(disk, pages=pages) as place, place.client("/v1/lines?after=0") as client:
            places.append(place)
            first = await place.say(*(f"before {number}" for number in range(5)))
            assert (await place.get("/healthz")).status == 200
            ballast = fill(disk)
            pending_lines = [await place.feed.write(line(f"line {number} " + "x" * 600)) for number in range(20)]
            await until(lambda: log_status()[0] == "degraded" and "lines wait" in log_status()[1])
            assert "no space left on device" in log_status()[1].lower()
            assert (await place.get("/healthz")).status == 503
            assert place.log.latest < 25
            assert whole_lines(place.log.path)
            got = await receive_lines(client, place.feed.latest)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(receive_lines(client, 1), 0.5)
            ballast.unlink()
            said = [await pending for pending in pending_lines]
            assert [record.seq for record in first + said] == list(range(1, 26))
            got += await receive_lines(client, 25 - len(got))
            assert got == first + said == list(place.log.read(0))
            await until(lambda: log_status()[0] == "capturing")
            assert (await place.get("/healthz")).status == 200

    asyncio.run(main())


def test_a_full_disk_at_rotation_loses_nothing(disk: Path) -> None:
    settings = LogTable(rotate_size=0.008)
    log = LineLog.open(disk / "dialogue.jsonl", settings)
    written = 0
    for number in range(1000):
        try:
            log.append(line(f"line {number} " + "x" * 700))
        except LogError:
            break
        written += 1
    assert written > 20
    assert [record.seq for record in log.read(0) if isinstance(record, Line)] == list(range(1, written + 1))
    log.close()
    oldest = disk / "dialogue.1.jsonl"
    oldest.unlink()
    log = LineLog.open(disk / "dialogue.jsonl", settings)
    assert log.append(line("there is room")).seq == written + 1
    log.close()


def no_more_files(folder: Path) -> list[Path]:
    """Take all the inodes that there are."""
    made: list[Path] = []
    try:
        while True:
            made.append(folder / f"ballast-{len(made)}")
            made[-1].touch()
    except OSError:
        return made[:-1]


def test_rotation_without_free_inodes_is_taken_back_and_the_log_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    with small_file_system(f"size={SIZE * 4},nr_inodes=20") as folder:
        path = folder / "dialogue.jsonl"
        log = LineLog.open(path, LogTable(rotate_size=0.003))
        ballast = no_more_files(folder)
        for number in range(30):
            assert log.append(line(f"line {number}")).seq == number + 1
        assert not part_path(path, 1).exists()
        assert len(path.read_bytes().splitlines()) == 30
        assert [record.seq for record in log.read(0) if isinstance(record, Line)] == list(range(1, 31))
        for file in ballast:
            file.unlink()
        monkeypatch.setattr(parts, "ROTATION_RETRY", 0.0)
        log._rotation.failed()
        log.append(line("there is room"))
        assert part_path(path, 1).exists()
        assert [record.seq for record in log.read(0) if isinstance(record, Line)] == list(range(1, 32))
        log.close()
        again = LineLog.open(path)
        assert (again.stream, again.oldest, again.latest) == (log.stream, 1, 31)
        again.close()


@pytest.mark.parametrize("inodes", [True, False], ids=["no inodes", "no room"])
@pytest.mark.parametrize("there", [True, False], ids=["an old log", "no log"])
@pytest.mark.parametrize("torn", [True, False])
def test_a_disk_that_is_full_at_the_start_is_waited_for(inodes: bool, there: bool, torn: bool) -> None:
    """Lines wait, the status says so also before the first; what was there goes on under its stream."""

    async def main(folder: Path) -> None:
        path = folder / "data" / "dialogue.jsonl"
        said: list[Line] = []
        if there:
            log = LineLog.open(path)
            said = [log.append(line("one")), log.append(line("two"))]
            log.close()
            if torn:
                with path.open("ab") as file:
                    file.write(b'{"type": "line", "v')
        else:
            path.parent.mkdir()
        filled = no_more_files(folder) if inodes else [fill(folder)]
        with pytest.raises(LogError):
            LineLog.open(path)
        log = LineLog.open(path, waits_for_room=True)
        assert log.trouble is not None
        feed = Feed(log)
        feed.begin()
        assert [(told.state, "0 lines wait" in (told.detail or "")) for told in feed.statuses] == [("degraded", True)]
        assert (feed.stream == said[0].stream if said else True, feed.latest) == (True, len(said))
        waiting = await feed.write(line("three"))
        assert feed.waiting == 1
        with feed.subscribe(Cursor(0, feed.stream)) as subscription:
            for taken in filled:
                taken.unlink()
            three = await asyncio.wait_for(waiting, WAIT)
            assert three.seq == len(said) + 1
            records: list[object] = []
            while three not in records:
                message = await asyncio.wait_for(subscription.next(), WAIT)
                assert message is not None
                records.append(message.record)
        assert [record for record in records if isinstance(record, Line)] == [*said, three]
        assert not [record for record in records if isinstance(record, Gap)]
        await until(lambda: [told.state for told in feed.statuses] == ["capturing"])
        await feed.close()
        log.close()
        assert whole_lines(path)
        again = LineLog.open(path)
        assert (again.stream, again.latest) == (three.stream, three.seq)
        again.close()

    with small_file_system(f"size={SIZE},nr_inodes=20") as folder:
        asyncio.run(main(folder))


def test_a_log_that_turns_out_another_when_there_is_room_begins_a_stream() -> None:
    """It was put back as it was before, while the disk was full; clients hear a gap, and no number twice."""

    async def main(folder: Path) -> None:
        path = folder / "dialogue.jsonl"
        log = LineLog.open(path)
        said = [log.append(line(f"line {number}")) for number in range(3)]
        log.close()
        ballast = fill(folder)
        log = LineLog.open(path, waits_for_room=True)
        feed = Feed(log)
        feed.begin()
        assert (feed.stream, feed.latest) == (said[0].stream, 3)
        with feed.subscribe(Cursor(3, feed.stream)) as subscription:
            path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
            ballast.unlink()
            next_one = await (await feed.write(line("next")))
            assert (next_one.stream == said[0].stream, next_one.seq) == (False, 1)
            records: list[object] = []
            while next_one not in records:
                message = await asyncio.wait_for(subscription.next(), WAIT)
                assert message is not None
                records.append(message.record)
        assert Gap(first=4, last=4, reason="stream") in records
        await feed.close()
        log.close()

    with small_file_system(f"size={SIZE}") as folder:
        asyncio.run(main(folder))


def test_room_is_waited_for_without_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(folder: Path) -> None:
        (folder / "data").mkdir()
        ballast = fill(folder)
        log = LineLog.open(folder / "data" / "dialogue.jsonl", waits_for_room=True)
        feed = Feed(log)
        feed.begin()
        await asyncio.sleep(0)
        assert [told.state for told in feed.statuses] == ["degraded"]
        ballast.unlink()
        await until(lambda: [told.state for told in feed.statuses] == ["capturing"])
        assert log.trouble is None
        await feed.close()
        log.close()

    with small_file_system(f"size={SIZE}") as folder:
        asyncio.run(main(folder))


@pytest.mark.timeout(180)
def test_the_daemon_starts_on_a_full_disk_and_waits(tmp_path: Path) -> None:
    """The real one, which also ends in time, and with exit code 5 where the lines could never be written."""
    with small_file_system(f"size={SIZE}") as folder:
        clip = cut_sample(tmp_path / "clip.mp4", 6)
        fill(folder)
        arguments = ["--source", str(clip), *SAMPLE_REGIONS, "--log", str(folder / "dialogue.jsonl"), "--port", "0"]
        with Running(tmp_path, "run", *arguments, "--realtime") as daemon:
            with Listener(daemon.wait_until_ready()) as listener:
                listener.wait_until(Status, what="log", state="degraded")
                (folder / "ballast").unlink()
                listener.wait_until(Status, what="log", state="capturing")
                listener.wait_until(Line)
            code, _ = daemon.stop()
            assert code == 0
            assert "Traceback" not in daemon.errors
        (folder / "dialogue.jsonl").unlink()
        fill(folder)
        outcome = call(tmp_path, "run", *arguments)
        assert outcome.code == 5
        assert "lines could not be written" in outcome.errors
        assert "Traceback" not in outcome.errors
