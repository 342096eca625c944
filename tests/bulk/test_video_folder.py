from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.bulk.video_folder import (
    LINES,
    PICTURES,
    SUBTITLES,
    VideoFolder,
    VideoState,
    read_entries,
    read_lines,
)
from capture_daemon.errors import LogError, LogHeldError
from capture_daemon.pipeline.resume import ResumeMismatchError, ResumePoint
from capture_daemon.records import Entry, Line
from tests.dataset.logs import choice
from tests.server.helpers import line

STATE = VideoState("video.mp4", 1, 2, "settings", pictures=False)


def lines(*numbers: int) -> list[Line]:
    return [replace(line(f"line {n}"), media_started=n * 5.0, media_time=n * 5.0 + 1) for n in numbers]


def write(folder: VideoFolder, made: Sequence[Entry]) -> None:
    async def main() -> None:
        folder.check()
        try:
            for one in made:
                await folder.write(one)
            await folder.finish()
        finally:
            folder.close()
            folder.release()

    asyncio.run(main())


def texts(folder: Path) -> list[str]:
    return [one.text for one in read_lines(folder)]


def begun(folder: Path, count: int) -> ResumePoint:
    write(VideoFolder(folder, STATE), lines(*range(count)))
    resume_point = ResumePoint.of(read_lines(folder))
    assert resume_point is not None
    return resume_point


def test_what_an_older_run_left_goes_with_the_first_line(tmp_path: Path) -> None:
    write(VideoFolder(tmp_path, STATE), lines(1, 2))
    (tmp_path / SUBTITLES).touch()
    (tmp_path / PICTURES).mkdir()
    (tmp_path / "notes.txt").touch()
    folder = VideoFolder(tmp_path, replace(STATE, size=9))
    folder.check()
    assert texts(tmp_path) == ["line 1", "line 2"]
    folder.release()
    write(folder, lines(3))
    assert texts(tmp_path) == ["line 3"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [LINES, "extraction.json", "notes.txt"]
    state = VideoState.read(tmp_path)
    assert state is not None
    assert (state.size, state.stage) == (9, "begun")


def test_lines_are_added_to_those_kept_once_these_came_out_the_same(tmp_path: Path) -> None:
    resume_point = begun(tmp_path, 20)
    with (tmp_path / LINES).open("ab") as file:
        file.write(b'{"type": "line", "te')
    folder = VideoFolder(tmp_path, STATE, resume_point)
    half = replace(line("ne 11"), media_started=resume_point.start, media_time=56.0)
    write(folder, [half, *lines(*range(12, 23))])
    assert texts(tmp_path) == [f"line {n}" for n in range(23)]
    assert [one.seq for one in read_lines(tmp_path)] == list(range(1, 24))
    assert len({one.stream for one in read_lines(tmp_path)}) == 1
    assert folder.count == 23


def test_menus_are_counted_beside_the_lines_also_those_kept(tmp_path: Path) -> None:
    menus = [choice(("Go.", "Stay."), 1, n, media_started=n * 5.0 + 2, media_time=n * 5.0 + 3) for n in (4, 9)]
    entries = sorted([*lines(*range(20)), *menus], key=lambda one: one.media_started or 0)
    write(VideoFolder(tmp_path, STATE), entries)
    resume_point = ResumePoint.of(read_entries(tmp_path))
    assert resume_point is not None
    folder = VideoFolder(tmp_path, STATE, resume_point)
    write(folder, [one for one in entries if (one.media_time or 0) > resume_point.start])
    assert (folder.count, folder.choices) == (20, 2)
    folder.complete(damage=None)
    state = VideoState.read(tmp_path)
    assert state is not None
    assert (state.lines, state.choices) == (20, 2)


def test_a_note_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    state = STATE.write(tmp_path, "done", lines=3)
    note = json.loads((tmp_path / "extraction.json").read_text(encoding="utf-8"))
    del note["choices"]
    (tmp_path / "extraction.json").write_text(json.dumps(note), encoding="utf-8")
    assert VideoState.read(tmp_path) == state


@pytest.mark.parametrize(
    "again",
    [
        [*lines(16), *lines(18, 19, 20)],
        [*lines(16, 17), replace(lines(18)[0], text="another"), *lines(19)],
        [*lines(16, 17), replace(lines(18)[0], speaker=None), *lines(19)],
        lines(15, 16, 17),
    ],
)
def test_lines_that_come_out_otherwise_are_not_gone_on_with(tmp_path: Path, again: list[Line]) -> None:
    resume_point = begun(tmp_path, 20)
    before = (tmp_path / LINES).read_bytes()
    with pytest.raises(ResumeMismatchError):
        write(VideoFolder(tmp_path, STATE, resume_point), again)
    assert (tmp_path / LINES).read_bytes() == before


def test_a_damaged_place_before_a_line_is_noted(tmp_path: Path) -> None:
    folder = VideoFolder(tmp_path, STATE)
    folder.is_damaged = lambda: True
    write(folder, lines(1))
    state = VideoState.read(tmp_path)
    assert state is not None
    assert state.faults


def test_one_run_a_folder(tmp_path: Path) -> None:
    folder = VideoFolder(tmp_path, STATE)
    folder.check()
    with pytest.raises(LogHeldError, match="another run"):
        VideoFolder(tmp_path, STATE).check()
    folder.release()
    other = VideoFolder(tmp_path, STATE)
    other.check()
    other.release()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="--output-dir"):
        VideoFolder(tmp_path / "file" / "video", STATE).check()


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_links_that_somebody_put_there_are_not_followed(tmp_path: Path) -> None:
    diary, out = tmp_path / "diary", tmp_path / "out"
    diary.mkdir()
    (diary / "page").write_text("dear diary\n")
    write(VideoFolder(out, STATE), lines(1, 2))
    (out / PICTURES).symlink_to(diary)
    with pytest.raises(LogError, match=f"{PICTURES}.*is a symbolic link"):
        VideoFolder(out, STATE).clear_pictures()
    (out / SUBTITLES).symlink_to(diary / "page")
    with pytest.raises(LogError, match=f"{SUBTITLES}.*is a symbolic link"):
        VideoFolder(out, STATE).write_subtitles()
    (out / PICTURES).unlink()
    kept = begun(out, 12)
    (out / LINES).rename(diary / LINES)
    (out / LINES).symlink_to(diary / LINES)
    was = (diary / LINES).read_bytes()
    with pytest.raises(LogError, match=f"{LINES}.*is a symbolic link"):
        write(VideoFolder(out, STATE, kept), lines(*range(14)))
    assert (diary / LINES).read_bytes() == was
    (tmp_path / "link").symlink_to(diary)
    with pytest.raises(LogError, match=r"link.*is a symbolic link"):
        VideoFolder(tmp_path / "link", STATE).check()
    assert (diary / "page").read_text() == "dear diary\n"
