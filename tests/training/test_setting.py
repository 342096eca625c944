from pathlib import Path
from random import Random

import numpy as np
import pytest

from tests.needs import needs_file
from training.korean.setting import Setting, Type

FONT = Path("/usr/share/fonts/truetype/nanum/NanumGothic.ttf")


@pytest.fixture
def font() -> Path:
    return needs_file(FONT, package="fonts-nanum")


def ends_of(setting: Setting) -> tuple[int, int]:
    """How far right the ink reaches in the upper and in the lower half of the letters."""
    mask = setting.mask() > 0.5
    rows = np.flatnonzero(mask.any(axis=1))
    middle = (rows[0] + rows[-1]) // 2
    upper, lower = (np.flatnonzero(half.any(axis=0)) for half in (mask[:middle], mask[middle:]))
    return int(upper[-1]), int(lower[-1])


def test_letters_that_lean_reach_further_right_above_than_below(font: Path) -> None:
    upright = ends_of(Setting("||", Type(font, 40), Random(1)))
    leaning = ends_of(Setting("||", Type(font, 40, slant=0.2), Random(1)))
    assert upright[0] == upright[1]
    assert leaning[0] >= leaning[1] + 3


def test_some_of_the_words_lean_where_only_a_part_does(font: Path) -> None:
    how = Type(font, 40, slant=0.2, part=True)
    plain = Setting("가나 다라 마바", Type(font, 40), Random(2))
    moved = [
        middle - upright
        for middle, upright in zip(Setting("가나 다라 마바", how, Random(2)).middles, plain.middles, strict=True)
    ]
    assert min(moved) == 0
    assert max(moved) > 2


def test_narrower_spaces_bring_words_together_and_letters_stay_apart(font: Path) -> None:
    wide = Setting("가 나다", Type(font, 40), Random(3)).middles
    narrow = Setting("가 나다", Type(font, 40, narrower=0.5), Random(3)).middles
    assert narrow[2] - narrow[0] < wide[2] - wide[0]
    assert narrow[3] - narrow[2] == pytest.approx(wide[3] - wide[2])


def test_strokes_bend_alike_in_a_letter_and_in_its_outline(font: Path) -> None:
    setting = Setting("한글", Type(font, 40, bent=True), Random(4))
    letters, outline = setting.mask() > 0.5, setting.mask(3) > 0.5
    assert outline[letters].all()
    assert not np.array_equal(letters, Setting("한글", Type(font, 40), Random(4)).mask() > 0.5)
