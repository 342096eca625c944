"""What `doctor` says of the command and the clipboard that lines go to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from capture_daemon.cli import output_diagnosis
from capture_daemon.cli.output_diagnosis import examine
from capture_daemon.config.models import OutputTable
from tests.needs import needs
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the clipboard is the system's own there")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def told(**settings: object) -> list[tuple[str, str, str | None]]:
    findings = examine(OutputTable.model_validate(settings))
    return [(finding.state, finding.found, finding.remedy) for finding in findings]


def test_nothing_is_said_of_what_is_not_configured() -> None:
    assert told() == []


def test_the_program_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = "install it, or name it by its whole path, without ~, in output.command"
    assert told(command=["sh", "-c", "true"]) == [("good", f"output.command runs {shutil.which('sh')}", None)]
    assert told(command=["no-such-program"]) == [
        ("fault", "output.command: no-such-program is not found on PATH", install)
    ]
    script = tmp_path / "script"
    assert told(command=[str(script)]) == [("fault", f"output.command: {script} is not there", install)]
    script.touch(mode=0o600)
    assert told(command=[str(script)]) == [
        ("fault", f"output.command: {script} may not be run", f"allow it: chmod +x {script}")
    ]
    script.chmod(0o700)
    assert told(command=[str(script)])[0][0] == "good"


@pytest.mark.usefixtures("nowhere")
def test_a_clipboard_without_a_display() -> None:
    [(state, found, remedy)] = told(clipboard=True)
    assert state == "fault"
    assert "neither DISPLAY nor WAYLAND_DISPLAY is set" in found
    assert remedy is not None


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("variable", "package"), [("DISPLAY", "xclip"), ("WAYLAND_DISPLAY", "wl-clipboard")])
def test_a_clipboard_without_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, package: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(variable, "any")
    monkeypatch.setattr(output_diagnosis, "_other_way", lambda: None)
    [(state, found, remedy)] = told(clipboard=True)
    assert (state, remedy) == ("fault", f"install {package}")
    assert "no program is installed" in found


@pytest.mark.usefixtures("nowhere")
def test_a_clipboard_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    needs("xclip", package="xclip")
    needs("wl-paste", package="wl-clipboard")
    monkeypatch.setenv("DISPLAY", ":64999")
    [(state, found, _)] = told(clipboard=True)
    assert (state, found) == ("fault", "output.clipboard: xclip can't reach the display :64999")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-none")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    [(state, found, _)] = told(clipboard=True)
    assert (state, found) == ("fault", "output.clipboard: wl-clipboard can't reach the display wayland-none")


@pytest.mark.usefixtures("nowhere")
def test_a_clipboard_that_is_there_stays_as_it_is(x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    xclip = needs("xclip", package="xclip")
    monkeypatch.setenv("DISPLAY", x_server.display)
    reached = [("good", f"set by xclip at {x_server.display}", None)]
    assert told(clipboard=True) == reached, "an empty one"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run([xclip, "-selection", "clipboard"], input=b"Mine.", check=True, timeout=30, env=os.environ, **quiet)  # type: ignore[call-overload]
    assert told(clipboard=True) == reached
    held = subprocess.run([xclip, "-selection", "clipboard", "-out"], capture_output=True, check=True, timeout=30)
    assert held.stdout == b"Mine."


@pytest.mark.usefixtures("nowhere")
def test_a_clipboard_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "xclip"
    hanging.write_text("#!/bin/sh\nexec /bin/sleep 60\n", encoding="ascii")
    hanging.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", ":1")
    monkeypatch.setattr(output_diagnosis, "LIMIT", 0.3)
    [(state, found, _)] = told(clipboard=True)
    assert (state, found) == ("note", "output.clipboard: xclip gets no answer at :1 within 0.3 s")
