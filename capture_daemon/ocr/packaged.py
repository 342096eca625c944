"""Models that an installed package carries: the wheel of `rapidocr` has a detector and a recogniser, as ONNX files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from capture_daemon.errors import ModelError
from capture_daemon.ocr.languages import PACKAGED_MODEL


def recogniser_file(name: str) -> Path | None:
    """The ONNX file of the recogniser of that name in the installed packages, or None; its alphabet is inside."""
    return _in_rapidocr("PP-OCRv6_rec_small.onnx") if name == PACKAGED_MODEL else None


def detector_file() -> Path:
    """The detector PP-OCRv6 small in the installed packages; raises ModelError if it isn't there."""
    file = _in_rapidocr("PP-OCRv6_det_small.onnx")
    if file is None:
        raise ModelError("the detector PP-OCRv6_det_small is not there: install rapidocr again")
    return file


def _in_rapidocr(name: str) -> Path | None:
    # Only found, not imported: rapidocr brings engines and settings of its own along.
    spec = importlib.util.find_spec("rapidocr")
    for location in (spec.submodule_search_locations if spec is not None else None) or ():
        file = Path(location) / "models" / name
        if file.is_file():
            return file
    return None
