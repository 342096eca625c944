from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

PICTURE, PICTURES = 1_300_000, 40
"""Bytes of one picture, and how many wait at once: 50 MiB in all."""
PROGRAM = f"""
import json, sys
import numpy as np, psutil
from capture_daemon.daemon.allocator import return_large_blocks

if sys.argv[1] == "with":
    assert return_large_blocks()
resident = psutil.Process().memory_info

def grown():
    return (resident().rss - before) / 2**20

np.ones(2 * {PICTURE}, np.uint8)  # freed at once: from now on glibc maps no picture by itself
before = resident().rss
waiting, small = [], []
for _ in range({PICTURES}):
    waiting.append(np.ones({PICTURE}, np.uint8))
    small.append(np.ones(40_000, np.uint8))
full = grown()
waiting.clear()
print(json.dumps([full, grown()]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")
def test_what_pictures_filled_goes_back_to_the_system() -> None:
    def grown(how: str) -> tuple[float, float]:
        """MiB while pictures wait, and after that."""
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True, timeout=60
        )
        full, after = json.loads(ran.stdout)
        return full, after

    assert grown("without")[1] > 40, "the allocator gives it back by itself; this module isn't needed"
    full, after = grown("with")
    assert full > 40
    assert after < 5
