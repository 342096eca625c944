"""What the program tells about itself, as text, as JSON, and to a journal."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capture_daemon.daemon import logs
from tests.program import ROOT

Journal = tuple[socket.socket, socket.socket, str]
"""Our end and the service's of the socket to a journal, and the name that it is known by."""
TELL = """
import logging
from capture_daemon.daemon import logs
logs.set_up("info", "{form}")
logger = logging.getLogger("capture_daemon.test")
logger.debug("too much")
logger.info("all is %s", "well")
logger.warning("take care")
logging.getLogger("library").info("whatever")
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("no good")
"""


@pytest.fixture
def journal() -> Iterator[Journal]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        found = os.fstat(theirs.fileno())
        yield ours, theirs, f"{found.st_dev}:{found.st_ino}"


def told(form: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", TELL.format(form=form)], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    return done.stderr.splitlines()


def test_text_is_a_line_with_its_level() -> None:
    lines = told("text")
    assert lines[:3] == [
        "capture-daemon: info: all is well",
        "capture-daemon: warning: take care",
        "capture-daemon: error: no good",
    ]
    assert lines[-1] == "ZeroDivisionError: division by zero"


def test_what_other_handlers_are_given_stays_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    logs.set_up("info")
    logging.getLogger().addHandler(caplog.handler)
    logging.getLogger("capture_daemon.test").warning("take care")
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_json_is_an_object_a_line() -> None:
    records = [json.loads(line) for line in told("json")]
    assert [(record["level"], record["message"]) for record in records] == [
        ("info", "all is well"),
        ("warning", "take care"),
        ("error", "no good"),
    ]
    assert {record["logger"] for record in records} == {"capture_daemon.test"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", records[0]["time"])
    assert "ZeroDivisionError" in records[2]["exception"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no journal there")
@pytest.mark.parametrize("form", ["text", "json"])
def test_to_the_journal_each_line_has_its_priority(journal: Journal, form: str) -> None:
    ours, theirs, name = journal
    subprocess.run(
        [sys.executable, "-c", TELL.format(form=form)],
        stderr=theirs.fileno(),
        check=True,
        cwd=ROOT,
        timeout=60,
        env={**os.environ, "JOURNAL_STREAM": name},
    )
    theirs.close()
    lines = ours.makefile(encoding="utf-8").read().splitlines()
    assert [line[:3] for line in lines[:3]] == ["<6>", "<4>", "<3>"]
    assert {line[:3] for line in lines[3:]} <= {"<3>"}
    assert lines[0] == "<6>all is well" or json.loads(lines[0][3:])["message"] == "all is well"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no journal there")
def test_what_ends_the_program_is_an_error_in_the_journal(tmp_path: Path, journal: Journal) -> None:
    ours, theirs, name = journal
    command = [sys.executable, "-m", "capture_daemon", "run", "--config", str(tmp_path / "nothere.toml")]
    environment = {**os.environ, "JOURNAL_STREAM": name}
    subprocess.run(command, stderr=theirs.fileno(), check=False, cwd=ROOT, timeout=60, env=environment)
    theirs.close()
    assert ours.makefile(encoding="utf-8").read().startswith("<3>capture-daemon: error: ")


def test_somebody_elses_journal_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "1:1")
    assert logs.prefix(logging.ERROR, sys.stderr) == ""


EVIL = "\x1b]0;owned\x07\x9b2J\nfake: line\u2028\u202e"


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("to_journal", [True, False])
def test_what_a_message_holds_steers_no_terminal_and_fakes_no_line(
    form: str, to_journal: bool, journal: Journal
) -> None:
    ours, theirs, name = journal
    tell = f"""
import logging
from capture_daemon.daemon import logs
logs.set_up("info", "{form}")
logging.getLogger("capture_daemon.test").warning("%s was said", {EVIL!r})
"""
    done = subprocess.run(
        [sys.executable, "-c", tell],
        stderr=theirs.fileno() if to_journal else subprocess.PIPE,
        env={**os.environ, "JOURNAL_STREAM": name if to_journal else ""},
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    said = (ours.recv(1 << 16) if to_journal else done.stderr).decode()
    assert said.endswith("\n")
    assert len(said.splitlines()) == 1
    assert "\\u001b]0;owned\\u0007\\u009b2J\\nfake: line\\u2028\\u202e was said" in said
    assert not any(one in said for one in "\x1b\x07\x9b\u2028\u202e")
    if form == "json":
        assert json.loads(said.partition(">")[2] if to_journal else said)["message"] == f"{EVIL} was said"
