from __future__ import annotations

from dataclasses import replace

import pytest

from capture_daemon.dataset.cut_off import ENOUGH, cut_off
from capture_daemon.dataset.script import ScriptLine, Step
from tests.dataset.lines import RECORDING, line

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
    menu = line("Auto", LAST + 2, left_out=Step.SCREEN_WORDS)
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
