"""Video files for tests, written with PyAV, so that they need no program."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

RATE = 30


def grey_of(number: int) -> int:
    """The grey of the picture with that number, far enough from its neighbours' to tell it through any codec."""
    return 40 + 20 * (number % 8)


def write_clip(
    path: Path,
    numbers: Iterable[int] = range(60),
    *,
    size: tuple[int, int] = (320, 240),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    start: int = 0,
    every: int = 1,
    audio: float = 0.0,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """A clip of plain pictures, each `grey_of` its number, with noise on its left half so that it has some weight.

    Timestamps begin at `start` and step by `every`, in units of 1/30 s. `audio` seconds of silence go along.
    """
    width, height = size
    noise = np.random.default_rng(1).integers(0, 40, (height, width // 2), dtype=np.uint8)
    with av.open(str(path), "w", options=container_options or {}) as container:
        video = container.add_stream(codec, rate=RATE, options=options or {"g": "15", "bf": "0", "qp": "10"})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = width, height, pixel_format
        video.codec_context.time_base = Fraction(1, RATE)
        sound = container.add_stream("aac", rate=48_000) if audio else None
        assert sound is None or isinstance(sound, AudioStream)
        for index, number in enumerate(numbers):
            picture = np.full((height, width), grey_of(number), np.uint8)
            picture[:, : width // 2] = noise + (7 * number) % 100
            frame = av.VideoFrame.from_ndarray(picture, format="gray").reformat(format=pixel_format)
            frame.pts, frame.time_base = start + index * every, Fraction(1, RATE)
            container.mux(video.encode(frame))
            if sound is not None and index == 0:
                for part in range(int(audio * 48_000) // 1024):
                    silence = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp")
                    silence.sample_rate, silence.pts, silence.time_base = 48_000, part * 1024, Fraction(1, 48_000)
                    container.mux(sound.encode(silence))
        container.mux(video.encode())
        if sound is not None:
            container.mux(sound.encode())
    return path


def cut(path: Path, part: float) -> Path:
    """A copy of the file that ends after that part of it."""
    whole = path.read_bytes()
    shorter = path.with_name(f"cut-{path.name}")
    shorter.write_bytes(whole[: int(len(whole) * part)])
    return shorter


def spoil(path: Path, at: float, length: int) -> Path:
    """A copy of the file with `length` bytes of garbage written over it from that part on."""
    content = bytearray(path.read_bytes())
    begin = int(len(content) * at)
    content[begin : begin + length] = np.random.default_rng(2).bytes(length)
    spoiled = path.with_name(f"spoiled-{path.name}")
    spoiled.write_bytes(content)
    return spoiled
