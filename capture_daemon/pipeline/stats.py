"""What a run came to: lines, passes, time, and how much of the processor it took."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunStats:
    """A run in numbers: `seconds` on the wall, `shown` seconds of the source's own clock.

    `rows` are those of the lines; the player chose from `choices` menus, which have `options` rows together. Of the
    seconds on the wall, loading the model took `loading`, and finding the dialogue `search`.
    `processor` is the share of one core that the daemon and its worker took, once the model was loaded; None if the
    system doesn't provide it.
    """

    lines: int
    corrected: int
    rows: int
    passes: int
    seconds: float
    shown: float
    processor: float | None
    search: float = 0.0
    loading: float = 0.0
    choices: int = 0
    options: int = 0

    def passes_per_row(self) -> float | None:
        """OCR passes for each row of lines and menus; None if there are none."""
        rows = self.rows + self.options
        return self.passes / rows if rows else None


class CpuMeter:
    """Measures processor time between two moments, of this process and one child."""

    def __init__(self, child: int | None) -> None:
        self._child = child
        self._began = time.monotonic()
        self._before = _processor_seconds(child)

    def share(self) -> float | None:
        """The share of one core taken since the meter was made; None if the system doesn't report it."""
        now = _processor_seconds(self._child)
        wall = time.monotonic() - self._began
        if now is None or self._before is None or wall <= 0:
            return None
        return max(0.0, now - self._before) / wall


def _processor_seconds(child: int | None) -> float | None:
    own = os.times()
    seconds = own.user + own.system
    if child is None:
        return seconds
    if sys.platform == "win32":
        return None
    try:
        # The second field, the program's name, may hold spaces; it ends with the last parenthesis.
        fields = Path(f"/proc/{child}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return seconds + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
