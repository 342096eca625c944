"""Finding a recogniser's files, fetching them, and making those that packages carry ready for PaddleOCR.

They are looked for in the folder from the configuration (`[ocr] models`), in PaddleOCR's own cache, and in the
installed packages; what is in none of these PaddleOCR can download.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from capture_daemon.errors import ModelError
from capture_daemon.ocr.languages import canonical, known_languages, model_for
from capture_daemon.ocr.packaged import carried_folder, prepared_folder
from capture_daemon.ocr.traineddata import trained_data

Runtime = Literal["onnxruntime", "paddle"]
"""What runs the model; it decides in which format its files have to be."""

_FILES: dict[Runtime, tuple[tuple[str, ...], ...]] = {
    "onnxruntime": (("inference.onnx",),),
    "paddle": (("inference.json", "inference.pdiparams"), ("inference.pdmodel", "inference.pdiparams")),
}


@dataclass(frozen=True, slots=True)
class Model:
    """A recogniser on this machine: its name, as PaddleOCR knows it, and the folder with its files."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of `capture-daemon models list`; `where` is None where the model would have to be fetched."""

    language: str
    model: str
    engine: str
    where: Path | None


def find(language: str, models: Path | None = None, runtime: Runtime = "onnxruntime") -> Model:
    """The recogniser for a language.

    `models` is the folder from the configuration. Raises ConfigurationError for an unknown language, and ModelError,
    with the remedies, where the model is nowhere on this machine.
    """
    name = model_for(language)
    looked: list[str] = []
    for candidate, folder in _candidates(name, models, runtime):
        if _has_model(folder, runtime):
            return Model(candidate, folder)
        looked.append(str(folder))
    carried = carried_folder(name, runtime)
    if carried is not None:
        return Model(carried.name, prepared_folder(carried))
    looked.append("the installed packages")
    raise ModelError(
        f"the model {name} for language {canonical(language)!r} is not on this machine: looked in {', '.join(looked)}; "
        f"{remedies(language)}"
    )


def remedies(language: str) -> str:
    """What to do where a model can't be had."""
    return (
        f"run `capture-daemon models fetch {canonical(language)}` on a machine with internet, name a folder that holds "
        'it by `models` in [ocr], or set `engine = "tesseract"` there'
    )


def fetch(language: str, runtime: Runtime = "onnxruntime") -> Model:
    """The recogniser for a language, downloaded by PaddleOCR into its own cache where it isn't on this machine yet.

    Imports PaddleOCR and blocks until the download is done. Raises ModelError where it fails.
    """
    try:
        return find(language, None, runtime)
    except ModelError:
        name = model_for(language)
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddlex.inference.utils.official_models import official_models  # noqa: PLC0415 - imports half of PaddleOCR

    formats = ("onnx",) if runtime == "onnxruntime" else ("paddle",)
    try:
        folder = Path(official_models.get_model_path(name, model_formats=formats))
    except Exception as error:
        # PaddleOCR itself raises a bare Exception round what each of its four download clients raised.
        raise ModelError(
            f"the model {name} could not be downloaded: {_one_line(error)}; {remedies(language)}"
        ) from error
    if not _has_model(folder, runtime):
        raise ModelError(f"the model {name} was downloaded to {folder}, but is not complete: delete that folder")
    return Model(name, folder)


def list_models(models: Path | None = None) -> list[Listed]:
    """Every language, its recogniser, what runs it and where it is; one language may have several rows."""
    rows = []
    for language in known_languages():
        name = model_for(language)
        rows.append(Listed(language, name, "onnxruntime", _where(language, models)))
        trained = trained_data(language)
        if trained is not None:
            rows.append(Listed(language, trained.name, "tesseract", trained))
    return rows


def _where(language: str, models: Path | None) -> Path | None:
    name = model_for(language)
    for _, folder in _candidates(name, models, "onnxruntime"):
        if _has_model(folder, "onnxruntime"):
            return folder
    carried = carried_folder(name, "onnxruntime")
    return carried.file if carried else None


def _candidates(name: str, models: Path | None, runtime: Runtime) -> Iterator[tuple[str, Path]]:
    suffixes = ("_onnx", "") if runtime == "onnxruntime" else ("",)
    if models is not None:
        for suffix in suffixes:
            yield name, models / f"{name}{suffix}"
        yield _name_in(models) or name, models
    for suffix in suffixes:
        yield name, paddle_cache() / f"{name}{suffix}"


def paddle_cache() -> Path:
    """Where PaddleOCR keeps what it downloads."""
    base = os.environ.get("PADDLE_PDX_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".paddlex") / "official_models"


def _has_model(folder: Path, runtime: Runtime) -> bool:
    if not (folder / "inference.yml").is_file():
        return False
    return any(all((folder / file).is_file() for file in files) for files in _FILES[runtime])


def _name_in(folder: Path) -> str | None:
    """The model's name as its inference.yml gives it."""
    try:
        with (folder / "inference.yml").open(encoding="utf-8") as file:
            for line in file:
                key, _, value = line.strip().partition(":")
                if key == "model_name":
                    return value.strip().strip("'\"") or None
    except (OSError, UnicodeDecodeError):
        return None
    return None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
