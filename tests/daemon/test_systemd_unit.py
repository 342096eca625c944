"""The unit file that is laid down."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from capture_daemon.cli import app
from capture_daemon.daemon import systemd_unit
from capture_daemon.errors import CaptureDaemonError, ConfigurationError

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no shell")


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
    assert systemd_unit.quoted(word) == written


def test_the_command_and_the_folders_are_put_in() -> None:
    text = systemd_unit.unit_text(
        ["/opt/capture-daemon", "run", "--profile", "my game"], [Path("/data/a b"), Path("/data/$c")]
    )
    assert text.count("ExecStart=") == 1
    assert '\nExecStart=/opt/capture-daemon run --profile "my game"\n' in text
    assert '\nReadWritePaths="-/data/a b"\n' in text
    assert '\nReadWritePaths="-/data/$c"\n' in text
    assert text.index("-/data/a b") < text.index("[Install]")


def test_nothing_else_of_the_unit_is_changed() -> None:
    template, text = systemd_unit.template(), systemd_unit.unit_text(["true"], [])
    kept = [line for line in template.splitlines() if not line.startswith("ExecStart=")]
    assert [line for line in text.splitlines() if not line.startswith("ExecStart=")] == kept


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in systemctl's place, which does nothing until it is written anew; the user's files are elsewhere."""
    program = tmp_path / "programs" / "systemctl"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return program


@posix
def test_regions_that_are_to_be_found_need_no_choice(systemctl: Path, tmp_path: Path) -> None:
    file = tmp_path / "game.toml"
    file.write_text('[regions]\ndialogue = "auto"\n')
    call = ["service", "install", "--no-start", "--config", str(file)]
    assert CliRunner().invoke(app, call).exit_code == 0
    assert f" run --config {file}\n" in systemd_unit.unit_path().read_text()
    file.write_text("")
    with pytest.raises(ConfigurationError, match="no dialogue region is set"):
        CliRunner().invoke(app, call, catch_exceptions=False)


@posix
def test_without_a_session_it_is_said_what_to_do(systemctl: Path) -> None:
    systemctl.write_text("#!/bin/sh\necho 'Failed to connect to bus: No medium found' >&2\nexit 1\n")
    with pytest.raises(CaptureDaemonError, match=r"No medium found: log in, .*enable-linger.*XDG_RUNTIME_DIR"):
        systemd_unit.state()


def test_without_systemd_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CaptureDaemonError, match="no systemctl"):
        systemd_unit.state()


def _files(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@posix
@pytest.mark.parametrize("verb", ["show-environment", "daemon-reload", "enable", "restart"])
def test_what_fails_leaves_nothing_behind(systemctl: Path, tmp_path: Path, verb: str) -> None:
    systemctl.write_text(f'#!/bin/sh\n[ "$2" != {verb} ] || {{ echo "refused" >&2; exit 1; }}\n')
    before = _files(tmp_path)
    with pytest.raises(CaptureDaemonError, match=f"systemctl --user {verb} failed: refused"):
        systemd_unit.install(["true"], [tmp_path / "data" / "capture-daemon"], start=True)
    assert _files(tmp_path) == before


@posix
def test_what_fails_puts_an_earlier_unit_back(systemctl: Path, tmp_path: Path) -> None:
    systemd_unit.install(["true", "first"], [tmp_path / "data"], start=False)
    asked = tmp_path / "asked"
    systemctl.write_text(
        f'#!/bin/sh\necho "$*" >>{asked}\n[ "$2" != enable ] || exit 1\n'
        '[ "$2" != show ] || echo "UnitFileState=enabled\nActiveState=active"\n'
    )
    before = _files(tmp_path)
    with pytest.raises(CaptureDaemonError, match=r"systemctl --user enable failed: .*; the earlier service is back"):
        systemd_unit.install(["true", "second"], [tmp_path / "other"], start=True)
    verbs = [line.split()[1] for line in asked.read_text().splitlines()]
    assert verbs == ["show-environment", "show", "daemon-reload", "enable", "daemon-reload", "restart"]
    asked.unlink()
    assert _files(tmp_path) == before


@posix
def test_a_folder_that_cannot_be_made_leaves_nothing_behind(systemctl: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    before = _files(tmp_path)
    with pytest.raises(CaptureDaemonError, match="can't be made"):
        systemd_unit.install(["true"], [tmp_path / "data", tmp_path / "file" / "data"], start=True)
    assert _files(tmp_path) == before
