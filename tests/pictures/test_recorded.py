"""Frames of a recording at given times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from capture_daemon.capture.planes import part_of, size_of
from capture_daemon.capture.recording import Recording
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Region, Regions
from capture_daemon.pictures.recorded import RecordedFrame, RecordedFrames
from tests.program import SAMPLE

VIDEO = str(SAMPLE / "sample.mp4")


@pytest.fixture(scope="module")
def times() -> list[float]:
    with Recording(VIDEO) as recording:
        return [picture.time for picture in recording.pictures()]


def found(frames: RecordedFrames, time: float) -> RecordedFrame:
    frame = frames.at(time)
    assert frame is not None
    return frame


def test_the_first_frame_at_a_time_in_any_order(times: list[float]) -> None:
    wanted = [2.0, 2.0004, 9.5, 31.0, 3.0, 40.0]
    expected = [next(time for time in times if time >= one - 0.0006) for one in wanted]
    frames = RecordedFrames(VIDEO)
    try:
        assert [found(frames, time).time for time in wanted] == expected
        assert frames.at(times[-1] + 1) is None
    finally:
        frames.close()


def test_frames_in_order_have_their_numbers(times: list[float]) -> None:
    frames = RecordedFrames(VIDEO, in_order=True)
    try:
        for number in (0, 7, 7, 100):
            assert found(frames, times[number]).number == number
    finally:
        frames.close()


def test_a_part_of_a_frame(times: list[float]) -> None:
    frames = RecordedFrames(VIDEO)
    try:
        frame = found(frames, times[50])
        size = size_of(frame.picture.frame)
        whole = part_of(frame.picture.frame, Box(0, 0, *size))[1]()
        assert np.array_equal(frame.in_colour(), whole)
        regions = Regions(Region.parse("140,546,1000,144"))
        box = regions.resolve(size).needed
        part = frame.in_colour(regions)
        assert np.abs(part.astype(int) - whole[box.top : box.bottom, box.left : box.right]).mean() < 2
        outside = Regions(Region.parse("140,546,5000,144"))
        assert np.array_equal(frame.in_colour(outside), whole)
    finally:
        frames.close()


def test_a_recording_that_has_gone(tmp_path: Path) -> None:
    frames = RecordedFrames(str(tmp_path / "gone.mp4"))
    with pytest.raises(SourceError, match="there is no file"):
        frames.at(1.0)
    frames.close()
