from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from capture_daemon.dataset.conversations import Casting, Turn
from capture_daemon.dataset.formats import as_csv, as_script, as_srt, message_place, sample_records
from capture_daemon.dataset.samples import Sample
from capture_daemon.dataset.script import CleaningStep
from capture_daemon.dataset.settings import Format, Narration
from tests.dataset.lines import line, scene

CASTING = Casting(persona="Sylvie")
SAMPLE = Sample(
    scene="a:1",
    turns=(
        Turn(role="user", text="Hey."),
        Turn(role="assistant", text="Hi!"),
        Turn(role="user", text="Going home?"),
        Turn(role="assistant", text="Sure!"),
    ),
)


def test_chat() -> None:
    assert sample_records([SAMPLE], Format.CHAT, "You are Sylvie.") == [
        {
            "messages": [
                {"role": "system", "content": "You are Sylvie."},
                {"role": "user", "content": "Hey."},
                {"role": "assistant", "content": "Hi!"},
                {"role": "user", "content": "Going home?"},
                {"role": "assistant", "content": "Sure!"},
            ]
        }
    ]


def test_sharegpt() -> None:
    (made,) = sample_records([SAMPLE], Format.SHAREGPT, "You are Sylvie.")
    assert [(one["from"], one["value"]) for one in made["conversations"]] == [
        ("system", "You are Sylvie."),
        ("human", "Hey."),
        ("gpt", "Hi!"),
        ("human", "Going home?"),
        ("gpt", "Sure!"),
    ]


def test_alpaca() -> None:
    assert sample_records([SAMPLE], Format.ALPACA, "You are Sylvie.") == [
        {
            "instruction": "Going home?",
            "input": "",
            "output": "Sure!",
            "system": "You are Sylvie.",
            "history": [["Hey.", "Hi!"]],
        }
    ]


WRITTEN = Sample(
    scene="a:2", turns=(Turn(role="user", text="Who?", generated=True), Turn(role="assistant", text="Me!"))
)


@pytest.mark.parametrize(("form", "key"), [(Format.CHAT, "messages"), (Format.SHAREGPT, "conversations")])
def test_answers_and_what_a_model_wrote_have_a_weight(form: Format, key: str) -> None:
    def weights(*, overlap: bool) -> list[list[int | None]]:
        made = sample_records([SAMPLE, WRITTEN], form, "", weighted=True, overlap=overlap)
        return [[message.get("weight") for message in one[key]] for one in made]

    assert weights(overlap=False) == [[None, None, 1, None, 1], [None, 0, 1]]
    assert weights(overlap=True) == [[None, None, 0, None, 1], [None, 0, 1]]
    assert not any("weight" in message for message in sample_records([WRITTEN], form, "")[0][key])


def test_alpaca_has_no_weights() -> None:
    assert sample_records([SAMPLE], Format.ALPACA, "", weighted=True) == sample_records([SAMPLE], Format.ALPACA, "")


def test_where_a_turn_stands_in_a_record() -> None:
    (made,) = sample_records([SAMPLE], Format.CHAT, "")
    assert made["messages"][message_place(Format.CHAT, 2)]["content"] == "Going home?"


def test_csv_survives_what_is_said() -> None:
    said = 'So: "no", he said,\nand left'
    told = [scene(line("Sylvie: Hm."), line("Me: x", speaker=None))]
    rows = list(csv.DictReader(io.StringIO(as_csv(told, replace(CASTING, narration=Narration.USER)))))
    assert [(row["speaker"], row["role"], row["text"]) for row in rows] == [
        ("Sylvie", "assistant", "Hm."),
        ("", "", "x"),
    ]
    (row,) = csv.DictReader(io.StringIO(as_csv([scene("Sylvie: Hm.")], Casting(persona=""))))
    assert row["role"] == ""
    (row,) = csv.DictReader(io.StringIO(as_csv([scene(replace(line("Me: x"), text=said))], CASTING)))
    assert row["text"] == said


@pytest.mark.parametrize(
    ("narration", "text"),
    [
        (Narration.DROP, "Me: Hey.\n\nSylvie: Hi!\n"),
        (Narration.NOTE, "Me: Hey.\n[It rains.]\n\nSylvie: Hi!\n"),
        (Narration.USER, "Me: Hey.\nIt rains.\n\nSylvie: Hi!\n"),
    ],
)
def test_txt(narration: Narration, text: str) -> None:
    told = [scene("Me: Hey.", "It rains."), scene("Fog.") if narration is Narration.DROP else scene("Sylvie: Hi!")]
    told += [scene("Sylvie: Hi!")] if narration is Narration.DROP else []
    assert as_script(told, Casting(persona="Sylvie", narration=narration)) == text


def test_subtitles_last_to_the_next_line_and_six_seconds_at_most() -> None:
    told = scene(
        line("Me: Hey --> you.", started=1.0),
        line("Auto", started=2.5, left_out=CleaningStep.SCREEN_WORDS),
        replace(line("Sylvie: Hi there!", started=3661.5), rows=("Hi", "there!")),
    )
    assert as_srt([told], CASTING) == (
        "1\n00:00:01,000 --> 00:00:02,500\nMe: Hey -> you.\n\n2\n01:01:01,500 --> 01:01:07,500\nSylvie: Hi\nthere!\n\n"
    )


def test_narration_that_is_dropped_is_in_no_format_of_lines() -> None:
    told = [scene("Me: Hey.", "It rains.", "Sylvie: Hi!")]
    kept = replace(CASTING, narration=Narration.USER)
    for casting, times in ((CASTING, 0), (kept, 1)):
        texts = [as_csv(told, casting), as_script(told, casting), as_srt(told, casting)]
        assert [text.count("It rains.") for text in texts] == [times] * 3


def test_subtitles_are_in_order_and_end_only_at_a_line_of_their_region() -> None:
    told = scene(
        line("Well?", started=15.8), line("Saved.", started=14.767, region="system"), line("Yes.", started=18.0)
    )
    text = as_srt([told], replace(CASTING, narration=Narration.USER))
    assert [cue.split("\n")[1:] for cue in text.strip().split("\n\n")] == [
        ["00:00:14,767 --> 00:00:20,767", "Saved."],
        ["00:00:15,800 --> 00:00:18,000", "Well?"],
        ["00:00:18,000 --> 00:00:24,000", "Yes."],
    ]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_csv_is_a_formula_unless_it_is_to_be(begin: str) -> None:
    evil = f'{begin}HYPERLINK("http://evil.example","x")'
    one = line("", 1, speaker=evil, text=evil)
    for keep in (False, True):
        head, row = csv.reader(io.StringIO(as_csv([scene(one)], CASTING, keep_formulas=keep), newline=""))
        cells = dict(zip(head, row, strict=True))
        expected = evil if keep else f"'{evil}"
        assert (cells["speaker"], cells["text"]) == (expected, expected)
        assert cells["seq"] == "1"


def test_numbers_in_csv_stay_numbers() -> None:
    head, row = csv.reader(io.StringIO(as_csv([scene(line("Me: Hi.", 1, started=-0.5))], CASTING)))
    assert dict(zip(head, row, strict=True))["started"] == "-0.5"


def test_a_line_of_a_script_is_one_line() -> None:
    one = line("", 1, text="a\nJuno: b\x1b[2J\n\nc", speaker="Pip\nJuno")
    assert as_script([scene(one)], CASTING) == "Pip Juno: a Juno: b\\u001b[2J c\n"
