"""Dots: an ellipsis is told by its ink, because engines lose dots, and read three alone as anything."""

from __future__ import annotations

import re

import cv2
import numpy as np

from capture_daemon.frames import GreyImage
from capture_daemon.reading.marks import cluster
from capture_daemon.reading.rows import Row, Shape, find_shapes

DOT_SHARE = 0.34
"""A dot is at most this share of a letter's height wide and high."""
CLOSEST_DOTS, CLOSEST_GAP = 0.22, 0.75
"""Nearer together than this share of a letter, and with smaller gaps, as a share of their width, is hatching."""
LOW = 0.7
"""Dots that shake, smeared, are at most this share of a letter's height high."""
LEAST_DOTS = 2
"""One dot that shakes can't be told from a speck."""
QUOTES = "\"'”’»」』"
"""Marks that may look like dots side by side."""
_TAIL = re.compile(r"(?:[.．…‥⋯・･·。]|\s)+$")


def ending_dots(row: Row, letter: int) -> tuple[int, bool]:
    """How many dots the row ends with, alike and on one level, and whether it has nothing else."""
    dots: list[Shape] = []
    shapes = sorted(row.shapes, key=lambda shape: shape.box.right)
    for shape in reversed(shapes):
        if not _is_dot(shape, letter) or (dots and not _go_together(dots, shape, letter)):
            break
        dots.append(shape)
    rest = shapes[: len(shapes) - len(dots)]
    if dots and rest and dots[-1].box.left < max(shape.box.right for shape in rest):
        # The dot of an i, of ! or ?, which stands over or under a stroke.
        return 0, False
    return len(dots), not rest


def smeared_dots(picture: GreyImage, letter: int) -> tuple[int, bool]:
    """The same for a row that shakes, from the picture (ink light) in its box as it is; 0 unless it's dots alone.

    Smeared, three dots are one low bar, as a dash is.
    """
    if picture.shape[0] > LOW * letter:
        return 0, False
    mask = cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[1].astype(np.uint8, copy=False)
    shapes = tuple(find_shapes(mask)[1])
    if len(shapes) < LEAST_DOTS:
        return 0, False
    count, alone = ending_dots(Row(cluster(list(shapes)), shapes, letter), letter)
    return (count, True) if alone else (0, False)


def only_dots(count: int) -> str:
    """So many dots and nothing else, as text."""
    return "…" * (count // 3) if count % 3 == 0 else "." * count


def with_dots(text: str, count: int) -> str:
    """The text, ending with as many dots as its ink does; `count` 0 says nothing."""
    tail = _TAIL.search(text)
    read = tail.group() if tail else ""
    body = text[: len(text) - len(read)]
    shown = sum({"…": 3, "⋯": 3, "‥": 2}.get(character, 0 if character.isspace() else 1) for character in read)
    if count in (0, shown) or "。" in read or not body:
        return text
    if shown > count and shown % 3 == 0:
        # Engines lose dots and don't invent them; in small type the ink's last one may be too faint to count.
        return text
    if not read and body[-1] in QUOTES:
        return text
    if count == 1:
        return text + "." if not read and body[-1].isalnum() and body[-1].isascii() else text
    if "…" in text and count % 3 == 0:
        return body + "…" * (count // 3)
    return body + "." * count


def _is_dot(shape: Shape, letter: int) -> bool:
    box = shape.box
    limit = max(3.0, DOT_SHARE * letter)
    return box.width <= limit and box.height <= limit and 0.5 <= box.width / box.height <= 2


def _go_together(dots: list[Shape], shape: Shape, letter: int) -> bool:
    last = dots[-1]
    level = abs((last.box.top + last.box.bottom) - (shape.box.top + shape.box.bottom)) / 2
    distance = last.box.left - shape.box.right
    if last.box.left - shape.box.left < CLOSEST_DOTS * letter and distance < CLOSEST_GAP * shape.box.width:
        return False
    if level > 2 or not 0 < distance <= letter or abs(last.box.height - shape.box.height) > 2:
        return False
    if len(dots) > 1:
        before = dots[-2].box.left - last.box.left
        return abs((last.box.left - shape.box.left) - before) <= max(2, 0.5 * before)
    return True
