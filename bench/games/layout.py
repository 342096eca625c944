"""Laying text out: rows broken by measuring, and each glyph a mask with a place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from bench.drawing.fonts import Font, load
from bench.drawing.layout import wrap
from bench.drawing.model import Colour, Mask
from bench.games.faces import ink_of, sample_of
from bench.games.model import Game, Line, Look
from capture_daemon.frames import Box

SPACELESS = ("ja", "zh")


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One character in its place: its masks' top left corner in pixels of the frame."""

    character: str
    left: int
    top: int
    fill: Mask
    edge: Mask | None
    colour: Colour
    row: int
    word: int
    index: int

    @property
    def ink(self) -> Box:
        """The part of the frame that its ink covers."""
        down, across = np.nonzero(self.fill > 40)
        if not len(down):
            return Box(self.left, self.top, 0, 0)
        left, top = int(across.min()), int(down.min())
        return Box(self.left + left, self.top + top, int(across.max()) - left + 1, int(down.max()) - top + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """A line laid out. `head` are the glyphs of a name, shown from the first moment.

    `text` is all that is written in the rows, `said` only what the truth has. `box` is where a speech bubble goes.
    """

    rows: tuple[str, ...]
    said: str
    text: str
    glyphs: tuple[Glyph, ...]
    head: tuple[Glyph, ...]
    end: tuple[int, int]
    look: Look
    box: Box | None = None


@lru_cache(maxsize=4096)
def masks(font: Font, character: str, fraction: float, look: Look) -> tuple[int, int, Mask, Mask | None]:
    """Left, top, fill and edge of a character drawn with its origin `fraction` of a pixel in."""
    loaded = load(font, look.size)
    pad = look.outline + max(map(abs, look.shadow)) + look.soft * 2 + 2
    left, top, right, bottom = (round(value) for value in loaded.getbbox(character))
    width, height = max(1, right - left) + 2 * pad, max(1, bottom - top) + 2 * pad

    def draw(stroke: int) -> Mask:
        canvas = Pillow.new("L" if look.smooth else "1", (width, height), 0)
        ink = 255 if look.smooth else 1
        place = (pad - left + fraction, pad - top)
        ImageDraw.Draw(canvas).text(place, character, fill=ink, font=loaded, stroke_width=stroke)
        return np.array(canvas.convert("L"), dtype=np.uint8)

    fill = draw(0)
    edge: Mask | None = None
    if look.outline:
        edge = draw(look.outline)
    if look.shadow != (0, 0) or look.soft:
        across, down = look.shadow
        cast = np.zeros_like(fill)
        base = fill if edge is None else edge
        cast[down:, across:] = base[: height - down, : width - across]
        if look.soft:
            wide = cv2.dilate(cast, np.ones((look.soft + 1, look.soft + 1), np.uint8))
            cast = cv2.GaussianBlur(wide, (2 * look.soft + 1,) * 2, 0).astype(np.uint8, copy=False)
        edge = cast if edge is None else np.maximum(edge, cast)
    if look.scale > 1:
        block = np.ones((look.scale, look.scale), np.uint8)
        fill = np.kron(fill, block)
        edge = None if edge is None else np.kron(edge, block)
    return (left - pad) * look.scale, (top - pad) * look.scale, fill, edge


def measured(text: str, look: Look) -> int:
    """How wide a row is, in pixels of the frame."""
    return round(load(look.font, look.size).getlength(text) * look.scale)


def broken(text: str, look: Look, width: int) -> list[str]:
    """A text's rows, none wider than `width` where that can be; it breaks at new lines, too."""
    language = look.language if look.language in ("ja", "zh", "ko") else "en"
    if language in SPACELESS:
        width -= round(1.5 * look.tall)  # what may not begin a row goes beyond its end
    rows: list[str] = []
    for part in text.split("\n"):
        # It is one of the languages that `wrap` knows, which its type, a text, does not say.
        rows += wrap(part, load(look.font, look.size), width / look.scale, language, 0.0)  # type: ignore[arg-type]
    return rows


def set_row(text: str, start: tuple[int, int], look: Look, counted: tuple[int, int, int] = (0, 0, 0)) -> list[Glyph]:
    """The glyphs of one row, which stands in the middle of the row height that begins at `start`: left and top.

    `counted` are the row's number, and those of its first word and first character in the whole text.
    """
    (left, top), (row, word, first) = start, counted
    loaded = load(look.font, look.size)
    above, below = (value * look.scale for value in ink_of(look.font, look.size, sample_of(look.language)))
    down = top + round((look.row_height - (below - above)) / 2) - above
    glyphs: list[Glyph] = []
    for index, character in enumerate(text):
        if character.isspace():
            word += 1
            continue
        exact = loaded.getlength(text[: index + 1]) - loaded.getlength(character)
        whole = int(np.floor(exact))
        fraction = round((exact - whole) * 4) / 4 if look.smooth else 0.0
        across, rise, fill, edge = masks(look.font, character, fraction, look)
        place = left + whole * look.scale + across, down + rise
        glyphs.append(Glyph(character, *place, fill, edge, look.colour, row, word, first + index))
    return glyphs


def name_look(game: Game, who: str) -> Look:
    """How a name is drawn: some games have a colour for each speaker."""
    look = game.names.look or game.look
    colours = game.names.colours
    return replace(look, colour=colours[sum(map(ord, who)) % len(colours)]) if colours else look


def lay_out(game: Game, line: Line) -> Laid:
    """Lay a line out where the game has its text."""
    look, names, area = game.look, game.names, game.area
    if line.italic and game.face.italic:
        look = replace(look, font=game.face.italic)
    prefix = names.form.format(line.who) if line.who and names.where == "inline" else ""
    rows = broken(prefix + line.text, look, area.width)
    said_rows = [rows[0][len(prefix) :].strip(), *rows[1:]] if prefix else rows
    joiner = "" if look.language in SPACELESS else " "
    said = joiner.join(row for row in said_rows if row)
    head: list[Glyph] = []
    heading = line.who if names.where == "row" and line.who else ""
    head_height = names.height if names.where == "row" and (heading or names.stays) else 0
    wide = max(measured(row, look) for row in rows)
    box = None
    if game.panel and game.panel.form == "bubble":
        if heading:
            wide = max(wide, measured(names.form.format(heading), name_look(game, heading)))
        head_height = names.height if heading else 0
        area, box = bubble(game, line, wide, head_height + len(rows) * look.row_height)
    if heading:
        styled = name_look(game, heading)
        text = names.form.format(heading)
        left = area.left + (round((area.width - measured(text, styled)) / 2) if names.centred else 0)
        head = set_row(text, (left, area.top), replace(styled, row_height=names.height))
    top = area.top + head_height
    if game.kind == "film":
        top = area.bottom - len(rows) * look.row_height
    glyphs: list[Glyph] = []
    text, left, word = "", area.left, 0
    for number, row in enumerate(rows):
        left = area.left + (round((area.width - measured(row, look)) / 2) if look.centred else 0)
        made = set_row(row, (left, top + number * look.row_height), look, (number, word, len(text)))
        word = made[-1].word + 1 if made else word
        glyphs += made
        text += row + joiner
    if prefix:
        count = len([character for character in prefix if not character.isspace()])
        head, glyphs = (
            [replace(glyph, colour=name_look(game, line.who or "").colour) for glyph in glyphs[:count]],
            glyphs[count:],
        )
    end = left + measured(rows[-1], look), top + len(rows) * look.row_height
    return Laid(tuple(rows), said, text, tuple(glyphs), tuple(head), end, look, box)


def bubble(game: Game, line: Line, wide: int, high: int) -> tuple[Box, Box]:
    """The text's area and the bubble round it, within the room that the game's area leaves."""
    panel = game.panel
    pad = panel.radius if panel else 0
    room = game.area
    left = room.left + round((room.width - wide) * line.place[0])
    top = room.top + round((room.height - high) * line.place[1])
    return Box(left, top, wide, high), Box(left - pad, top - pad, wide + 2 * pad, high + 2 * pad)
