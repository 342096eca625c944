"""One reader's lines after another's: what is new, what was said before, what goes on."""

from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.pipeline.publishing import LineStitcher
from capture_daemon.reading.events import Said, Typing

BOX = Box(0, 0, 10, 10)


def said(
    number: int,
    text: str,
    *,
    at: tuple[float, float] = (0.0, 1.0),
    replaces: int | None = None,
    speaker: str | None = None,
) -> Said:
    return Said(number, replaces, speaker, text, (text,), 1.0, *at, BOX)


def cut_after(line: Said, at: float, *, same_picture: bool = True) -> LineStitcher:
    stitcher = LineStitcher()
    assert stitcher.join(line, 0.0) == line
    stitcher.cut(at, same_picture=same_picture)
    return stitcher


def test_numbers_go_on_from_one_reader_to_the_next() -> None:
    stitcher = cut_after(said(7, "One."), at=9.0)
    second = stitcher.join(said(2, "Two.", at=(12.0, 12.0)), 10.0)
    third = stitcher.join(said(3, "Two, then.", at=(12.0, 13.0), replaces=2), 10.0)
    assert second is not None
    assert third is not None
    assert (second.number, third.number, third.replaces) == (9, 10, 9)


def test_what_stood_all_the_while_is_said_once_and_can_be_corrected() -> None:
    stitcher = cut_after(said(7, "One."), at=9.0)
    assert not stitcher.is_news(Typing(None, "On", 10.0))
    assert stitcher.join(said(1, "One .", at=(10.0, 10.0)), 10.0) is None
    corrected = stitcher.join(said(2, "One. Two.", at=(10.0, 12.0), replaces=1), 10.0)
    assert corrected is not None
    assert corrected.replaces == 7


def test_what_was_just_said_is_not_being_typed_any_more() -> None:
    stitcher = LineStitcher()
    assert stitcher.is_news(Typing(None, "One.", 0.5))
    stitcher.join(said(1, "One."), 0.0)
    assert not stitcher.is_news(Typing(None, "One.", 1.0))
    assert stitcher.is_news(Typing(None, "One. Two", 2.0))


def test_a_line_cut_short_is_corrected_by_the_whole_of_it() -> None:
    stitcher = cut_after(said(7, "One, tw"), at=2.0)
    whole = stitcher.join(said(1, "One, two, three.", at=(3.0, 3.0)), 3.0)
    assert whole is not None
    assert whole.replaces == 7


def test_a_name_that_was_not_there_before_is_a_correction() -> None:
    stitcher = cut_after(said(7, "One."), at=9.0)
    named = stitcher.join(said(1, "One.", at=(10.0, 10.0), speaker="Mira"), 10.0)
    assert named is not None
    assert named.replaces == 7


def test_other_lines_are_lines_of_their_own() -> None:
    alike = said(1, "One, two.", at=(10.0, 10.0))
    for stitcher, line in (
        # It had come to rest long before, so that more words are another line's.
        (cut_after(said(7, "One,"), at=9.0), alike),
        # It came only after the reader had begun.
        (cut_after(said(7, "One, two."), at=9.0), said(1, "One, two.", at=(10.6, 10.8))),
        (cut_after(said(7, "One, two."), at=9.0, same_picture=False), alike),
        (cut_after(said(7, "No, two."), at=1.5), alike),
    ):
        new = stitcher.join(line, 10.0)
        assert new is not None
        assert new.replaces is None
