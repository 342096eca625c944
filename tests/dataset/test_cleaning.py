from __future__ import annotations

from dataclasses import replace

import pytest

from capture_daemon.dataset.cleaning import ENOUGH, Cleaned, Cleaning, ScreenWords, clean, cut_off
from capture_daemon.dataset.script import CleaningStep, ScriptLine
from tests.dataset.lines import RECORDING, line, scene


def left_out(cleaned: Cleaned) -> list[CleaningStep | None]:
    return [line.left_out for scene in cleaned.scenes for line in scene.lines]


def test_each_step_has_its_switch() -> None:
    said = "Me: What a very long line this one is."
    told = [scene(line("Me: Hm.", confidence=0.4), MENU, "Me: Hm.", said, "Me: It rains.", said)]
    wanted = Cleaning(min_length=4, max_length=40)
    assert left_out(clean(told, wanted)) == [
        CleaningStep.CONFIDENCE,
        CleaningStep.SCREEN_WORDS,
        CleaningStep.LENGTH,
        None,
        None,
        CleaningStep.REPEATS,
    ]
    for place, off in enumerate(
        (
            replace(wanted, min_confidence=0, min_length=0),
            replace(wanted, screen_words=False, max_length=0),
            replace(wanted, min_length=0),
        )
    ):
        assert left_out(clean(told, off))[place] is None
    assert left_out(clean(told, replace(wanted, repeats=False)))[5] is None


def test_a_line_that_the_recordings_end_cut_off_goes_unless_it_is_to_stay() -> None:
    told = [scene(*(f"Me: Well, {n}." for n in range(9)), "Sylvie: I was thin")]
    assert left_out(clean(told, Cleaning()))[8:] == [None, CleaningStep.CUT_OFF]
    assert left_out(clean(told, Cleaning(cut_off=False)))[8:] == [None, None]


def test_rows_of_the_screen_are_taken_out_of_a_line() -> None:
    mixed = line("Sylvie: Sure! Auto Skip", text="Sure! Auto Skip", rows=("Sure!", "Auto Skip"))
    cleaned = clean([scene(mixed)], Cleaning())
    assert [line.text for line in cleaned.scenes[0].lines] == ["Sure!"]
    assert cleaned.rows == 1
    assert clean([scene(mixed)], Cleaning(screen_words=False)).rows == 0


def test_names_are_merged_before_repeats_are_looked_for() -> None:
    said = "What a very long line this one is."
    cleaned = clean([scene(f"Sylvie: {said}", "Sylvie: Yes.", f"Sy1vie: {said}")], Cleaning())
    assert [line.speaker for line in cleaned.scenes[0].lines] == ["Sylvie"] * 3
    assert left_out(cleaned)[2] is CleaningStep.REPEATS
    assert [one.spelling for one in cleaned.names.merged] == ["Sy1vie"]


def test_scenes_that_repeat_one_another_are_told_even_where_that_stays() -> None:
    said = "Me: What a very long line this one is."
    told = [scene(said, "Me: Yes."), scene("Me: Well.", said, first=10)]
    for cleaning in (Cleaning(), Cleaning(repeats=False)):
        assert clean(told, cleaning).repeated == {(told[0].key, told[1].key)}


MENU = "Back History Skip Auto Save Q.Save Q.Load Prefs"


@pytest.mark.parametrize("row", [MENU, "自动 保存 快存", "回退历史快进自动", "戻る | セーブ", "되감기 대사록"])
def test_menus_are_of_the_screen(row: str) -> None:
    assert ScreenWords().is_of_the_screen(row, spoken=True)
    assert ScreenWords().is_of_the_screen(row, spoken=False)


@pytest.mark.parametrize("row", ["Save me!", "Back.", "I'm back", "Auto!", "", "自动门开了", "Skip it, Auto"])
def test_dialogue_is_not(row: str) -> None:
    assert not ScreenWords().is_of_the_screen(row, spoken=False)


def test_one_word_is_dialogue_where_somebody_says_it() -> None:
    assert ScreenWords().is_of_the_screen("Auto", spoken=False)
    assert not ScreenWords().is_of_the_screen("Auto", spoken=True)


def test_a_games_own_words() -> None:
    assert not ScreenWords().is_of_the_screen("Codex Auto", spoken=True)
    assert ScreenWords(["Codex", " "]).is_of_the_screen("CODEX Auto", spoken=True)


BEFORE = [line(f"Me: Well, {n}.", n) for n in range(1, ENOUGH + 6)]
LAST = len(BEFORE)
BOX = (400, 600, 500, 60)


