"""Names of one character over a text."""

from __future__ import annotations

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.lone_names import is_lone, make_surer_of_names
from capture_daemon.reading.marks import SURE
from tests.reading.drawing import CJK, Screen
from tests.reading.stage import spoken

TEXT = Box(100, 200, 300, 30)


def said_by_one_character(name: str, *, seen: bool, sure: float = 0.97, early: bool = True) -> list[str | None]:
    """Who says two lines whose name row has one character; `seen` says whether the detector sees it."""
    screen = Screen(font_path=CJK)
    screen.looks.overlooks = lambda text: text == name and not seen
    screen.looks.says = lambda text, look: RowText(text, sure) if text == name else None
    screen.wait(0.3)
    for line in ("美咲\nもう行かないと。", f"{name}\nまだ早いよ。", "美咲\nそうかしら。", f"{name}\n本当に早い。"):
        screen.show(line, 1.5)
        screen.clear(0.4)
    return [speaker for speaker, _ in spoken(screen, early=early)]


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@pytest.mark.parametrize(("seen", "sure"), [(True, 0.97), (True, 0.75), (False, 0.97), (False, 0.75)])
def test_a_name_of_one_character_is_read_though_it_is_overlooked_or_unsure(
    seen: bool, sure: float, early: bool
) -> None:
    assert said_by_one_character("凛", seen=seen, sure=sure, early=early) == ["美咲", "凛", "美咲", "凛"]


def test_a_mark_or_an_unsure_character_is_no_name() -> None:
    assert is_lone(RowText("我", 0.8))
    assert is_lone(RowText("나", 0.8))
    assert not is_lone(RowText("口", 0.99))
    assert not is_lone(RowText("A", 0.99))
    assert not is_lone(RowText("凛", 0.5))
    assert not is_lone(RowText("美咲", 0.99))


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        (Box(100, 165, 30, 28), True),
        (Box(235, 165, 30, 28), True),
        (Box(160, 165, 30, 28), False),
        (Box(100, 120, 30, 28), False),
    ],
    ids=["where the text begins", "over its middle", "elsewhere", "too far above"],
)
def test_a_lone_character_counts_where_a_name_stands(name: Box, counts: bool) -> None:
    texts = {name: (RowText("凛", 0.75), 0.0)}
    make_surer_of_names(texts, [name, TEXT])
    assert (texts[name][0].confidence == SURE) is counts


def test_777_over_a_text_is_what_stands_for_a_name() -> None:
    name = Box(100, 165, 90, 28)
    texts = {name: (RowText("777", 0.99), 0.0)}
    make_surer_of_names(texts, [name])
    assert texts[name][0].text == "777"
    make_surer_of_names(texts, [name, TEXT])
    assert texts[name][0].text == "???"


def test_something_in_the_picture_over_a_text_is_no_name() -> None:
    rng = np.random.default_rng(5)
    noise = rng.integers(0, 255, (200, 640, 3), np.uint8)
    screen = Screen(font_path=CJK, picture=lambda time: noise, opacity=0.5)
    screen.top = 36
    screen.wait(0.3)
    for line in ("もう行かないと。", "まだ早いよ。"):
        screen.show(line, 1.5)
        screen.clear(0.4)
    assert [speaker for speaker, _ in spoken(screen)] == [None, None]
