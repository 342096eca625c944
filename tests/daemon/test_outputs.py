"""The clipboard, and a command for each line, with real programs."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.config.models import OutputTable
from capture_daemon.daemon import outputs
from capture_daemon.daemon.outputs import Outputs, filled
from capture_daemon.records import Line
from tests.needs import needs, needs_module
from tests.x_server import XServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="shows nothing of that system's clipboard")
HOSTILE = '$(touch evil); `touch evil` "quoted" {seq} \\ 猫だ。'
NOBODY = 65534
WRITE = "import json, sys; open(sys.argv[1], 'a').write(json.dumps(sys.argv[2:]) + chr(10))"


def said(text: str, seq: int = 1, speaker: str | None = "Pip") -> Line:
    return Line(
        stream="aaaaaaaaaaaa",
        seq=seq,
        session="2026-11-22T20:00:00.000+00:00",
        time="2026-11-22T20:00:03.000+00:00",
        started="2026-11-22T20:00:02.000+00:00",
        media_time=None,
        media_started=None,
        speaker=speaker,
        text=text,
        rows=[text],
        language="en",
        confidence=0.99,
        source="screen:1",
        region="dialogue",
        box=[1, 2, 3, 4],
    )


def hand_over(settings: OutputTable, *lines: Line) -> Outputs:
    made = Outputs(settings)

    async def main() -> None:
        for one in lines:
            made.said(one)
        async with asyncio.timeout(50):
            await made._clipboard.passed_on()
            await made._command.passed_on()
        await made.close()

    asyncio.run(main())
    return made


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_values_stay_within_their_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    command = (sys.executable, "-c", WRITE, "called", "{speaker}", "{text}", "no {seq}", "{replaces}", "{other}")
    hand_over(OutputTable.model_construct(command=command), said(HOSTILE), said("Oh.", 2, None))
    called = [json.loads(row) for row in (tmp_path / "called").read_text(encoding="utf-8").splitlines()]
    assert called == [["Pip", HOSTILE, "no 1", "", "{other}"], ["", "Oh.", "no 2", "", "{other}"]]
    assert not (tmp_path / "evil").exists()


def test_a_correction_says_what_it_replaces() -> None:
    assert filled(["{seq}", "{replaces}"], replace(said("Oh!", 3), replaces=2), Path()) == ["3", "2"]


def test_a_line_names_its_region_and_its_picture() -> None:
    command, folder = ["{region}", "[{picture}]"], Path("/home/ann")
    assert filled(command, said("Oh!"), folder) == ["dialogue", "[]"]
    kept = replace(said("Oh!"), region="notes", picture="lines.pictures/aaaaaaaaaaaa-1.jpg")
    assert filled(command, kept, folder) == ["notes", "[/home/ann/lines.pictures/aaaaaaaaaaaa-1.jpg]"]


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (("/nowhere/at-all",), "output.command /nowhere/at-all: No such file or directory: name a program"),
        ((sys.executable, "-c", "raise SystemExit(7)"), "failed with exit code 7"),
    ],
)
def test_what_fails_is_logged_once_and_without_the_text(
    command: tuple[str, ...], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "capture_daemon"):
        hand_over(OutputTable(command=command), said("A secret."), said("Another.", 2))
    assert len(caplog.messages) == 1
    assert fault in caplog.messages[0]
    assert "secret" not in caplog.text


def test_what_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outputs, "COMMAND_LIMIT", 0.5)
    monkeypatch.chdir(tmp_path)
    hand_over(OutputTable(command=("sh", "-c", "sleep 1000 & echo $! >child; wait")), said("Wait for it."))
    assert "output.command sh: ended after 0.5 s" in caplog.text
    child = int((tmp_path / "child").read_text())

    def ended() -> bool:
        state = Path(f"/proc/{child}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"

    wait_until(ended)


def test_no_more_lines_wait_than_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "WAITING", 2)
    monkeypatch.chdir(tmp_path)
    command = (sys.executable, "-c", WRITE, "called", "{text}")
    made = hand_over(OutputTable(command=command), *(said(f"{number}", number) for number in range(5)))
    called = [json.loads(row) for row in (tmp_path / "called").read_text(encoding="utf-8").splitlines()]
    assert called == [["3"], ["4"]]
    assert made.dropped == 3


def test_nothing_configured_does_nothing() -> None:
    made = hand_over(OutputTable(), said("Oh."))
    assert made._clipboard._task is None
    assert made._command._task is None


def test_the_clipboard_of_x11_holds_the_last_line(x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_module("pyperclip", extra="dev")
    xclip = needs("xclip", package="xclip")
    monkeypatch.setenv("DISPLAY", x_server.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    made = hand_over(OutputTable(clipboard=True), said("Not this."), said(HOSTILE, 2))
    assert not made._reported
    command = [xclip, "-selection", "clipboard", "-out"]
    assert subprocess.run(command, capture_output=True, check=True, timeout=30).stdout.decode() == HOSTILE


def test_the_clipboard_does_not_wait_for_the_command(
    x_server: XServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    needs_module("pyperclip", extra="dev")
    xclip = needs("xclip", package="xclip")
    monkeypatch.setenv("DISPLAY", x_server.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.chdir(tmp_path)
    slow = 'echo "$1" >>called; while [ ! -e end ]; do sleep 0.05; done'

    async def main() -> None:
        made = Outputs(OutputTable(clipboard=True, command=("sh", "-c", slow, "sh", "{text}")))
        for number in range(1, 4):
            made.said(said(f"Line {number}.", number))
            await asyncio.sleep(0)
        async with asyncio.timeout(9):  # the command would be ended after ten
            await made._clipboard.passed_on()
        command = [xclip, "-selection", "clipboard", "-out"]
        held = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True, timeout=30)
        assert held.stdout.decode() == "Line 3."
        assert (tmp_path / "called").read_text() == "Line 1.\n"
        (tmp_path / "end").touch()
        async with asyncio.timeout(20):
            await made._command.passed_on()
        assert (tmp_path / "called").read_text() == "Line 1.\nLine 2.\nLine 3.\n"
        await made.close()
        assert not made._reported
        assert made.dropped == 0

    asyncio.run(main())


def test_a_full_disk_is_reported(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    made = hand_over(OutputTable(clipboard=True), said("A secret."))
    assert caplog.messages == ["the clipboard can't be set: No space left on device"]
    assert made._reported == {"clipboard": caplog.messages[0]}


def test_of_the_lines_that_wait_the_clipboard_takes_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    copied = []
    go_on = asyncio.Event()

    async def copy(self: Outputs, text: str) -> None:
        copied.append(text)
        await go_on.wait()

    monkeypatch.setattr(Outputs, "_copied", copy)

    async def main() -> None:
        made = Outputs(OutputTable(clipboard=True))
        for number in range(1, 6):
            made.said(said(f"{number}", number))
            await asyncio.sleep(0)
        go_on.set()
        await made._clipboard.passed_on()
        await made.close()

    asyncio.run(main())
    assert copied == ["1", "5"]


def test_a_clipboard_that_is_not_there_is_reported(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    needs("xclip", package="xclip")
    monkeypatch.setenv("DISPLAY", ":64999")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    hand_over(OutputTable(clipboard=True), said("A secret."))
    assert caplog.messages == [outputs._NO_CLIPBOARD]


@pytest.fixture
def wayland(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A compositor without a screen, as the session's."""
    sway = needs("sway", package="sway")
    with tempfile.TemporaryDirectory(prefix="wayland-") as folder:
        runtime = Path(folder)
        (runtime / "config").write_text("xwayland disable\n")
        # It refuses to be root's.
        as_root = os.geteuid() == 0
        if as_root:
            os.chown(runtime, NOBODY, NOBODY)
        kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        headless = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
        compositor = subprocess.Popen(
            [sway, "--config", str(runtime / "config")],
            cwd=folder,
            env={**kept, **headless, "XDG_RUNTIME_DIR": folder, "HOME": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=NOBODY if as_root else None,
            group=NOBODY if as_root else None,
            extra_groups=[] if as_root else None,
        )
        try:
            wait_until(lambda: any(path.is_socket() for path in runtime.glob("wayland-*")))
            (display,) = (path for path in runtime.glob("wayland-*") if path.is_socket())
            monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
            monkeypatch.setenv("WAYLAND_DISPLAY", display.name)
            yield
        finally:
            compositor.terminate()
            compositor.wait(20)


def test_the_clipboard_of_wayland_holds_the_last_line(wayland: None) -> None:
    needs_module("pyperclip", extra="dev")
    paste = needs("wl-paste", package="wl-clipboard")
    made = hand_over(OutputTable(clipboard=True), said("Not this."), said(HOSTILE, 2))
    assert not made._reported
    assert (
        subprocess.run([paste, "--no-newline"], capture_output=True, check=True, timeout=30).stdout.decode() == HOSTILE
    )
