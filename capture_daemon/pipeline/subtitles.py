"""Subtitles in SubRip's form: what most players and editors show beside a video."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from capture_daemon.common.visible import one_line
from capture_daemon.records import Line

LONGEST = 6.0
"""Seconds that a line is shown at most."""
_SHORTEST = 0.001
_TAG = re.compile(r"<(?=[/!A-Za-z])|\{(?=\\)")
"""Where players see the beginning of a tag; they know no way to write one as text."""
_WIDE = {"<": "＜", "{": "｛"}


class CueLine(Protocol):
    """What a cue is made of: who says it, if anybody, and the text as it was broken on screen."""

    @property
    def speaker(self) -> str | None:
        """Who says it."""

    @property
    def text(self) -> str:
        """The text as one."""

    @property
    def rows(self) -> Sequence[str]:
        """The text's rows."""


def subtitles(lines: Iterable[Line]) -> Iterator[str]:
    """Each line of a recording as a cue, numbered from 1, as it was broken on screen and with its speaker's name.

    Cues come in the order in which the lines began. A cue ends when the next line of its region begins, `LONGEST`
    seconds later at most: what comes in another region, or at the same moment, is shown beside it. Lines without media
    times, which are from a live source, are left out.
    """
    timed = [(line.media_started, line) for line in lines if line.media_started is not None]
    timed.sort(key=lambda one: one[0])
    ends = cue_ends([(start, line.region) for start, line in timed])
    for number, ((start, line), end) in enumerate(zip(timed, ends, strict=True), start=1):
        yield cue(number, start, end, line)


def cue_ends(lines: Sequence[tuple[float, str]]) -> list[float]:
    """When the cue of each line ends, in seconds; of each it takes when it began, in this order, and its region."""
    ends: list[float] = []
    coming: dict[str, tuple[float, float]] = {}
    for start, region in reversed(lines):
        # Of lines that began at once none ends the others.
        first, after = coming.get(region, (float("inf"), float("inf")))
        after = after if start == first else first
        coming[region] = start, after
        ends.append(min(after, start + LONGEST))
    return ends[::-1]


def cue(number: int, start: float, end: float, line: CueLine) -> str:
    """A line as a cue, from `start` to `end` in seconds."""
    speaker = f"{one_line(line.speaker)}: " if line.speaker else ""
    # A cue ends at a blank line, which a row may not hold.
    text = "\n".join(one_line(row) for row in line.rows if row.strip()) or one_line(line.text)
    # "-->" in a text would be taken for the times of another cue.
    text = _TAG.sub(_shown, speaker + text).replace("-->", "->")
    return f"{number}\n{_clock(start)} --> {_clock(max(end, start + _SHORTEST))}\n{text}\n\n"


def _shown(match: re.Match[str]) -> str:
    """A sign in full width, which looks much the same and begins no tag."""
    return _WIDE[match[0]]


def _clock(seconds: float) -> str:
    milliseconds = round(max(seconds, 0.0) * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02},{rest % 1000:03}"
