"""Frames of a recording at given times."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture_daemon.capture.planes import part_of, size_of
from capture_daemon.capture.recording import Recording
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Region, Regions
from capture_daemon.pictures.recorded import RecordedFrame, RecordedFrames
from tests.program import SAMPLE
from tests.reading.drawing import font

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


def typed(file: Path, *texts: str) -> Path:
    """A recording at 30 pictures a second, of one text after another."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = 320, 80, "bgr0"
        for text in texts:
            image = Image.new("RGB", (320, 80), (30, 30, 30))
            ImageDraw.Draw(image).text((10, 20), text, font=font(24), fill=(240, 240, 240))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(image), "rgb24")))
        container.mux(stream.encode())
    return file


@pytest.mark.parametrize(
    ("texts", "number"),
    [
        # The full stop comes after the last letter, and is of no weight in the picture.
        (("Sorr", "Sorry", *["Sorry."] * 9), 5),
        # The next line follows at once: there is nothing better than the first frame.
        (("Sorr", "Sorry", *["I have carried the post"] * 9), 1),
    ],
)
def test_a_line_is_shown_with_its_last_mark_as_long_as_it_stands(
    tmp_path: Path, texts: tuple[str, ...], number: int
) -> None:
    frames = RecordedFrames(str(typed(tmp_path / "v.mkv", *texts)), in_order=True)
    try:
        shown = frames.settled(1 / 30, Box(10, 20, 70, 30))
        assert shown is not None
        assert shown.number == number
        # What was decoded ahead is given afterwards.
        assert found(frames, 3 / 30).number == 3
        assert found(frames, 8 / 30).number == 8
    finally:
        frames.close()
