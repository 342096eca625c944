"""A script: what was said, scene by scene, with what was left out marked and still in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class CleaningStep(StrEnum):
    """A step of cleaning that leaves lines out."""

    CONFIDENCE = "low confidence"
    SCREEN_WORDS = "words of the screen"
    LENGTH = "too short or too long"
    CUT_OFF = "cut off"
    REPEATS = "seen before"

    @property
    def leaves_a_hole(self) -> bool:
        """Whether something was said there, so that what follows is no answer to what came before."""
        return self is not CleaningStep.SCREEN_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRun:
    """One run of the daemon, or one extraction, on one source."""

    stream: str
    session: str
    source: str

    @property
    def name(self) -> str:
        """The source without its folder, of an address without who dials it: nobody else's business."""
        if "://" in self.source:
            address = urlsplit(self.source)
            return address.path.rstrip("/").rpartition("/")[2] or address.netloc.rpartition("@")[2]
        return self.source.replace("\\", "/").rstrip("/").rpartition("/")[2] or self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptLine:
    """One line of dialogue or narration, or what the player chose to say.

    `started` and `ended` are seconds on the recording's clock, from its start. `after_hole` says that the log has lost
    what came right before; `chosen` that the player chose it from a menu. `box` is left, top, width and height in
    pixels, empty if unknown. `left_out` is the step of cleaning that left the line out, None if it stays.
    """

    recording: CaptureRun
    seq: int
    started: float
    ended: float
    speaker: str | None
    text: str
    rows: tuple[str, ...]
    language: str
    confidence: float
    after_hole: bool = False
    box: tuple[int, ...] = ()
    region: str = "dialogue"
    chosen: bool = False
    left_out: CleaningStep | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptScene:
    """Lines without a long pause between them, of one recording; never empty."""

    lines: tuple[ScriptLine, ...]

    @property
    def key(self) -> str:
        """What the scene is called: the stream and the number of its first line."""
        return f"{self.lines[0].recording.stream}:{self.lines[0].seq}"

    @property
    def recording(self) -> CaptureRun:
        """The recording that the scene is part of."""
        return self.lines[0].recording

    @property
    def kept(self) -> tuple[ScriptLine, ...]:
        """The lines that no step left out."""
        return tuple(line for line in self.lines if line.left_out is None)


def all_lines(scenes: Sequence[ScriptScene]) -> Iterator[ScriptLine]:
    """Every line of the scenes, in order, with those that were left out."""
    for scene in scenes:
        yield from scene.lines
