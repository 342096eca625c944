"""Short pieces of the sample clip, cut without drawing anything anew."""

from __future__ import annotations

from pathlib import Path

import av

from tests.program import SAMPLE


def cut_sample(target: Path, seconds: float) -> Path:
    """The sample clip up to that time."""
    with av.open(str(SAMPLE / "sample.mp4")) as source, av.open(str(target), "w") as made:
        [video] = source.streams.video
        copy = made.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.dts is not None and packet.pts is not None and packet.pts * packet.time_base < seconds:
                packet.stream = copy
                made.mux(packet)
    return target
