"""Files of a log that somebody else handles, while it is being written and between two runs."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture_daemon.client import follow
from capture_daemon.config.models import LogTable
from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.linelog.lock import lock_path
from capture_daemon.linelog.log import LineLog
from capture_daemon.linelog.opening import broken_path
from capture_daemon.records import Gap, Hello, Line
from tests.linelog.handling import begun, begun_and_closed, mark_of, numbers, texts
from tests.server.helpers import examples, line, receive, receive_lines, room

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be renamed or removed there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "dialogue.jsonl"


@pytest.mark.parametrize("empty", [True, False])
def test_moved_away_it_goes_on_in_its_own_place(path: Path, empty: bool) -> None:
    log = begun(path, "one", "two")
    path.rename(path.with_name("kept"))
    if empty:
        path.touch(mode=0o644)
        path.chmod(0o644)
    three = log.append(line("three"))
    assert (three.stream, three.seq) == (log.stream, 3)
    assert texts(path) == ["three"]
    assert texts(path.with_name("kept")) == ["one", "two"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert numbers(log) == [Gap(first=1, last=2, reason="damaged"), 3]
    log.close()
    again = LineLog.open(path)
    assert (again.stream, again.latest, again.oldest) == (three.stream, 3, 3)
    again.close()


@pytest.mark.parametrize("renames", [True, False], ids=["a new file", "the same file"])
def test_saved_by_an_editor_without_its_last_newline_no_line_is_lost(path: Path, renames: bool) -> None:
    log = begun(path, "one", "two")
    saved = path.read_bytes()[:-1]
    if renames:
        path.with_name("swap").write_bytes(saved)
        path.with_name("swap").replace(path)
    else:
        path.write_bytes(saved)
    assert log.append(line("three")).seq == 3
    assert texts(path) == ["one", "two", "three"]
    assert numbers(log) == [1, 2, 3]
    assert not broken_path(path).exists()
    log.close()


@pytest.mark.parametrize("cut", [10, 400])
def test_cut_off_in_the_middle_of_a_line_the_next_one_is_whole(path: Path, cut: int) -> None:
    log = begun(path, "one", "two", "three")
    os.truncate(path, path.stat().st_size - cut)
    four = log.append(line("four"))
    assert (four.stream, four.seq) == (log.stream, 4)
    assert texts(path) == ["one", "two", "four"]
    assert broken_path(path).stat().st_size > 1
    assert numbers(log) == [1, 2, Gap(first=3, last=3, reason="damaged"), 4]
    log.close()


def test_emptied_it_goes_on(path: Path) -> None:
    log = begun(path, "one", "two")
    os.truncate(path, 0)
    assert log.append(line("three")).seq == 3
    assert texts(path) == ["three"]
    log.close()


def test_what_somebody_adds_without_an_end_is_set_aside(path: Path) -> None:
    log = begun(path, "one")
    with path.open("a") as file:
        file.write("note to self")
    assert log.append(line("two")).seq == 2
    assert texts(path) == ["one", "two"]
    assert broken_path(path).read_text() == "note to self\n"
    log.close()


def test_a_stream_without_lines_goes_on_behind_those_of_an_earlier_one(path: Path) -> None:
    begun_and_closed(path, "one")
    mark_of(path).unlink()  # so that the next run begins a stream
    log = LineLog.open(path)
    stream = log.stream
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data)  # as an editor saves it
    said = log.append(line("two"))
    assert (said.stream, said.seq) == (stream, 1)
    log.close()


@pytest.mark.parametrize("newer", [True, False])
def test_another_log_in_its_place_is_gone_on_with_in_another_stream(path: Path, tmp_path: Path, newer: bool) -> None:
    log = begun(path, "one", "two")
    stream = log.stream
    other = tmp_path / "other" / "dialogue.jsonl"
    begun_and_closed(other, "elsewhere")
    data = other.read_bytes()
    if newer:
        data = data.replace(json.loads(data)["stream"].encode(), stream.encode()).replace(b'"seq": 1,', b'"seq": 99,')
    path.write_bytes(data)
    said = log.append(line("three", replaces=2))
    assert said.stream != stream
    assert (said.seq, said.replaces) == (1, None)
    assert numbers(log) == [1]
    assert texts(path) == ["elsewhere", "three"]
    log.close()
    again = LineLog.open(path)
    assert (again.stream, again.latest) == (said.stream, 1)
    again.close()


def put_text(path: Path) -> None:
    path.write_text("buy milk\n")


def put_link(path: Path) -> None:
    path.with_name("diary").write_text("dear diary\n")
    path.symlink_to(path.with_name("diary"))


def put_pipe(path: Path) -> None:
    os.mkfifo(path)


def put_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("put", [put_text, put_link, put_pipe, put_folder])
def test_something_else_in_its_place_is_left_alone_and_lines_wait(path: Path, put: Callable[[Path], None]) -> None:
    log = begun(path, "one")
    path.unlink()
    put(path)
    for _ in range(2):
        with pytest.raises(LogError, match=r"dialogue\.jsonl: .*"):
            log.append(line("two"))
    if put is put_text:
        assert path.read_text() == "buy milk\n"
    if put is put_link:
        assert path.with_name("diary").read_text() == "dear diary\n"
    if put is put_folder:
        path.rmdir()
    else:
        path.unlink()
    assert log.append(line("two")).seq == 2
    assert texts(path) == ["two"]
    log.close()


def test_its_folder_removed_is_made_again(path: Path) -> None:
    log = begun(path, "one")
    shutil.rmtree(path.parent)
    two = log.append(line("two"))
    assert two.seq == 2
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert texts(path) == ["two"]
    with pytest.raises(LogHeldError):
        LineLog.open(path)
    log.close()
    again = LineLog.open(path)
    assert (again.stream, again.latest) == (two.stream, 2)
    again.close()


class Handled:
    """A log, somebody who says lines to it, and somebody who plays with its files."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "data" / "dialogue.jsonl"
        self.kept = folder / "kept"
        self.table = LogTable(rotate_size=0.002, fsync="never")
        self.log = LineLog.open(self.path, self.table)
        self.given: list[Line] = []

    def say(self) -> None:
        self.given.append(self.log.append(line(f"line {len(self.given)}")))
        assert json.loads(self.path.read_bytes().splitlines()[-1])["seq"] == self.given[-1].seq

    def reopen(self) -> None:
        self.log.close()
        self.log = LineLog.open(self.path, self.table)

    def copy(self) -> None:
        if self.path.exists():
            shutil.copy(self.path, self.kept)

    def restore(self) -> None:
        if self.kept.exists():
            shutil.copy(self.kept, self.path)

    def restore_by_renaming(self) -> None:
        if self.kept.exists():
            shutil.copy(self.kept, self.kept.with_name("swap"))
            self.kept.with_name("swap").replace(self.path)

    def remove_log(self) -> None:
        self.path.unlink(missing_ok=True)

    def remove_lock(self) -> None:
        lock_path(self.path).unlink(missing_ok=True)

    def remove_mark(self) -> None:
        mark_of(self.path).unlink(missing_ok=True)

    def remove_parts(self) -> None:
        for part in self.path.parent.glob("dialogue.*.jsonl"):
            part.unlink()

    def cut(self, size: int = 40) -> None:
        if self.path.exists():
            os.truncate(self.path, max(0, self.path.stat().st_size - size))

    def cut_newline(self) -> None:
        self.cut(1)

    def empty(self) -> None:
        self.cut(self.path.stat().st_size if self.path.exists() else 0)

    def add(self) -> None:
        if self.path.exists() and b"\n" in (there := self.path.read_bytes()):
            self.path.write_bytes(there + b"note to self")

    def move(self) -> None:
        if self.path.exists():
            self.path.rename(self.path.with_name("moved"))


