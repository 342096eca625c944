import os
from pathlib import Path

import numpy as np
import pytest

from capture_daemon.errors import ConfigurationError, ModelError
from capture_daemon.ocr import traineddata
from tests.needs import needs_module
from tests.ocr.drawing import HANGUL, draw, row_of


@pytest.fixture
def no_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any of Tesseract's models, but for what the test puts into this folder."""
    monkeypatch.setattr(traineddata, "_FOLDERS", (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    return tmp_path


def test_languages_have_tesseracts_names(no_folders: Path) -> None:
    for name in ("kor", "chi_tra", "eng"):
        (no_folders / f"{name}.traineddata").write_bytes(b"")
    assert traineddata.trained_for("ko") == (no_folders, "kor")
    assert traineddata.trained_for("zh-tw") == (no_folders, "chi_tra")
    assert traineddata.trained_for("auto") == (no_folders, "eng")
    (no_folders / "jpn.traineddata").write_bytes(b"")
    assert traineddata.trained_for("auto") == (no_folders, "eng+jpn")
    assert traineddata.trained_data("ja") == no_folders / "jpn.traineddata"
    assert traineddata.trained_data("pi") is None


def test_a_missing_file_is_named_with_its_package(no_folders: Path) -> None:
    with pytest.raises(ModelError, match=r"kor\.traineddata is not on this machine.*apt-get install tesseract-ocr-kor"):
        traineddata.trained_for("ko")
    with pytest.raises(ModelError, match="tesseract-ocr-chi-sim"):
        traineddata.trained_for("zh")
    with pytest.raises(ModelError, match="tesseract-ocr-eng"):
        traineddata.trained_for("auto")


def test_the_environment_names_a_folder_too(
    no_folders: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path_factory.mktemp("tessdata")
    (own / "kor.traineddata").write_bytes(b"")
    monkeypatch.setenv("TESSDATA_PREFIX", os.fspath(own))
    assert traineddata.trained_for("ko") == (own, "kor")


def test_languages_without_a_model_are_refused() -> None:
    with pytest.raises(ConfigurationError, match='no model for engine = "tesseract"'):
        traineddata.trained_for("pi")
    with pytest.raises(ConfigurationError, match="language 'klingon' is not known"):
        traineddata.trained_for("klingon")


def test_korean_is_read() -> None:
    engine = tesseract("ko", "tesseract-ocr-kor")
    text = "오늘은 날씨가 정말 좋네요. 같이 공원에 갈까요?"
    for light_on_dark in (True, False):
        [read] = engine.read([draw(text, HANGUL, 24, light_on_dark=light_on_dark)])
        assert read.text == text
        assert read.confidence > 0.7
    engine.close()


@pytest.mark.parametrize("text", ["나", "다.", "네?", "좋아!", "음...", "괜찮았어..."])
def test_rows_of_a_few_letters_are_read(text: str) -> None:
    engine = tesseract("ko", "tesseract-ocr-kor")
    assert [read.text for read in engine.read([draw(text, HANGUL, size) for size in (20, 22, 26)])] == [text] * 3
    engine.close()


def test_dots_are_counted_here_too() -> None:
    engine = tesseract("ko", "tesseract-ocr-kor")
    [read] = engine.read([draw("하지만... 나는 집에 간다.", HANGUL, 24)])
    assert read.text == "하지만... 나는 집에 간다."
    engine.close()


def test_what_holds_no_text_is_answered_with_none() -> None:
    engine = tesseract("ko", "tesseract-ocr-kor")
    assert [read.text for read in engine.read([row_of(np.full((30, 100), 40, np.uint8))])] == [""]
    engine.close()


def test_a_damaged_model_is_named(no_folders: Path) -> None:
    needs_module("tesserocr", extra="tesseract")
    from capture_daemon.ocr.tesseract import TesseractEngine  # noqa: PLC0415 - only where the extra is installed

    (no_folders / "kor.traineddata").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="Tesseract can't load kor from there"):
        TesseractEngine("ko")


def tesseract(language: str, package: str):  # type: ignore[no-untyped-def]
    needs_module("tesserocr", extra="tesseract")
    if traineddata.trained_data(language) is None:
        pytest.skip(f"needs Debian package {package}")
    from capture_daemon.ocr.tesseract import TesseractEngine  # noqa: PLC0415

    return TesseractEngine(language)
