"""Resuming a recording: what was read before the interruption, where to continue, and whether it comes out alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from capture_daemon.records import Choice, Entry, Line

CHECKED = 2
"""The last lines of each region kept, which are read again and must come out the same."""
WARM_LINES = 6
WARM_SECONDS = 20.0
"""How much of each region is read again before those: a reader learns from the lines just before."""
WARM_MENUS = 2
"""The same for a region of menus, each of which has several rows to learn from."""
STANDING = 0.5
"""Seconds after the place to continue at, within which what begins may have been there before."""


class ResumeMismatchError(Exception):
    """Raised if lines read again differ from those kept: the earlier run can't be continued."""


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """What was kept, lines and choices in the order of the file, and the media time in seconds to read on from."""

    entries: tuple[Entry, ...]
    start: float

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Self | None:
        """What to keep of what was read up to an interruption; None if beginning anew costs no more.

        What each region said last is not kept: the interruption may have cut it short.
        """
        kept = _without_the_last(entries)
        if any(entry.media_started is None for entry in kept):
            return None
        regions = _by_region(kept)
        if max((len(own) for own in regions.values()), default=0) <= CHECKED + WARM_LINES:
            return None
        start = min(_start_of(own) for own in regions.values())
        return cls(kept, start) if start > 0 else None

    @property
    def session(self) -> float:
        """The Unix time that the lines count from."""
        return datetime.fromisoformat(self.entries[0].session).timestamp()

    @property
    def before(self) -> list[Entry]:
        """What isn't read again."""
        return [entry for entry in self.entries if _started(entry) < self.start]

    @property
    def names(self) -> dict[str, set[str]]:
        """Who had spoken by then, by region."""
        names: dict[str, set[str]] = {}
        for entry in self.before:
            if isinstance(entry, Line) and entry.speaker is not None:
                names.setdefault(entry.region, set()).add(entry.speaker)
        return names

    @property
    def checked(self) -> tuple[Entry, ...]:
        """What must come out the same, in this order."""
        last = [entry for own in _by_region(self.entries).values() for entry in own[-CHECKED:]]
        return tuple(entry for entry in self.entries if any(entry is one for one in last))


class RepeatedReading:
    """Tells what is read again at a resume point from what is new. No new one may come before all are checked."""

    def __init__(self, resume_point: ResumePoint) -> None:
        self._kept = {(_region(entry), _started(entry)): entry for entry in resume_point.entries}
        self._last = {region: _started(own[-1]) for region, own in _by_region(resume_point.entries).items()}
        self._to_check = list(resume_point.checked)
        self._standing_until = resume_point.start + STANDING

    @property
    def is_checked(self) -> bool:
        """Whether all that must come out the same has come."""
        return not self._to_check

    def kept(self, entry: Entry) -> Entry | None:
        """What was kept of an entry that was read; None if it is new.

        Raises ResumeMismatchError if the earlier run can't be continued with it.
        """
        region, started = _region(entry), _started(entry)
        if started > self._last.get(region, -1.0):
            if self._to_check or started <= self._standing_until:
                raise ResumeMismatchError
            return None
        expected = next((one for one in self._to_check if _region(one) == region), None)
        if expected is not None and started >= _started(expected):
            if expected is not self._to_check[0] or _as(expected, entry) != expected:
                raise ResumeMismatchError
            del self._to_check[0]
        return self._kept.get((region, started), entry)


def _without_the_last(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Without the last ones, of as many regions: an interruption ends what each region was saying."""
    seen: set[str] = set()
    end = len(entries)
    while end and _region(entries[end - 1]) not in seen:
        end -= 1
        seen.add(_region(entries[end]))
    return tuple(entries[:end])


def _start_of(own: Sequence[Entry]) -> float:
    """Where to read on from, for one region: a little before the line, so that it is seen to begin."""
    warm = own[-min(len(own), CHECKED + (WARM_MENUS if isinstance(own[-1], Choice) else WARM_LINES))]
    first = own[-min(len(own), CHECKED)]
    return min(_started(warm), _started(first) - WARM_SECONDS) - 1.0


def _by_region(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    regions: dict[str, list[Entry]] = {}
    for entry in entries:
        regions.setdefault(_region(entry), []).append(entry)
    return regions


def _as(kept: Entry, entry: Entry) -> Entry:
    """An entry as it would stand in the file in the place of the one kept. The run before may have had no pictures."""
    assert isinstance(entry, Line | Choice)
    assert isinstance(kept, Line | Choice)
    return replace(entry, stream=kept.stream, seq=kept.seq, picture=kept.picture)


def _region(entry: Entry) -> str:
    assert isinstance(entry, Line | Choice)
    return entry.region


def _started(entry: Entry) -> float:
    assert entry.media_started is not None
    return entry.media_started
