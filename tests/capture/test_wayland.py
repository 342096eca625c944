"""What a user chooses in a Wayland session: the real compositor, portal and PipeWire; a backend counts dialogs."""

from __future__ import annotations

import asyncio
import os
import re
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from capture_daemon.capture import SourceSettings, screen_choice
from capture_daemon.capture.portal import Portal
from capture_daemon.capture.screen_choice import ScreenChoice
from capture_daemon.capture.wayland import WaylandSource
from capture_daemon.errors import SourceError
from capture_daemon.frames import Frame, Region, Regions, Size
from tests.capture.opened import Opened, grabbed, opened
from tests.needs import needs_module
from tests.wayland_desktop import BACKEND, BLUE, GREEN, PORTAL, RED, WHITE, Colour, GameWindow, WaylandDesktop

SCREEN = Size(1280, 720)
WINDOW = ("--window-size-pixels=640x360",)


@pytest.fixture(scope="module")
def running() -> Iterator[WaylandDesktop]:
    with WaylandDesktop() as desktop:
        yield desktop


@pytest.fixture
def desktop(running: WaylandDesktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[WaylandDesktop]:
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DISPLAY", raising=False)
    with Path(os.devnull).open(encoding="ascii") as nobody:
        monkeypatch.setattr("sys.stdin", nobody)
        running.answer("monitor")
        (running.folder / "dialogs").write_text("")
        yield running


@pytest.fixture
def terminal(desktop: WaylandDesktop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A user who started the program on a terminal."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, encoding="ascii") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield
    os.close(ours)


@pytest.fixture
def settings(tmp_path: Path) -> SourceSettings:
    return SourceSettings(screen_choice_file=tmp_path / "state" / "screen-choice.json")


def choose(desktop: WaylandDesktop, settings: SourceSettings, what: str) -> None:
    """Choose as `choose-screen` does, without a process of its own."""
    desktop.answer(what)
    with Portal(lambda: None) as portal:
        chosen = portal.choose(None, 30)
    assert chosen.token is not None
    screen_choice.write(chosen_file(settings), ScreenChoice(chosen.token, chosen.window, fresh=True))


@asynccontextmanager
async def drawing(game: GameWindow, colour: Colour) -> AsyncIterator[None]:
    """The game draws its picture again and again, as games do: what the desktop's animations showed is replaced."""

    async def draw() -> None:
        while True:
            await asyncio.to_thread(game.paint, colour)
            await asyncio.sleep(0.1)

    task = asyncio.create_task(draw())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def chosen_file(settings: SourceSettings) -> Path:
    assert settings.screen_choice_file is not None
    return settings.screen_choice_file


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
    file = chosen_file(settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    choice = screen_choice.read(file)
    assert choice is not None
    assert (choice.window, choice.fresh) == (False, False)
    game.paint(RED)
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    asyncio.run(main())
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before
    assert desktop.dialogs == ["opened"]
    game.close()


@pytest.mark.usefixtures("terminal")
def test_a_user_who_declines(desktop: WaylandDesktop, settings: SourceSettings) -> None:
    desktop.answer("refuse")
    message = "nothing was chosen in the desktop's dialog: choose again: capture-daemon choose-screen"
    assert message in fail_to_open(settings)
    assert desktop.dialogs == ["opened"]
    assert not chosen_file(settings).exists()


def test_without_a_terminal_no_dialog_is_opened(desktop: WaylandDesktop, settings: SourceSettings) -> None:
    assert "no screen or window was chosen for it: choose one: capture-daemon choose-screen" in fail_to_open(settings)
    screen_choice.write(chosen_file(settings), ScreenChoice("1-2", window=True))
    assert "the desktop may ask again for a window: choose again: " in fail_to_open(settings)
    assert desktop.dialogs == []


def test_a_void_token_closes_the_dialog_that_it_opens_and_is_dropped(
    desktop: WaylandDesktop, settings: SourceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Portal(lambda: None) as portal:
        # It is started now, and not while the limit runs.
        portal.abilities()
    monkeypatch.setattr(WaylandSource, "unattended_limit", 3.0)
    desktop.answer("nothing")
    screen_choice.write(chosen_file(settings), ScreenChoice("9f3d2a44-70c5-4f57-8b61-8d3a5f4f0c11", window=False))
    assert "nothing was chosen in the desktop's dialog within 3 s: choose again: " in fail_to_open(settings)
    desktop.wait_for_dialogs("opened", "dismissed")
    assert not chosen_file(settings).exists()
    screen_choice.write(chosen_file(settings), ScreenChoice("not a token", window=False))
    assert "the desktop doesn't know what was chosen before: choose again: " in fail_to_open(settings)
    assert not chosen_file(settings).exists()
    assert desktop.dialogs == ["opened", "dismissed"]


def test_a_window_is_trimmed_and_waited_for_once_it_is_closed(
    desktop: WaylandDesktop, settings: SourceSettings
) -> None:
    game = desktop.open(RED, *WINDOW)
    choose(desktop, settings, "window")

    async def main() -> Opened:
        async with opened("wayland", "0.5,0.5,0.5,0.5", settings) as window:
            # While it opens the desktop may show it smaller.
            size = Size(640, 360)
            async with drawing(game, RED):
                frame = await window.frame_where(lambda frame: frame.size == size and shows(RED)(frame))
            assert frame.box == grabbed(size, "0.5,0.5,0.5,0.5")
            assert frame.in_colour()[-1, -1, :3].tolist() == [0, 0, 255]
            assert desktop.dialogs == ["opened"]
            game.close()
            await window.told(lambda: window.state == "waiting")
            assert str(window.statuses[-1][1]).endswith(
                "the window was closed, or sharing was stopped: choose again: capture-daemon choose-screen"
            )
            other = await asyncio.to_thread(desktop.open, GREEN, *WINDOW)
            await asyncio.to_thread(choose, desktop, settings, "window")
            async with drawing(other, GREEN):
                await window.frame_where(shows(GREEN))
            # Somebody who chooses again while it captures is followed as well.
            await asyncio.to_thread(choose, desktop, settings, "monitor")
            await window.frame_where(lambda frame: frame.size == SCREEN)
            other.close()
        return window

    window = asyncio.run(main())
    assert window.states == ["capturing", "lost", "waiting", "capturing"]
    assert desktop.dialogs == ["opened"] * 3


@pytest.mark.parametrize("lost", ["compositor", "portal", "backend", "pipewire"])
def test_a_monitor_comes_back_without_a_dialog(desktop: WaylandDesktop, settings: SourceSettings, lost: str) -> None:
    game = desktop.open(RED)
    choose(desktop, settings, "monitor")

    async def main() -> Opened:
        async with opened("wayland", None, settings) as screen:
            await screen.frame_where(shows(RED))
            await asyncio.to_thread(kill, desktop, lost)
            reading = asyncio.create_task(screen.frame_where(shows(GREEN)))
            await screen.told(lambda: "lost" in screen.states)
            if lost in ("compositor", "pipewire"):
                await screen.told(lambda: screen.state == "waiting")
            shown = await asyncio.to_thread(come_back, desktop, lost)
            if shown is not None:
                await reading
                shown.close()
            else:
                game.paint(GREEN)
                await reading
        return screen

    screen = asyncio.run(main())
    assert (screen.states[:2], screen.state) == (["capturing", "lost"], "capturing")
    assert desktop.dialogs == ["opened"]
    if lost != "compositor":
        game.close()


def kill(desktop: WaylandDesktop, what: str) -> None:
    if what == "compositor":
        desktop.kill_compositor()
    elif what == "pipewire":
        desktop.kill_pipewire()
    else:
        desktop.kill_service(PORTAL if what == "portal" else BACKEND)


def come_back(desktop: WaylandDesktop, what: str) -> GameWindow | None:
    """Start again what D-Bus doesn't start by itself; a compositor with another window."""
    if what == "pipewire":
        desktop.start_pipewire()
    if what != "compositor":
        return None
    desktop.start_compositor()
    return desktop.open(GREEN)


def test_a_window_is_not_tried_again_once_the_compositor_went_away(
    desktop: WaylandDesktop, settings: SourceSettings
) -> None:
    game = desktop.open(RED, *WINDOW)
    choose(desktop, settings, "window")

    async def main() -> None:
        async with opened("wayland", None, settings) as window:
            async with drawing(game, RED):
                await window.frame_where(shows(RED))
            await asyncio.to_thread(desktop.kill_compositor)
            await window.told(lambda: window.state == "waiting")
            assert "compositor went away: choose again: capture-daemon choose-screen" in str(window.statuses[-1][1])
            await asyncio.to_thread(desktop.start_compositor)
            other = await asyncio.to_thread(desktop.open, GREEN)
            assert desktop.dialogs == ["opened"]
            await asyncio.to_thread(choose, desktop, settings, "monitor")
            async with drawing(other, GREEN):
                await window.frame_where(shows(GREEN))
            other.close()

    asyncio.run(main())


@pytest.mark.usefixtures("terminal")
def test_the_screen_of_a_wayland_session(
    desktop: WaylandDesktop, settings: SourceSettings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DISPLAY", ":4999")
    game = desktop.open(BLUE)

    async def main() -> None:
        async with opened("screen:1", None, settings) as screen:
            await screen.frame_where(shows(BLUE))

    with caplog.at_level("INFO", logger="capture_daemon"):
        asyncio.run(main())
    assert "found a Wayland session, WAYLAND_DISPLAY=wayland-test; where DISPLAY=:4999" in caplog.text
    assert "the desktop decides what is captured" in caplog.text
    assert "choose in the desktop's dialog" in caplog.text
    desktop.answer("refuse")
    chosen_file(settings).unlink()
    assert "where DISPLAY=:4999 is an X server of its own, unset WAYLAND_DISPLAY" in fail_to_open(settings, "screen:1")
    game.close()


def test_a_region_that_no_longer_fits_is_waited_for_without_asking(
    desktop: WaylandDesktop, settings: SourceSettings
) -> None:
    game = desktop.open(WHITE)
    choose(desktop, settings, "monitor")

    async def main() -> None:
        async with opened("wayland", "1000,500,200,100", settings) as screen:
            await screen.frame_where(shows(WHITE))
            screen.source.look_at(Regions(Region.parse("1200,500,200,100")))
            await screen.told(lambda: screen.state == "waiting")
            assert "reaches outside the frame, which is 1280x720" in str(screen.statuses[-1][1])
            screen.source.look_at(Regions(Region.parse("1000,500,200,100")))
            await screen.frame_where(shows(WHITE))
            # Other settings are applied as they are.
            screen.source.set_up(replace(settings, fps=5.0))
            game.paint(RED)
            await screen.frame_where(shows(RED))
        assert screen.states == ["capturing", "waiting", "capturing"]

    asyncio.run(main())
    assert desktop.dialogs == ["opened"]
    game.close()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"DBUS_SESSION_BUS_ADDRESS": None, "XDG_RUNTIME_DIR": None},
            r"found no session bus .* start in the desktop's",
        ),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nothing"}, "unix:path=/nothing can't be reached (No such file"),
        ({"DBUS_SESSION_BUS_ADDRESS": None, "XDG_RUNTIME_DIR": "/nothing"}, "unix:path=/nothing/bus can't be reached"),
        ({"DBUS_SESSION_BUS_ADDRESS": "rubbish"}, "the session bus at rubbish can't be reached"),
    ],
)
def test_no_session_bus(
    settings: SourceSettings, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], message: str
) -> None:
    needs_module("jeepney", extra="wayland")
    needs_module("pipewire_capture", extra="wayland")
    for name, value in changes.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    screen_choice.write(chosen_file(settings), ScreenChoice("1-2", window=False))
    assert re.search(message.replace("(", r"\("), fail_to_open(settings))
