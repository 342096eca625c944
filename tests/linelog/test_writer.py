from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from capture_daemon.config.models import LogTable
from capture_daemon.errors import LogError
from capture_daemon.linelog import fs, writer
from capture_daemon.linelog.log import LineLog
from capture_daemon.records import Line
from capture_daemon.server.feed import Cursor, Feed
from tests.server.helpers import line, until


class Disk:
    """A disk that fails, hangs or works, under a real log."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self.hung = threading.Event()
        self.hung.set()
        self.attempts = 0
        append = LineLog.append

        def fallible(log: LineLog, said: Line) -> Line:
            self.attempts += 1
            self.hung.wait()
            if self.full:
                raise LogError(f"{log.path}: can't be written: no space left on device")
            return append(log, said)

        monkeypatch.setattr(LineLog, "append", fallible)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(writer, "FIRST_DELAY", 0.02)
    monkeypatch.setattr(writer, "LONGEST_DELAY", 0.1)
    return Disk(monkeypatch)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Feed]:
    log = LineLog.open(folder / "dialogue.jsonl")
    feed = Feed(log)
    try:
        yield feed
    finally:
        await feed.close()
        log.close()


def told(feed: Feed) -> Callable[[], tuple[str, str | None]]:
    def log_status() -> tuple[str, str | None]:
        return next(((status.state, status.detail) for status in feed.statuses if status.what == "log"), ("-", None))

    return log_status


def test_lines_wait_unpublished_and_come_out_in_order(tmp_path: Path, disk: Disk) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            status = told(feed)
            await feed.publish(line("one"))
            subscription = feed.subscribe(Cursor(1))
            disk.full = True
            pending_lines = [await feed.write(line(text)) for text in ("two", "three", "four")]
            await until(lambda: status()[0] == "degraded")
            assert "no space left on device; 3 lines wait, 0 were dropped" in (status()[1] or "")
            assert (feed.latest, feed.waiting) == (1, 3)
            assert (await subscription.next()).record.type == "status"  # type: ignore[union-attr]
            disk.full = False
            assert [(await pending).seq for pending in pending_lines] == [2, 3, 4]
            await until(lambda: status()[0] == "capturing")
            texts: list[str] = []
            while len(texts) < 3:
                message = await subscription.next()
                assert message is not None
                if isinstance(message.record, Line):
                    texts.append(message.record.text)
            assert texts == ["two", "three", "four"]
            assert feed.waiting == 0

    asyncio.run(main())


def test_beyond_the_limit_the_oldest_is_dropped_and_counted(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAITING_LIMIT", 5)

    async def main() -> None:
        async with opened(tmp_path) as feed:
            status = told(feed)
            disk.full = True
            pending_lines = [await feed.write(line(f"line {number}")) for number in range(8)]
            await until(lambda: "5 lines wait, 3 were dropped" in (status()[1] or ""))
            assert (status()[0], feed.waiting, feed.dropped) == ("lost", 5, 3)
            with pytest.raises(LogError, match="dropped"):
                await pending_lines[0]
            disk.full = False
            assert [(await pending).to_dict()["text"] for pending in pending_lines[3:]] == [
                f"line {n}" for n in range(3, 8)
            ]
            assert [pending.written.seq for pending in pending_lines[3:] if pending.written] == [
                1,
                2,
                3,
                4,
                5,
            ]
            await until(lambda: status()[0] == "capturing")
            assert status()[1] == "3 lines were dropped while the log could not be written"

    asyncio.run(main())


def test_a_correction_names_the_number_that_the_line_got_in_the_end(tmp_path: Path, disk: Disk) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            disk.full = True
            wrong = await feed.write(line("Hi the"))
            right = await feed.write(line("Hi there!"), wrong)
            righter = await feed.write(line("Hi there, you!"), right)
            disk.full = False
            assert (await righter).to_dict()["replaces"] == (await right).seq == 2
            assert (await right).to_dict()["replaces"] == (await wrong).seq == 1
            assert "replaces" not in (await wrong).to_dict()

    asyncio.run(main())


def test_a_correction_of_a_dropped_line_replaces_nothing(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAITING_LIMIT", 1)

    async def main() -> None:
        async with opened(tmp_path) as feed:
            disk.full = True
            wrong = await feed.write(line("Hi the"))
            right = await feed.write(line("Hi there!"), wrong)
            await until(lambda: feed.dropped == 1)
            disk.full = False
            assert (await right).to_dict().keys().isdisjoint({"replaces"})

    asyncio.run(main())


def test_a_disk_that_hangs_holds_up_nobody_for_long(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "HANG_LIMIT", 0.1)

    async def main() -> None:
        async with opened(tmp_path) as feed:
            status = told(feed)
            disk.hung.clear()
            one = await asyncio.wait_for(feed.write(line("one")), 10)
            assert one.written is None
            assert status()[0] == "degraded"
            assert "doesn't respond" in (status()[1] or "")
            two = await asyncio.wait_for(feed.write(line("two")), 10)
            disk.hung.set()
            assert [(await one).seq, (await two).seq] == [1, 2]
            await until(lambda: status()[0] == "capturing")

    asyncio.run(main())


def test_attempts_become_rarer(tmp_path: Path, disk: Disk) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            disk.full = True
            feed.publish(line("one"))
            await asyncio.sleep(1)
            assert 3 <= disk.attempts <= 25, "half of LONGEST_DELAY at least lies between two of the later ones"
            disk.full = False

    asyncio.run(main())


def test_what_still_waits_at_the_end_is_tried_once_more(tmp_path: Path, disk: Disk) -> None:
    async def main() -> None:
        for full, lost in ((False, 0), (True, 2)):
            log = LineLog.open(tmp_path / f"{full}.jsonl")
            feed = Feed(log)
            disk.full = True
            pending_lines = [await feed.write(line(text)) for text in ("one", "two")]
            disk.full = full
            assert await feed.close() == lost
            log.close()
            assert [pending.written is None for pending in pending_lines] == [full, full]

    asyncio.run(main())


def test_a_disk_that_hangs_at_the_end_is_left_behind(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "CLOSE_LIMIT", 0.2)

    async def main() -> None:
        log = LineLog.open(tmp_path / "dialogue.jsonl")
        feed = Feed(log)
        disk.hung.clear()
        pending = feed.publish(line("one"))
        assert await asyncio.wait_for(feed.close(), 10) == 1
        with pytest.raises(LogError, match="ended before"):
            await pending
        disk.full = True
        disk.hung.set()
        await until(lambda: "log" not in {thread.name for thread in threading.enumerate()})
        log.close()

    asyncio.run(main())


def test_what_is_unforeseen_reaches_whoever_publishes(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path) as feed:
            pending = await feed.write(line("one", confidence=float("nan")))
            with pytest.raises(LogError) as caught:
                await pending
            assert isinstance(caught.value.__cause__, ValueError)
            with pytest.raises(ValueError, match="JSON"):
                await feed.write(line("two"))

    asyncio.run(main())


def test_a_sync_that_fails_is_a_status_until_one_succeeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        log = LineLog.open(tmp_path / "dialogue.jsonl", LogTable(fsync=0.01))
        feed = Feed(log)
        status = told(feed)
        with monkeypatch.context() as patched:
            patched.setattr(fs, "sync", failing)
            await feed.publish(line("one"))
            await until(lambda: status()[0] == "degraded")
            assert "a power cut could lose them" in (status()[1] or "")
        await until(lambda: status()[0] == "capturing")
        await feed.close()
        log.close()

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    asyncio.run(main())
