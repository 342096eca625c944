"""Playing a script: what each frame shows, and the truth of what was said."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bench.drawing.layout import Laid, Named, lay_out
from bench.drawing.model import Away, Clear, Clip, Menu, Say

LONG_PAUSES = ",，、"
DOTS = ".…!?。！？—;:"
ARROW_DELAY = 0.1


@dataclass(frozen=True, slots=True)
class Placed:
    """A text of which `shown` glyphs are to be seen, moved up by `scrolled` pixels."""

    laid: Laid
    shown: int
    scrolled: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What one frame shows over its picture. `arrow` is the age in seconds of the sign that the line is complete."""

    texts: tuple[Placed, ...] = ()
    box: bool = True
    opacity: float = 1.0
    arrow: float | None = None
    plate: str | None = None
    menu: tuple[str, ...] | None = None


@dataclass(slots=True)
class Said:
    """One truth record: when the line began, was shown in full and was gone, in seconds of media time."""

    what: str
    who: str | None
    start: float
    t: float
    end: float | None = None

    def record(self) -> dict[str, Any]:
        """The JSON object that `score.py` reads."""
        return {
            "kind": "slow_done",
            "t": round(self.t, 4),
            "what": self.what,
            "who": self.who,
            "start": round(self.start, 4),
            "end": round(self.end if self.end is not None else self.t, 4),
        }


