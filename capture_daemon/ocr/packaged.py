"""Models that installed packages carry: the detector, and recognisers that are made ready for PaddleOCR.

The wheel of `rapidocr` carries both as ONNX files. A recogniser's alphabet is in its file's metadata; PaddleOCR wants a
folder with an `inference.yml` beside it. Such a folder is made once, in the user's cache.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from capture_daemon.errors import ModelError
from capture_daemon.ocr.languages import PACKAGED_MODEL

_LAYOUT = 1
"""To be raised when what is written into a prepared folder changes, so that older ones aren't used again."""
_ALPHABET_KEY = "character"


@dataclass(frozen=True, slots=True)
class Carried:
    """A recogniser that an installed package carries: its name, its file, and the package with its version."""

    name: str
    file: Path
    package: str


def carried_folder(name: str, runtime: str) -> Carried | None:
    """The recogniser of that name in the installed packages, for that runtime, or None."""
    if name != PACKAGED_MODEL or runtime != "onnxruntime":
        return None
    file = _in_rapidocr("PP-OCRv6_rec_small.onnx")
    return Carried(name, file, f"rapidocr-{importlib.metadata.version('rapidocr')}") if file is not None else None


def detector_file() -> Path:
    """The detector PP-OCRv6 small in the installed packages; raises ModelError where it isn't there."""
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


def cache_folder() -> Path:
    """Where prepared models are kept: the platform's folder for what can be made again."""
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "capture-daemon" / "models"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "capture-daemon" / "models"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "capture-daemon" / "models"
    return Path.home() / ".cache" / "capture-daemon" / "models"


def prepared_folder(carried: Carried) -> Path:
    """A folder that PaddleOCR can load the model from, made now where it isn't there yet.

    Raises ModelError where the model's file is damaged or the cache can't be written.
    """
    stamp = carried.file.stat()
    key = hashlib.sha256(f"{carried.file}|{stamp.st_size}|{stamp.st_mtime_ns}|{_LAYOUT}".encode()).hexdigest()[:12]
    folder = cache_folder() / f"{carried.name}-{carried.package}-{key}"
    if _complete(folder, stamp.st_size):
        return folder
    alphabet = _alphabet(carried.file)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
        try:
            _fill(made, carried, alphabet)
            if folder.exists() and not _complete(folder, stamp.st_size):
                shutil.rmtree(folder, ignore_errors=True)
            _put_in_place(made, folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise ModelError(
            f"{folder.parent}: the model {carried.name} can't be prepared there: {error.strerror}: "
            "make it writable, or name another folder by the environment variable XDG_CACHE_HOME"
        ) from error
    return folder


def _complete(folder: Path, size: int) -> bool:
    model = folder / "inference.onnx"
    return (folder / "inference.yml").is_file() and model.is_file() and model.stat().st_size == size


def _put_in_place(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another process was quicker, and its folder is as good as this one.
        if not (folder / "inference.yml").is_file():
            raise


def _fill(made: Path, carried: Carried, alphabet: list[str]) -> None:
    try:
        (made / "inference.onnx").symlink_to(carried.file)
    except OSError:
        # Windows lets only some users make links.
        shutil.copyfile(carried.file, made / "inference.onnx")
    settings = {
        "Global": {"model_name": carried.name},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": alphabet},
    }
    # JSON is YAML too, and needs no library to be written; but not its escapes for characters past U+FFFF.
    text = json.dumps(settings, ensure_ascii=False)
    (made / "inference.yml").write_text(text, encoding="utf-8")


def _alphabet(file: Path) -> list[str]:
    # Needed once in the life of a cache, and slow to import.
    import onnxruntime  # noqa: PLC0415
    from onnxruntime.capi import onnxruntime_pybind11_state as failures  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        entries = str(session.get_modelmeta().custom_metadata_map.get(_ALPHABET_KEY, ""))
    except (
        failures.Fail,
        failures.InvalidArgument,
        failures.InvalidGraph,
        failures.InvalidProtobuf,
        failures.NoSuchFile,
        failures.RuntimeException,
    ) as error:
        raise ModelError(f"{file}: the model is damaged: install the package it belongs to again") from error
    # Not splitlines: the alphabet may hold characters that it takes for the end of a line.
    alphabet = entries.removesuffix("\n").split("\n")
    if len(alphabet) < 2:
        raise ModelError(f"{file}: the model brings no alphabet: install another version of the package it belongs to")
    return alphabet
