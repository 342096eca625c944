from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from capture_daemon.errors import ModelError
from capture_daemon.ocr import model_files
from capture_daemon.ocr.ctc import decode, text_of
from capture_daemon.ocr.recognition import (
    GREY,
    WIDEST,
    Description,
    Recogniser,
    as_batch,
    described_by_letters,
    described_in,
)
from tests.needs import needs_module
from tests.ocr.drawing import draw


def described(folder: Path, letters: list[str]) -> model_files.Model:
    """The packaged recogniser in PaddleOCR's own form: with a description beside it."""
    weights = model_files.find("auto").weights
    (folder / "inference.onnx").symlink_to(weights)
    (folder / "inference.yml").write_text(
        json.dumps(
            {
                "Global": {"model_name": "PP-OCRv6_small_rec"},
                "PreProcess": {
                    "transform_ops": [
                        {"DecodeImage": {"img_mode": "BGR", "channel_first": False}},
                        {"RecResizeImg": {"image_shape": [3, 48, 320]}},
                    ]
                },
                "PostProcess": {"name": "CTCLabelDecode", "character_dict": letters},
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )
    return model_files.find("auto", folder)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(model_files.find("auto"), "onnxruntime", 1)


@pytest.mark.parametrize(
    ("height", "width", "columns", "filled"),
    [
        (48, 100, 320, 100),
        (24, 25, 320, 50),
        (48, 321, 321, 321),
        (33, 500, 727, 727),
        (7, 50, 342, 342),
        (1, 1, 320, 48),
    ],
)
def test_a_picture_is_brought_to_its_height_and_padded_with_grey(
    height: int, width: int, columns: int, filled: int
) -> None:
    batch = as_batch(np.full((height, width, 3), 255, np.uint8), 48, 320)
    assert batch.shape == (1, 3, 48, columns)
    assert batch.dtype == np.float32
    assert (batch[..., :filled] == 1).all()
    assert (batch[..., filled:] == 0).all()


def test_colours_keep_their_order_and_go_from_minus_one_to_one() -> None:
    pixels = np.zeros((48, 320, 3), np.uint8)
    pixels[:, :, 1], pixels[:, :, 2] = 51, 255
    assert [float(value) for value in as_batch(pixels, 48, 320)[0, :, 0, 0]] == pytest.approx([-1, -0.6, 1])


def test_a_picture_that_is_too_wide_is_squeezed() -> None:
    pixels = np.zeros((10, 1000, 3), np.uint8)
    pixels[:, 900:] = 255
    batch = as_batch(pixels, 48, 320)
    assert batch.shape[3] == WIDEST
    assert batch[0, 0, 24, WIDEST * 88 // 100] == -1
    assert batch[0, 0, 24, -1] == 1


def test_scores_are_probabilities_of_the_alphabet(recogniser: Recogniser) -> None:
    scores, _ = recogniser.scores(draw("Hello there, Mira.").pixels)
    assert scores.shape[1] == len(recogniser.alphabet)
    assert scores.sum(axis=1) == pytest.approx(np.ones(len(scores)), abs=1e-3)
    assert text_of(decode(scores, recogniser.alphabet)) == "Hello there, Mira."


@pytest.mark.parametrize(("text", "size"), [("No.", 15), ("Mira", 30), ("Captain", 24)])
def test_a_narrow_picture_needs_little_grey_behind_it(recogniser: Recogniser, text: str, size: int) -> None:
    pixels = draw(text, size=size).pixels
    (whole, step), (less, same) = recogniser.scores(pixels), recogniser.scores(pixels, GREY)
    assert len(less) < len(whole)
    assert same == pytest.approx(step, rel=0.15)
    assert text_of(decode(less, recogniser.alphabet)) == text_of(decode(whole, recogniser.alphabet)) == text


def test_a_description_beside_the_model_says_the_same_as_the_model_itself(
    tmp_path: Path, recogniser: Recogniser
) -> None:
    other = Recogniser(described(tmp_path, list(recogniser.alphabet[1:-1])), "onnxruntime", 1)
    assert other.alphabet == recogniser.alphabet
    pixels = draw("Hello there, Mira.").pixels
    assert np.array_equal(other.scores(pixels)[0], recogniser.scores(pixels)[0])


def test_an_alphabet_of_another_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"inference\.yml: the alphabet has 4 entries, where the model .* has 18710: put"
    ):
        Recogniser(described(tmp_path, ["a", "b"]), "onnxruntime", 1)


def test_a_model_without_an_alphabet_is_named() -> None:
    # The detector has none.
    from capture_daemon.ocr.packaged import detector_file  # noqa: PLC0415

    with pytest.raises(ModelError, match=r"PP-OCRv6_det_small\.onnx: the model brings no alphabet: install"):
        Recogniser(model_files.Model("any", detector_file()), "onnxruntime", 1)


@pytest.mark.parametrize("content", [b"", b"not a model"])
def test_a_damaged_model_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "damaged.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"damaged\.onnx: the model any can't be loaded \(.*\): put an undamaged one"):
        Recogniser(model_files.Model("any", tmp_path / "damaged.onnx"), "onnxruntime", 1)


def test_a_model_that_went_meanwhile_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.onnx: the model any can't be loaded"):
        Recogniser(model_files.Model("any", tmp_path / "gone.onnx"), "onnxruntime", 1)


@pytest.mark.filterwarnings("ignore:No ccache found")
def test_it_reads_as_paddleocr_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recogniser: Recogniser) -> None:
    needs_module("paddleocr", extra="paddle")
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path / "paddlex"))
    monkeypatch.setenv("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    import paddleocr  # noqa: PLC0415 - only with the extra

    folder = tmp_path / "model"
    folder.mkdir()
    described(folder, list(recogniser.alphabet[1:-1]))
    theirs = paddleocr.TextRecognition(model_name="PP-OCRv6_small_rec", model_dir=str(folder), engine="onnxruntime")
    wide = "It is a long way from here to the lighthouse, and a longer one back."
    for text, size in (("Hello there, Mira.", 24), ("No.", 15), (wide, 31)):
        pixels = draw(text, size=size).pixels
        scores, _ = recogniser.scores(pixels)
        [page] = theirs.predict(pixels)
        assert page["rec_text"] == text_of(decode(scores, recogniser.alphabet))
        # PaddleOCR takes a letter's first step, where the project takes its likeliest.
        best = scores.argmax(axis=1)
        first = (best != 0) & np.concatenate(([True], best[1:] != best[:-1]))
        assert page["rec_score"] == pytest.approx(scores.max(axis=1)[first].mean(), abs=1e-6)
    theirs.close()


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
