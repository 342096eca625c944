"""The C library's memory allocator: large blocks go back to the system as soon as they are freed."""

from __future__ import annotations

import ctypes
import platform

LARGE = 1 << 18
"""Bytes from which a block is large: 128 KiB, glibc's default at the start, to 1 MiB, the smallest picture's size."""
_M_MMAP_THRESHOLD = -3  # malloc.h


def return_large_blocks() -> bool:
    """Fix the size from which glibc maps each block by itself, and unmaps it when it is freed.

    By default glibc raises that size to the largest block freed so far, up to 32 MiB (mallopt(3), "dynamic mmap
    threshold"). Pictures then lie between small blocks that live longer, and what they filled is kept: where 32 MiB of
    pictures once waited for a hanging worker, the process stayed as large. Returns False, and changes nothing, if the C
    library is another one.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE) == 1)
