from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.dataset.repeats import find_repeats
from tests.dataset.lines import line

SCENE = ("Me: Hey…", "Sylvie: What?", "Me: Umm…", "Sylvie: Say it!")


def repeats(*texts: str, similarity: float = 92) -> dict[int, int]:
    return find_repeats([line(text, seq) for seq, text in enumerate(texts)], similarity)


def test_a_scene_that_comes_again() -> None:
    assert repeats(*SCENE, "Me: Bye.", *SCENE) == {5: 0, 6: 1, 7: 2, 8: 3}


def test_a_line_may_be_missing_or_misread() -> None:
    assert repeats(*SCENE, "Me: Bye.", SCENE[0], SCENE[1], SCENE[3]) == {5: 0, 6: 1, 7: 3}


def test_short_answers_are_no_repeats() -> None:
    assert repeats("Me: Sure?", "Sylvie: Sure!", "Me: Sure?", "Sylvie: Sure!", "Me: Sure?", "Sylvie: Sure!") == {}
    assert repeats("Pip: Are we there yet?", "Juno: No.", "Pip: Are we there yet?", "Juno: No.") == {}


def test_a_long_line_is_told_by_itself_but_not_another_speakers() -> None:
    said = "Autumn is especially beautiful here."
    assert repeats(f"Me: {said}", "Me: Yes.", f"Me: {said.replace('beautiful', 'beautifu1')}") == {2: 0}
    assert repeats(f"Me: {said}", f"Sylvie: {said}") == {}
    assert repeats("我: 这是一种可以在电脑上玩的游戏。", "我: 这是一种可以在电脑上玩的游戏") == {1: 0}


def test_what_is_not_alike_enough_stays() -> None:
    assert repeats("Sylvie: Will you marry me?", "Me: A while...", "Sylvie: So will you marry me?") == {}
    assert repeats("Me: I'll come and see you on Monday.", "Me: I'll never forgive you for Monday.") == {}


def test_a_thousand_times_the_same_takes_no_time() -> None:
    texts = [text for n in range(2000) for text in ("Me: …", f"Sylvie: {n}")]
    assert repeats(*texts) == {}


WORDS = st.sampled_from(
    [f"{who}: {text}" for who in ("Me", "Sylvie") for text in ("a", "b", "c", "a very long line of written text")]
)


@given(st.lists(WORDS, max_size=30))
def test_a_repeat_is_later_and_the_same(texts: list[str]) -> None:
    found = repeats(*texts)
    assert all(there < here and texts[there] == texts[here] for here, there in found.items())
    firsts = {texts.index(text) for text in texts}
    assert not firsts & found.keys()


@given(st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=8, unique=True))
def test_what_is_said_again_whole_is_found_whole(texts: list[str]) -> None:
    size = len(texts)
    assert repeats(*texts, *texts) == {size + place: place for place in range(size)}
