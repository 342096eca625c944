import pytest

from capture_daemon.reading.korean_rows import Breaks, joined, rooms

FULL, ROOMY = 0.5, 3.0


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        (("우리는 내일 숲에서 버섯", "을 찾았다."), "우리는 내일 숲에서 버섯을 찾았다."),
        (("그건 내가 어제 말", "했잖아."), "그건 내가 어제 말했잖아."),
        (("이 길로 가면 성에 갈", "수 있어."), "이 길로 가면 성에 갈 수 있어."),
        (("누구도 그 문을", "열 수 없었다."), "누구도 그 문을 열 수 없었다."),
        (("벌써 밤이네.", "이제 돌아가자."), "벌써 밤이네. 이제 돌아가자."),
        (("이 그림은 Ren'Py", "로 만들었다."), "이 그림은 Ren'Py로 만들었다."),
    ],
)
def test_a_full_row_goes_on_where_a_particle_or_an_ending_follows(rows: tuple[str, str], whole: str) -> None:
    assert joined(rows, [FULL], Breaks()) == whole


def test_a_particle_must_fit_the_consonant_before_it() -> None:
    assert joined(("작은 나무", "를 심었다."), [FULL], Breaks()) == "작은 나무를 심었다."
    assert joined(("작은 버섯", "를"), [FULL], Breaks()) != "작은 버섯을"


def test_a_row_with_room_for_more_was_broken_between_words() -> None:
    assert joined(("작은 나무", "를 심었다."), [ROOMY], Breaks()) == "작은 나무 를 심었다."


def test_a_game_that_leaves_room_breaks_between_words_always() -> None:
    breaks = Breaks()
    breaks.learn(("나는 오늘 바다에", "갔다가 일찍", "돌아왔다."), (ROOMY, FULL))
    assert breaks.between_words
    assert joined(("작은 나무", "를 심었다."), [FULL], breaks) == "작은 나무 를 심었다."


def test_words_that_were_said_are_known() -> None:
    breaks = Breaks()
    assert joined(("어제 본 고슴", "도치가 또 왔다."), [FULL], breaks) == "어제 본 고슴 도치가 또 왔다."
    breaks.learn(("저기 고슴도치 한 마리가",), ())
    assert joined(("어제 본 고슴", "도치가 또 왔다."), [FULL], breaks) == "어제 본 고슴도치가 또 왔다."


def test_a_game_that_never_leaves_room_breaks_anywhere() -> None:
    breaks = Breaks()
    breaks.learn(("하나", "둘", "셋", "넷"), (FULL, FULL, FULL))
    assert breaks.anywhere
    assert joined(("어제 본 고슴", "도치가 또 왔다."), [FULL], breaks) == "어제 본 고슴도치가 또 왔다."


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        (("더 크게 말해야", "해."), "더 크게 말해야 해."),
        (("문을 열 수 있도록", "했어."), "문을 열 수 있도록 했어."),
        (("위쪽과 아래쪽", "및 왼쪽"), "위쪽과 아래쪽 및 왼쪽"),
        (("나는 집에 가는", "데, 너는?"), "나는 집에 가는데, 너는?"),
        (("이것은 (글자)는", "줄바꿈을 막는다."), "이것은 (글자)는 줄바꿈을 막는다."),
    ],
)
def test_grammar_decides_even_where_a_game_breaks_anywhere(rows: tuple[str, str], whole: str) -> None:
    assert joined(rows, [FULL], Breaks(full=9)) == whole


def test_a_bracket_follows_the_word_that_it_explains() -> None:
    rows = ("이 사람은 우리 마을의 지도자", "(Leader)가 됐다.")
    assert joined(rows, [FULL], Breaks()) == "이 사람은 우리 마을의 지도자(Leader)가 됐다."
    breaks = Breaks(ragged=3)
    assert joined(rows, [FULL], breaks) == "이 사람은 우리 마을의 지도자 (Leader)가 됐다."


def test_a_latin_word_needs_room_for_all_of_its_letters() -> None:
    breaks = Breaks()
    breaks.learn(("이 사람은 우리 마을의 지도자", "(Leader)가 됐다."), (ROOMY,))
    assert (breaks.ragged, breaks.full) == (0, 1)


def test_room_is_counted_in_the_rows_own_syllables() -> None:
    assert rooms(("가나다라", "마바"), (80, 40), 100) == [1.0]
