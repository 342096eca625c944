"""An import that failed, in one plain sentence."""

from __future__ import annotations

from capture_daemon.errors import ModelError

_SYSTEM_LIBRARIES = {
    "libGL": "libgl1",
    "libgthread": "libglib2.0-0",
    "libglib": "libglib2.0-0",
    "libgomp": "libgomp1",
}
"""The beginning of a shared library's name, and the Debian package it is in."""


def explain(error: ImportError) -> ModelError:
    """What is missing, and how to get it."""
    text = " ".join(str(error).split())
    for library, package in _SYSTEM_LIBRARIES.items():
        if text.startswith(library):
            return ModelError(f"cv2 needs {text}: on Debian, install it by `apt-get install {package}`")
    if error.name == "tesserocr":
        return ModelError('engine = "tesseract" needs tesserocr: install it by `pip install capture-daemon[tesseract]`')
    if error.name == "paddle":
        return ModelError('engine = "paddle" needs paddlepaddle: install it by `pip install capture-daemon[paddle]`')
    return ModelError(f"the OCR engine can't be imported: {text}: install capture-daemon again")
