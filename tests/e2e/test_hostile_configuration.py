"""A configuration that is nonsense, endless or silent: a daemon that runs keeps what it has, none starts with it."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from websockets.sync.client import connect

from tests.common.test_small_files import make_huge
from tests.config.test_toml_file import NONSENSE
from tests.hung_mount import hung_mount
from tests.program import Running, call
from tests.server.certificates import make_certificate
from tests.web import get
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
GOOD = '[source]\nname = "screen:1"\n[regions]\ndialogue = "40,300,560,100"\n'
REFUSED = "capture-daemon: error: the configuration is not applied, keeping the previous one: "
ANSWER_LIMIT = 2.0
"""Seconds within which it must answer: far more than it needs."""
REFUSAL_LIMIT = 20.0
"""Seconds within which a configuration must be refused: it waits for five."""
MOST_MEMORY = 600 * 2**20
"""Bytes that a daemon has at the most, its libraries included."""


class Steered:
    """A daemon that runs, and its configuration file."""

    def __init__(self, file: Path, program: Running) -> None:
        self.file = file
        self.program = program
        self.address = program.wait_until_ready()
        self._refusals = 0

    def answers(self) -> None:
        """See that it answers at once."""
        began = time.monotonic()
        assert get(self.address, "/healthz")[0] in (200, 503)
        assert time.monotonic() - began < ANSWER_LIMIT

    def write(self, text: str) -> None:
        """Put an ordinary file in the place of whatever is there."""
        self.clear()
        self.file.write_text(text, encoding="utf-8")

    def clear(self) -> None:
        """Remove the file; a pipe, a link and a folder are removed, too."""
        # A link isn't followed: what it names may hang.
        if not self.file.is_symlink() and self.file.is_dir():
            self.file.rmdir()
        else:
            self.file.unlink(missing_ok=True)

    def reload(self) -> None:
        """Have it read its file again."""
        self.program.process.send_signal(signal.SIGHUP)
        self.answers()

    def refuses(self) -> None:
        """Have it read its file again; it must say that it doesn't go by it, and answer all the while."""
        self._refusals += 1
        self.reload()
        end = time.monotonic() + REFUSAL_LIMIT
        while self.program.errors.count(REFUSED) < self._refusals:
            self.answers()
            assert time.monotonic() < end, self.program.errors
            time.sleep(0.02)
        self.answers()

    def ends(self) -> None:
        """Stop it: it ends well, and in time."""
        code, seconds = self.program.stop()
        assert code == 0, self.program.errors
        assert seconds < 3
        assert "Traceback" not in self.program.errors


@pytest.fixture
def steered(tmp_path: Path, x_server: XServer) -> Iterator[Steered]:
    file = tmp_path / "file.toml"
    file.write_text(GOOD, encoding="utf-8")
    arguments = ["run", "--config", str(file), "--port", "0", "--log", "lines.jsonl"]
    with Running(tmp_path, *arguments, DISPLAY=x_server.display) as program:
        daemon = Steered(file, program)
        # Only with its engine loaded it goes by another configuration.
        program.wait_for(r"OCR: ")
        yield daemon


def test_nonsense_and_silence_are_refused(tmp_path: Path, steered: Steered) -> None:
    for text in NONSENSE.values():
        steered.write(text)
        steered.refuses()
    steered.clear()
    steered.refuses()
    steered.file.mkdir()
    steered.refuses()
    steered.clear()
    steered.file.symlink_to("/dev/zero")
    steered.refuses()
    steered.clear()
    os.mkfifo(steered.file)
    steered.refuses()
    # Nor does it wait for a token that nobody tells.
    token = tmp_path / "token"
    os.mkfifo(token, 0o600)
    steered.write(f'{GOOD}[server]\ntoken_file = "{token}"\n')
    steered.refuses()
    assert "Traceback" not in steered.program.errors
    steered.write(GOOD.replace("40,", "50,"))
    steered.reload()
    steered.program.wait_for(r"the configuration is applied: regions")
    # While it reads what hangs, it ends as soon as ever.
    steered.clear()
    os.mkfifo(steered.file)
    steered.reload()
    steered.ends()


def hostile(folder: Path) -> dict[str, Path]:
    """What may stand where a token, a certificate or a key should: a device, a pipe, a terabyte, a folder, nothing."""
    pipe = folder / "pipe"
    os.mkfifo(pipe, 0o600)
    found = {"a device": Path("/dev/zero"), "a pipe": pipe, "a folder": folder, "nothing": folder / "missing"}
    return found | {"a terabyte": make_huge(folder / "huge", b"a-token-of-some-length\n")}


def test_tokens_and_certificates_that_are_none(tmp_path: Path, steered: Steered) -> None:
    for path in hostile(tmp_path).values():
        for key in ("token_file", "certificate"):
            steered.write(f'{GOOD}[server]\n{key} = "{path}"\n')
            steered.refuses()
            assert f"server.{key}: {path}: " in steered.program.errors
    # Nothing was read of them that isn't wanted, and it serves as before.
    assert psutil.Process(steered.program.process.pid).memory_info().rss < MOST_MEMORY
    steered.ends()


@pytest.mark.parametrize("what", ["a device", "a pipe", "a folder", "nothing", "a terabyte"])
@pytest.mark.parametrize("key", ["token_file", "certificate", "key"])
def test_no_daemon_starts_with_such(tmp_path: Path, key: str, what: str) -> None:
    certificate, _ = make_certificate(tmp_path)
    path = hostile(tmp_path)[what]
    file = tmp_path / "file.toml"
    more = f'certificate = "{certificate}"\n' if key == "key" else ""
    file.write_text(f'{GOOD}[server]\n{key} = "{path}"\n{more}', encoding="utf-8")
    began = time.monotonic()
    for arguments in (["run"], ["watch"]) if key != "key" else (["run"],):
        outcome = call(tmp_path, *arguments, "--config", str(file))
        assert outcome.code == 2
        assert f"server.{key}: {path}: " in outcome.error
    assert time.monotonic() - began < 2 * REFUSAL_LIMIT


def test_a_region_that_cannot_be_kept_is_refused_in_time(steered: Steered) -> None:
    steered.clear()
    os.mkfifo(steered.file)
    request = {"id": 1, "do": "set_region", "region": "dialogue", "box": "60,300,500,100", "save": True}
    with connect(f"{steered.address}/v1/control", compression=None, proxy=None) as control:
        control.send(json.dumps(request))
        answer = json.loads(control.recv(10))
    assert not answer["ok"]
    assert "file.toml: not written within 2 s" in answer["error"]
    steered.answers()
    steered.ends()


def test_a_drive_that_hangs(tmp_path: Path, steered: Steered) -> None:
    with hung_mount(tmp_path / "drive") as drive:
        steered.clear()
        steered.file.symlink_to(drive / "file.toml")
        steered.refuses()
        steered.clear()
        steered.write(f'{GOOD}[server]\ntoken_file = "{drive / "token"}"\n')
        steered.refuses()
        assert steered.program.errors.count("could not be read within 5 s") == 2
        steered.reload()
        steered.ends()
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
    # It can be ended while it waits.
    with Running(tmp_path, "run", "--config", str(file)) as program:
        status = Path(f"/proc/{program.process.pid}/status")
        end = time.monotonic() + 20
        # A second thread is the one that reads.
        while "Threads:\t1\n" in status.read_text(encoding="utf-8"):
            assert time.monotonic() < end
            time.sleep(0.01)
        code, seconds = program.stop()
    assert (code, seconds < 3) == (0, True)
