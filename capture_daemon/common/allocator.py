"""The C library's memory allocator: what was freed goes back to the system."""

from __future__ import annotations

import asyncio
import ctypes
import functools
import platform
from typing import Any

LARGE = 1 << 18
"""Bytes from which a block is large: 128 KiB, glibc's default at the start, to 1 MiB, the smallest picture's size."""
EVERY = 60.0
"""Seconds between two calls of `return_small_blocks`, 20 to 300: each takes some milliseconds."""
_M_MMAP_THRESHOLD = -3  # malloc.h


def return_large_blocks() -> bool:
    """Fix the size from which glibc maps each block by itself, and unmaps it when it is freed.

    By default glibc raises that size to the largest block freed so far, up to 32 MiB (mallopt(3), "dynamic mmap
    threshold"). Pictures then lie between small blocks that live longer, and what they filled is kept: where 32 MiB of
    pictures once waited for a hanging worker, the process stayed as large. Returns False, and changes nothing, if the C
    library is another one.
    """
    library = _glibc()
    return library is not None and bool(library.mallopt(_M_MMAP_THRESHOLD, LARGE) == 1)


def return_small_blocks() -> None:
    """Return the free pages between blocks that are in use (malloc_trim(3)); does nothing in other C libraries."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


async def return_small_blocks_regularly() -> None:
    """Call `return_small_blocks` in a thread every minute, until cancelled."""
    while True:
        await asyncio.sleep(EVERY)
        await asyncio.to_thread(return_small_blocks)


@functools.cache
def _glibc() -> Any | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
