from pathlib import Path

import pytest

from capture_daemon.errors import ModelError
from capture_daemon.ocr.description import Description, described_by_letters, described_in

USUAL = "PreProcess: {transform_ops: [{DecodeImage: {img_mode: BGR}}, {RecResizeImg: {image_shape: [3, 48, 320]}}]}\n"


def written(folder: Path, text: str) -> Path:
    file = folder / "inference.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_blank_comes_first_and_a_space_last() -> None:
    assert described_by_letters(["a", "b"]).alphabet == ("blank", "a", "b", " ")


def test_letters_are_taken_as_they_are_written(tmp_path: Path) -> None:
    # To a reader of YAML that knows types these are a number, nothing, a truth, a date's beginning and a letter.
    file = written(tmp_path, USUAL + "PostProcess:\n  character_dict:\n  - 1\n  - ~\n  - y\n  - '😀'\n  - '　'\n")
    assert described_in(file) == Description(("blank", "1", "~", "y", "😀", "　", " "), 48, 320)


def test_the_size_of_pictures_is_the_models_own(tmp_path: Path) -> None:
    text = USUAL.replace("48, 320", "32, 100") + 'PostProcess: {character_dict: ["a"]}'
    assert described_in(written(tmp_path, text)) == Description(("blank", "a", " "), 32, 100)
    assert described_in(written(tmp_path, 'PostProcess: {character_dict: ["a"]}')).height == 48


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "- a",
        "Global: {model_name: any}",
        "PostProcess: {character_dict: abc}",
        "PostProcess: {character_dict: [[a]]}",
        "PreProcess: {transform_ops: [{RecResizeImg: {image_shape: [3]}}]}\nPostProcess: {character_dict: [a]}",
        "PreProcess: {transform_ops: [{RecResizeImg: {image_shape: [3, 0, 320]}}]}\nPostProcess: {character_dict: [a]}",
    ],
)
def test_what_is_damaged_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(
        ModelError, match=r"inference\.yml: the model's description can't be read \(.*\): put an"
    ) as told:
        described_in(written(tmp_path, text))
    assert "\n" not in str(told.value)


def test_what_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "inference.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=r"inference\.yml: the model's description can't be read"):
        described_in(tmp_path / "inference.yml")
