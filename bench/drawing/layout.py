"""Laying text out: words into rows, rows into glyphs, each a mask with a place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw
from PIL.ImageFont import FreeTypeFont

from bench.drawing.fonts import Font, load
from bench.drawing.model import Colour, Language, Mask, Style

NEVER_FIRST = "、。，．！？」』】）)：；…‥ー々っゃゅょッャュョ!?,.:;”’％"
"""What may not begin a row in Chinese and Japanese."""
NEVER_LAST = "「『【（(“‘"
"""What may not end one."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One character in its place: its masks' top left corner, in pixels of the area."""

    character: str
    left: int
    top: int
    fill: Mask
    edge: Mask | None
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A text laid out: its glyphs in reading order, spaces left out, and the rows as they were broken.

    `heading` glyphs (a name row) are shown at once with the first of the others. `indexes` has each glyph's place in
    `text`; `right` and `bottom` are where the last row ends, in pixels of the area.
    """

    text: str

    glyphs: tuple[Glyph, ...]
    heading: tuple[Glyph, ...]
    rows: tuple[str, ...]
    indexes: tuple[int, ...]
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it is shown with a text: `prefix` before it in the same row, `heading` in a row of its own above."""

    prefix: str = ""
    heading: str = ""


UNNAMED = Named()


@lru_cache(maxsize=4096)
def glyph_masks(
    font: Font, size: int, character: str, fraction: float, style: Style
) -> tuple[int, int, Mask, Mask | None]:
    """Left, top, fill and edge of a character drawn with its origin `fraction` of a pixel in."""
    loaded = load(font, size)
    pad = style.outline + 3
    left, top, right, bottom = (round(value) for value in loaded.getbbox(character, stroke_width=style.outline))
    width, height = max(1, right - left) + 2 * pad, max(1, bottom - top) + 2 * pad
    mode = "L" if style.smooth else "1"

    def draw(stroke: int) -> Mask:
        canvas = Pillow.new(mode, (width, height), 0)
        ink = 255 if style.smooth else 1
        place = (pad - left + fraction, pad - top)
        ImageDraw.Draw(canvas).text(place, character, fill=ink, font=loaded, stroke_width=stroke)
        return np.array(canvas.convert("L"), dtype=np.uint8)

    fill = draw(0)
    edge: Mask | None = None
    if style.outline:
        edge = draw(style.outline)
    elif style.shadow is not None:
        across, down = style.shadow
        edge = np.zeros_like(fill)
        edge[down:, across:] = fill[: height - down, : width - across]
        if style.smooth:
            edge = cv2.GaussianBlur(edge, (3, 3), 0).astype(np.uint8, copy=False)
    if style.scale > 1:
        fill = np.kron(fill, np.ones((style.scale, style.scale), np.uint8))
        edge = None if edge is None else np.kron(edge, np.ones((style.scale, style.scale), np.uint8))
    return (left - pad) * style.scale, (top - pad) * style.scale, fill, edge


def coloured(text: str, style: Style, colour: Colour) -> tuple[str, list[Colour]]:
    """The text without its braces, and each character's colour."""
    plain, colours, accent = [], [], False
    for character in text:
        if character in "{}":
            accent = character == "{"
            continue
        plain.append(character)
        colours.append(style.accent if accent else colour)
    return "".join(plain), colours


def wrap(text: str, loaded: FreeTypeFont, width: float, language: Language, indent: float = 0.0) -> list[str]:
    """Break a text into rows no wider than `width`; the first begins `indent` pixels in."""
    rows: list[str] = []
    row = ""
    words = list(text) if language in ("ja", "zh") else re.findall(r"\S+?-(?=\w)|\S+\s*|\s+", text)
    for word in words:
        room = width - (indent if not rows else 0.0)
        fits = loaded.getlength((row + word).rstrip()) <= room
        if row and not fits and word not in NEVER_FIRST:
            carried = ""
            while len(row) > 1 and language in ("ja", "zh") and row[-1] in NEVER_LAST:
                carried, row = row[-1] + carried, row[:-1]
            rows.append(row.rstrip())
            row = carried + word
        else:
            row += word
    return [*rows, row.rstrip()] if row.strip() else rows


def set_row(
    text: str, face: tuple[Font, int], start: tuple[float, float], style: Style, colours: list[Colour]
) -> tuple[list[Glyph], list[int], float]:
    """The glyphs of one row, the index of each in its text, and where it ends; all in pixels of the area.

    `start` is the row's left and top.
    """
    font, size = face
    left, top = start
    loaded = load(font, size)
    glyphs: list[Glyph] = []
    indexes: list[int] = []
    for index, character in enumerate(text):
        if character.isspace():
            continue
        exact = left / style.scale + loaded.getlength(text[: index + 1]) - loaded.getlength(character)
        whole = int(np.floor(exact))
        fraction = round((exact - whole) * 4) / 4 if style.smooth else 0.0
        across, down, fill, edge = glyph_masks(font, size, character, fraction, style)
        glyphs.append(Glyph(character, whole * style.scale + across, round(top) + down, fill, edge, colours[index]))
        indexes.append(index)
    return glyphs, indexes, left + loaded.getlength(text) * style.scale


def lay_out(
    text: str, style: Style, language: Language, start: tuple[int, int] = (0, 0), named: Named = UNNAMED
) -> Laid:
    """Lay a text out in the style's area, its first row beginning at `start`: left and top."""
    left, top = start
    name = style.name
    head: list[Glyph] = []
    if named.heading:
        face = name.font or style.font, name.size or style.size
        head, _, _ = set_row(named.heading, face, (0, top), style, [name.colour or style.accent] * len(named.heading))
        top += round(face[1] * style.scale * 1.25) + name.row_gap
    plain, colours = coloured(text, style, style.colour)
    plain = named.prefix + plain
    colours = [name.colour or style.colour] * len(named.prefix) + colours
    width = style.area.width / style.scale
    indent = name.indent if named.heading else 0
    loaded = load(style.font, style.size)
    rows = wrap(plain, loaded, width - indent, language, left / style.scale)
    glyphs: list[Glyph] = []
    places: list[int] = []
    position, right = 0, 0.0
    for number, row in enumerate(rows):
        position = plain.index(row, position)
        begin: float = (left if number == 0 else 0) + indent
        if style.centred:
            begin += (style.area.width - loaded.getlength(row) * style.scale) / 2
        made, indexes, right = set_row(
            row,
            (style.font, style.size),
            (begin, top + number * style.row_height),
            style,
            colours[position : position + len(row)],
        )
        glyphs += made
        places += [position + index for index in indexes]
        position += len(row)
    bottom = top + len(rows) * style.row_height
    return Laid(plain, tuple(glyphs), tuple(head), tuple(rows), tuple(places), round(right), bottom)
