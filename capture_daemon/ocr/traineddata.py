"""Finding Tesseract's models: files NAME.traineddata in one of the folders that its packages use."""

from __future__ import annotations

import os
from pathlib import Path

from capture_daemon.errors import ConfigurationError, ModelError
from capture_daemon.ocr.languages import canonical, known_languages, unknown_language

_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)

_NAMES = {
    "ar": "ara",
    "be": "bel",
    "bg": "bul",
    "cs": "ces",
    "da": "dan",
    "de": "deu",
    "el": "ell",
    "en": "eng",
    "es": "spa",
    "fi": "fin",
    "fr": "fra",
    "hi": "hin",
    "hr": "hrv",
    "hu": "hun",
    "id": "ind",
    "it": "ita",
    "ja": "jpn",
    "ko": "kor",
    "la": "lat",
    "nl": "nld",
    "no": "nor",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sk": "slk",
    "sv": "swe",
    "ta": "tam",
    "te": "tel",
    "th": "tha",
    "tr": "tur",
    "uk": "ukr",
    "vi": "vie",
    "zh": "chi_sim",
    "zh-tw": "chi_tra",
}
"""Tesseract's names for languages, by the codes used here."""

_AUTOMATIC = ("eng", "jpn", "chi_sim")
"""What `auto` reads, as far as it's there: each more makes a pass slower."""


def folders() -> list[Path]:
    """Where traineddata files are looked for, in order."""
    prefix = os.environ.get("TESSDATA_PREFIX")
    return [Path(folder) for folder in ((prefix, *_FOLDERS) if prefix else _FOLDERS)]


def trained_data(language: str) -> Path | None:
    """The file with Tesseract's model for a language, or None if there is none on this machine."""
    name = _NAMES.get(canonical(language))
    return _find(name) if name else None


def trained_for(language: str) -> tuple[Path, str]:
    """The folder and the languages, in Tesseract's notation (`eng+jpn`), to read a language with.

    Raises ModelError if the file is missing, and ConfigurationError for a language that Tesseract can't read.
    """
    code = canonical(language)
    if code == "auto":
        files = [file for name in _AUTOMATIC if (file := _find(name))]
        if not files:
            raise ModelError(_absent("eng"))
        # Tesseract takes one folder for all of them.
        beside = [file.stem for file in files if file.parent == files[0].parent]
        return files[0].parent, "+".join(beside)
    if code not in _NAMES:
        if code in known_languages():
            raise ConfigurationError(
                f'language {language!r} has no model for engine = "tesseract": it may be one of auto, '
                f"{', '.join(sorted(_NAMES))}"
            )
        raise unknown_language(language)
    found = _find(_NAMES[code])
    if found is None:
        raise ModelError(_absent(_NAMES[code]))
    return found.parent, found.stem


def _find(name: str) -> Path | None:
    for folder in folders():
        file = folder / f"{name}.traineddata"
        if file.is_file():
            return file
    return None


def _absent(name: str) -> str:
    looked = ", ".join(str(folder) for folder in folders())
    return (
        f"{name}.traineddata is not on this machine: looked in {looked}; on Debian, install it by "
        f"`apt-get install tesseract-ocr-{name.replace('_', '-')}`, or name its folder by the environment variable "
        "TESSDATA_PREFIX"
    )
