"""Writing frames as H.264."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from bench.drawing.model import Clip, Image


def encode(path: Path, frames: Iterable[Image], clip: Clip) -> int:
    """Write a clip's frames to a video file (the kind follows its suffix); returns how many there were.

    One thread, so that the same frames make the same file.
    """
    count = 0
    options = {"crf": str(clip.crf), "preset": clip.preset, "threads": "1"}
    # Else the container would get an identity of its own, by chance.
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=clip.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = clip.size.width, clip.size.height, "yuv420p"
        stream.time_base = Fraction(1, clip.fps)
        for count, image in enumerate(frames, 1):
            planes = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).astype(np.uint8, copy=False)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = count - 1
            frame.time_base = Fraction(1, clip.fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return count
