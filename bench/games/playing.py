"""Playing a game's script: what each frame shows, and the truth of what was said."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bench.drawing.playing import Said
from bench.games.layout import Laid, lay_out
from bench.games.model import Game, Line

Shown = NDArray[np.float32]
"""How far each glyph is there, from 0 to 1."""
PAUSES = ",，、…"
STOPS = ".!?。！？—;:；：."
FLASH = 0.25
SHAKE = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What one frame shows over its picture.

    `mark` is the age in seconds of the sign that the line is complete; `flash` and `shake` are ages, too.
    """

    laid: Laid | None = None
    shown: Shown | None = None
    opacity: float = 1.0
    moved: tuple[int, int] = (0, 0)
    who: str | None = None
    box: float = 1.0
    mark: float | None = None
    menu: tuple[str, ...] = ()
    scene: int = 0
    flash: float | None = None
    shake: float | None = None


@dataclass(slots=True)
class Player:
    """Plays one game; `states` has one entry a frame."""

    game: Game
    states: list[State] = field(default_factory=list)
    truth: list[Said] = field(default_factory=list)
    laid: list[Laid] = field(default_factory=list)
    now: State = field(default_factory=State)
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.game.seed)
        self.now = State(box=0.0 if self.pops else 1.0)

    @property
    def pops(self) -> float:
        """How long the box takes to come up with each line; 0 where it stands."""
        return self.game.panel.pops if self.game.panel else 0.0

    @property
    def time(self) -> float:
        """The media time of the next frame."""
        return len(self.states) / self.game.fps

    def frames(self, seconds: float) -> int:
        """How many frames that is."""
        return round(seconds * self.game.fps)

    def play(self) -> None:
        """Play the whole script."""
        self.stand(self.game.lead)
        for line in self.game.script:
            self.say(line)
        self.take_away()
        self.stand(0.4)

    def put(self, state: State) -> None:
        """One frame; what flashes or shakes grows older."""
        self.states.append(state)
        step = 1 / self.game.fps
        flash = None if state.flash is None or state.flash + step > FLASH else state.flash + step
        shake = None if state.shake is None or state.shake + step > SHAKE else state.shake + step
        mark = None if state.mark is None else state.mark + step
        self.now = replace(state, flash=flash, shake=shake, mark=mark)

    def stand(self, seconds: float) -> None:
        """Show what there is for that long."""
        for _ in range(self.frames(seconds)):
            self.put(self.now)

    def take_away(self) -> None:
        """Take text, and perhaps box, away from the next frame on."""
        if self.now.laid is None:
            return
        leaving = self.game.pace.out
        self.now = replace(self.now, mark=None, menu=())
        if leaving:
            count = max(2, self.frames(leaving))
            for number in range(1, count):
                self.put(replace(self.now, opacity=1 - number / count))
        self.truth[-1].end = self.time
        self.now = replace(self.now, laid=None, shown=None, opacity=1.0, moved=(0, 0), who=None)
        if self.pops:
            self.raise_box(up=False)

    def raise_box(self, *, up: bool) -> None:
        """Let the box come up, or go."""
        count = max(1, self.frames(self.pops))
        for number in range(1, count):
            share = number / count
            self.put(replace(self.now, box=share if up else 1 - share))
        self.now = replace(self.now, box=1.0 if up else 0.0)

    def say(self, line: Line) -> None:
        """One line: it comes up, stands, and goes when the next one comes."""
        self.take_away()
        self.stand(line.gap)
        if line.away:
            before = self.now.box
            self.now = replace(self.now, box=0.0, scene=self.now.scene + line.scene)
            self.stand(line.away)
            self.now = replace(self.now, box=before)
        elif line.scene:
            self.now = replace(self.now, scene=self.now.scene + 1)
        laid = lay_out(self.game, line)
        self.laid.append(laid)
        effects = replace(self.now, flash=0.0 if line.flash else None, shake=0.0 if line.shake else None)
        self.now = effects
        if self.pops:
            if laid.box:
                self.now = replace(self.now, laid=laid, shown=np.zeros(len(laid.glyphs), np.float32), opacity=0.0)
            self.raise_box(up=True)
        start = self.time
        self.now = replace(self.now, who=line.who, laid=laid, opacity=1.0, box=1.0)
        self.reveal(laid)
        self.truth.append(Said(laid.said, line.who, start, (len(self.states) - 1) / self.game.fps))
        delay = min(line.hold, self.game.mark.delay if self.game.mark else line.hold)
        self.stand(delay)
        if self.game.mark:
            self.now = replace(self.now, mark=0.0)
        self.stand(line.hold - delay)
        if line.menu:
            self.now = replace(self.now, menu=line.menu, mark=None)
            self.stand(1.3)

    def reveal(self, laid: Laid) -> None:
        """The frames until a line stands in full, the last one included."""
        pace, whole = self.game.pace, np.ones(len(laid.glyphs), np.float32)
        match pace.reveal:
            case "typed":
                self.steps(laid, self.due(laid), 0.0)
            case "letters fade":
                self.steps(laid, self.due(laid), pace.lasts)
            case "letters pop":
                self.steps(laid, self.due(laid), 0.12)
            case "words":
                self.steps(laid, self.by("word", laid, 6.0 / pace.cps), 0.0)
            case "rows":
                self.steps(laid, self.by("row", laid, 0.35), 0.0)
            case "fade" | "slide":
                count = max(2, self.frames(pace.lasts))
                for number in range(1, count):
                    share = number / count
                    away = (1 - share) ** 2 * 2.0 * self.game.look.tall if pace.reveal == "slide" else 0
                    self.put(replace(self.now, shown=whole, opacity=share, moved=(-round(away), 0)))
                self.put(replace(self.now, shown=whole, opacity=1.0, moved=(0, 0)))
            case _:
                self.put(replace(self.now, shown=whole))

    def steps(self, laid: Laid, due: list[float], lasts: float) -> None:
        """Glyphs that come one after another, each growing for `lasts` seconds."""
        times = np.asarray(due, np.float32)
        for number in range(10_000):
            age = number / self.game.fps + 1e-4 - times
            shown = np.clip(age / lasts, 0, 1) if lasts else (age >= 0).astype(np.float32)
            if lasts and number == 0:
                shown[0] = max(float(shown[0]), 0.2)
            done = bool((shown >= 1).all())
            last = self.now.shown
            if last is not None and len(last) == len(shown) and np.array_equal(last, shown):
                shown = last
            self.put(replace(self.now, shown=shown.astype(np.float32, copy=False)))
            if done:
                return

    def due(self, laid: Laid) -> list[float]:
        """When each glyph is shown, in seconds from the first; no pause after the last."""
        pace, now = self.game.pace, 0.0
        times = [0.0]
        for before, after in pairwise(laid.glyphs):
            now += (after.index - before.index) / pace.cps
            spaced = after.index - before.index > 1
            ends = before.character in PAUSES + STOPS and after.character not in PAUSES + STOPS
            if pace.pauses and ends and (spaced or ord(before.character) > 0x2000):
                now += float(self.random.uniform(0.15, 0.4)) * (1.0 if before.character in PAUSES else 0.8)
            times.append(now)
        return times

    @staticmethod
    def by(unit: str, laid: Laid, seconds: float) -> list[float]:
        """When each glyph is shown where whole words or rows come at once."""
        if unit == "row":
            return [glyph.row * seconds for glyph in laid.glyphs]
        if laid.look.language in ("ja", "zh"):
            return [math.floor(number / 3) * seconds for number in range(len(laid.glyphs))]
        first = laid.glyphs[0].word
        return [(glyph.word - first) * seconds for glyph in laid.glyphs]
