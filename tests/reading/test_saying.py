from __future__ import annotations

from capture_daemon.frames import Box
from capture_daemon.ocr.engine import RowText
from capture_daemon.reading.filling import FilledRow, Filling
from capture_daemon.reading.saying import Telling, tell


def filled(text: str, top: int, *, left: int = 100, confidence: float = 0.9, changed: float = 1.0) -> FilledRow:
    row = FilledRow(Box(left, top, 10 * len(text), 20), came=changed, changed=changed, letter_height=18)
    row.answer, row.asked, row.answered = RowText(text, confidence), 1, 1
    return row


def filling(*rows: FilledRow) -> Filling:
    made = Filling(1, started=1.0, grown=2.0)
    made.rows = dict(enumerate(rows))
    return made


def told(*rows: FilledRow, known: tuple[str, ...] = ()) -> Telling:
    telling = tell(filling(*rows), 0.6, known)
    assert telling is not None
    return telling


def test_rows_top_to_bottom_whatever_their_order() -> None:
    telling = told(filled("upon a time.", 60), filled("There was once", 20))
    assert telling == Telling(None, "There was once upon a time.", ("There was once", "upon a time."), 0.9)


def test_the_confidence_is_the_weakest_row_s() -> None:
    assert told(filled("one", 0, confidence=0.95), filled("two", 40, confidence=0.7)).confidence == 0.7


def test_rows_under_the_confidence_asked_for_are_left_out() -> None:
    assert told(filled("one", 0), filled("tvvo", 40, confidence=0.5)).text == "one"
    assert tell(filling(filled("tvvo", 40, confidence=0.5)), 0.6, ()) is None
    assert tell(filling(), 0.6, ()) is None


def test_a_name_in_the_text() -> None:
    assert told(filled("Mira: I know", 0), filled("the road.", 40)).words == ("Mira", "I know the road.")
    assert told(filled("【ミラ】知っている", 0), filled("道だ。", 40)).words == ("ミラ", "知っている道だ。")


def test_a_bracketed_name_in_a_row_of_its_own() -> None:
    telling = told(filled("【Mira】", 0), filled("I know the road.", 40))
    assert telling.words == ("Mira", "I know the road.")
    assert telling.rows == ("I know the road.",)


def test_a_name_set_apart_above_the_text_that_stood_first() -> None:
    name = filled("Mira", 0, left=70, changed=1.0)
    rows = filled("I know the road,", 44, changed=1.6), filled("and the hill.", 74, changed=2.0)
    assert told(name, *rows).words == ("Mira", "I know the road, and the hill.")


def test_a_first_row_like_the_others_is_no_name() -> None:
    rows = filled("Mira", 0, changed=1.2), filled("I know the road,", 30, changed=1.6), filled("you see.", 60)
    assert told(*rows).words == (None, "Mira I know the road, you see.")


def test_an_unsure_name_is_none() -> None:
    name = filled("Mlra", 0, left=70, confidence=0.65)
    assert told(name, filled("I know the road.", 44, changed=1.6)).speaker is None


def test_a_known_name_left_standing_from_the_line_before() -> None:
    made = filling(filled("So I do.", 44))
    made.kept = [filled("Mira", 0, left=70)]
    telling = tell(made, 0.6, {"Mira"})
    assert telling is not None
    assert telling.words == ("Mira", "So I do.")
    unknown = tell(made, 0.6, ())
    assert unknown is not None
    assert unknown.speaker is None


def typed(text: str, top: int, came: float, changed: float) -> FilledRow:
    row = filled(text, top, changed=changed)
    row.came = came
    return row


def test_a_name_over_the_text_that_came_at_once_while_the_text_is_typed() -> None:
    telling = told(filled("Guard", 0, changed=1.1), typed("Halt! Who goes there?", 27, 1.1, 2.0))
    assert telling.words == ("Guard", "Halt! Who goes there?")
    assert telling.above


def test_a_short_first_row_is_no_name_where_it_may_have_been_typed() -> None:
    assert told(filled("Ah", 0, changed=1.1), typed("I see where this goes", 27, 1.1, 2.0)).speaker is None
    assert told(filled("Guard", 0, changed=1.3), typed("Halt! Who goes there?", 27, 1.3, 2.0)).speaker is None
    assert told(filled("Guard", 0, changed=1.1), filled("Halt! Who goes there?", 27, changed=1.1)).speaker is None


def test_a_short_name_where_names_stand_over_the_text() -> None:
    rows = filled("Mi", 0, changed=1.1), typed("I know the road.", 27, 1.1, 1.5)
    known = tell(filling(*rows), 0.6, (), names_above=True)
    assert known is not None
    assert known.words == ("Mi", "I know the road.")
    assert told(*rows, known=("Mi",)).speaker == "Mi"
    assert told(filled("？？？", 0, changed=1.1), filled("Who?", 27, changed=1.1)).speaker == "？？？"
    assert told(*rows).speaker is None
