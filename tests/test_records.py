from __future__ import annotations

import json
import unicodedata
from dataclasses import fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon import records
from capture_daemon.records import (
    RECORDS,
    Entry,
    Gap,
    Line,
    Partial,
    Record,
    Status,
    parse_record,
    timestamp,
    without_control_characters,
)


def kinds() -> list[type[Record]]:
    """Every record there is, so that a new one can't be forgotten."""
    return [
        kind
        for kind in vars(records).values()
        if isinstance(kind, type) and issubclass(kind, Record) and kind not in (Record, Entry)
    ]


def values_for(hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is list:
        return st.lists(values_for(get_args(hint)[0]), max_size=4)
    if get_args(hint):
        return st.one_of(*(values_for(argument) for argument in get_args(hint)))
    return {
        str: st.text(st.characters(exclude_categories=["Cs"])),
        int: st.integers(-(2**53), 2**53),
        float: st.floats(allow_nan=False, allow_infinity=False),
        type(None): st.none(),
    }[hint]


def any_record() -> st.SearchStrategy[Record]:
    def build(kind: type[Record]) -> st.SearchStrategy[Record]:
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values_for(hints[field.name]) for field in fields(kind)})

    return st.sampled_from(kinds()).flatmap(build)


def test_no_record_is_forgotten() -> None:
    assert set(RECORDS.values()) == set(kinds())
    assert all(kind.type == name for name, kind in RECORDS.items())


@given(any_record())
def test_every_record_is_one_line_of_json_and_comes_back(record: Record) -> None:
    text = record.to_json()
    assert "\n" not in text
    assert json.loads(text)["type"] == record.type
    assert parse_record(text) == record
    assert parse_record(text.encode()) == record


@given(any_record(), st.data())
def test_a_missing_key_or_a_wrong_type_is_a_value_error(record: Record, data: st.DataObject) -> None:
    values = record.to_dict()
    key = data.draw(st.sampled_from(sorted(values.keys() - {"type"})))
    with pytest.raises(ValueError, match=r"not a \w+ record"):
        parse_record(json.dumps(values | {key: {"what": "is this"}}))
    del values[key]
    optional = key in ("v", "protocol", "replaces", "detail", "picture")
    if not optional:
        with pytest.raises(ValueError, match=r"not a \w+ record"):
            parse_record(json.dumps(values))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        "{}",
        '{"type": "sentence"}',
        '{"type": []}',
        '{"type": null}',
        b"\xff",
        "[" * 100_000,
        '{"type": "gap"}',
    ],
)
def test_what_is_no_record_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_record(text)


def test_keys_of_newer_daemons_are_passed_over() -> None:
    status = Status(what="source", state="capturing")
    assert parse_record(json.dumps(status.to_dict() | {"mood": "good"})) == status
    assert isinstance(parse_record('{"type": "status", "what": "weather", "state": "fine"}'), Status)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", '"1"', "true"])
def test_a_number_that_is_none_is_a_value_error(number: str) -> None:
    text = LINE.to_json().replace('"confidence": 0.987', f'"confidence": {number}')
    with pytest.raises(ValueError, match="confidence is"):
        parse_record(text)


def test_a_gap_says_from_and_to() -> None:
    assert json.loads(Gap(first=3, last=17, reason="damaged").to_json()) == {
        "type": "gap",
        "from": 3,
        "to": 17,
        "reason": "damaged",
    }


LINE = Line(
    stream="9f1c62d07a3e",
    seq=42,
    session="2026-11-22T15:17:00.120+00:00",
    time="2026-11-22T15:20:11.123+00:00",
    started="2026-11-22T15:20:08.871+00:00",
    media_time=None,
    media_started=None,
    speaker="Sylvie",
    text="Hi there! How was class?",
    rows=["Hi there! How was class?"],
    language="en",
    confidence=0.987,
    source="screen:1",
    region="dialogue",
    box=[420, 670, 382, 31],
)


def test_a_line_looks_as_documented() -> None:
    assert LINE.to_json() == (
        '{"type": "line", "v": 1, "stream": "9f1c62d07a3e", "seq": 42, "session": "2026-11-22T15:17:00.120+00:00", '
        '"time": "2026-11-22T15:20:11.123+00:00", "started": "2026-11-22T15:20:08.871+00:00", "media_time": null, '
        '"media_started": null, "speaker": "Sylvie", "text": "Hi there! How was class?", '
        '"rows": ["Hi there! How was class?"], "language": "en", "confidence": 0.987, "source": "screen:1", '
        '"region": "dialogue", "box": [420, 670, 382, 31]}'
    )


def test_replaces_only_where_it_applies() -> None:
    correction = replace(LINE, replaces=41)
    assert "replaces" not in LINE.to_dict()
    assert correction.to_dict()["replaces"] == 41
    assert "replaces" not in json.loads(LINE.to_sentence())
    assert json.loads(correction.to_sentence()) == {
        "sentence": LINE.text,
        "speaker": "Sylvie",
        "time": LINE.time,
        "seq": 42,
        "replaces": 41,
    }


def test_text_that_utf8_cannot_hold_is_still_json() -> None:
    text = replace(LINE, source="video\udcff.mkv").to_json()
    assert json.loads(text.encode())["source"] == "video?.mkv"


def test_a_number_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        replace(LINE, confidence=float("nan")).to_json()


@given(st.text(st.characters()))
def test_no_control_character_stays(text: str) -> None:
    clean = without_control_characters(text)
    assert not {unicodedata.category(character) for character in clean} & {"Cc", "Cs", "Zl", "Zp"}
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == clean.strip() == without_control_characters(clean)
    partial = Partial(speaker=None, text=clean, time="", region="dialogue")
    assert len(partial.to_json().splitlines()) == 1


def test_control_characters_become_spaces() -> None:
    assert without_control_characters("\x1b[31mred\r\nline\u2028two\x85three\x00") == "[31mred  line two three"
    assert without_control_characters("が, cafe\u0301, ＡＢＣ") == "が, café, ＡＢＣ"


def test_timestamps() -> None:
    assert timestamp(1795361411.1239) == "2026-11-22T15:30:11.123+00:00"