OPERATIONS = [
    Handled.say, Handled.say, Handled.say, Handled.reopen, Handled.copy, Handled.restore, Handled.restore_by_renaming,
    Handled.remove_log, Handled.remove_lock, Handled.remove_mark, Handled.remove_parts, Handled.cut,
    Handled.cut_newline, Handled.empty, Handled.add, Handled.move,
]  # fmt: skip


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.sampled_from(OPERATIONS), min_size=3, max_size=25))
def test_whatever_is_done_to_the_files_no_number_is_given_twice(operations: list[Callable[[Handled], None]]) -> None:
    with TemporaryDirectory() as folder:
        handled = Handled(Path(folder))
        try:
            for operation in [Handled.say, *operations, Handled.say, Handled.reopen, Handled.say]:
                operation(handled)
        finally:
            handled.log.close()
        assert len({(said.stream, said.seq) for said in handled.given}) == len(handled.given)


def test_a_client_hears_of_a_stream_that_begins_while_it_listens(tmp_path: Path) -> None:
    """In place: what was said before, the new stream's name, a gap, and every line of the new stream."""
    other = tmp_path / "other" / "dialogue.jsonl"
    begun_and_closed(other, "elsewhere")

    async def main() -> None:
        async with room(tmp_path) as place, place.client("/v1/lines?after=0") as client, place.client("/") as page:
            before = await place.say("one", "two")
            hello = await receive(client)
            assert isinstance(hello, Hello)
            assert await receive_lines(client, 2) == before
            shutil.copy(other, place.log.path)
            after = await place.say("three", "four")
            assert [said.seq for said in after] == [1, 2]
            told, gap = await receive(client), await receive(client)
            assert isinstance(told, Hello)
            assert (told.stream, told.latest) == (after[0].stream, 0)
            assert told.stream != hello.stream
            assert gap == Gap(first=3, last=3, reason="stream")
            assert await receive_lines(client, 2) == after
            assert place.feed.stream == after[0].stream
            assert [json.loads(await page.recv())["sentence"] for _ in range(4)] == ["one", "two", "three", "four"]
            async with place.client(f"/v1/lines?after=2&stream={hello.stream}") as later:
                assert isinstance(await receive(later), Hello)
                assert await receive(later) == Gap(first=3, last=3, reason="stream")
                assert await receive_lines(later, 2) == after

    asyncio.run(main())


def test_a_follower_goes_on_in_the_new_stream_over_a_lost_connection(tmp_path: Path) -> None:
    other = tmp_path / "other" / "dialogue.jsonl"
    begun_and_closed(other, "elsewhere")

    async def main() -> None:
        async with room(tmp_path) as place:
            heard = follow(place.url(), 0)
            said = await place.say("one", "two")
            got = [await anext(heard) for _ in range(2)]
            shutil.copy(other, place.log.path)
            said += await place.say("three")
            got += [await anext(heard) for _ in range(2)]
            for handler in list(place.server._handlers):
                handler.cut()
            said += await place.say("four")
            got.append(await anext(heard))
            assert [record for record in got if isinstance(record, Line)] == said
            assert [record for record in got if isinstance(record, Gap)] == [Gap(first=3, last=3, reason="stream")]
            await heard.aclose()

    asyncio.run(main())
