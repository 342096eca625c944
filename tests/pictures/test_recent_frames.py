"""The newest frames of a live source."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Frame
from capture_daemon.pictures import recent_frames
from capture_daemon.pictures.recent_frames import KEPT, SPACING, RecentFrames
from tests.pictures.drawing import frame, whole


def time_at(frames: RecentFrames, time: float) -> float | None:
    found = frames.at(time)
    return None if found is None else found.time


def test_the_first_frame_in_which_a_line_was_complete() -> None:
    frames = RecentFrames()
    assert time_at(frames, 1.0) is None
    frames.add([frame(1.0, whole(1)), frame(1.0 + SPACING / 2, whole(2)), frame(1.5, whole(3)), frame(2.0, whole(4))])
    assert [time_at(frames, time) for time in (0.0, 1.0, 1.01, 1.5, 1.6, 3.0)] == [1.0, 1.0, 1.5, 1.5, 2.0, 2.0]


def test_a_picture_that_stands_is_kept_once_and_for_as_long_as_it_stands() -> None:
    frames = RecentFrames()
    first = frame(1.0, whole(1))
    same = [Frame(first.pixels, 1.0 + n, n, first.box, first.size, first.colour, first.held) for n in range(1, 60)]
    frames.add([first, *same])
    assert frames.held == first.held
    assert time_at(frames, 50.0) == 1.0


def test_what_is_old_goes_and_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = RecentFrames()
    one = frame(0.0, whole(1)).held
    frames.add([frame(time, whole(1)) for time in (0.0, 1.0, KEPT + 1.5)])
    assert time_at(frames, 0.0) == 1.0
    monkeypatch.setattr(recent_frames, "MOST_BYTES", 3 * one)
    frames.add([frame(20.0 + n, whole(1)) for n in range(4)])
    assert frames.held == 3 * one
    assert time_at(frames, 0.0) == 21.0


def test_another_source_has_a_clock_of_its_own() -> None:
    frames = RecentFrames()
    frames.add([frame(100.0, whole(1)), frame(3.0, whole(2))])
    assert time_at(frames, 0.0) == 3.0
    assert frames.held == frame(3.0, whole(2)).held
