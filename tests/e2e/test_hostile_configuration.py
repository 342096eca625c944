"""A configuration that is nonsense, endless or silent: a daemon that runs keeps what it has, none starts with it."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.hung_mount import hung_mount
from tests.program import Running, call
from tests.test_config_file import NONSENSE
from tests.web import get
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
GOOD = '[source]\nname = "screen:1"\n[regions]\ndialogue = "40,300,560,100"\n'
REFUSED = "capture-daemon: error: the configuration is not applied, the one before is kept: "
ANSWER_LIMIT = 2.0


def answers(address: str) -> None:
    began = time.monotonic()
    assert get(address, "/healthz")[0] in (200, 503)
    assert time.monotonic() - began < ANSWER_LIMIT


def test_a_running_daemon_keeps_what_it_has(tmp_path: Path, x_server: XServer) -> None:
    file = tmp_path / "file.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert x_server.display is not None
    arguments = ["run", "--config", str(file), "--port", "0", "--log", "lines.jsonl"]
    with Running(tmp_path, *arguments, DISPLAY=x_server.display) as program:
        address = program.wait_until_ready()
        program.wait_for(r"OCR: ")
        refusals = 0

        def reload() -> None:
            nonlocal refusals
            refusals += 1
            program.process.send_signal(signal.SIGHUP)
            answers(address)
            end = time.monotonic() + 20
            while program.errors.count(REFUSED) < refusals:
                assert time.monotonic() < end, program.errors
                time.sleep(0.02)
            answers(address)

        for text in NONSENSE.values():
            file.write_text(text, encoding="utf-8")
            reload()
        file.unlink()
        reload()
        file.mkdir()
        reload()
        file.rmdir()
        file.symlink_to("/dev/zero")
        reload()
        file.unlink()
        os.mkfifo(file)
        reload()
        # A token that nobody tells, neither.
        token = tmp_path / "token"
        os.mkfifo(token, 0o600)
        file.unlink()
        file.write_text(f'{GOOD}[server]\ntoken_file = "{token}"\n', encoding="utf-8")
        reload()
        assert "Traceback" not in program.errors
        file.write_text(GOOD.replace("40,", "50,"), encoding="utf-8")
        program.process.send_signal(signal.SIGHUP)
        program.wait_for(r"the configuration is applied: regions")
        # While it reads what hangs, it ends as soon as ever.
        file.unlink()
        os.mkfifo(file)
        program.process.send_signal(signal.SIGHUP)
        answers(address)
        code, seconds = program.stop()
        assert code == 0, program.errors
        assert seconds < 3
        assert "Traceback" not in program.errors


def test_a_drive_that_hangs(tmp_path: Path, x_server: XServer) -> None:
    file = tmp_path / "file.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert x_server.display is not None
    arguments = ["run", "--config", str(file), "--port", "0", "--log", "lines.jsonl"]
    with hung_mount(tmp_path / "drive") as drive:
        with Running(tmp_path, *arguments, DISPLAY=x_server.display) as program:
            address = program.wait_until_ready()
            program.wait_for(r"OCR: ")
            for name in ("file.toml", "token"):
                if name == "token":
                    file.unlink()
                    file.write_text(f'{GOOD}[server]\ntoken_file = "{drive / name}"\n', encoding="utf-8")
                else:
                    file.unlink()
                    file.symlink_to(drive / name)
                before = program.errors.count(REFUSED)
                program.process.send_signal(signal.SIGHUP)
                end = time.monotonic() + 20
                while program.errors.count(REFUSED) == before:
                    answers(address)
                    assert time.monotonic() < end, program.errors
            assert program.errors.count("could not be read within 5 s") == 2
            program.process.send_signal(signal.SIGHUP)
            answers(address)
            code, seconds = program.stop()
            assert (code, seconds < 3) == (0, True), program.errors
            assert "Traceback" not in program.errors
        outcome = call(tmp_path, "run", "--config", str(drive / "file.toml"))
        assert outcome.code == 2
        assert "could not be read within 5 s" in outcome.error


@pytest.mark.parametrize("what", ["nested arrays", "a number of 5,000 digits", "too large", "a key in several lines"])
def test_no_daemon_starts_with_nonsense(tmp_path: Path, what: str) -> None:
    file = tmp_path / "file.toml"
    file.write_text(NONSENSE[what], encoding="utf-8")
    outcome = call(tmp_path, "run", "--config", str(file))
    assert outcome.code == 2
    assert str(file) in outcome.error


def test_no_daemon_waits_for_a_pipe(tmp_path: Path) -> None:
    file = tmp_path / "file.toml"
    os.mkfifo(file)
    began = time.monotonic()
    outcome = call(tmp_path, "run", "--config", str(file))
    assert outcome.code == 2
    assert "could not be read within 5 s" in outcome.error
    assert time.monotonic() - began < 30