def last(text: str, **changes: object) -> ScriptLine:
    return line(text, LAST + 1, **changes)


def shown(seq: int, box: tuple[int, ...], *rows: str, speaker: str | None = "Me") -> ScriptLine:
    """A line of these rows, half a second after the one of the number before."""
    times = {"started": 100 + 2.0 * seq, "ended": 101.5 + 2.0 * seq}
    return line("", seq, text=" ".join(rows), rows=rows, box=box, speaker=speaker, **times)


def test_a_recording_ends_within_a_line() -> None:
    for part in ("Sylvie: I was thin", "Sylvie: Then,"):
        assert cut_off([*BEFORE, last(part)]) == {LAST}
    for whole in ("Sylvie: I was thinking.", "Sylvie: I was…", "Sylvie: But I—", 'Sylvie: "Sure"'):
        assert cut_off([*BEFORE, last(whole)]) == set()


def test_where_lines_end_without_a_mark_the_last_one_does_too() -> None:
    assert cut_off([replace(one, text="Well") for one in BEFORE] + [last("Sylvie: I was thin")]) == set()
    assert cut_off([*BEFORE[: ENOUGH - 1], last("Sylvie: I was thin")]) == set()


def test_words_of_the_screen_are_not_the_last_line() -> None:
    menu = line("Auto", LAST + 2, left_out=CleaningStep.SCREEN_WORDS)
    assert cut_off([*BEFORE, last("Sylvie: I was thin"), menu]) == {LAST}
    assert cut_off([*BEFORE, last("Sylvie: I was thin"), line("Me: What?", LAST + 2)]) == set()


def test_each_recording_has_an_end() -> None:
    other = replace(RECORDING, session="2026-11-23T20:00:00.000+00:00")
    again = [replace(one, recording=other) for one in BEFORE]
    assert cut_off([*BEFORE, last("Me: I was thin"), *again, last("Me: And th", recording=other)]) == {
        LAST,
        2 * LAST + 1,
    }
    assert cut_off([]) == set()


WHOLE = shown(20, BOX, "Are you going home?", "I am.")


@pytest.mark.parametrize(
    "part",
    [
        shown(21, (450, 600, 450, 60), "you going home?", "am."),  # without what stands on the left
        shown(21, (400, 630, 120, 30), "I am."),  # without the upper row
        shown(21, (400, 630, 120, 30), "I am.", speaker=None),  # and without the name
        shown(21, (400, 600, 300, 60), "Are you going", "I"),  # without what stands on the right
        shown(21, (470, 600, 430, 60), "oou going home?", "am."),  # with letters that are cut through
    ],
)
def test_a_moved_region_shows_a_part_of_a_line(part: ScriptLine) -> None:
    assert cut_off([*BEFORE, WHOLE, part, line("Me: Oh.", 40, started=500.0)]) == {LAST + 1}
    first, then = replace(part, seq=19, started=138.0, ended=139.5), WHOLE
    assert cut_off([*BEFORE, first, then, line("Me: Oh.", 40, started=500.0)]) == {LAST}


@pytest.mark.parametrize(
    "other",
    [
        shown(21, (400, 600, 120, 30), "I am."),  # a line of its own, where lines begin
        shown(21, (590, 600, 120, 30), "I am."),  # the same in the middle
        shown(21, (400, 600, 400, 30), "Are you going home?"),  # whole up to a sentence's end
        shown(21, (400, 630, 120, 30), "I am.", speaker="Pip"),
        replace(shown(21, (400, 630, 120, 30), "I am."), started=150.0),
        shown(21, (), "I am."),
        shown(21, BOX, "Are you going home?", "I am."),
        shown(21, (400, 630, 120, 30), "We are."),
    ],
)
def test_what_is_said_again_is_no_part(other: ScriptLine) -> None:
    assert cut_off([*BEFORE, WHOLE, other, line("Me: Oh.", 40, started=500.0)]) == set()


def test_where_lines_end_without_a_mark_one_may_begin_as_another() -> None:
    begun, whole = shown(20, (400, 600, 120, 30), "そう"), shown(21, (400, 600, 240, 30), "そうだな")
    assert cut_off([begun, whole]) == set()
    begun, whole = shown(20, (400, 600, 120, 30), "I was"), shown(21, (400, 600, 240, 30), "I was thinking.")
    assert cut_off([*BEFORE, begun, whole, line("Me: Oh.", 40, started=500.0)]) == {LAST}
