from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.dataset.loading import load_script, scenes
from capture_daemon.errors import ConfigurationError
from capture_daemon.records import timestamp
from tests.dataset.logs import SESSION, conversation, log, record


def texts(logs: list[Path]) -> list[list[str]]:
    return [[line.text for line in lines] for lines in load_script(logs)[0]]


def test_lines_come_with_their_times(tmp_path: Path) -> None:
    (lines,), counts = load_script([log(tmp_path / "a.jsonl", conversation("Me: Hey.", "It rains."))])
    assert [(line.speaker, line.text, line.started, line.ended) for line in lines] == [
        ("Me", "Hey.", 3.0, 4.0),
        (None, "It rains.", 6.0, 7.0),
    ]
    assert lines[0].recording.name == "play.mkv"
    assert (counts.logs, counts.lines, counts.damaged, counts.twice, counts.replaced) == (1, 2, 0, 0, 0)


def test_a_live_sources_times_are_counted_from_the_session(tmp_path: Path) -> None:
    live = record("Hey.", 5, media_time=None, media_started=None, started=timestamp(SESSION + 60.5))
    ((line,),), _ = load_script([log(tmp_path / "a.jsonl", [live])])
    assert (line.started, line.ended) == (60.5, 16.0)


def test_a_line_that_was_replaced_gives_way_in_its_place(tmp_path: Path) -> None:
    said = [
        record("Me: I was", 1),
        record("Auto", 2),
        record("Me: I was thinking", 3, replaces=1),
        record("Me: I was thinking of you.", 4, replaces=3),
        record("Sylvie: Oh.", 5),
    ]
    (lines,), counts = load_script([log(tmp_path / "a.jsonl", said)])
    assert [line.text for line in lines] == ["I was thinking of you.", "Auto", "Oh."]
    assert counts.replaced == 2
    assert not any(line.after_hole for line in lines)


def test_a_correction_of_a_line_that_is_not_there_stays(tmp_path: Path) -> None:
    assert texts([log(tmp_path / "a.jsonl", [record("Whole.", 4, replaces=3), record("Next.", 5, replaces=5)])]) == [
        ["Whole.", "Next."]
    ]


def test_damage_is_counted_and_leaves_a_hole(tmp_path: Path) -> None:
    first, lost, last = conversation("Me: How old are you?", "Me: Where do you live?", "Sylvie: In town.")
    file = log(tmp_path / "a.jsonl", [first, lost.to_json()[:40], "", '{"type": "status"}', last])
    with file.open("ab") as torn:
        torn.write(last.to_json().encode()[:50])
    (lines,), counts = load_script([file])
    assert [(line.text, line.after_hole) for line in lines] == [("How old are you?", False), ("In town.", True)]
    assert counts.damaged == 3


def test_a_time_that_is_none_is_damage(tmp_path: Path) -> None:
    broken = [record("Hey.", 1, time="yesterday"), record("Hey.", 2, started="2026-11-22T15:20:08"), record("Ho.", 3)]
    assert load_script([log(tmp_path / "a.jsonl", broken)])[1].damaged == 2


def test_sessions_streams_and_sources_are_kept_apart(tmp_path: Path) -> None:
    later = timestamp(SESSION + 500)
    file = log(
        tmp_path / "a.jsonl",
        [
            *conversation("Me: One."),
            *conversation("Me: Two.", first=2, session=later),
            *conversation("Me: Three.", first=2, source="other.mkv"),
            *conversation("Me: Four.", stream="bbbbbbbbbbbb"),
        ],
    )
    assert sorted(texts([file])) == [["Four."], ["One."], ["Three."], ["Two."]]
    assert texts([file])[-1] == ["Two."]


def test_a_line_in_two_logs_is_one(tmp_path: Path) -> None:
    one, two, three = conversation("One.", "Two.", "Three.")
    first = log(tmp_path / "dialogue.1.jsonl", [one, two])
    second = log(tmp_path / "dialogue.jsonl", [two, three])
    recordings, counts = load_script([second, first])
    assert [[line.text for line in lines] for lines in recordings] == [["One.", "Two.", "Three."]]
    assert counts.twice == 1
    assert load_script([tmp_path, first])[1].logs == 2


def test_the_order_of_logs_does_not_matter(tmp_path: Path) -> None:
    logs = [
        log(tmp_path / f"{n}.jsonl", [record(f"Line {n}.", 1, stream=f"{n}" * 12, session=timestamp(SESSION - n))])
        for n in range(4)
    ]
    assert load_script(logs)[0] == load_script(logs[::-1])[0]


def test_a_folder_stands_for_the_logs_below(tmp_path: Path) -> None:
    log(tmp_path / "ep1" / "dialogue.jsonl", [record("One.", 1)])
    log(tmp_path / "data" / "train.jsonl", [record("No.", 1)])
    assert texts([tmp_path]) == [["One."]]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nothing\.jsonl: can't be read"):
        load_script([tmp_path / "nothing.jsonl"])
    with pytest.raises(ConfigurationError, match="holds no dialogue"):
        load_script([tmp_path])


def test_a_long_pause_and_a_clock_set_back_end_a_scene(tmp_path: Path) -> None:
    one, two, three, four = conversation("One.", "Two.", "Three.", "Four.")
    back = replace(four, media_started=1.0, media_time=2.0)
    later = replace(three, media_started=40.0, media_time=41.0)
    recordings, _ = load_script([log(tmp_path / "a.jsonl", [one, two, later, back])])
    assert [[line.text for line in scene.lines] for scene in scenes(recordings, 30)] == [
        ["One.", "Two."],
        ["Three."],
        ["Four."],
    ]
    assert [scene.key for scene in scenes(recordings, 33)] == ["aaaaaaaaaaaa:1", "aaaaaaaaaaaa:4"]
