"""A few screens read by the real detector and recogniser."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest

from capture_daemon.frames import ColourImage
from capture_daemon.ocr import model_files
from capture_daemon.ocr.detection import Detector
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.ocr.paddle import PaddleEngine
from tests.needs import needs_file
from tests.reading.columns import WHOLE as PAGE
from tests.reading.columns import Page
from tests.reading.drawing import BLACK, CJK, GREEN, PAPER, RED, YELLOW, Screen, blinking
from tests.reading.moving import moving_picture
from tests.reading.stage import Stage, staged, standing


class Engine:
    """The real one, in this process."""

    def __init__(self) -> None:
        self._detector = Detector(threads=1)
        self._engine = PaddleEngine(model_files.obtain("auto", None, "onnxruntime"), threads=1)

    def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        return self._detector.find(picture, scale)

    def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        return self._engine.read(rows)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def _said(
    screen: Screen, engine: Engine, *, speaker: bool = False, early: bool = False
) -> list[tuple[str | None, str]]:
    lines = standing(staged(screen, engine, speaker=speaker, early=early).said)
    return [(line.speaker, unicodedata.normalize("NFKC", line.text)) for line in lines]


def _converse(screen: Screen, *texts: str) -> list[tuple[str | None, str]]:
    for text in texts:
        screen.type(text, 30)
        screen.mark = blinking(screen.end_of_text(), screen.time + 0.2)
        screen.wait(1.3)
        screen.mark = None
        screen.clear(0.3)
    return [(None, text.replace("\n", " ")) for text in texts]


def test_english_with_a_mark(engine: Engine) -> None:
    screen = Screen()
    texts = _converse(screen, "Well, I never...", "Did you see who it was,\nup there in the tower?", "No!")
    assert _said(screen, engine) == texts


def test_dark_text_live(engine: Engine) -> None:
    screen = Screen(ink=BLACK, paper=PAPER)
    screen.show("The river is high today.", 1.0)
    screen.show("Nobody crosses it.", 1.0)
    assert _said(screen, engine, early=True) == [(None, "The river is high today."), (None, "Nobody crosses it.")]


def test_red_on_green_of_the_same_lightness(engine: Engine) -> None:
    screen = Screen(ink=RED, paper=GREEN)
    screen.wait(0.5)
    screen.show("The river is high today.", 1.5)
    screen.clear(0.8)
    assert _said(screen, engine) == [(None, "The river is high today.")]


def test_subtitles_over_a_moving_picture(engine: Engine) -> None:
    screen = Screen(picture=moving_picture(), opacity=0.0, outline=(0, 0, 0), fps=15)
    screen.wait(0.4)
    for text in ("The river is high today.", "Nobody crosses it."):
        screen.show(text, 1.2)
    screen.clear(0.4)
    assert _said(screen, engine) == [(None, "The river is high today."), (None, "Nobody crosses it.")]


def test_a_name_in_its_own_region_and_one_above_the_text(engine: Engine) -> None:
    screen = Screen()
    screen.name = "Sylvie"
    screen.show("Hi there! How was class?", 1.0)
    assert _said(screen, engine, speaker=True) == [("Sylvie", "Hi there! How was class?")]
    above = Screen()
    above.inks = {0: YELLOW}
    above.show("Sylvie\nHi there! How was class?", 1.0)
    assert _said(above, engine) == [("Sylvie", "Hi there! How was class?")]


def test_japanese_with_a_name_in_brackets(engine: Engine) -> None:
    font = needs_file(CJK, package="fonts-noto-cjk")
    screen = Screen(letters=26, font_path=str(font))
    screen.say("【ミラ】今日は川の水が高い。\n誰も渡らないでしょう。")
    screen.say("雨が降りそうだ。")
    assert _said(screen, engine) == [("ミラ", "今日は川の水が高い。誰も渡らないでしょう。"), (None, "雨が降りそうだ。")]


def test_japanese_in_columns(engine: Engine) -> None:
    needs_file(CJK, package="fonts-noto-cjk")
    page = Page()
    page.clear()
    for text in ("村の人々は毎年\n祭りを開きます", "若者は一人で\n山を登りました"):
        page.type(text)
        page.wait(1.2)
        page.clear()
    stage = Stage(engine, early=False, dialogue=PAGE)
    stage.play(page.frames)
    stage.end()
    texts = [line.text for line in standing(stage.said)]
    assert texts == ["村の人々は毎年祭りを開きます", "若者は一人で山を登りました"]
