"""An import that failed, in one plain sentence."""

from __future__ import annotations

from capture_daemon.common.installing import again, extra_command, package_command
from capture_daemon.errors import ModelError

_SYSTEM_LIBRARIES = {
    "libGL": "libgl1",
    "libgthread": "libglib2.0-0",
    "libglib": "libglib2.0-0",
    "libgomp": "libgomp1",
}
"""The beginning of a shared library's name, and the Debian package it is in."""

_PACKAGES = {"cv2": "opencv-python-headless", "onnxruntime": "onnxruntime", "rapidocr": "rapidocr", "yaml": "pyyaml"}
"""The packages that reading needs, by the module that is imported."""


def explain_missing(error: ImportError) -> ModelError:
    """What is missing, and how to get it."""
    text = " ".join(str(error).split())
    for library, package in _SYSTEM_LIBRARIES.items():
        if text.startswith(library):
            return ModelError(f"cv2 needs {text}: on Debian, install it by `apt-get install {package}`")
    if error.name == "tesserocr":
        return ModelError(f'engine = "tesseract" needs tesserocr: install it by `{extra_command("tesseract")}`')
    if error.name == "paddle":
        return ModelError(f'engine = "paddle" needs paddlepaddle: install it by `{extra_command("paddle")}`')
    absent = _PACKAGES.get((error.name or "").partition(".")[0])
    remedy = again() if absent is None else f"install {absent} again by `{package_command(absent)}`"
    return ModelError(f"the OCR engine can't be imported: {text}: {remedy}")
