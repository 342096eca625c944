"""Frames that are too large are refused before there is room made for them, and the error names their size."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from capture_daemon.capture import SourceSettings
from capture_daemon.errors import SourceDamagedError, SourceError
from capture_daemon.frames import Frame, Size
from tests.capture.clips import write_clip
from tests.capture.opened import opened
from tests.capture.stream_server import StreamServer
from tests.x_server import XServer

WIDTH, HEIGHT = 640, 360


def read(name: object, most: int, frames: list[Frame] | None = None) -> list[Frame]:
    async def main() -> list[Frame]:
        async with opened(name, "0.1,0.1,0.5,0.5", SourceSettings(max_pixels=most)) as source:
            return await source.rest(frames)

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("codec", "kind"),
    [
        ("libx264", "mkv"),
        ("libx264", "mp4"),
        ("libx264", "ts"),
        ("ffv1", "mkv"),
        ("mpeg4", "avi"),
        ("libvpx-vp9", "webm"),
        ("rawvideo", "avi"),
    ],
)
def test_a_recording(tmp_path: Path, codec: str, kind: str) -> None:
    clip = write_clip(tmp_path / f"clip.{kind}", range(8), size=(WIDTH, HEIGHT), codec=codec, options={"g": "4"})
    assert len(read(clip, WIDTH * HEIGHT)) == 8
    # Twice, as what a decoder has told once it may not tell again.
    for _ in range(2):
        with pytest.raises(
            SourceError, match=rf"{clip.name} has frames of {WIDTH}x{HEIGHT}, 230400 pixels, and .* 230399"
        ):
            read(clip, WIDTH * HEIGHT - 1)


def test_a_recording_whose_pictures_become_too_large(tmp_path: Path) -> None:
    path = tmp_path / "one.ts"
    write_clip(path, range(8), size=(320, 240))
    write_clip(tmp_path / "two.ts", range(8), size=(WIDTH, HEIGHT), start=8)
    path.write_bytes(path.read_bytes() + (tmp_path / "two.ts").read_bytes())
    frames: list[Frame] = []
    with pytest.raises(SourceDamagedError, match="is damaged in"):
        read(path, 320 * 240, frames)
    assert {frame.size for frame in frames} == {Size(320, 240)}
    assert len(read(path, WIDTH * HEIGHT)) == 16


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
def test_a_screen(x_server: XServer) -> None:
    with pytest.raises(SourceError, match="screen:1 has frames of 640x480, 307200 pixels"):
        read("screen:1", 307_199)


@pytest.mark.parametrize("most", [WIDTH * HEIGHT, WIDTH * HEIGHT - 1])
def test_a_stream(most: int) -> None:
    async def main() -> None:
        async with opened(server.address, None, SourceSettings(max_pixels=most)) as source:
            assert source.size == Size(WIDTH, HEIGHT)

    with StreamServer("http", f"{WIDTH}x{HEIGHT}") as server:
        if most == WIDTH * HEIGHT:
            asyncio.run(main())
            return
        with pytest.raises(SourceError, match=f"has frames of {WIDTH}x{HEIGHT}, 230400 pixels"):
            asyncio.run(main())
