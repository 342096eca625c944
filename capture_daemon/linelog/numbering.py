"""Which number a log gives next: a stream goes on where that is sure to be a new one, else another begins."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.linelog.lock import Unfinished
from capture_daemon.linelog.mark import Marked

logger = logging.getLogger(__name__)


def new_stream() -> str:
    """The name of a stream that there has never been: 12 hexadecimal digits."""
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class LogEnding:
    """How a log was found."""

    newest: tuple[str, int] | None
    """Stream and number of its last record; None where it has none."""
    damaged: int
    """Lines after it that can't be read."""
    left: Unfinished | None
    """What the daemon before left behind, if it didn't end cleanly."""
    marked: Marked | None
    """What the mark says; None where there is none that can be read."""

    def next(self, log: Path, fresh: str, *, alone: bool) -> tuple[str, int]:
        """The stream to write, and its last number so far; `fresh` is the name of one that is begun.

        `alone`: nobody but this process has ever written it.
        Lines lost at the end may have been seen by a client, so that their numbers must not be given again.
        """
        why = self._why_not(alone=alone)
        if why is None:
            assert self.newest is not None
            return self.newest
        if self.newest is not None or self.damaged:
            logger.warning("%s: %s: begins stream %s", log, why, fresh)
        return fresh, 0

    def _why_not(self, *, alone: bool) -> str | None:
        """Why the stream can't go on; None where it can."""
        if self.damaged:
            return f"ends in damaged lines ({self.damaged})"
        if self.newest is None:
            return "holds no line"
        if self.left is not None and self.left.was_cut_off:
            return "the machine stopped while this was written, and lines may be lost"
        if self.left is not None and self.left.stream != self.newest[0]:
            return f"does not end in stream {self.left.stream} as it did"
        return None if alone else self._why_mark_does_not_fit(*self.newest)

    def _why_mark_does_not_fit(self, stream: str, seq: int) -> str | None:
        if self.marked is None:
            return "has no mark beside it that tells how far its numbers have come"
        if self.marked.stream != stream:
            return f"does not end in stream {self.marked.stream} as it did"
        # The last line may have been written without its mark, by a daemon that was killed right then.
        if seq not in (self.marked.seq, self.marked.seq + 1):
            return f"ends with line {seq}, though lines up to {self.marked.seq} were given out"
        return None
