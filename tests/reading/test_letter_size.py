"""How large a region is looked at: so that letters of the size that this game's have are found well."""

from __future__ import annotations

import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.letter_size import LetterSize, Texts

AREA, FRAME_HEIGHT = Box(0, 0, 600, 130), 720


def texts(*rows: tuple[str, int, float]) -> Texts:
    """What a look read: each row's text, its height in pixels, and how surely it was read."""
    return {
        Box(20, 60 * number, height * max(1, len(text) // 2), height): (RowText(text, confidence), 0.0)
        for number, (text, height, confidence) in enumerate(rows)
    }


def learned(*looks: Texts, standing: bool = True) -> LetterSize:
    size = LetterSize()
    for look in looks:
        size.learn(look, standing=standing)
    return size


SURE = texts(("Well, I never.", 40, 0.98))


def test_large_letters_are_looked_at_smaller_and_small_ones_larger() -> None:
    scales = [LetterSize(height).scale(AREA, FRAME_HEIGHT) for height in (12, 24, 48)]
    small, usual, large = scales
    assert small == 2 * usual == 4 * large
    assert usual == 1.0


def test_letters_a_little_higher_are_looked_at_alike() -> None:
    """A recording that is gone on with reads the same rows as in one go."""
    assert LetterSize(40).scale(AREA, FRAME_HEIGHT) == LetterSize(41).scale(AREA, FRAME_HEIGHT)


def test_before_anything_is_known_letters_are_taken_to_be_as_high_as_the_frame_suggests() -> None:
    assert LetterSize().scale(AREA, 1440) < LetterSize().scale(AREA, 720) < LetterSize().scale(AREA, 360)


def test_a_large_area_is_looked_at_no_larger_than_can_be_afforded_and_a_small_one_not_much_larger() -> None:
    assert LetterSize(12).scale(Box(0, 0, 3840, 2160), 2160) < 1
    assert LetterSize(1).scale(Box(0, 0, 20, 20), FRAME_HEIGHT) == 4.0
    assert LetterSize(24).scale(Box(0, 0, 0, 0), FRAME_HEIGHT) == 1.0


def test_the_height_of_rows_is_learned_from_those_that_say_something_and_are_surely_read() -> None:
    unclear = texts(("Well, I never.", 90, 0.5), ("No", 90, 0.98))
    assert learned(SURE, unclear).height == 40
    assert learned(unclear).height == 0
    assert learned(SURE, standing=False).height == 0


def test_a_game_s_letters_may_become_larger() -> None:
    size = learned(*[SURE] * 9)
    for _ in range(60):
        size.learn(texts(("Well, I never.", 64, 0.98)), standing=True)
    assert size.height == 64


def test_where_no_text_stands_it_is_looked_at_now_smaller_and_now_larger() -> None:
    size, scales = learned(SURE), []
    for _ in range(8):
        scales.append(size.scale(AREA, FRAME_HEIGHT))
        size.learn({}, standing=False)
    assert min(scales) < scales[0] < max(scales)
    assert scales[4:] == scales[:4]
    size.learn(SURE, standing=True)
    assert size.scale(AREA, FRAME_HEIGHT) == scales[0]


def test_once_many_rows_have_told_the_height_the_next_look_is_as_large_as_the_last() -> None:
    """The first look after a line went sees the next one come."""
    few, many = learned(SURE), learned(*[SURE] * 9)
    for size in (few, many):
        size.learn({}, standing=False)
    assert many.scale(AREA, FRAME_HEIGHT) == learned(SURE).scale(AREA, FRAME_HEIGHT) != few.scale(AREA, FRAME_HEIGHT)


@pytest.mark.parametrize("confidence", [0.5, 0.98])
def test_words_that_are_never_read_surely_are_looked_at_larger_now_and_then(confidence: float) -> None:
    size = learned(SURE)
    usual, seen = size.scale(AREA, FRAME_HEIGHT), set()
    for _ in range(6):
        size.learn(texts(("Well, I never.", 40, confidence)), standing=True)
        seen.add(size.scale(AREA, FRAME_HEIGHT))
    assert seen == ({usual, 1.8 * usual} if confidence == 0.5 else {usual})


def test_one_unsure_row_among_sure_ones_and_a_mark_read_unsurely_say_nothing() -> None:
    for look in (
        texts(("Well, I never.", 40, 0.98), ("saw him before", 40, 0.98), ("smudge", 40, 0.5)),
        texts(("▼", 40, 0.5)),
        texts(("wwwwwwww", 40, 0.1)),
    ):
        assert learned(*[look] * 5).unsure == 0
