from __future__ import annotations

import asyncio
import json
import platform
import subprocess
import sys
import threading

import pytest

from capture_daemon.common import allocator

PROGRAM = """
import json, sys
import numpy as np, psutil
from capture_daemon.common.allocator import return_large_blocks, return_small_blocks

helped, size = sys.argv[1] == "yes", int(sys.argv[2])
if helped:
    assert return_large_blocks()
resident = psutil.Process().memory_info

def grown():
    return (resident().rss - before) / 2**20

np.ones(3_000_000, np.uint8)  # freed at once: from now on glibc maps nothing of a picture's size by itself
before = resident().rss
freed, kept = [], []
for _ in range(50_000_000 // size):
    freed.append(np.ones(size, np.uint8))
    kept.append(np.ones(size // 30, np.uint8))
full = grown()
freed.clear()
if helped:
    return_small_blocks()
print(json.dumps([full, grown()]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="needs glibc")
@pytest.mark.parametrize("size", [1_300_000, 180_000], ids=["a picture", "a region"])
def test_what_was_freed_goes_back_to_the_system(size: int) -> None:
    def grown(helped: str) -> tuple[float, float]:
        """MiB while 50 MB are in use, and after that."""
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, helped, str(size)], capture_output=True, text=True, check=True, timeout=60
        )
        full, after = json.loads(ran.stdout)
        return full, after

    assert grown("no")[1] > 40, "the allocator returns it by itself; this module isn't needed"
    full, after = grown("yes")
    assert full > 40
    assert after < 8


def test_it_is_returned_again_and_again_and_not_on_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    enough = threading.Event()

    def note() -> None:
        threads.append(threading.get_ident())
        if len(threads) == 3:
            enough.set()

    monkeypatch.setattr(allocator, "EVERY", 0.01)
    monkeypatch.setattr(allocator, "return_small_blocks", note)

    async def main() -> bool:
        returning = asyncio.create_task(allocator.return_small_blocks_regularly())
        came = await asyncio.to_thread(enough.wait, 10)
        returning.cancel()
        return came

    assert asyncio.run(main())
    assert threading.get_ident() not in threads
