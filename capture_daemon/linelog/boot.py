"""Which start of the machine this is: what was written before another one may not have reached the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_LINUX = Path("/proc/sys/kernel/random/boot_id")


def boot_identity() -> str | None:
    """A text that is another after each start of the machine; None where the system doesn't tell."""
    try:
        if sys.platform == "darwin":
            asked = subprocess.run(
                ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"],
                capture_output=True,
                text=True,
                timeout=5,
                check=True,
            )
            return asked.stdout.strip() or None
        return _LINUX.read_text(encoding="ascii").strip() or None
    except (OSError, subprocess.SubprocessError):
        return None
