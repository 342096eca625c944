"""The dice for places: where text, box, name, portrait and standing writing go, and the regions a user would draw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from bench.games.model import BoxForm, Kind, Look, Mark, Names
from capture_daemon.frames import Box, Size


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything goes."""

    area: Box
    rows: int
    panel: Box
    dialogue: Box
    plate: Box | None = None
    speaker: Box | None = None
    portrait: Box | None = None
    mark: tuple[int, int] = (0, 0)
    buttons: tuple[int, int] | None = None
    menu: Box | None = None
    radius: int = 0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What has to be placed."""

    kind: Kind
    size: Size
    form: BoxForm
    look: Look
    names: Names
    mark: Mark | None
    portrait: bool
    buttons: bool


def grown(box: Box, across: int, down: int, size: Size) -> Box:
    """A box with margins, kept in the frame."""
    left, top = max(0, box.left - across), max(0, box.top - down)
    right, bottom = min(size.width, box.right + across), min(size.height, box.bottom + down)
    return Box(left, top, right - left, bottom - top)


def film(dice: Random, wishes: Wishes) -> Places:
    """A strip at the bottom of the picture."""
    size, look = wishes.size, wishes.look
    width = min(round(size.width * dice.uniform(0.74, 0.88)), round(look.tall * 26))
    bottom = size.height - round(size.height * dice.uniform(0.04, 0.1))
    rows = 2
    area = Box((size.width - width) // 2, bottom - rows * look.row_height, width, rows * look.row_height)
    strip = grown(area, round(size.width * dice.uniform(0.02, 0.07)), round(look.tall * dice.uniform(0.35, 0.9)), size)
    return Places(area, rows, area, strip)


def bubbles(dice: Random, wishes: Wishes) -> Places:
    """A part of the picture in which speech bubbles come up here and there."""
    size, look = wishes.size, wishes.look
    radius = round(look.tall * dice.uniform(0.6, 0.9))
    rows = dice.choice([3, 4])
    name = wishes.names.height if wishes.names.where == "row" else 0
    high = min(round(size.height * 0.46), round((rows * look.row_height + name) * dice.uniform(1.05, 1.5)))
    rows = max(1, min(rows, (high - name) // look.row_height))
    width = min(round(size.width * 0.72), round(look.tall * dice.uniform(18, 26)))
    top = round(size.height * dice.uniform(0.12, 0.3))
    area = Box(round((size.width - width) * dice.uniform(0.3, 0.7)), top, width, high)
    return Places(area, rows, area, grown(area, radius + 6, radius + 6, size), radius=radius)


def boxed(dice: Random, wishes: Wishes) -> Places:
    """A text area in its box, or without one, mostly at the bottom."""
    size, look, names, form = wishes.size, wishes.look, wishes.names, wishes.form
    mark_size = wishes.mark.size if wishes.mark else 0
    pad_x = max(round(look.tall * dice.uniform(0.7, 1.5)), round(mark_size * 1.8))
    pad_y = round(look.tall * dice.uniform(0.45, 0.9))
    if form == "gradient":
        pad_x, pad_y = round(pad_x * 2.2), round(pad_y * 2.0)
    name = names.height if names.where == "row" else 0
    rows = pick_rows(dice, wishes, name + 2 * pad_y)
    high = name + rows * look.row_height + 2 * pad_y
    wide = size.width if form == "gradient" or dice.random() < 0.16 else round(size.width * dice.uniform(0.66, 0.96))
    plate_high = names.height if names.where == "plate" else 0
    below = round(size.height * 0.05) if wishes.buttons else 0
    inside = wishes.buttons and form != "gradient" and dice.random() < 0.35
    high += below if inside else 0
    margin = 0 if wide == size.width else round(size.height * dice.uniform(0.012, 0.05))
    top = size.height - high - margin - (0 if inside else below)
    if form != "gradient" and dice.random() < (0.2 if wishes.kind == "hard" else 0.06):
        top = plate_high + round(size.height * dice.uniform(0.03, 0.2))
    panel = Box((size.width - wide) // 2, max(plate_high, top), wide, high)
    portrait = None
    inner = Box(
        panel.left + pad_x, panel.top + pad_y, panel.width - 2 * pad_x, high - (below if inside else 0) - 2 * pad_y
    )
    if wishes.portrait:
        square = high - max(8, pad_y // 2)
        portrait = Box(panel.left + max(4, pad_y // 3), panel.top + (high - square) // 2, square, square)
        left = portrait.right + pad_x // 2
        inner = Box(left, inner.top, panel.right - pad_x - left, inner.height)
    longest = round(look.tall * (34 if look.language in ("ja", "zh", "ko") else 40))
    if inner.width > longest:
        spare = inner.width - longest
        inner = Box(
            inner.left + (spare // 2 if look.centred or spare > longest * 0.2 else 0), inner.top, longest, inner.height
        )
    across = dice.randint(round(pad_x * 0.45), max(round(pad_x * 0.45), pad_x - 3))
    across = max(across, round(mark_size * 1.7))
    down = dice.randint(round(pad_y * 0.5), max(round(pad_y * 0.5), pad_y - 3))
    dialogue = grown(inner, across, down, size)
    mark = (
        min(panel.right - round(mark_size * 1.25) - 3, inner.right + round(mark_size * 0.4)),
        min(panel.bottom - round(mark_size * 1.15), inner.bottom - round(mark_size * 0.7)),
    )
    buttons = None
    if wishes.buttons:
        under = panel.bottom + round(size.height * 0.012) - (below if inside else 0)
        buttons = panel.left + pad_x, min(under, size.height - round(size.height * 0.045))
    places = Places(inner, rows, panel, dialogue, None, None, portrait, mark, buttons)
    places = with_plate(dice, wishes, places, pad_y)
    room = Box(size.width // 4, round(size.height * 0.16), size.width // 2, round(size.height * 0.3))
    free = places.dialogue.top - (plate_high * 2) > room.bottom
    return replace(places, menu=room if free else None)


def pick_rows(dice: Random, wishes: Wishes, other: int) -> int:
    """How many rows the area holds."""
    most = round(wishes.size.height * 0.4)
    rows = dice.choice([2, 3, 3, 3, 4])
    while rows > 1 and rows * wishes.look.row_height + other > most:
        rows -= 1
    return max(2, rows) if 2 * wishes.look.row_height + other < wishes.size.height * 0.5 else rows


def with_plate(dice: Random, wishes: Wishes, places: Places, pad_y: int) -> Places:
    """The name's plate above the box, a little over its edge, and the region round it."""
    names, panel = wishes.names, places.panel
    if names.where != "plate" or names.look is None:
        return places
    over = round(pad_y * dice.uniform(0, 0.35)) if wishes.form not in ("none", "gradient") else 0
    width = round(names.look.tall * 11)
    left = panel.left + round(panel.width * dice.choice([0.0, 0.02, 0.05]))
    if wishes.form in ("none", "gradient"):
        left = places.area.left - names.look.tall // 2
    plate = Box(left, panel.top - names.height + over, min(width, panel.width // 2), names.height)
    top = max(places.dialogue.top, plate.bottom + 1)
    dialogue = Box(places.dialogue.left, top, places.dialogue.width, places.dialogue.bottom - top)
    return replace(places, plate=plate, speaker=grown(plate, 2, 2, wishes.size), dialogue=dialogue)


def place(dice: Random, wishes: Wishes) -> Places:
    """Everything in its place."""
    if wishes.kind == "film":
        return film(dice, wishes)
    if wishes.form == "bubble":
        return bubbles(dice, wishes)
    return boxed(dice, wishes)
