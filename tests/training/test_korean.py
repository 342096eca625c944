"""The Korean recogniser's training: what needs torch is skipped where it isn't installed."""

from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest

from capture_daemon.ocr.jamo import CANVAS, STEP
from tests.needs import needs_file
from training.korean.alphabet import Code, encoded, is_known
from training.korean.batches import BATCH, batches
from training.korean.drawing import drawn, example
from training.korean.fonts import grid
from training.korean.wording import ENGLISH_WORDS, KOREAN_WORDS, Writer

FONT = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")


@pytest.fixture
def font() -> Path:
    return needs_file(FONT, package="fonts-nanum")


@pytest.fixture
def words() -> None:
    needs_file(KOREAN_WORDS, package="hunspell-ko")
    needs_file(ENGLISH_WORDS, package="hunspell-en-us")


def test_a_syllable_is_its_parts_and_a_mark_is_itself() -> None:
    assert encoded("각a")[0] == Code(0, 0, 1, -1)
    assert encoded("각a")[1].first == -1
    with pytest.raises(KeyError):
        encoded("ж")


@pytest.mark.usefixtures("words")
def test_rows_are_made_up_of_what_can_be_read_and_alike_for_a_seed() -> None:
    rows = [Writer(3).row() for _ in range(2)]
    assert rows[0] == rows[1]
    writer = Writer(4)
    for row in (writer.row() for _ in range(300)):
        assert row == row.strip()
        assert all(map(is_known, row))


def test_every_character_of_a_drawn_row_has_its_place(font: Path) -> None:
    choose = Random(5)
    found = [shown for _ in range(20) if (shown := drawn("그래, 꼈어!", font, choose)) is not None]
    assert len(found) >= 18
    for shown in found:
        assert len(shown.middles) == len(shown.text)
        assert list(shown.middles) == sorted(shown.middles)
        seen = example(shown, choose)
        if seen is not None:
            assert seen.pixels.shape[0] == CANVAS.height
            assert 0 < seen.columns[0] < seen.columns[-1] < seen.pixels.shape[1]


@pytest.mark.usefixtures("words")
def test_a_batch_holds_rows_of_about_one_width_and_where_their_characters_are(font: Path) -> None:
    for batch in islice(batches(6, [font], pool=2), 3):
        assert batch.pixels.shape[0] == BATCH
        assert batch.pixels.dtype == np.uint8
        for text, width, places in zip(batch.texts, batch.widths, batch.places, strict=True):
            assert width <= batch.pixels.shape[2]
            assert len(places) == len(text)
            assert all(0 <= place <= width / STEP for place in places)


def test_pixel_fonts_are_drawn_dot_for_dot() -> None:
    assert grid(Path("Galmuri11-Bold.ttf")) == 12
    assert grid(Path("neodgm.woff")) == 16
    assert grid(FONT) is None
