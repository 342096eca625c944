"""What the user chooses in a Wayland session: the real compositor, portal and PipeWire, with a backend that counts dialogs."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from capture_daemon.capture import SourceSettings, screen_choice
from capture_daemon.capture.screen_choice import ScreenChoice
from capture_daemon.capture.wayland import WaylandSource
from capture_daemon.errors import SourceError
from capture_daemon.frames import Frame, Size
from tests.capture.opened import Opened, grabbed, opened
from tests.program import call
from tests.wayland_desktop import BACKEND, BLUE, GREEN, PORTAL, RED, WHITE, Colour, WaylandDesktop

SCREEN = Size(1280, 720)
WINDOW = ("--window-size-pixels=640x360",)


@pytest.fixture(scope="module")
def running() -> Iterator[WaylandDesktop]:
    with WaylandDesktop() as desktop:
        yield desktop


@pytest.fixture
def desktop(running: WaylandDesktop, monkeypatch: pytest.MonkeyPatch) -> WaylandDesktop:
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DISPLAY", raising=False)
    with open(os.devnull, encoding="ascii") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        running.answer("monitor")
        (running.folder / "dialogs").write_text("")
        yield running


@pytest.fixture
def terminal(desktop: WaylandDesktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user who started the program on a terminal."""
    ours, theirs = os.openpty()
    with open(theirs, encoding="ascii") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield
    os.close(ours)


@pytest.fixture
def settings(tmp_path: Path) -> SourceSettings:
    return SourceSettings(screen_choice_file=tmp_path / "state" / "screen-choice.json")


def choose(desktop: WaylandDesktop, settings: SourceSettings, what: str) -> None:
    """Choose by the program's own command, as the user does."""
    desktop.answer(what)
    (settings.screen_choice_file.parent).mkdir(exist_ok=True)
    (settings.screen_choice_file.parent / "my.toml").write_text(
        f"[source]\nscreen_choice_file = '{settings.screen_choice_file}'\n", encoding="utf-8"
    )
    outcome = call(
        settings.screen_choice_file.parent, "choose-screen", "--config", "my.toml", **desktop.environment
    )
    assert outcome.code == 0, outcome.errors


def shows(colour: Colour) -> Callable[[Frame], bool]:
    """Whether a frame has that colour, red, green and blue, in its middle."""

    def looks(frame: Frame) -> bool:
        pixels = frame.in_colour()
        blue, green, red = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, :3].tolist()
        return (red, green, blue) == colour

    return looks


def fail_to_open(settings: SourceSettings, name: str = "wayland") -> str:
    async def main() -> None:
        async with opened(name, None, settings):
            pass

    with pytest.raises(SourceError) as caught:
        asyncio.run(main())
    return str(caught.value)


@pytest.mark.usefixtures("terminal")
def test_a_terminal_is_asked_once_and_the_newest_token_is_kept(
    desktop: WaylandDesktop, settings: SourceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = desktop.open(RED)

    async def main() -> None:
        async with opened("wayland", "0.1,0.5,0.8,0.4", settings) as screen:
            assert screen.size == SCREEN
            frame = await screen.frame_where(shows(RED))
            assert frame.box == grabbed(SCREEN, "0.1,0.5,0.8,0.4")
            game.paint(GREEN)
            frame = await screen.frame_where(shows(GREEN))
            # Nothing is sent while nothing moves, and that is no loss.
            still = [await screen.frame() for _ in range(5)]
            assert all(one.pixels is still[0].pixels for one in still)
            whole = await screen.source.whole()
            assert whole.shape == (720, 1280, 4)
            game.paint((0, 0, 0))
            await screen.frame_where(shows((0, 0, 0)))
            assert (await screen.source.whole()).shape == (720, 1280, 4)
        assert screen.statuses == [("capturing", None)]

    asyncio.run(main())
    assert desktop.dialogs == ["opened"]
    file = settings.screen_choice_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    choice = screen_choice.read(file)
    assert choice is not None
    assert (choice.window, choice.fresh) == (False, False)
    game.paint(RED)
    asyncio.run(main())
    assert desktop.dialogs == ["opened"]
    game.close()
