"""Two clocks: `time.monotonic` is what is compared; the system's clock, which may jump, is only written on records."""

from __future__ import annotations

import time


def unix(moment: float) -> float:
    """The Unix time, in seconds, of a moment by `time.monotonic`, as the system's clock stands now."""
    return time.time() - (time.monotonic() - moment)
