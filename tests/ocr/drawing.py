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


def row_of(grey: GreyImage, margin: int = 0) -> RowImage:
    """A row from its luma; `margin` pixels of it all round are not the row's own."""
    height, width = grey.shape
    return RowImage(in_colour(grey), Box(margin, margin, width - 2 * margin, height - 2 * margin))


def in_colour(grey: GreyImage) -> ColourImage:
    """The same picture, in blue, green and red."""
    return np.repeat(grey[:, :, None], 3, axis=2)
