"""A few screens read by the real engine: the rows cut out are what it needs."""

from __future__ import annotations

import unicodedata

import pytest

from capture_daemon.ocr import models
from capture_daemon.ocr.engine import RowImage, RowText
from capture_daemon.ocr.paddle import PaddleEngine
from tests.needs import needs_file
from tests.reading.drawing import BLACK, PAPER, Screen, blinking, moving_picture, said_by, standing


class Reads:
    """The engine as the tests' stage wants it: one row at a time."""

    def __init__(self) -> None:
        self._engine = PaddleEngine(models.find("auto"), threads=1)

    def __call__(self, image: RowImage) -> RowText:
        [text] = self._engine.read([image])
        return text


@pytest.fixture(scope="module")
def reads() -> Reads:
    return Reads()


def _said(screen: Screen, reads: Reads, *, speaker: bool = False) -> list[tuple[str | None, str]]:
    lines = standing(said_by(screen, reads, speaker=speaker))
    return [(line.speaker, unicodedata.normalize("NFKC", line.text)) for line in lines]


def _converse(screen: Screen, *texts: str) -> list[str]:
    for text in texts:
        screen.type(text, 30)
        screen.mark = blinking(screen.end_of_text(), screen.time + 0.2)
        screen.wait(1.6)
        screen.mark = None
        screen.clear(0.3)
    return [text.replace("\n", " ") for text in texts]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_english_with_a_mark(dark: bool, reads: Reads) -> None:
    screen = Screen(ink=BLACK, paper=PAPER) if dark else Screen()
    texts = _converse(screen, "Well, I never...", "Did you see who it was,\nup there in the tower?", "No!")
    assert _said(screen, reads) == [(None, text) for text in texts]


def test_english_over_a_moving_picture(reads: Reads) -> None:
    screen = Screen(paper=(10, 10, 25), picture=moving_picture(), opacity=0.5)
    texts = _converse(screen, "The river is high today.", "Nobody crosses it,\nnot even Old Tom.")
    assert _said(screen, reads) == [(None, text) for text in texts]


def test_a_name_in_its_own_region(reads: Reads) -> None:
    screen = Screen()
    screen.name = "Sylvie"
    texts = _converse(screen, "Hi there! How was class?")
    screen.name = None
    texts += _converse(screen, "She waves.")
    assert _said(screen, reads, speaker=True) == [("Sylvie", texts[0]), (None, texts[1])]


def test_japanese_with_a_name_in_brackets(reads: Reads) -> None:
    font = needs_file("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", package="fonts-noto-cjk")
    screen = Screen(letters=26, font_path=str(font))
    _converse(screen, "【ミラ】今日は川の水が高い。\n誰も渡らないでしょう。", "雨が降りそうだ。")
    assert _said(screen, reads) == [("ミラ", "今日は川の水が高い。誰も渡らないでしょう。"), (None, "雨が降りそうだ。")]
