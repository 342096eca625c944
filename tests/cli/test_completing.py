"""`export --complete`, as the real program, at a real server."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from capture_daemon import cli
from capture_daemon.records import Line
from tests.dataset.logs import conversation, log
from tests.needs import needs_module
from tests.program import Running, call
from tests.stand_in import Cue, Messages, StandIn, standing_in

EXPORT = [
    "export",
    "play.jsonl",
    "--persona",
    "Sylvie",
    "--test-share",
    "0",
    "--keep-repeats",
    "--complete",
    "--cache",
    "answers.sqlite3",
]


def say(messages: Messages) -> str:
    line = next(row for row in messages[-1]["content"].splitlines() if row.startswith("Sylvie:"))
    return json.dumps({"user": f"Before {line.removeprefix('Sylvie: ')}"})


@pytest.fixture
def place() -> Iterator[StandIn]:
    needs_module("openai", extra="llm")
    with standing_in(say) as stand_in:
        yield stand_in


def scenes(count: int) -> list[Line]:
    words = ("Apples are red.", "Birds sing early.", "Clouds move on.", "Doors stay shut.", "Every road ends.")
    lines: list[Line] = []
    for number in range(count):
        said = [
            f"Sylvie: {words[number % 5]} Part {number}.",
            f"Me: {words[-number % 5]} Hm, {number}?",
            "Sylvie: Sure!",
        ]
        lines += conversation(*said, first=len(lines) + 1, later=100.0 * number)
    return lines


def settings(place: StandIn) -> dict[str, str]:
    return {"OPENAI_BASE_URL": place.url, "OPENAI_MODEL": "m", "OPENAI_API_KEY": "secret"}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]


def test_invented_turns_are_marked_and_a_second_run_costs_nothing(tmp_path: Path, place: StandIn) -> None:
    log(tmp_path / "play.jsonl", scenes(2))
    outcome = call(tmp_path, *EXPORT, "-o", "one", **settings(place))
    assert outcome.code == 0, outcome.errors
    assert "2 of 2 missing turns written, 0 of them known already · 2 requests, 100 tokens" in outcome.errors
    train = rows(tmp_path / "one" / "train.jsonl")
    marked = rows(tmp_path / "one" / "generated.jsonl")
    assert len(marked) == 2
    for mark in marked:
        assert mark["generated"] is True
        message = train[mark["row"]]["messages"][mark["message"]]
        assert message == {"role": "user", "content": mark["text"], "weight": 0}
        assert mark["text"].startswith("Before ")
    invented = {mark["text"] for mark in marked}
    said = {line.text for line in scenes(2)}
    for row in train:
        for message in row["messages"][1:]:
            assert set(message["content"].split("\n")) <= said or message["content"] in invented
    again = call(tmp_path, *EXPORT, "-o", "two", **settings(place))
    assert "2 of them known already · 0 requests, 0 tokens" in again.errors
    assert len(place.asked) == 2
    for name in ("train.jsonl", "generated.jsonl", "README.md"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert "secret" not in outcome.errors + outcome.output
    assert "Apples" not in outcome.errors


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_kill_in_the_middle_loses_no_answer(tmp_path: Path, place: StandIn, number: signal.Signals) -> None:
    log(tmp_path / "play.jsonl", scenes(10))
    place.cues = [*[Cue()] * 6, *[Cue(delay=60)] * 4]
    with Running(tmp_path, *EXPORT, "-o", "one", **settings(place)) as program:
        place.wait_until_asked(10)
        code, _ = program.stop(number)
        assert code == (-signal.SIGKILL if number is signal.SIGKILL else 130)
        assert "Traceback" not in program.errors
    assert not (tmp_path / "one").exists()
    place.cues = []
    outcome = call(tmp_path, *EXPORT, "-o", "one", **settings(place))
    assert outcome.code == 0, outcome.errors
    assert "10 of 10 missing turns written, 6 of them known already · 4 requests" in outcome.errors


def test_what_would_be_asked(tmp_path: Path, place: StandIn) -> None:
    log(tmp_path / "play.jsonl", scenes(2))
    outcome = call(tmp_path, *EXPORT, "-o", "one", "--dry-run", **settings(place))
    assert outcome.code == 0, outcome.errors
    assert "--- question 2 of 2\n[system]\nYou complete the script of a game." in outcome.output
    assert "[the player says something]\nSylvie: Apples are red. Part 0." in outcome.output
    assert outcome.output.splitlines()[-1].startswith("2 questions, about ")
    assert place.asked == []
    assert not (tmp_path / "one").exists()
    assert not (tmp_path / "answers.sqlite3").exists()
    call(tmp_path, *EXPORT, "-o", "one", "--max-requests", "1", **settings(place))
    outcome = call(tmp_path, *EXPORT, "-o", "two", "--dry-run", **settings(place))
    assert "--- question 1 of 1\n" in outcome.output
    assert outcome.output.endswith("1 known already\n")


def test_prompts_of_ones_own_and_what_is_told_when_it_fails(tmp_path: Path, place: StandIn) -> None:
    log(tmp_path / "play.jsonl", scenes(2))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "complete-turn.txt").write_text("$line!", encoding="utf-8")
    place.say = lambda _: '{"user": "Hm."}'
    assert call(tmp_path, *EXPORT, "-o", "one", "--prompts", "own", **settings(place)).code == 0
    assert {asked["messages"][1]["content"] for asked in place.asked} == {
        "Apples are red. Part 0.!",
        "Birds sing early. Part 1.!",
    }
    place.cues = [Cue(status=401)] * 9
    refused = call(tmp_path, *EXPORT, "-o", "two", **settings(place))
    assert refused.code == 6
    assert "look at OPENAI_API_KEY" in refused.error
    assert not (tmp_path / "two").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "csv", "--complete"], "--format csv has nothing to complete: leave out --complete"),
        (["--dry-run"], "--dry-run shows what --complete would ask: give both"),
    ],
)
def test_what_does_not_go_together(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["export", "play.jsonl", "--persona", "Sylvie", "-o", "one", *arguments]) == 2
    assert told in capsys.readouterr().err
