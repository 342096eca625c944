from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from capture_daemon.capture.planes import part_of
from capture_daemon.capture.recording import Recording
from capture_daemon.config.models import Configuration
from capture_daemon.errors import ConfigurationError, OutputExistsError, SourceError
from capture_daemon.frames import Region, Regions
from capture_daemon.pipeline.readers import reading_settings
from capture_daemon.tracing import cutting, trace_records
from capture_daemon.tracing.case import CASE, CLIP, Case, standing
from capture_daemon.tracing.run import Piece, trace

REGIONS = Regions(Region.parse("33,61,101,43"), Region.parse("0.1,0.1,0.2,0.1"))


def draw(file: Path, pixel_format: str, codec: str) -> None:
    pictures = np.random.default_rng(3).integers(0, 255, (12, 120, 180, 3), np.uint8)
    with av.open(str(file), "w") as made:
        stream = made.add_stream(codec, rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 180, 120, pixel_format
        for picture in pictures:
            made.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        made.mux(stream.encode())


@pytest.mark.parametrize(("pixel_format", "codec"), [("yuv420p", "libx264"), ("yuv444p", "libx264"), ("bgr0", "ffv1")])
def test_a_clip_holds_its_regions_to_the_pixel(tmp_path: Path, pixel_format: str, codec: str) -> None:
    video = tmp_path / "play.mkv"
    draw(video, pixel_format, codec)
    size, needed, inside = cutting._cut(str(video), REGIONS, Piece(0.25, 0.85), tmp_path / CLIP)
    settings = reading_settings(Configuration(), live=True)
    case = Case(size, needed, inside, REGIONS, settings, "en", "onnxruntime")
    (tmp_path / CASE).write_text(json.dumps(case.record()), encoding="utf-8")
    assert Case.load(tmp_path) == case
    frames = list(case.frames(tmp_path))
    with Recording(str(video)) as recording:
        whole = [picture for picture in recording.pictures() if 0.25 <= picture.time <= 0.85]
    assert len(frames) == len(whole) == 6
    for frame, picture in zip(frames, whole, strict=True):
        pixels, colour = part_of(picture.frame, needed)
        assert frame.time == pytest.approx(picture.time - whole[0].time, abs=0.0011)
        assert (frame.box, frame.size) == (REGIONS.resolve(size).needed, size)
        assert np.array_equal(frame.in_colour(), colour())
        # What is kept as colours alone has its luma worked out anew.
        apart = np.abs(frame.pixels.astype(int) - pixels).max()
        assert apart == 0 or (codec == "ffv1" and apart <= 1), apart


def test_a_piece_beyond_the_end(tmp_path: Path) -> None:
    draw(tmp_path / "play.mkv", "yuv420p", "libx264")
    with pytest.raises(SourceError, match="no picture between 5 and 6 s"):
        cutting._cut(str(tmp_path / "play.mkv"), REGIONS, Piece(5, 6), tmp_path / CLIP)


def test_a_piece_that_ends_before_it_begins() -> None:
    with pytest.raises(ConfigurationError, match="--to 3 lies before --from 5"):
        Piece(5, 3)


def test_a_live_source_has_no_pieces() -> None:
    configuration = Configuration.model_validate({"source": {"name": "screen:1"}})
    with pytest.raises(ConfigurationError, match="name a recording"):
        asyncio.run(trace(configuration, Piece(0, 1)))


def test_folders_that_hold_something(tmp_path: Path) -> None:
    cutting.check_folder(tmp_path, overwrite=False)
    cutting.check_folder(tmp_path / "new", overwrite=False)
    (tmp_path / "letter.txt").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="holds something else"):
        cutting.check_folder(tmp_path, overwrite=True)
    with pytest.raises(ConfigurationError, match="is a file"):
        cutting.check_folder(tmp_path / "letter.txt", overwrite=True)
    (tmp_path / CASE).write_text("{}", encoding="utf-8")
    with pytest.raises(OutputExistsError, match="holds a case already"):
        cutting.check_folder(tmp_path, overwrite=False)
    cutting.check_folder(tmp_path, overwrite=True)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_in_the_place_of_a_case_or_a_trace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / CASE).write_text("{}", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(ConfigurationError, match="is a symbolic link"):
        cutting.check_folder(tmp_path / "link", overwrite=True)
    (tmp_path / "trace.jsonl").symlink_to(tmp_path / "mine" / CASE)
    with pytest.raises(ConfigurationError, match="is a symbolic link"):
        trace_records.write(tmp_path / "trace.jsonl", "what was on screen")
    assert (tmp_path / "mine" / CASE).read_text(encoding="utf-8") == "{}"


@pytest.mark.parametrize(
    ("text", "message"), [(None, "can't be read"), ("{", "is no case"), ('{"v": 9}', "of version 9")]
)
def test_what_is_no_case(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / CASE).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=message):
        Case.load(tmp_path)


def test_corrected_lines_fall_out() -> None:
    lines: list[dict[str, Any]] = [
        {"number": 1, "replaces": None},
        {"number": 2, "replaces": 1},
        {"number": 3, "replaces": None},
    ]
    assert [line["number"] for line in standing(lines)] == [2, 3]
