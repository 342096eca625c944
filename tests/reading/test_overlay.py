"""Text before writing in the picture, or over its beginning, is parted from it."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import Character, RowText
from capture_daemon.reading.ink import ink_of
from capture_daemon.reading.overlay import parts_by_ink, parts_by_text
from capture_daemon.reading.parameters import FOLLOW
from capture_daemon.reading.row import Row
from capture_daemon.reading.row_readings import Reading
from tests.reading.drawing import font

FACE = font(24)
SIGN, LEFT, TOP = "OPEN TILL NINE", 260, 20
SIGN_BOX = Box(LEFT - 2, TOP + 4, round(FACE.getlength(SIGN)) + 4, 24)


def picture(text: str = "", left: int = 20, sign_left: int = LEFT) -> GreyImage:
    """The sign, and a text over it, with an outline as subtitles have."""
    canvas = Image.new("L", (520, 70), 60)
    pen = ImageDraw.Draw(canvas)
    pen.text((sign_left, TOP), SIGN, fill=180, font=FACE)
    pen.text((left, TOP), text, fill=255, stroke_width=3, stroke_fill=0, font=FACE)
    return np.asarray(canvas, np.uint8)


def in_colour(luma: GreyImage) -> ColourImage:
    return np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR), np.uint8)


def sign() -> Row:
    """The sign, as it was read while nothing was before it."""
    luma = picture()
    ink = ink_of(luma, in_colour(luma), SIGN_BOX, FOLLOW)
    return Row(1, SIGN_BOX, 0.0, 0.0, 0.0, ink, [Reading(SIGN, 0.99, 0.0)])


def found(left: int) -> Box:
    """What a detector finds: both in one row."""
    return Box(left, TOP + 2, SIGN_BOX.right - left, 30)


def test_text_before_a_sign_ends_where_that_begins() -> None:
    row = sign()
    parts = parts_by_ink([row], found(20), picture("The train is late"), 3.0, FOLLOW)
    assert parts is not None
    writing, before = parts
    assert writing is row
    assert abs(before.right - LEFT) < 6
    assert row.box == SIGN_BOX


def test_text_over_a_sign_s_beginning_ends_where_that_can_be_seen_again() -> None:
    row = sign()
    text = "The train is late again, I see"
    end = 20 + FACE.getlength(text)
    parts = parts_by_ink([row], found(20), picture(text), 3.0, FOLLOW)
    assert parts is not None
    assert end - 4 < parts[1].right < end + 40
    assert row.box.left == parts[1].right
    # When the text goes, the sign is whole again.
    assert parts_by_ink([row], SIGN_BOX, picture(), 4.0, FOLLOW) is None
    assert row.box == SIGN_BOX


def test_text_that_is_typed_on_or_came_just_now_is_not_parted() -> None:
    assert parts_by_ink([sign()], found(20), picture("The train is late"), 0.4, FOLLOW) is None
    longer = Box(SIGN_BOX.left, SIGN_BOX.top, SIGN_BOX.width + 120, SIGN_BOX.height)
    assert parts_by_ink([sign()], longer, picture(), 3.0, FOLLOW) is None


def test_a_sign_that_has_faded_is_not_parted() -> None:
    assert parts_by_ink([sign()], found(20), np.full((70, 520), 60, np.uint8), 3.0, FOLLOW) is None


def read_as(text: str, left: float) -> RowText:
    places = [left + FACE.getlength(text[:number]) for number in range(len(text))]
    return RowText(text, 0.99, tuple(Character(one, place, 0.99) for one, place in zip(text, places, strict=True)))


def test_while_a_camera_pans_what_is_read_tells_the_sign() -> None:
    text = "The train is late again, "
    parts = parts_by_text([sign()], found(20), read_as(text + "PEN TILL NINE", 20), 0.0, 3.0, FOLLOW)
    assert parts is not None
    (before, first), (after, rest) = parts
    assert first.text == "The train is late again,"
    assert rest.text == "PEN TILL NINE"
    assert before.right == after.left
    assert len(first.characters) + len(rest.characters) == len(text) + 13


def test_a_text_that_ends_as_another_began_elsewhere_is_one() -> None:
    read = read_as("We are OPEN TILL NINE", 20)
    assert parts_by_text([sign()], Box(20, TOP, 300, 30), read, 0.0, 3.0, FOLLOW) is None
    assert parts_by_text([sign()], found(20), read_as("The train is late again", 20), 0.0, 3.0, FOLLOW) is None
