"""Configuration files that are no configuration, or no files."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from capture_daemon.config import models, toml_file
from capture_daemon.config.models import Configuration
from capture_daemon.config.source import ConfigSource
from capture_daemon.errors import ConfigurationError

NONSENSE = {
    "nested arrays": "x = " + "[" * 600 + "]" * 600,
    "nested tables": "x = " + "{a=" * 600 + "1" + "}" * 600,
    "nested just so": "[source]\nname = " + "[" * 200 + "]" * 200,
    "a number of 5,000 digits": "[source]\nfps = " + "9" * 5000,
    "a number of 4,000 digits": "[source]\nfps = " + "9" * 4000,
    "a number that can't be written": "[source]\nwidth = 0x" + "f" * 20_000,
    "keys by dots": "a" + ".a" * 30_000 + " = 1",
    "tables by dots": "[a" + ".a" * 30_000 + "]",
    "a long key": '"' + "k" * 60_000 + '" = 1',
    "many keys": "\n".join(f"k{number} = 1" for number in range(5000)),
    "a key in several lines": '"a\\nb\\u001b[2J" = 1',
    "a long value": '[regions]\ndialogue = "' + "a" * 60_000 + '"',
    "a long path": '[log]\npath = "' + "a" * 300 + '"',
    "a null character": '[log]\npath = "a\\u0000b"',
    "too large": "#" * (toml_file.MOST_BYTES + 1),
    "null characters": "\0" * 1000,
}


@pytest.mark.parametrize("text", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_refused_in_one_short_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "file.toml"
    file.write_text(text, encoding="utf-8")
    began = time.monotonic()
    with pytest.raises(ConfigurationError) as caught:
        models.load(file)
    assert time.monotonic() - began < 4
    assert str(caught.value).startswith(f"{file}: ")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("text", ["x = " + "[" * 600 + "]" * 600, "x = " + "9" * 5000, "#" * 70_000])
def test_nothing_is_written_to_nonsense(tmp_path: Path, text: str) -> None:
    file = tmp_path / "file.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        ConfigSource(file).keep("regions", "dialogue", "1,2,3,4")
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders there")
def test_a_pipe_that_nobody_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml_file, "READ_LIMIT", 0.3)
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    for _ in range(10):
        with pytest.raises(ConfigurationError, match=r"pipe\.toml: could not be read within 0\.3 s"):
            models.load(pipe)
    # A file in its place is read at once: nothing hangs any more.
    pipe.unlink()
    pipe.write_text("[source]\nfps = 12\n", encoding="utf-8")
    assert models.load(pipe).source.fps == 12


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders there")
def test_a_pipe_that_somebody_writes_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)

    def write() -> None:
        with pipe.open("w", encoding="utf-8") as opened:
            opened.write("[source]\nfps")
            opened.flush()
            opened.write(" = 12\n")

    writer = threading.Thread(target=write)
    writer.start()
    assert models.load(pipe).source.fps == 12
    writer.join(5)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no /dev/zero there")
def test_what_has_no_end_and_what_is_empty() -> None:
    with pytest.raises(ConfigurationError, match="is larger than 64 KiB"):
        models.load(Path("/dev/zero"))
    assert models.load(Path("/dev/null")).source == Configuration().source
