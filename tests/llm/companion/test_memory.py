"""Which earlier lines are found, in languages with words and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.dataset.loading import load_script
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.companion.memory import Excerpt, Memory, read_memory, terms
from tests.dataset.logs import conversation, log

FILLER = [f"Juno: Nothing but clouds today, number {number}." for number in range(60)]


def memory_of(folder: Path, *texts: str) -> Memory:
    return Memory(load_script([log(folder / "dialogue.jsonl", conversation(*texts))])[0])


def texts(excerpts: list[Excerpt]) -> list[list[str]]:
    return [[line.text for line in excerpt.lines] for excerpt in excerpts]


def test_a_line_is_found_by_a_word_with_what_stood_around_it(tmp_path: Path) -> None:
    said = [*FILLER[:30], "Pip: What is that?", "Juno: A lighthouse.", "Pip: It blinks!", *FILLER[30:]]
    with memory_of(tmp_path, *said) as memory:
        assert len(memory) == 63
        assert texts(memory.recall("Do you remember the LIGHTHOUSE?")) == [
            ["What is that?", "A lighthouse.", "It blinks!"]
        ]
        assert memory.recall("Do you remember the volcano?") == []
        assert memory.recall("") == memory.recall("?!") == []


def test_words_that_are_everywhere_find_nothing(tmp_path: Path) -> None:
    with memory_of(tmp_path, *FILLER) as memory:
        assert memory.recall("Nothing but clouds today") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ピプ: 灯台の鍵をなくした。", "鍵はどこ？"),
        ("皮普: 我把灯塔的钥匙弄丢了。", "钥匙在哪里？"),
        ("핍: 등대의 열쇠를 잃어버렸어.", "열쇠는 어디 있어?"),
        ("Пип: Я потерял ключ от маяка.", "Где ключ?"),
    ],
)
def test_scripts_without_spaces_and_with_endings(tmp_path: Path, line: str, said: str) -> None:
    with memory_of(tmp_path, *FILLER, line) as memory:
        (found,) = memory.recall(said)
    assert found.lines[-1].text == line.partition(": ")[2]


def test_words_pairs_and_characters() -> None:
    assert terms("鍵? The keys, don't lose の鍵!") == ["鍵", "the", "keys", "dont", "lose", "の鍵", "鍵"]
    assert terms("열쇠는") == ["열쇠", "쇠는"]


def test_what_is_on_screen_is_not_recalled(tmp_path: Path) -> None:
    with memory_of(tmp_path, *FILLER, "Juno: A lighthouse.") as memory:
        assert memory.recall("lighthouse", [("aaaaaaaaaaaa", 61)]) == []


def test_a_scene_that_is_over_is_remembered_once(tmp_path: Path) -> None:
    with memory_of(tmp_path, *FILLER) as memory:
        scene = conversation("Juno: A lighthouse.", "Pip: It blinks!", first=61)
        memory.remember(scene)
        memory.remember(scene)
        assert len(memory) == 62
        assert texts(memory.recall("lighthouse")) == [["A lighthouse.", "It blinks!"]]


def test_the_closest_come_first_and_no_more_than_wanted(tmp_path: Path) -> None:
    said = [f"Pip: The lighthouse keeper has {number} cats." for number in range(10)]
    with memory_of(tmp_path, *(line for pair in zip(said, FILLER, strict=False) for line in pair)) as memory:
        found = memory.recall("The lighthouse keeper with 7 cats")
        assert len(found) == 4
        assert "The lighthouse keeper has 7 cats." in texts(found)[0]


def test_what_was_read_badly_is_not_remembered(tmp_path: Path) -> None:
    path = log(tmp_path / "dialogue.jsonl", conversation("Juno: A l1ghth0use.", confidence=0.3))
    with read_memory([path]) as memory:
        assert len(memory) == 0
    with pytest.raises(ConfigurationError, match="can't be read"):
        read_memory([tmp_path / "none.jsonl"])
