"""Drawing on a captured picture: regions and rows, or a grid of coordinates to choose a region from."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
from PIL import Image, ImageDraw, ImageFont

from capture_daemon.frames import Box, ColourImage, RegionBoxes
from capture_daemon.pipeline.snapshot import FoundRow

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_DIALOGUE, _SPEAKER, _IGNORE, _ROW = (90, 220, 120), (90, 180, 255), (230, 90, 90), (255, 210, 60)
_GRID_STEPS = (10, 20, 50, 100, 200, 500, 1000)
_MOST_LINES = 16
"""Lines of the grid across the picture, at most."""
_FONTS = {
    "linux": (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
        "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
        "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
        "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
        "/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
        "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
        "/usr/share/fonts/TTF/DejaVuSans.ttf",
    ),
    "darwin": (
        "/System/Library/Fonts/ヒラギノ角ゴシック W3.ttc",
        "/System/Library/Fonts/PingFang.ttc",
        "/System/Library/Fonts/AppleSDGothicNeo.ttc",
        "/Library/Fonts/Arial Unicode.ttf",
        "/System/Library/Fonts/Helvetica.ttc",
    ),
    "win32": (
        "C:/Windows/Fonts/msgothic.ttc",
        "C:/Windows/Fonts/meiryo.ttc",
        "C:/Windows/Fonts/msyh.ttc",
        "C:/Windows/Fonts/malgun.ttf",
        "C:/Windows/Fonts/arial.ttf",
    ),
}
"""Fonts that show the most, first; a text takes the first that has all of its characters."""


def with_regions(picture: ColourImage, regions: RegionBoxes, rows: Sequence[FoundRow]) -> ColourImage:
    """The picture with the regions and the rows framed, numbered, and what was read in them written beside."""
    canvas = _Canvas(picture)
    for box in regions.ignore:
        canvas.frame(box, _IGNORE, f"ignore {box}")
    if regions.speaker is not None:
        canvas.frame(regions.speaker, _SPEAKER, f"speaker {regions.speaker}")
    canvas.frame(regions.dialogue, _DIALOGUE, f"dialogue {regions.dialogue}", below=regions.speaker is not None)
    notes = []
    for number, row in enumerate(rows, 1):
        canvas.frame(row.box, _ROW, None, grow=2)
        canvas.number(row.box, str(number), _ROW)
        notes.append(f"{number}  {row_note(row)}")
    return canvas.finished(notes or ["no text found in the dialogue region"])


def with_grid(picture: ColourImage) -> ColourImage:
    """The picture with a grid of pixel coordinates, labelled on all four sides."""
    canvas = _Canvas(picture)
    height, width = picture.shape[:2]
    step = next((step for step in _GRID_STEPS if max(width, height) / step <= _MOST_LINES), _GRID_STEPS[-1])
    canvas.grid(step)
    example = Box(width // 5, height * 3 // 4, width * 3 // 5, height // 6)
    return canvas.finished(
        [
            f"{width}x{height} pixels, a line every {step}. A region is left,top,width,height: "
            f"--region {example} would be the lower middle"
        ]
    )


def row_note(row: FoundRow) -> str:
    """What was read in a row, in words."""
    if not row.text.text:
        return "(nothing could be read)"
    return f"{row.text.text}  ({row.text.confidence:.2f})"


class _Canvas:
    """A picture being drawn on, with a strip of notes below it when it is finished."""

    def __init__(self, picture: ColourImage) -> None:
        code = cv2.COLOR_GRAY2RGB if picture.ndim == 2 else cv2.COLOR_BGR2RGB
        self._image = Image.fromarray(cv2.cvtColor(picture if picture.ndim == 2 else picture[:, :, :3], code))
        self._width, self._height = self._image.size
        self._draw = ImageDraw.Draw(self._image, "RGBA")
        self._size = max(13, min(self._width, self._height) // 45)

    def frame(self, box: Box, colour: Colour, label: str | None, *, grow: int = 0, below: bool = False) -> None:
        corners = (box.left - grow, box.top - grow, box.right - 1 + grow, box.bottom - 1 + grow)
        self._draw.rectangle(corners, outline=colour, width=2)
        if label is not None:
            height = self._size + 6
            top = box.bottom + 2 if below and box.bottom + height < self._height else max(0, box.top - height)
            self._label((box.left, top), label, colour)

    def number(self, box: Box, text: str, colour: Colour) -> None:
        width = self._draw.textlength(text, font=_font(text, self._size)) + 6
        self._label((max(0, int(box.left - width - 4)), box.top), text, colour)

    def grid(self, step: int) -> None:
        for left in range(0, self._width, step):
            self._line((left, 0, left, self._height), left % (5 * step) == 0)
        for top in range(0, self._height, step):
            self._line((0, top, self._width, top), top % (5 * step) == 0)
        for left in range(step, self._width, step):
            for top in (0, self._height - self._size - 6):
                self._label((left + 2, top), str(left), (255, 255, 255))
        for top in range(step, self._height, step):
            width = int(self._draw.textlength(str(top), font=_font("0", self._size))) + 6
            for left in (0, self._width - width):
                self._label((left, top + 2), str(top), (255, 255, 255))

    def finished(self, notes: Sequence[str]) -> ColourImage:
        """The picture with the notes below it: blue, green, red."""
        line = self._size + 10
        whole = Image.new("RGB", (self._width, self._height + line * len(notes) + 10), (24, 24, 28))
        whole.paste(self._image, (0, 0))
        draw = ImageDraw.Draw(whole)
        for place, note in enumerate(notes):
            top = self._height + 8 + place * line
            draw.text((8, top), note, font=_font(note, self._size), fill=(235, 235, 235))
        pixels: ColourImage = cv2.cvtColor(_array(whole), cv2.COLOR_RGB2BGR)  # type: ignore[assignment]
        return pixels

    def _line(self, corners: tuple[int, int, int, int], strong: bool) -> None:
        self._draw.line(corners, fill=(255, 255, 255, 150 if strong else 70), width=1)
        shadow = tuple(number + 1 for number in corners)
        self._draw.line(shadow, fill=(0, 0, 0, 110), width=1)

    def _label(self, corner: tuple[int, int], text: str, colour: Colour) -> None:
        font = _font(text, self._size)
        width = self._draw.textlength(text, font=font)
        left, top = min(corner[0], int(self._width - width - 6)), corner[1]
        self._draw.rectangle((left, top, left + width + 6, top + self._size + 5), fill=(0, 0, 0, 190))
        self._draw.text((left + 3, top + 1), text, font=font, fill=colour)


def _array(image: Image.Image) -> ColourImage:
    import numpy as np  # noqa: PLC0415

    return np.asarray(image, np.uint8)


def _font(text: str, size: int) -> Font:
    """The first font on this machine that has every character of the text, or the best there is."""
    fonts = _fonts(size)
    for font in fonts:
        if _has_all(font, text):
            return font
    return fonts[0] if fonts else ImageFont.load_default(size)


@cache
def _fonts(size: int) -> list[ImageFont.FreeTypeFont]:
    return [ImageFont.truetype(place, size) for place in fonts()]


def fonts() -> list[Path]:
    """The fonts of this machine, those with the most scripts first."""
    places = _FONTS.get("linux" if sys.platform.startswith("linux") else sys.platform, ())
    return [Path(place) for place in places if Path(place).is_file()]


def _has_all(font: ImageFont.FreeTypeFont, text: str) -> bool:
    """Whether no character is drawn as the box that stands for a missing one."""
    missing = font.getmask("\U000effff").getbbox(), bytes(font.getmask("\U000effff"))
    for character in set(text):
        if character.isspace() or character.isascii():
            continue
        mask = font.getmask(character)
        if (mask.getbbox(), bytes(mask)) == missing:
            return False
    return True
