"""Finding a recogniser's files, and fetching them.

They are looked for in the folder from the configuration (`[ocr] models`), in PaddleOCR's own cache, and in the
installed packages; what is in none of these PaddleOCR can download, where the extra [paddle] is installed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from capture_daemon.common.installing import extra_command
from capture_daemon.errors import ModelError
from capture_daemon.ocr import korean
from capture_daemon.ocr.languages import canonical, known_languages, model_for
from capture_daemon.ocr.packaged import recogniser_file
from capture_daemon.ocr.traineddata import trained_data

Runtime = Literal["onnxruntime", "paddle"]
"""What runs the model; it decides in which format its files have to be."""

_FILES: dict[Runtime, tuple[tuple[str, ...], ...]] = {
    "onnxruntime": (("inference.onnx",),),
    "paddle": (("inference.pdiparams", "inference.json"), ("inference.pdiparams", "inference.pdmodel")),
}
"""The files that a model may be made of, its weights first, besides what describes it."""
_SETTINGS = "inference.yml"

_MODEL_NAME = re.compile(r"""model_name["']?\s*:\s*["']?([\w.-]+)""")
_HOSTS = ("huggingface.co", "modelscope.cn", "git.aistudio.baidu.com", "paddle-model-ecology.bj.bcebos.com")
"""Where PaddleOCR downloads from."""


@dataclass(frozen=True, slots=True)
class Model:
    """A recogniser on this machine: its name, as PaddleOCR knows it, and its files.

    `settings` is the `inference.yml` that describes it; None if the weights bring their own alphabet.
    """

    name: str
    weights: Path
    settings: Path | None = None

    @property
    def place(self) -> Path:
        """Where it is: its folder, or its only file."""
        return self.weights.parent if self.settings is not None else self.weights

    def damaged(self, error: Exception) -> ModelError:
        """What to raise where a runtime can't load it."""
        reason = " ".join(str(error).split())[:200]
        return ModelError(
            f"{self.weights.resolve()}: the model {self.name} can't be loaded ({reason}): "
            "put an undamaged one in its place"
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of `capture-daemon models list`; `where` is None if the model would have to be fetched."""

    language: str
    model: str
    engine: str
    where: Path | None


def find(language: str, models: Path | None = None, runtime: Runtime = "onnxruntime") -> Model:
    """The recogniser for a language, on this machine.

    `models` is the folder from the configuration. Raises ConfigurationError for an unknown language, and ModelError,
    with the remedies, if the model is nowhere on this machine.
    """
    found, looked = _search(model_for(language), models, runtime)
    if found is None:
        raise _absent(language, looked)
    return found


def obtain(
    language: str, models: Path | None, runtime: Runtime, on_download: Callable[[str], None] = lambda name: None
) -> Model:
    """The recogniser for a language, downloaded by PaddleOCR into its own cache where it isn't on this machine.

    `on_download` is called with the model's name before that begins; it blocks until the download is done. Raises what
    `find` raises if PaddleOCR isn't installed or the download fails.
    """
    name = model_for(language)
    found, looked = _search(name, models, runtime)
    if found is not None:
        return found
    if not _can_download():
        raise _absent(language, looked)
    on_download(name)
    try:
        return _download(name, runtime)
    except _DownloadError as error:
        raise _absent(language, [*looked, f"the internet ({error})"]) from error


def is_own(language: str, models: Path | None, runtime: Runtime) -> bool:
    """Whether the project's own Korean recogniser takes part in reading a language: `ko` and `auto` on ONNX Runtime.

    Not where the folder from the configuration holds PaddleOCR's model for Korean, which was then put there to be used.
    """
    code = canonical(language)
    if runtime != "onnxruntime" or code not in ("ko", "auto"):
        return False
    return code == "auto" or models is None or _in_folder(model_for(code), models, runtime) is None


def fetch(language: str, runtime: Runtime = "onnxruntime") -> Model:
    """`obtain`, for the command line: the recogniser for a language, wherever it is or from wherever it comes."""
    return obtain(language, None, runtime)


def _absent(language: str, looked: Sequence[str]) -> ModelError:
    code = canonical(language)
    fetch = f"run `capture-daemon models fetch {code}` on a machine with internet"
    if not _can_download():
        fetch = f"install PaddleOCR, which downloads models, by `{extra_command('paddle')}`, and {fetch}"
    return ModelError(
        f"the model {model_for(language)} for language {code!r} is not available: looked in {', '.join(looked)}; "
        f"{fetch}, "
        'name a folder that holds it by `models` in [ocr], or set `engine = "tesseract"` there'
    )


def _search(name: str, models: Path | None, runtime: Runtime) -> tuple[Model | None, list[str]]:
    looked: list[str] = []
    for candidate, folder in _candidates(name, models, runtime):
        if (weights := _weights_in(folder, runtime)) is not None:
            return Model(candidate, weights, folder / _SETTINGS), looked
        looked.append(str(folder))
    carried = recogniser_file(name) if runtime == "onnxruntime" else None
    if carried is not None:
        return Model(name, carried), looked
    return None, [*looked, "the installed packages"]


class _DownloadError(Exception):
    """Why PaddleOCR could not download a model."""


def _in_folder(name: str, models: Path, runtime: Runtime) -> Path | None:
    """The folder of a model in the one from the configuration, or None."""
    suffixes = ("_onnx", "") if runtime == "onnxruntime" else ("",)
    folders = [models / f"{name}{suffix}" for suffix in suffixes]
    if _name_in(models) == name:
        folders.append(models)
    return next((folder for folder in folders if _weights_in(folder, runtime) is not None), None)


def _can_download() -> bool:
    """Whether PaddleOCR is installed."""
    return importlib.util.find_spec("paddlex") is not None


def _download(name: str, runtime: Runtime) -> Model:
    if not _hosts_are_known():
        raise _DownloadError("no model host can be reached")
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    from paddlex.inference.utils.official_models import official_models  # noqa: PLC0415 - imports half of PaddleOCR

    formats = ("onnx",) if runtime == "onnxruntime" else ("paddle",)
    try:
        folder = Path(official_models.get_model_path(name, model_formats=formats))
    except Exception as error:
        # PaddleOCR itself raises a bare Exception round what each of its four download clients raised.
        raise _DownloadError(" ".join(str(error).split())[:200]) from error
    weights = _weights_in(folder, runtime)
    if weights is None:
        raise _DownloadError(f"what came is not complete: delete {folder}")
    return Model(name, weights, folder / _SETTINGS)


def _hosts_are_known() -> bool:
    """Whether the name of any host of models can be looked up; without it PaddleOCR tries them for half a minute."""
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return True
    for host in _HOSTS:
        try:
            socket.getaddrinfo(host, 443)
        except OSError:
            continue
        return True
    return False


def list_models(models: Path | None = None) -> list[Listed]:
    """Every language, its recogniser, what runs it and where it is; one language may have several rows."""
    rows = []
    for language in known_languages():
        if language == "ko":
            rows.append(Listed(language, korean.NAME, "onnxruntime", korean.FILE))
        name = model_for(language)
        rows.append(Listed(language, name, "onnxruntime", _where(language, models)))
        trained = trained_data(language)
        if trained is not None:
            rows.append(Listed(language, trained.name, "tesseract", trained))
    return rows


def _where(language: str, models: Path | None) -> Path | None:
    found, _ = _search(model_for(language), models, "onnxruntime")
    return found.place if found else None


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


def _weights_in(folder: Path, runtime: Runtime) -> Path | None:
    """The weights of the model in a folder, or None if one of its files is missing."""
    for files in _FILES[runtime]:
        if all((folder / file).is_file() for file in (_SETTINGS, *files)):
            return folder / files[0]
    return None


def _name_in(folder: Path) -> str | None:
    """The model's name as its inference.yml gives it."""
    try:
        with (folder / _SETTINGS).open(encoding="utf-8") as file:
            found = _MODEL_NAME.search(file.read(4096))
    except (OSError, UnicodeDecodeError):
        return None
    return found.group(1) if found else None
