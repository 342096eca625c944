"""A stage for the tests: it plays a screen's frames through a reader, and answers what that asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from capture_daemon.frames import Box, ColourImage, Frame, Regions
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.pipeline.driving import go_on
from capture_daemon.reading.events import Answer, FindText, Request, Said, Steps, Typing
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.settings import ReadingSettings
from capture_daemon.reading.trace import Note
from capture_daemon.reading.trace import ignore as ignore_decision
from tests.reading.drawing import DIALOGUE, SPEAKER, Screen, region


class Looker(Protocol):
    """What answers a reader: `Looks`, or a real engine."""

    def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]: ...

    def read(self, rows: Sequence[RowImage]) -> list[RowText]: ...


class Stage:
    """Plays frames through a reader, and answers what it asks for."""

    def __init__(
        self,
        looks: Looker,
        *,
        early: bool = True,
        speaker: bool = False,
        dialogue: Box = DIALOGUE,
        ignore: Sequence[Box] = (),
        partials: bool = False,
        known_names: Iterable[str] = (),
        before_each: Callable[[Reader, Frame], None] | None = None,
        note: Note = ignore_decision,
    ) -> None:
        """`early`: live, where lines are said at rest; without it as from a recording, when they have ended.

        `before_each` may do something to the reader before each frame.
        """
        regions = Regions(region(dialogue), region(SPEAKER) if speaker else None, tuple(map(region, ignore)))
        self.reader = Reader(regions, ReadingSettings(early=early), known_names, note)
        self.reader.wants_partials = partials
        self.said: list[Said] = []
        self.said_at: list[float] = []
        """At which frame's time each was said."""
        self.typing: list[Typing] = []
        self.asked: list[tuple[float, Request]] = []
        """What the reader has asked for, and at which frame's time."""
        self._looks = looks
        self._before_each = before_each
        self._time = 0.0

    def play(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            self._time = frame.time
            if self._before_each is not None:
                self._before_each(self.reader, frame)
            self._go_through(self.reader.see(frame))

    def end(self) -> None:
        self._go_through(self.reader.end())

    def _go_through(self, steps: Steps) -> None:
        answered: Answer = None
        while (request := go_on(steps, answered)) is not None:
            self.asked.append((self._time, request))
            if isinstance(request, FindText):
                answered = self._looks.find(request.picture, request.scale)
            else:
                answered = self._looks.read(request.rows)
        for event in self.reader.events:
            if isinstance(event, Said):
                self.said.append(event)
                self.said_at.append(self._time)
            elif isinstance(event, Typing):
                self.typing.append(event)
        self.reader.events.clear()


def staged(screen: Screen, looks: Looker | None = None, **options: object) -> Stage:
    """What the screen showed, played to its end. Options: see `Stage`."""
    stage = Stage(looks or screen.looks, **options)  # type: ignore[arg-type]
    stage.play(screen.frames)
    stage.end()
    return stage


def play(screen: Screen, **options: object) -> list[Said]:
    """Everything that is said of what the screen showed, corrections too. Options: see `Stage`."""
    stage = Stage(screen.looks, **options)  # type: ignore[arg-type]
    stage.play(screen.frames)
    stage.end()
    return stage.said


def standing(said: Sequence[Said]) -> list[Said]:
    """What is left when the lines that were corrected are dropped."""
    replaced = {line.replaces for line in said}
    return [line for line in said if line.number not in replaced]


def lines_of(screen: Screen, **options: object) -> list[str]:
    """The texts of the lines that are said in the end. Options: see `Stage`."""
    return [line.text for line in standing(play(screen, **options))]


def spoken(screen: Screen, **options: object) -> list[tuple[str | None, str]]:
    """The same with who says them."""
    return [(line.speaker, line.text) for line in standing(play(screen, **options))]
