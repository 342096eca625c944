"""OCR workers that die while they load their engine, as one does for which there is no memory."""

from __future__ import annotations

from pathlib import Path

_SITE = """
import os, signal, sys
from pathlib import Path

if "capture_daemon.ocr.child" in sys.orig_argv:
    died = Path(__file__).with_name("died")
    if len(died.read_bytes()) < {times}:
        with died.open("ab") as file:
            file.write(b"x")
        os.kill(os.getpid(), signal.SIGKILL)
"""


def dies_while_it_loads(folder: Path, *, times: int) -> None:
    """Have so many workers die at their start, where `folder` is in PYTHONPATH."""
    (folder / "died").write_bytes(b"")
    (folder / "sitecustomize.py").write_text(_SITE.format(times=times), encoding="utf-8")
