"""What was written to a file and may not be on the disk yet: kept, to be written again where the disk failed."""

from __future__ import annotations

LIMIT = 8 << 20
"""Bytes that are kept: at half a kilobyte a line 16,000 lines, far more than are said between two syncs. More are not
kept, and then what a disk that fails loses of them can only be told."""


class Unsynced:
    """The bytes and the numbers of lines written since the last sync that went well. For one thread at a time.

    Once a sync has failed, the system may have dropped what it should have written, and call the next one good.
    """

    def __init__(self) -> None:
        self.doubtful = False
        """Whether a sync failed since the last good one, so that the bytes must be written again."""
        self._start = 0
        self._data = bytearray()
        self._numbers: list[tuple[int, int]] = []  # each line's number, and where in the file it ends
        self._overflown = False

    @property
    def lost(self) -> tuple[int, int] | None:
        """The first and the last number of lines that a failed sync may have lost and that can't be written again."""
        if not (self.doubtful and self._overflown and self._numbers):
            return None
        return self._numbers[0][0], self._numbers[-1][0]

    def add(self, start: int, data: bytes, number: int) -> None:
        """A line was written at a place in the file."""
        if not self._numbers:
            self._start = start
        self._overflown = self._overflown or len(self._data) + len(data) > LIMIT
        if self._overflown:
            self._data.clear()
            # Only the first and the last are of interest from then on.
            self._numbers = [self._numbers[0] if self._numbers else (number, start), (number, start + len(data))]
            return
        self._data += data
        self._numbers.append((number, start + len(data)))

    def drop_last(self, size: int) -> None:
        """The last line, of so many bytes, was cut off again."""
        if not self._overflown and self._numbers:
            del self._data[-size:]
            self._numbers.pop()

    def again(self) -> tuple[int, bytes] | None:
        """What must be written again before the next sync means anything, and where in the file; None for nothing."""
        return (self._start, bytes(self._data)) if self.doubtful and self._data else None

    def synced(self, end: int) -> None:
        """Everything before this place in the file is on the disk."""
        if self._overflown and self._numbers and self._numbers[-1][1] > end:
            return  # where the lines after it begin isn't known any more: all are kept in mind
        self.doubtful = False
        if not self._numbers or self._numbers[-1][1] <= end:
            self.forget()
            return
        del self._data[: max(0, end - self._start)]
        self._start = max(self._start, end)
        self._numbers = [held for held in self._numbers if held[1] > end]

    def forget(self) -> None:
        """Nothing is kept any more."""
        self.doubtful = self._overflown = False
        self._data.clear()
        self._numbers = []
