"""The machine that was measured on: figures mean little without it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import capture_daemon

_TOLD = ("av", "numpy", "onnxruntime", "opencv-python-headless", "paddleocr", "rapidocr", "tesserocr")


@dataclass(frozen=True, slots=True)
class Machine:
    """Its processor, system and load, and the versions of what does the work."""

    processor: str
    cores: int
    system: str
    python: str
    load: list[float]
    versions: dict[str, str]


def machine() -> Machine:
    """This machine, now."""
    load = [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else []
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 0,
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        load=load,
        versions={"capture-daemon": capture_daemon.__version__} | _versions(),
    )


def _versions() -> dict[str, str]:
    """The version of each package that is installed: some come with extras."""
    found = {}
    for name in _TOLD:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