@dataclass(slots=True)
class Player:
    """Plays one clip's script; `states` has one entry a frame."""

    clip: Clip
    states: list[State] = field(default_factory=list)
    truth: list[Said] = field(default_factory=list)
    page: list[Placed] = field(default_factory=list)
    standing: State = field(default_factory=State)
    open: list[Said] = field(default_factory=list)
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.clip.seed)

    @property
    def now(self) -> float:
        """The media time of the next frame."""
        return len(self.states) / self.clip.fps

    def play(self) -> None:
        """Play the whole script."""
        pace = self.clip.pace
        self.emit(State(), pace.lead)
        for number, step in enumerate(self.clip.script):
            match step:
                case str():
                    self.say(Say(step), number)
                case Say():
                    self.say(step, number)
                case Clear():
                    self.clear()
                    self.emit(State(), step.seconds)
                case Away():
                    self.clear()
                    self.emit(State(box=False), step.seconds)
                case Menu():
                    self.menu(step)
        self.clear()
        self.emit(State(), 0.3)

    def emit(self, state: State, seconds: float) -> None:
        """Show a state for that long, at least one frame; the arrow ages."""
        for count in range(max(1, round(seconds * self.clip.fps))):
            age = None if state.arrow is None else state.arrow + count / self.clip.fps
            self.states.append(replace(state, arrow=age))

    def clear(self) -> None:
        """Take the text away from the next frame on."""
        self.fade(self.standing, reverse=True)
        for said in self.open:
            said.end = self.now
        self.open = []
        self.page = []
        self.standing = State()

    def fade(self, state: State, *, reverse: bool) -> None:
        """Let a whole text come or go, if this game does that."""
        if not self.clip.pace.fade or not state.texts:
            return
        frames = max(1, round(self.clip.pace.fade * self.clip.fps))
        for count in range(1, frames):
            share = count / frames
            self.states.append(replace(state, opacity=1 - share if reverse else share, arrow=None))

    def between(self, spread: tuple[float, float]) -> float:
        """A time drawn evenly from a range."""
        return float(self.random.uniform(*spread))

    def due(self, laid: Laid, cps: float | None) -> list[float]:
        """When each glyph is shown, in seconds from the first; never a pause after the last."""
        if cps is None:
            return [0.0] * len(laid.glyphs)
        pace, times, now = self.clip.pace, [], 0.0
        for number, index in enumerate(laid.indexes):
            if number:
                before = laid.indexes[number - 1]
                now += (index - before) / cps
                mark, spaced = laid.text[before], index - before > 1
                if mark in LONG_PAUSES and (spaced or mark != ","):
                    now += self.between(pace.comma)
                elif mark in DOTS and laid.text[index] not in DOTS and (spaced or mark in "…。！？—"):
                    now += self.between(pace.dots)
            times.append(now)
        return times

    def say(self, step: Say, number: int) -> None:
        """One line, or one paragraph of a page."""
        clip, name = self.clip, self.clip.style.name
        top, left = 0, 0
        rest: tuple[Placed, ...] = ()
        if clip.page:
            rest = self.room_on_page(step)
            top, left = self.page_place(step)
        elif self.standing.texts:
            self.clear()
            if clip.pace.gap:
                self.emit(State(), clip.pace.gap)
        inline = name.form.format(step.who) if step.who and name.where == "inline" else ""
        heading = name.form.format(step.who) if step.who and name.where == "row" else ""
        style = replace(clip.style, font=step.font or clip.style.font, colour=step.colour or clip.style.colour)
        language = step.language or clip.language
        laid = lay_out(step.text, style, language, (left, top), Named(inline, heading))
        plate = step.who if name.where == "plate" else None
        already = len(inline.rstrip()) - inline.rstrip().count(" ")
        times = self.due(laid, step.cps or clip.pace.cps)
        times = [0.0] * already + [time - times[already] if already else time for time in times[already:]]
        begun = self.now
        if clip.pace.fade:
            self.fade(State(texts=(*rest, Placed(laid, len(laid.glyphs))), plate=plate), reverse=False)
        shown = 0
        frame = 0
        while shown < len(laid.glyphs):
            shown = sum(time <= frame / clip.fps + 1e-6 for time in times)
            self.states.append(State(texts=(*self.page, Placed(laid, shown)), plate=plate))
            frame += 1
        joiner = "" if language in ("ja", "zh") else " "
        rows = list(laid.rows)
        rows[0] = rows[0][len(inline) :] if inline else rows[0]
        said = Said(joiner.join(row for row in rows if row), step.who, begun, (len(self.states) - 1) / clip.fps)
        if step.same_row and self.truth:
            last = self.truth[-1]
            last.what, last.t = f"{last.what}{joiner}{said.what}", said.t
        else:
            self.truth.append(said)
            self.open.append(said)
        self.stand(State(texts=(*self.page, Placed(laid, shown)), plate=plate), step, laid)

    def stand(self, state: State, step: Say, laid: Laid) -> None:
        """Let a line stand, its arrow coming a moment after its last glyph."""
        hold = step.hold if step.hold is not None else self.between(self.clip.pace.hold)
        self.emit(state, min(ARROW_DELAY, hold))
        self.standing = replace(state, arrow=0.0)
        if hold > ARROW_DELAY + 0.04:
            self.emit(self.standing, hold - ARROW_DELAY)
        if self.clip.page:
            self.page = list(state.texts)

    def menu(self, step: Menu) -> None:
        """Choices in the place of the box, and the old text again.

        Where no box is drawn the text that comes back counts as said again.
        """
        before = self.standing
        for said in self.open if self.clip.style.box is None else []:
            said.end = self.now
        self.emit(State(box=False, menu=step.choices), step.seconds)
        if self.clip.style.box is None and before.texts:
            again = replace(self.truth[-1], start=self.now, t=self.now, end=None)
            self.truth.append(again)
            self.open = [again]
        self.emit(replace(before, arrow=0.0), step.hold)

    def page_place(self, step: Say) -> tuple[int, int]:
        """Where the next paragraph of a page begins: top and left, in pixels of the area."""
        if not self.page:
            return 0, 0
        last = self.page[-1]
        style = self.clip.style
        bottom = last.laid.bottom - last.scrolled
        if step.same_row:
            return bottom - style.row_height, last.laid.right + round(style.size * 0.3)
        return bottom + style.paragraph_gap, 0

    def room_on_page(self, step: Say) -> tuple[Placed, ...]:
        """Scroll the page up until the next paragraph has room; what is then still on it."""
        style = self.clip.style
        top, left = self.page_place(step)
        laid = lay_out(step.text, style, self.clip.language, (left, top))
        over = laid.bottom - style.area.height
        if over > 0 and self.page:
            frames = self.clip.scroll_frames
            for count in range(1, frames + 1):
                self.states.append(State(texts=self.scrolled(self.page, round(over * count / frames))))
            self.page = [text for text in self.scrolled(self.page, over) if text.laid.bottom > text.scrolled]
        return tuple(self.page)

    @staticmethod
    def scrolled(page: list[Placed], distance: int) -> tuple[Placed, ...]:
        """A page moved up by that many pixels."""
        return tuple(replace(text, scrolled=text.scrolled + distance) for text in page)
