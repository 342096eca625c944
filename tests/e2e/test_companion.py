"""From a clip on screen to what a model is told: daemon, feed, companion, endpoint, each the real program or server."""

from __future__ import annotations

import base64
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.pipeline.transcript import Transcript
from capture_daemon.records import Line, parse_record
from tests.footage import cut_sample
from tests.needs import needs
from tests.program import SAMPLE, SAMPLE_REGIONS, START_LIMIT, Running, call, environment
from tests.stand_in import Cue, StandIn, echo, standing_in

pytest.importorskip("openai", reason="needs the extra [llm]")

PERSONA = """
name = "Juno"
manner = "Patient and dry."

[[examples]]
user = "Are we lost?"
assistant = "Never. Merely early."
"""
COMMENT = "Eleven down, Pip, and one to go."
CLIP_SECONDS = 13.5


@pytest.fixture
def place() -> Iterator[StandIn]:
    with standing_in() as stand_in:
        yield stand_in


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "juno.toml").write_text(PERSONA, encoding="utf-8")
    return tmp_path


def endpoint(place: StandIn) -> dict[str, str]:
    return {"OPENAI_BASE_URL": place.url, "OPENAI_MODEL": "m", "OPENAI_API_KEY": "secret"}


@contextmanager
def companion_of(address: str, home: Path, place: StandIn, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The companion at a daemon's address, as a player starts it; what is typed to it and what it shows are pipes."""
    arguments = ["companion", address, "--persona-file", "juno.toml", "--after", "0", "--lines", *options]
    with subprocess.Popen(
        [sys.executable, "-m", "capture_daemon", *arguments],
        cwd=home,
        env=environment(home, **endpoint(place)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as companion:
        try:
            yield companion
        finally:
            companion.kill()


def logged(path: Path) -> list[Line]:
    records = [parse_record(text) for text in path.read_text(encoding="utf-8").splitlines()]
    return [record for record in records if isinstance(record, Line)]


def test_what_was_said_on_screen_is_what_the_model_is_told(home: Path, place: StandIn) -> None:
    clip = cut_sample(home / "clip.mp4", CLIP_SECONDS)
    run = ["run", "--source", str(clip), *SAMPLE_REGIONS, "--realtime", "--port", "0", "--log", "lines.jsonl"]
    place.say = lambda messages: COMMENT if "Nobody has spoken" in messages[-1]["content"] else echo(messages)
    with Running(home, *run) as daemon:
        address = daemon.wait_until_ready()
        with companion_of(address, home, place, "--comment", "--rest", "2.5") as companion:
            assert companion.stdin is not None
            assert companion.stdout is not None
            assert daemon.process.wait(START_LIMIT) == 0, daemon.errors
            lines = logged(home / "lines.jsonl")
            shown = read_until(companion.stdout.fileno(), lines[-1].text.encode())
            # The clip is over, so there is a rest at last.
            shown += read_until(companion.stdout.fileno(), COMMENT.encode())
            companion.stdin.write(b"How many letters are left?\n")
            companion.stdin.flush()
            shown += read_until(companion.stdout.fileno(), b"You said: How many letters are left?\n")
            companion.terminate()
            assert companion.wait(10) == 0
    transcript = Transcript()
    for line in lines:
        transcript.add(line)
    script = "\n".join(f"{line.speaker}: {line.text}" if line.speaker else line.text for line in transcript.lines)
    assert "Are we there yet?" in script
    assert len(lines) >= 4
    first, last = place.asked[0]["messages"], place.asked[-1]["messages"]
    assert last[-1]["content"] == f"On screen:\n{script}\n\nThe player says to you:\nHow many letters are left?"
    assert first[-1]["content"].startswith("On screen:\n")
    assert "Nobody has spoken to you." in first[-1]["content"]
    assert last[0]["role"] == "system"
    assert "You are Juno." in last[0]["content"]
    assert "Patient and dry." in last[0]["content"]
    assert [turn["content"] for turn in last[1:3]] == ["Are we lost?", "Never. Merely early."]
    assert {"role": "assistant", "content": COMMENT} in last
    text = shown.decode()
    for line in lines:
        assert line.text in text
    assert f"Juno: {COMMENT}\n" in text
    assert "Juno: You said: How many letters are left?\n" in text
    assert place.headers[-1]["authorization"] == "Bearer secret"


def test_what_it_sees_is_the_newest_lines_picture(home: Path, place: StandIn) -> None:
    (home / "c.toml").write_text('[log]\npictures = "jpeg"\n', encoding="utf-8")
    place.say = lambda messages: "I see it."
    content: Any = None
    run = ["run", "--config", "c.toml", "--source", str(SAMPLE / "sample.mp4"), *SAMPLE_REGIONS, "--realtime"]
    with Running(home, *run, "--port", "0", "--log", "lines.jsonl") as daemon:
        address = daemon.wait_until_ready()
        with companion_of(address, home, place, "--see") as companion:
            assert companion.stdin is not None
            assert companion.stdout is not None
            # Whichever comes first: a busy machine may miss any line.
            read_until(companion.stdout.fileno(), b"\n")
            # The picture comes a moment after its line.
            end = time.monotonic() + START_LIMIT
            while not isinstance(content, list):
                assert time.monotonic() < end, "no line has a picture"
                companion.stdin.write(b"What do you see?\n")
                companion.stdin.flush()
                read_until(companion.stdout.fileno(), b"Juno: I see it.\n")
                content = place.asked[-1]["messages"][-1]["content"]
    text, picture = content[0]["text"], content[1]["image_url"]["url"]
    newest = text.partition("\n\n")[0].splitlines()[-1]
    # A line said twice has two pictures.
    pictures = [home / str(line.picture) for line in logged(home / "lines.jsonl") if newest.endswith(line.text)]
    assert base64.b64decode(picture.removeprefix("data:image/jpeg;base64,")) in [one.read_bytes() for one in pictures]


def read_until(descriptor: int, ending: bytes) -> bytes:
    shown, end = b"", time.monotonic() + START_LIMIT
    while ending not in shown:
        ready, _, _ = select.select([descriptor], [], [], max(0, end - time.monotonic()))
        assert ready, shown
        block = os.read(descriptor, 65536)
        assert block, shown
        shown += block
    return shown


def test_in_a_terminal(home: Path, place: StandIn) -> None:
    pty = pytest.importorskip("pty")
    master, terminal = pty.openpty()
    arguments = ["companion", "ws://localhost:9", "--persona-file", "juno.toml"]
    with subprocess.Popen(
        # Its own terminal, so that Ctrl-C is what it is for a person.
        [needs("setsid", package="util-linux"), "-c", sys.executable, "-m", "capture_daemon", *arguments],
        cwd=home,
        env=environment(home, TERM="xterm-256color", PROMPT_TOOLKIT_NO_CPR="1", **endpoint(place)),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    ) as companion:
        os.close(terminal)
        try:
            shown = read_until(master, b">")
            os.write(master, b"Hello there\r")
            shown += read_until(master, b"You said: Hello there")
            os.write(master, b"\x03")
            deadline = time.monotonic() + START_LIMIT
            while companion.poll() is None and time.monotonic() < deadline:
                if select.select([master], [], [], 0.1)[0]:
                    try:
                        shown += os.read(master, 65536)
                    except OSError:  # the other side has closed it
                        break
            assert companion.wait(10) == 0, shown
        finally:
            companion.kill()
            os.close(master)
    assert b"Traceback" not in shown


def test_questions_from_a_pipe_and_an_endpoint_that_refuses(home: Path, place: StandIn) -> None:
    arguments = ["companion", "ws://localhost:9", "--persona-file", "juno.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "capture_daemon", *arguments],
        cwd=home,
        env=environment(home, **endpoint(place)),
        input="Hello!\nAgain\n",
        capture_output=True,
        text=True,
        timeout=START_LIMIT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "Juno: You said: Hello!\nJuno: You said: Again\n"), done.stderr
    place.cues = [Cue(status=401, error={"message": "Incorrect API key."})]
    refused = subprocess.run(
        [sys.executable, "-m", "capture_daemon", *arguments],
        cwd=home,
        env=environment(home, **endpoint(place)),
        input="Hello!\n",
        capture_output=True,
        text=True,
        timeout=START_LIMIT,
        check=False,
    )
    assert refused.returncode == 6
    assert "Incorrect API key: look at OPENAI_API_KEY" in refused.stderr
    assert "secret" not in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "changes", "told"),
    [
        (["--persona-file", "none.toml"], {}, r"none\.toml: can't be read"),
        (["--persona-file", "juno.toml"], {"OPENAI_MODEL": ""}, "no model is named"),
        (["--persona-file", "juno.toml", "--prompts", "none"], {}, "none: is no folder with prompts"),
        (["--persona-file", "juno.toml", "--base-url", "x"], {}, "is not the address of an endpoint"),
    ],
)
def test_what_cannot_be_used_is_told(home: Path, arguments: list[str], changes: dict[str, str], told: str) -> None:
    settings = {"OPENAI_BASE_URL": "http://localhost:9/v1", "OPENAI_MODEL": "m"}
    outcome = call(home, "companion", *arguments, **settings | changes)
    assert outcome.code == 2
    assert told.replace("\\", "") in outcome.error
