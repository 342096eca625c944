from __future__ import annotations

from dataclasses import replace

from capture_daemon.pipeline.subtitles import subtitles
from capture_daemon.records import Line
from tests.server.helpers import line


def at(
    start: float | None,
    text: str,
    speaker: str | None = None,
    rows: list[str] | None = None,
    region: str = "dialogue",
) -> Line:
    return replace(
        line(text), media_started=start, media_time=start, speaker=speaker, rows=rows or [text], region=region
    )


def test_a_cue_ends_where_the_next_line_begins_or_six_seconds_later() -> None:
    made = "".join(subtitles([at(1.0, "Hello.", "Pip"), at(2.5, "Yes?"), at(3599.9996, "Later.")]))
    assert made == (
        "1\n00:00:01,000 --> 00:00:02,500\nPip: Hello.\n\n"
        "2\n00:00:02,500 --> 00:00:08,500\nYes?\n\n"
        "3\n01:00:00,000 --> 01:00:06,000\nLater.\n\n"
    )


def test_rows_are_kept_and_nothing_in_a_text_can_break_the_form() -> None:
    made = "".join(subtitles([at(0.0, "a b", rows=["a --> b", " ", "c"])]))
    assert made == "1\n00:00:00,000 --> 00:00:06,000\na -> b\nc\n\n"


def test_lines_without_media_times_are_left_out_and_two_at_once_are_shown_together() -> None:
    made = list(subtitles([at(None, "live"), at(1.0, "one"), at(1.0, "two"), at(3.0, "three")]))
    assert [cue.split("\n")[1] for cue in made] == [
        "00:00:01,000 --> 00:00:03,000",
        "00:00:01,000 --> 00:00:03,000",
        "00:00:03,000 --> 00:00:09,000",
    ]


def test_cues_are_in_order_and_end_only_at_a_line_of_their_region() -> None:
    lines = [
        at(15.8, "Well?"),
        at(14.767, "Saved.", region="system"),
        at(18.0, "Yes."),
        at(20.0, "Quit?", region="system"),
    ]
    made = list(subtitles(lines))
    assert [cue.split("\n")[:3] for cue in made] == [
        ["1", "00:00:14,767 --> 00:00:20,000", "Saved."],
        ["2", "00:00:15,800 --> 00:00:18,000", "Well?"],
        ["3", "00:00:18,000 --> 00:00:24,000", "Yes."],
        ["4", "00:00:20,000 --> 00:00:26,000", "Quit?"],
    ]


def test_no_text_is_a_tag_or_another_cue() -> None:
    """Neither in a player nor in an editor."""
    evil = "</font><b>x</b> {\\an8}up 1 < 2 <3 {fine}\n\n2\n00:00:00,000 --> 00:01:00,000\nfake\x1b[2J"
    (made,) = subtitles([at(0.0, evil, "<i>\n\nPip")])
    assert made == (
        "1\n00:00:00,000 --> 00:00:06,000\n＜i> Pip: ＜/font>＜b>x＜/b> ｛\\an8}up 1 < 2 <3 {fine} 2 "
        "00:00:00,000 -> 00:01:00,000 fake\\u001b[2J\n\n"
    )
