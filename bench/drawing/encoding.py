"""Writing frames as H.264."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from bench.drawing.model import Image
from capture_daemon.frames import Size


def encode(
    path: Path, frames: Iterable[Image], size: Size, fps: int, *, crf: int = 20, preset: str = "superfast"
) -> int:
    """Write frames to a video file (the kind follows its suffix); returns how many there were.

    One thread, so that the same frames make the same file.
    """
    count = 0
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": str(crf), "preset": preset, "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        stream.time_base = Fraction(1, fps)
        for count, image in enumerate(frames, 1):
            planes = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).astype(np.uint8, copy=False)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = count - 1
            frame.time_base = Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return count
