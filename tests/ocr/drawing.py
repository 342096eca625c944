"""Rows of text drawn for the tests, with a margin like the reader's."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from capture_daemon.frames import Box, ColourImage, GreyImage
from capture_daemon.ocr.engine import RowImage
from tests.needs import needs_file

SANS = ("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", "fonts-dejavu-core")
MONO = ("/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf", "fonts-dejavu-core")
SERIF = ("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf", "fonts-dejavu-core")
GOTHIC = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "fonts-noto-cjk")
HANGUL = ("/usr/share/fonts/truetype/nanum/NanumGothic.ttf", "fonts-nanum")


def draw(
    text: str,
    font: tuple[str, str] = SANS,
    size: int = 24,
    *,
    light_on_dark: bool = True,
    margin: int = 6,
    outline: int = 0,
) -> RowImage:
    """`text` in one row; skips the test where the font's Debian package is missing.

    With an `outline`, so many pixels wide, it is light with a dark rim on something in between.
    """
    path, package = font
    face = ImageFont.truetype(str(needs_file(Path(path), package=package)), size)
    left, top, right, bottom = (round(edge) for edge in face.getbbox(text))
    ink, paper = (235, 40) if light_on_dark else (25, 220)
    image = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin), paper)
    ImageDraw.Draw(image).text((margin - left, margin - top), text, fill=ink, font=face)
    if outline:
        image = Image.new("L", (image.width + 2 * outline, image.height + 2 * outline), 150)
        at = (margin + outline - left, margin + outline - top)
        ImageDraw.Draw(image).text(at, text, fill=255, font=face, stroke_width=outline, stroke_fill=0)
    return row_of(np.asarray(image, np.uint8), margin)


def column(text: str, size: int, *, spread: float = 1.0, margin: int = 6) -> RowImage:
    """`text` in one column that lies on its left side, without the forms that vertical text has for some characters."""
    path, package = GOTHIC
    face = ImageFont.truetype(str(needs_file(Path(path), package=package)), size)
    pitch = spread * size
    image = Image.new("L", (size + 2 * margin, round(pitch * len(text)) + 2 * margin), 40)
    canvas = ImageDraw.Draw(image)
    for number, character in enumerate(text):
        # Commas and full stops stand at the right top of their squares.
        across, up = (0.6 * size, 0.6 * size) if character in "、。" else (0, 0)
        top = margin + pitch * number + (pitch - size) / 2 - 0.3 * size
        canvas.text((margin + across, top - up), character, fill=235, font=face)
    lying = np.ascontiguousarray(np.rot90(np.asarray(image, np.uint8)))
    row = row_of(lying, margin)
    return RowImage(row.pixels, row.row.grown(0, margin // 2), column=True)


def row_of(grey: GreyImage, margin: int = 0) -> RowImage:
    """A row from its luma; `margin` pixels of it all round are not the row's own."""
    height, width = grey.shape
    return RowImage(in_colour(grey), Box(margin, margin, width - 2 * margin, height - 2 * margin))


def in_colour(grey: GreyImage) -> ColourImage:
    """The same picture, in blue, green and red."""
    return np.repeat(grey[:, :, None], 3, axis=2)
