"""Edge: what stands at the very edge of the region is text only where a row of text goes on there.

A speech bubble is round and a region is not: the bubble's rim and the picture behind it show in the region's corners.
"""

from __future__ import annotations

from collections.abc import Sequence

from capture_daemon.frames import Box
from capture_daemon.reading.rows import Shape

NEAR = 1
"""Pixels from the region's edge within which a shape touches it."""
REACH = 1.5
"""Letters of a row are at most this share of their height apart, a space between words counted in."""
COMMON = 0.3
"""Share of the lower one's height that two shapes of one row have in common."""


def strays(shapes: Sequence[Shape], rows: Sequence[Box], width: int, height: int) -> list[Shape]:
    """The shapes at the edge of a region `width` by `height` pixels large that aren't text.

    `rows` are the boxes of the rows that stand already.
    """
    touching = [shape for shape in shapes if _sides(shape.box, width, height)]
    if not touching:
        return []
    labels = {shape.label for shape in touching}
    others = [shape.box for shape in shapes if shape.label not in labels]
    others += rows
    return [
        shape
        for shape in touching
        if _sides(shape.box, width, height) == 2 or not any(_goes_on(shape.box, other) for other in others)
    ]


def _sides(box: Box, width: int, height: int) -> int:
    """At how many sides it touches the edge: none, left or right, above or below, or round a corner."""
    beside = box.left <= NEAR or box.right >= width - NEAR
    return beside + (box.top <= NEAR or box.bottom >= height - NEAR)


def _goes_on(box: Box, other: Box) -> bool:
    common = min(box.bottom, other.bottom) - max(box.top, other.top)
    distance = max(box.left - other.right, other.left - box.right)
    return common >= COMMON * min(box.height, other.height) and distance <= REACH * max(box.height, other.height)
