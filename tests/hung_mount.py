"""A drive that hangs: a real file system that is mounted, and never answers."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DETACH = 2


@contextmanager
def hung_mount(folder: Path) -> Iterator[Path]:
    """Mount one on a new folder; every look at what is in it hangs until the end of the `with`."""
    if os.geteuid() != 0 or not Path("/dev/fuse").exists():
        pytest.skip("only root can mount a file system, and only where there is /dev/fuse")
    system = ctypes.CDLL(None, use_errno=True)
    folder.mkdir()
    descriptor = os.open("/dev/fuse", os.O_RDWR)
    try:
        options = f"fd={descriptor},rootmode=40000,user_id=0,group_id=0".encode()
        if system.mount(b"hung", os.fsencode(folder), b"fuse", ctypes.c_ulong(0), options):
            pytest.skip(f"no file system can be mounted here: {os.strerror(ctypes.get_errno())}")
        try:
            # Nobody reads what the system asks by the descriptor.
            yield folder
        finally:
            system.umount2(os.fsencode(folder), DETACH)
    finally:
        os.close(descriptor)
