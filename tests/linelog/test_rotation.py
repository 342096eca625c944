from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from capture_daemon.config.models import LogTable
from capture_daemon.linelog import fs, parts
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.parts import part_path
from capture_daemon.records import Entry, Gap, Line, timestamp
from capture_daemon.server.feed import Cursor, Feed
from tests.server.helpers import line

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be renamed there")

SMALL = LogTable(rotate_size=0.003)
"""Three thousand bytes: six lines or so."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dialogue.jsonl"


def fill(path: Path, count: int, settings: LogTable = SMALL) -> LineLog:
    log = LineLog.open(path, settings)
    for number in range(count):
        log.append(line(f"line {number}"))
    return log


def numbers(log: LineLog, after: int = 0) -> list[int | Gap]:
    return [record.seq if isinstance(record, Entry) else record for record in log.read(after)]


def names_of_parts(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir() if file.suffix not in (".lock", ".mark"))


def test_parts_are_read_as_one(path: Path) -> None:
    log = fill(path, 40)
    assert len(names_of_parts(path)) > 5
    assert all(file.stat().st_size <= 3000 for file in path.parent.iterdir())
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in path.parent.iterdir())
    for _ in range(2):
        for after in range(41):
            assert numbers(log, after) == list(range(after + 1, 41))
        assert (log.oldest, log.latest, log.size) == (1, 40, path.stat().st_size)
        log.close()
        log = LineLog.open(path)
    assert log.append(line("one more")).seq == 41
    log.close()
    texts = (
        b"".join(part_path(path, number).read_bytes() for number in range(1, len(names_of_parts(path))))
        + path.read_bytes()
    )
    assert texts.count(b"\n") == 41


def test_parts_keep_their_names(path: Path) -> None:
    log = fill(path, 20)
    first = part_path(path, 1).read_bytes()
    for _ in range(20):
        log.append(line("more"))
    log.close()
    assert part_path(path, 1).read_bytes() == first


def test_only_so_many_are_kept_and_the_rest_is_a_gap(path: Path) -> None:
    log = fill(path, 40, LogTable(rotate_size=0.003, keep=2))
    assert len(names_of_parts(path)) == 3
    for _ in range(2):
        assert log.oldest > 20
        gap = Gap(first=1, last=log.oldest - 1, reason="rotated")
        assert numbers(log) == [gap, *range(log.oldest, 41)]
        assert numbers(log, log.oldest) == list(range(log.oldest + 1, 41))
        log.close()
        log = LineLog.open(path, LogTable(rotate_size=0.003, keep=2))
    log.close()


def test_a_part_in_which_nothing_can_be_read_is_a_gap(path: Path) -> None:
    fill(path, 20).close()
    damaged = part_path(path, 2)
    count = damaged.read_bytes().count(b"\n")
    first = part_path(path, 1).read_bytes().count(b"\n") + 1
    damaged.write_bytes(b"#" * damaged.stat().st_size + b"\n")
    log = LineLog.open(path, SMALL)
    gap = Gap(first=first, last=first + count - 1, reason="damaged")
    assert numbers(log) == [*range(1, first), gap, *range(first + count, 21)]
    log.close()


def test_the_first_part_of_all_may_be_the_one_that_was_removed(path: Path) -> None:
    log = fill(path, 1, LogTable(rotate_size=0.003, keep=1))
    while log.oldest == 1:
        log.append(line("another"))
    assert names_of_parts(path) == ["dialogue.2.jsonl", "dialogue.jsonl"]
    assert numbers(log)[0] == Gap(first=1, last=log.oldest - 1, reason="rotated")
    log.close()


def test_a_client_is_told_of_lines_that_were_rotated_away(path: Path) -> None:
    async def main() -> None:
        log = fill(path, 40, LogTable(rotate_size=0.003, keep=1))
        feed = Feed(log)
        with feed.subscribe(Cursor(3)) as subscription:
            messages = [await subscription.next() for _ in range(2)]
        records = [message.record for message in messages if message is not None]
        assert records[0] == Gap(first=4, last=log.oldest - 1, reason="rotated")
        assert isinstance(records[1], Line)
        assert records[1].seq == log.oldest
        await feed.close()
        log.close()

    asyncio.run(main())


def test_by_age(path: Path) -> None:
    log = LineLog.open(path, LogTable(rotate_age=1.0))
    log.append(line("two days old", time=timestamp(time.time() - 2 * 86_400)))
    log.close()
    log = LineLog.open(path, LogTable(rotate_age=1.0))
    log.append(line("new"))
    log.append(line("newer"))
    assert names_of_parts(path) == ["dialogue.1.jsonl", "dialogue.jsonl"]
    assert numbers(log) == [1, 2, 3]
    log.close()


def test_a_clock_that_is_set_back_changes_neither_order_nor_numbers(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    log = LineLog.open(path, LogTable(rotate_age=1.0))
    for day in (0, -400, -399.5, -398, -397.5):
        # The clock steps; nothing like a day goes by.
        monkeypatch.setattr(time, "time", lambda day=day: now + day * 86_400)
        log.append(line(f"day {day}", time=timestamp(time.time())))
    assert [record.text for record in log.read(0) if isinstance(record, Line)] == [
        "day 0", "day -400", "day -399.5", "day -398", "day -397.5",
    ]  # fmt: skip
    assert numbers(log) == [1, 2, 3, 4, 5]
    assert names_of_parts(path) == ["dialogue.jsonl"]
    log.close()
    # Opened again, the file's first line is of the future: its age counts from then.
    log = LineLog.open(path, LogTable(rotate_age=1.0))
    log.append(line("and on"))
    assert names_of_parts(path) == ["dialogue.jsonl"]
    log.close()


def test_reading_goes_on_while_the_log_is_rotated(path: Path) -> None:
    log = fill(path, 1)
    done = threading.Event()

    def append() -> None:
        for number in range(300):
            log.append(line(f"more {number}"))
        done.set()

    writer = threading.Thread(target=append)
    writer.start()
    while not done.is_set():
        latest = log.latest
        assert numbers(log, 0)[:latest] == list(range(1, latest + 1))
    writer.join()
    assert numbers(log) == list(range(1, 302))
    log.close()


def test_a_rotation_that_fails_leaves_the_log_growing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "not permitted")

    with monkeypatch.context() as patched:
        patched.setattr(fs, "rename", refuse)
        log = fill(path, 30)
        assert names_of_parts(path) == ["dialogue.jsonl"]
    monkeypatch.setattr(parts, "ROTATION_RETRY", 0.0)
    log._rotation.failed()
    log.append(line("one more"))
    assert names_of_parts(path) == ["dialogue.1.jsonl", "dialogue.jsonl"]
    assert numbers(log) == list(range(1, 32))
    log.close()


def test_somebody_elses_numbered_files_are_left_alone(path: Path) -> None:
    fill(path, 20).close()
    other = path.with_name("dialogue")
    log = LineLog.open(path.with_name("dialogue.jsonl.new"), alone=True)
    assert log.latest == 0
    log.close()
    log = LineLog.open(other)
    assert log.latest == 0
    log.close()


STEPS = ("rename", "sync", "sync_folder", "open_private", "remove", "write_at")
DIE_IN_ROTATION = (
    "STEPS = "
    + repr(STEPS)
    + textwrap.dedent("""
    import os, pathlib, signal, sys
    from capture_daemon.config.models import LogTable
    from capture_daemon.linelog import fs
    from capture_daemon.linelog.log import LineLog
    from tests.server.helpers import line

    path, left = pathlib.Path(sys.argv[1]), int(sys.argv[2])

    def counted(step):
        def call(*arguments):
            global left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return step(*arguments)
        return call

    log = LineLog.open(path, LogTable(rotate_size=0.003, keep=2, fsync="never"))
    for name in STEPS:
        setattr(fs, name, counted(getattr(fs, name)))
    for number in range(8):
        print(log.append(line(f"line {number}")).seq, flush=True)
    print("rotated", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
""")
)


def test_killed_between_any_two_steps_nothing_is_lost(path: Path) -> None:
    """Each process writes on, is killed one step later, and the next goes on from there."""
    seen: list[int] = []
    rotated, killed = False, 0
    keep = LogTable(rotate_size=0.003, keep=2)
    fill(path, 24, keep).close()
    stream, last = _state(path, keep)
    while not rotated:
        assert killed < 30
        done = subprocess.run(
            [sys.executable, "-c", DIE_IN_ROTATION, str(path), str(killed)], capture_output=True, text=True, check=False
        )
        assert done.returncode == -9, done.stderr
        killed += 1
        rotated = "rotated" in done.stdout
        seen = [int(number) for number in done.stdout.split() if number.isdecimal()]
        assert seen == list(range(last + 1, last + 1 + len(seen)))
        log = LineLog.open(path, keep)
        assert log.stream == stream
        # The last line may be written and its number not marked yet: no client has it then.
        assert log.latest - last - len(seen) in (0, 1)
        assert numbers(log)[1:] == list(range(log.oldest, log.latest + 1))
        assert set(seen) <= set(numbers(log))
        assert len(names_of_parts(path)) <= 3
        last = log.append(line("between")).seq
        assert last == log.latest
        log.close()
    assert killed > 5


def _state(path: Path, settings: LogTable) -> tuple[str, int]:
    log = LineLog.open(path, settings)
    log.close()
    return log.stream, log.latest


def test_a_hundred_parts_are_opened_by_their_ends(path: Path) -> None:
    log = fill(path, 300, LogTable(rotate_size=0.0012))
    count = len(names_of_parts(path))
    assert count > 100
    log.close()
    began = time.process_time()
    log = LineLog.open(path)
    assert time.process_time() - began < 1
    assert (log.oldest, log.latest) == (1, 300)
    assert numbers(log, 290) == list(range(291, 301))
    log.close()
