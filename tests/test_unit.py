"""The unit file that is laid down."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon import unit
from capture_daemon.errors import CaptureDaemonError


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("/usr/bin/capture-daemon", "/usr/bin/capture-daemon"),
        ("my game", '"my game"'),
        ("50%", "50%%"),
        ("$HOME", '"$$HOME"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("", '""'),
    ],
)
def test_words_are_written_so_that_systemd_reads_them_back(word: str, written: str) -> None:
    assert unit.quoted(word) == written


def test_the_command_and_the_folders_are_put_in() -> None:
    text = unit.unit_text(["/opt/capture-daemon", "run", "--profile", "my game"], [Path("/data/a b"), Path("/data/$c")])
    assert text.count("ExecStart=") == 1
    assert '\nExecStart=/opt/capture-daemon run --profile "my game"\n' in text
    assert '\nReadWritePaths="-/data/a b"\n' in text
    assert '\nReadWritePaths="-/data/$c"\n' in text
    assert text.index("-/data/a b") < text.index("[Install]")


def test_nothing_else_of_the_unit_is_changed() -> None:
    template, text = unit.template(), unit.unit_text(["true"], [])
    kept = [line for line in template.splitlines() if not line.startswith("ExecStart=")]
    assert [line for line in text.splitlines() if not line.startswith("ExecStart=")] == kept


def test_without_systemd_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CaptureDaemonError, match="no systemctl"):
        unit.state()
