"""Names among the rows of a line, in the forms that games give them."""

from __future__ import annotations

from capture_daemon.frames import Box
from tests.reading.test_compose import GOLD, names, said
from tests.reading.test_dialogue import row


def test_a_note_in_brackets_over_the_text_belongs_to_the_name() -> None:
    rows = row("LOGIC [Medium: Success]"), row("Three nights have passed.", level=1)
    assert said(*rows) == ("LOGIC", "Three nights have passed.")
    assert said(row("LOGIC [Easy: Failure] – Three nights.")) == ("LOGIC", "Three nights.")


def test_a_dash_before_a_quotation_follows_a_name() -> None:
    assert said(row("Mira - “Well, I never.”")) == ("Mira", "“Well, I never.”")
    assert said(row("Fine - have it.")) == (None, "Fine - have it.")


def test_what_somebody_is_in_smaller_type_under_the_name_is_no_text() -> None:
    first, rank, text = row("Mira", colour=GOLD), row("Of the guard", level=1, colour=GOLD), row("Halt!", level=2)
    rank.box = Box(rank.box.left, rank.box.top, rank.box.width, 18)
    assert said(first, rank, text) == ("Mira", "Halt!")


def test_a_short_name_over_the_text_needs_less_confidence_where_names_stand_there() -> None:
    rows = row("黒瀬", confidence=0.72), row("待て。", level=1)
    assert said(*rows, knows=names("御子柴", above=3, lines=3)) == ("黒瀬", "待て。")
    assert said(*rows, knows=names("御子柴", lines=3)) == (None, "黒瀬待て。")
