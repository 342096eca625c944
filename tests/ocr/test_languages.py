import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from capture_daemon.errors import ConfigurationError
from capture_daemon.ocr.languages import _NAMES, LATIN, PACKAGED_MODEL, canonical, known_languages, model_for
from tests.needs import needs_module


@pytest.mark.parametrize(
    ("language", "model"),
    [
        ("auto", PACKAGED_MODEL),
        ("en", PACKAGED_MODEL),
        ("Japanese", PACKAGED_MODEL),
        ("zh-TW", PACKAGED_MODEL),
        ("fr", PACKAGED_MODEL),
        ("ko", "korean_PP-OCRv5_mobile_rec"),
        ("ru", "eslav_PP-OCRv5_mobile_rec"),
        ("bg", "cyrillic_PP-OCRv5_mobile_rec"),
        ("ar", "arabic_PP-OCRv5_mobile_rec"),
        ("hi", "devanagari_PP-OCRv5_mobile_rec"),
        ("th", "th_PP-OCRv5_mobile_rec"),
        ("el", "el_PP-OCRv5_mobile_rec"),
    ],
)
def test_each_language_has_its_recogniser(language: str, model: str) -> None:
    assert model_for(language) == model


@pytest.mark.parametrize(
    ("language", "nearest"),
    [
        ("koreen", r"ko \(Korean\)"),
        ("spansh", r"es \(Spanish\)"),
        ("jpn", r"ja \(Japanese\)"),
        ("pt-BR", r"pt \(Portuguese\)"),
    ],
)
def test_an_unknown_language_is_refused_with_the_nearest_and_how_to_list_them(language: str, nearest: str) -> None:
    message = rf"^language '{language}' is not known: the nearest is {nearest}; `capture-daemon models list` lists"
    with pytest.raises(ConfigurationError, match=message):
        model_for(language)


@pytest.mark.parametrize("language", ["klingon", "", "a: b"])
def test_none_is_named_that_is_not_much_like_it(language: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^language '{language}' is not known: `capture-daemon models list`"):
        model_for(language)


def test_languages_are_known_by_their_english_names() -> None:
    assert set(_NAMES) <= set(known_languages())
    for code, name in _NAMES.items():
        assert canonical(name.upper()) == code


def test_every_known_language_has_a_model_and_one_name() -> None:
    languages = known_languages()
    assert len(set(languages)) == len(languages)
    for language in languages:
        assert canonical(language) == language
        assert model_for(language)


def paddleocr_languages() -> ModuleType:
    """PaddleOCR's table of languages, without the rest of PaddleOCR."""
    package = importlib.util.find_spec("paddleocr")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "_utils" / "langs.py"
    spec = importlib.util.spec_from_file_location("paddleocr_languages", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_paddleocrs() -> None:
    needs_module("paddleocr", extra="paddle")
    theirs = paddleocr_languages()
    assert theirs.LATIN_LANGS - {"french", "german", "pi"} == LATIN
    for languages, script in (
        (theirs.ESLAV_LANGS, "eslav"),
        (theirs.CYRILLIC_LANGS - theirs.ESLAV_LANGS, "cyrillic"),
        (theirs.ARABIC_LANGS - theirs.LATIN_LANGS, "arabic"),
        (theirs.DEVANAGARI_LANGS, "devanagari"),
    ):
        for language in languages:
            assert model_for(language) == f"{script}_PP-OCRv5_mobile_rec"
