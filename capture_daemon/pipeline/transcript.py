"""The lines that hold: in order, each once, and in the place of one that was corrected the one that corrects it."""

from __future__ import annotations

from typing import Generic, TypeVar

from capture_daemon.records import Choice, Line

EntryT = TypeVar("EntryT", bound=Line | Choice)


class Entries(Generic[EntryT]):
    """The entries of a feed, each in its latest form and in its original place."""

    def __init__(self, longest: int | None = None) -> None:
        """`longest`: how many entries are kept, the newest; None keeps all."""
        self._longest = longest
        self._lines: dict[tuple[str, int], EntryT] = {}

    @property
    def lines(self) -> list[EntryT]:
        """The entries that hold, in their order; those corrected are not among them."""
        return list(self._lines.values())

    def add(self, line: EntryT) -> None:
        """Take an entry in; one that corrects another takes its place, one known already changes nothing."""
        key = (line.stream, line.seq)
        corrected = None if line.replaces is None else (line.stream, line.replaces)
        if corrected in self._lines:
            self._lines = {key if at == corrected else at: held for at, held in self._lines.items()}
        self._lines[key] = line
        if self._longest is not None and len(self._lines) > self._longest:
            del self._lines[next(iter(self._lines))]

    def clear(self) -> None:
        """Forget everything."""
        self._lines.clear()


class Transcript(Entries[Line]):
    """What a follower of a feed has heard, with the latest text of each line."""
