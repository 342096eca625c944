"""Painting a game's frames and writing them as H.264."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from bench.drawing.model import Image
from bench.drawing.painting import rounded
from bench.games.layers import Layer, shape_mask, written
from bench.games.layout import Laid, name_look, set_row
from bench.games.model import Game, Panel
from bench.games.panels import panel_layer
from bench.games.playing import FLASH, SHAKE, Shown, State
from bench.games.scenery import Stage
from capture_daemon.frames import Box


@dataclass(slots=True)
class Painter:
    """Paints one game's states."""

    game: Game
    stage: Stage = field(init=False)
    random: np.random.Generator = field(init=False)
    panels: dict[Panel, Layer] = field(default_factory=dict)
    plates: dict[str, Layer] = field(default_factory=dict)
    menus: dict[tuple[str, ...], Layer] = field(default_factory=dict)
    faces: dict[int, Layer | None] = field(default_factory=dict)
    signs: list[Layer] = field(default_factory=list)
    inked: tuple[Laid, Shown] | None = None
    ink: Layer | None = None
    drop: Layer | None = None
    mark: Layer | None = None
    last: tuple[tuple[object, ...], Image] | None = None

    def __post_init__(self) -> None:
        self.stage = Stage(self.game)
        self.random = np.random.default_rng(self.game.seed + 1000)

    def frames(self, states: Iterable[State]) -> Iterator[Image]:
        """Every frame, painted; the same array again where nothing has changed."""
        for number, state in enumerate(states):
            key = self.key(number, state)
            if key is None or self.last is None or self.last[0] != key:
                self.last = (key or (), self.paint(number, state))
            yield self.last[1]

    def key(self, number: int, state: State) -> tuple[object, ...] | None:
        """What tells two frames apart; None where each is another."""
        busy = state.flash is not None or state.shake is not None or (self.game.look.jitter and state.laid)
        counting = any(sign.counts for sign in self.game.signs)
        if busy or not self.stage.still or self.game.scenery.in_front:
            return None
        place = self.mark_place(state)
        return (
            self.stage.number(number, state.scene), state.scene if self.game.scenery.cast else 0, state.who,
            id(state.laid), id(state.shown), state.opacity, state.moved, state.box, state.menu, place,
            number // self.game.fps if counting else 0,
        )  # fmt: skip

    def paint(self, number: int, state: State) -> Image:
        """One whole frame."""
        game = self.game
        image = self.stage.paint(number, state.scene, state.who)
        self.surface(image, number)
        if state.box > 0:
            self.box(image, state)
        if state.laid is not None and state.shown is not None and state.opacity > 0:
            self.text(image, state)
            self.sign_of_completeness(image, state)
        if state.menu:
            self.menu(image, state.menu)
        if game.scenery.particles and game.scenery.in_front:
            self.stage.weather(image, number / game.fps)
        if state.flash is not None:
            white = round(200 * (1 - state.flash / FLASH))
            image = cv2.add(image, np.full_like(image, white)).astype(np.uint8, copy=False)
        if state.shake is not None:
            reach = game.size.height / 60 * (1 - state.shake / SHAKE)
            across = round(reach * math.sin(number * 2.4))
            down = round(reach * math.cos(number * 3.1))
            image = np.roll(image, (down, across), (0, 1))
        return image

    def surface(self, image: Image, number: int) -> None:
        """Standing writing of the game's surface."""
        if not self.signs:
            for sign in self.game.signs:
                self.signs.append(self.sign_layer(sign.text, sign.left, sign.top, sign.size, number=len(self.signs)))
        for place, sign in enumerate(self.game.signs):
            if sign.counts and number % self.game.fps == 0:
                text = f"{sign.text} {number // self.game.fps + 40}"
                self.signs[place] = self.sign_layer(text, sign.left, sign.top, sign.size, number=place)
        for layer in self.signs:
            layer.lay(image)

    def sign_layer(self, text: str, left: int, top: int, size: int, *, number: int) -> Layer:
        """One piece of standing writing."""
        sign = self.game.signs[number]
        mask, down = written(text, sign.font, size)
        width = mask.shape[1]
        pad = max(3, size // 3)
        layer = Layer.clear(Box(left - pad, top - pad, width + 2 * pad, size + round(size * 0.4) + 2 * pad))
        if sign.backed:
            plate = rounded(layer.place.width, layer.place.height, pad)
            layer.add(layer.place.left, layer.place.top, (16, 18, 26), plate, 0.6)
        else:
            layer.add(left + 1, top + down + 1, (0, 0, 0), mask, 0.8)
        layer.add(left, top + down, sign.colour, mask)
        return layer

    def box(self, image: Image, state: State) -> None:
        """The text box, with portrait and name plate."""
        panel = self.game.panel
        if panel is not None and panel.form != "none":
            if panel.form == "bubble":
                if state.laid is None or state.laid.box is None:
                    return
                panel = replace(panel, place=state.laid.box)
            if panel not in self.panels:
                self.panels = {panel: panel_layer(panel)}
            rise = round((1 - state.box) * 14)
            self.panels[panel].lay(image, state.box, 0, rise)
        if self.game.portrait and self.game.portraits:
            number = sum(map(ord, state.who)) if state.who else -1
            if number >= 0:
                self.portrait(image, number % len(self.game.portraits), state.box)
        if state.who is not None and self.game.names.where == "plate" and state.laid is not None:
            self.plate(image, state.who, state.opacity)

    def portrait(self, image: Image, number: int, opacity: float) -> None:
        """The speaker's face beside the text."""
        place = self.game.portrait
        if place is None:
            return
        if number not in self.faces:
            made = self.stage.layer(self.game.portraits[number], round(place.height * 1.25))
            if made is not None:
                wide, high = min(place.width, made.place.width), min(place.height, made.place.height)
                left = (made.place.width - wide) // 2
                cut = np.s_[:high, left : left + wide]
                where = Box(place.left + (place.width - wide) // 2, place.bottom - high, wide, high)
                made = Layer(where, made.ink[cut], made.shows[cut])
            self.faces[number] = made
        face = self.faces[number]
        if face is not None:
            face.lay(image, opacity)

    def plate(self, image: Image, who: str, opacity: float) -> None:
        """The speaker's name outside the text."""
        names, panel = self.game.names, self.game.panel
        if names.plate is None:
            return
        if who not in self.plates:
            look = name_look(self.game, who)
            layer = Layer.clear(names.plate)
            if names.plate_box and panel is not None:
                backing = replace(
                    panel,
                    form="solid",
                    place=names.plate,
                    radius=min(panel.radius, names.plate.height // 3),
                    tail=False,
                )
                layer = panel_layer(backing)
            start = names.plate.left + look.tall // 2, names.plate.top
            glyphs = set_row(names.form.format(who), start, replace(look, row_height=names.plate.height))
            for glyph in glyphs:
                if glyph.edge is not None:
                    layer.add(glyph.left, glyph.top, look.edge, glyph.edge)
            for glyph in glyphs:
                layer.add(glyph.left, glyph.top, glyph.colour, glyph.fill)
            self.plates[who] = layer
        self.plates[who].lay(image, opacity)

    def text(self, image: Image, state: State) -> None:
        """The line, as far as it's there."""
        laid, shown = state.laid, state.shown
        if laid is None or shown is None:
            return
        fresh = self.inked is None or self.inked[0] is not laid or self.inked[1] is not shown
        if fresh or self.ink is None or laid.look.jitter:
            self.ink = self.inked_layer(laid, shown)
            self.inked = laid, shown
        self.ink.lay(image, state.opacity, *state.moved)

    def inked_layer(self, laid: Laid, shown: Shown) -> Layer:
        """The glyphs of a line on a layer of their own, edges below all fills."""
        look = laid.look
        glyphs = [(glyph, 1.0) for glyph in laid.head]
        glyphs += [(glyph, float(share)) for glyph, share in zip(laid.glyphs, shown, strict=True) if share > 0]
        left = min((glyph.left for glyph, _ in glyphs), default=0)
        top = min((glyph.top for glyph, _ in glyphs), default=0)
        right = max((glyph.left + glyph.fill.shape[1] for glyph, _ in glyphs), default=1)
        bottom = max((glyph.top + glyph.fill.shape[0] for glyph, _ in glyphs), default=1)
        layer = Layer.clear(Box(left - 4, top - 12, right - left + 8, bottom - top + 24))
        pops = self.game.pace.reveal == "letters pop"
        placed = []
        for glyph, share in glyphs:
            across, down = 0, round((1 - share) * -look.tall * 0.3) if pops else 0
            if look.jitter:
                across, down = (int(value) for value in self.random.integers(-look.jitter, look.jitter + 1, 2))
            placed.append((glyph, share, glyph.left + across, glyph.top + down))
        for glyph, share, across, down in placed:
            if glyph.edge is not None:
                layer.add(across, down, look.edge, glyph.edge, share)
        for glyph, share, across, down in placed:
            layer.add(across, down, glyph.colour, glyph.fill, share)
        return layer

    def mark_place(self, state: State) -> tuple[int, int, float] | None:
        """Where the sign that a line is complete stands, and how opaque; None while it isn't seen."""
        mark = self.game.mark
        if mark is None or state.mark is None or state.laid is None:
            return None
        phase = state.mark / mark.period % 1.0
        if mark.moves == "blink" and phase >= 0.55:
            return None
        opacity = round(0.55 + 0.45 * math.cos(phase * 2 * math.pi), 2) if mark.moves == "fade" else 1.0
        lift = round(mark.size * 0.3 * abs(math.sin(phase * math.pi))) if mark.moves == "bounce" else 0
        left, top = mark.place
        if mark.where == "after":
            end = state.laid.end
            left = end[0] + round(mark.size * 0.5)
            top = end[1] - round((state.laid.look.row_height + mark.size) / 2)
        elif state.laid.box is not None:
            left, top = state.laid.box.right - 2 * mark.size, state.laid.box.bottom - round(mark.size * 1.3)
        return left, top - lift, opacity

    def sign_of_completeness(self, image: Image, state: State) -> None:
        """The advance mark, if it's there now."""
        place, mark = self.mark_place(state), self.game.mark
        if place is None or mark is None:
            return
        if self.mark is None:
            self.mark = Layer.clear(Box(0, 0, mark.size + 2, mark.size + 2))
            mask = shape_mask(mark.shape, mark.size)
            if self.game.look.outline or self.game.look.soft:
                self.mark.add(2, 2, self.game.look.edge, mask)
            self.mark.add(0, 0, mark.colour, mask)
        self.mark.lay(image, place[2], place[0], place[1])

    def menu(self, image: Image, choices: tuple[str, ...]) -> None:
        """Choices, each on a button."""
        place = self.game.menu_place
        if place is None:
            return
        if choices not in self.menus:
            layer = Layer.clear(place)
            each = min(place.height // len(choices), round(self.game.size.height * 0.085))
            size = min(self.game.look.tall, round(each * 0.5))
            mask = rounded(place.width, each - 8, 8)
            for number, choice in enumerate(choices):
                top = place.top + number * each
                layer.add(place.left, top, (36, 44, 78), mask, 0.85)
                text, _ = written(choice, self.game.face.font, size)
                left = place.left + (place.width - text.shape[1]) // 2
                layer.add(left, top + (each - 8 - text.shape[0]) // 2, (240, 240, 250), text)
            self.menus[choices] = layer
        self.menus[choices].lay(image)


def encode(path: Path, frames: Iterable[Image], game: Game) -> int:
    """Write frames to a video file; returns how many. One thread, so that the same frames make the same file."""
    count = 0
    options = {"crf": str(game.crf), "preset": game.preset, "threads": "1"}
    # Else the container would get an identity of its own, by chance.
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=game.fps, options=options)
        stream.width, stream.height, stream.pix_fmt = game.size.width, game.size.height, "yuv420p"
        stream.time_base = Fraction(1, game.fps)
        for count, image in enumerate(frames, 1):
            planes = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420).astype(np.uint8, copy=False)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = count - 1
            frame.time_base = Fraction(1, game.fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return count
