from __future__ import annotations

from collections import Counter

import pytest

from capture_daemon.dataset.names import Merged, NameMerges, merge_names


def names(known: str = "", renamed: dict[str, str] | None = None, **counts: int) -> NameMerges:
    spellings = Counter({name.replace("_", " "): count for name, count in counts.items()})
    return merge_names(spellings, renamed=renamed or {}, known=[known] if known else [])


@pytest.mark.parametrize(
    "misread", ["Sy1vie", "SyIvie", "Sylvle", "SYLVIE", "Sylvie:", "Syl vie", "Ｓｙｌｖｉｅ", "Sylvié"]
)
def test_spellings_that_look_alike_are_one(misread: str) -> None:
    merged = merge_names(Counter({"Sylvie": 9, misread: 4}), renamed={})
    assert merged.merged == (Merged(misread, "Sylvie", 4),)


@pytest.mark.parametrize("misread", ["Sylvic", "Sylve", "Syllvie"])
def test_a_letter_off_is_misread_where_it_is_seldom(misread: str) -> None:
    assert merge_names(Counter({"Sylvie": 20, misread: 2}), renamed={}).merged == (Merged(misread, "Sylvie", 2),)
    often = merge_names(Counter({"Sylvie": 20, misread: 3}), renamed={})
    assert not often.merged
    assert often.close == (tuple(sorted(("Sylvie", misread))),)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Maria", "Marie"), ("Erik", "Erika"), ("Guard 1", "Guard 2"), ("Guard 1", "Guard 11"), ("小明", "小红")],
)
def test_two_names_stay_two(one: str, other: str) -> None:
    assert not merge_names(Counter({one: 100, other: 1}), renamed={}).merged


def test_characters_of_japanese_that_look_alike() -> None:
    assert merge_names(Counter({"カロリー": 9, "力ロリ一": 1}), renamed={}).merged == (
        Merged("力ロリ一", "カロリー", 1),
    )


def test_a_known_name_is_what_its_variants_are_called() -> None:
    assert names("Sylvie", Sylvie=1, Sylvle=30).merged == (Merged("Sylvle", "Sylvie", 30),)


def test_renaming_goes_first() -> None:
    merged = names(renamed={"Girl": "Sylvie"}, Girl=3, Sylvie=9, Sy1vie=2)
    assert merged.by_spelling == {"Girl": "Sylvie", "Sy1vie": "Sylvie"}


def test_a_name_renamed_to_itself_is_kept() -> None:
    kept = names(renamed={"Sy1vie": "Sy1vie"}, Sylvie=9, Sy1vie=2)
    assert not kept.merged
    assert not kept.close


def test_nothing_is_merged_where_that_is_not_wanted() -> None:
    assert merge_names(Counter({"Sylvie": 9, "Sy1vie": 4}), renamed={}, merge=False).by_spelling == {}
