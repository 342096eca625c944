"""One window, on an X11 desktop of the tests' own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from capture_daemon.capture.base import NOTHING
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Frame, Size
from tests.capture.opened import Opened, grabbed, opened
from tests.x11_desktop import BLUE, GREEN, RED, WHITE, Colour, X11Desktop


@pytest.fixture(scope="module")
def running() -> Iterator[X11Desktop]:
    with X11Desktop() as desktop:
        yield desktop


@pytest.fixture
def desktop(running: X11Desktop, monkeypatch: pytest.MonkeyPatch) -> X11Desktop:
    monkeypatch.setenv("DISPLAY", running.server.display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return running


def shows(colour: Colour) -> Callable[[Frame], bool]:
    """Whether a frame has that colour, red, green and blue, in its middle."""

    def looks(frame: Frame) -> bool:
        pixels = frame.in_colour()
        blue, green, red = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, :3].tolist()
        return (red, green, blue) == colour

    return looks


def fail_to_open(name: str) -> str:
    async def main() -> None:
        async with opened(name):
            pass

    with pytest.raises(SourceError) as caught:
        asyncio.run(main())
    return str(caught.value)


def test_grabs_the_client_area_while_it_is_moved_covered_and_half_off_the_screen(desktop: X11Desktop) -> None:
    game = desktop.open("Moved Game", RED)

    async def main() -> None:
        async with opened("window:Moved Game", "0.1,0.5,0.8,0.4") as window:
            assert window.size == Size(*desktop.size(game))
            frame = await window.frame_where(shows(RED))
            assert frame.box == grabbed(window.size, "0.1,0.5,0.8,0.4")
            desktop.xdotool("windowmove", "--sync", str(game.number), "300", "200")
            game.paint(GREEN)
            await window.frame_where(shows(GREEN))
            desktop.xdotool("windowmove", str(game.number), "700", "500")
            game.paint(WHITE)
            await window.frame_where(shows(WHITE))
            cover = desktop.open("Cover", BLUE, "Cover", "200x100+0+0")
            game.paint(RED)
            frame = await window.frame_where(shows(RED))
            assert frame.in_colour()[..., :3].reshape(-1, 3).tolist() == [[0, 0, 255]] * frame.pixels.size
            whole = await window.source.whole()
            assert Size(whole.shape[1], whole.shape[0]) == window.size
            cover.close()
        assert window.statuses == [("capturing", None)]

    asyncio.run(main())
    game.close()


def test_a_window_of_another_size_is_opened_anew(desktop: X11Desktop) -> None:
    game = desktop.open("Resized Game", RED)

    async def main() -> None:
        async with opened("window:Resized Game", "0.5,0.5,0.5,0.5") as window:
            await window.frame_where(shows(RED))
            desktop.xdotool("windowsize", "--sync", str(game.number), "500", "300")
            frame = await window.frame_where(lambda frame: frame.size == desktop.size(game) != window.size)
            assert frame.box == grabbed(frame.size, "0.5,0.5,0.5,0.5")
            game.paint(GREEN)
            await window.frame_where(shows(GREEN))
        assert set(window.states) == {"capturing"}

    asyncio.run(main())
    game.close()


def test_a_minimised_window_is_waited_for(desktop: X11Desktop) -> None:
    game = desktop.open("Hidden Game", RED)

    async def main() -> None:
        async with opened("window:Hidden Game") as window:
            await window.frame()
            desktop.xdotool("windowminimize", str(game.number))
            reading = asyncio.create_task(window.frame_where(shows(GREEN)))
            await window.told(lambda: window.state == "waiting")
            assert window.statuses[-1][1] == (
                "window:Hidden Game: the window is minimised, or on another desktop: show it"
            )
            desktop.xdotool("windowactivate", str(game.number))
            game.paint(GREEN)
            await reading
            assert window.states == ["capturing", "waiting", "capturing"]

    asyncio.run(main())
    game.close()


def test_a_window_that_is_minimised_at_the_start_may_be_waited_for(desktop: X11Desktop) -> None:
    game = desktop.open("Early Game", RED, "Early")
    desktop.xdotool("windowminimize", str(game.number))
    reason = "window:Early Game: the window is minimised, or on another desktop: show it"

    async def main() -> None:
        async with opened("window:Early Game", "0.1,0.5,0.8,0.4", may_wait=True) as window:
            assert window.size == NOTHING
            assert window.statuses == [("waiting", reason)]
            assert window.source.size is None
            reading = asyncio.create_task(window.frame_where(shows(RED)))
            desktop.xdotool("windowactivate", str(game.number))
            frame = await reading
            assert frame.size == window.source.size == desktop.size(game)
            assert frame.box == grabbed(frame.size, "0.1,0.5,0.8,0.4")
            assert window.states == ["waiting", "capturing"]

    assert fail_to_open("window:Early Game") == reason
    asyncio.run(main())
    game.close()


def test_a_window_that_is_closed_while_it_is_waited_for_is_found_again(desktop: X11Desktop) -> None:
    game = desktop.open("Never Seen 1", RED, "Unseen")
    desktop.xdotool("windowminimize", str(game.number))

    async def main() -> None:
        async with opened("window:never seen", may_wait=True) as window:
            reading = asyncio.create_task(window.frame_where(shows(BLUE)))
            game.close()
            await window.told(lambda: "closed" in str(window.statuses[-1]))
            again = await asyncio.to_thread(desktop.open, "Chapter 2", BLUE, "Unseen")
            await reading
            again.close()
        assert (window.states[0], window.state) == ("waiting", "capturing")

    asyncio.run(main())


def test_a_window_that_was_closed_is_found_again_by_its_class(desktop: X11Desktop) -> None:
    game = desktop.open("Chapter 1", RED, "Novel")
    other = desktop.open("Not the game", WHITE, "Novel")

    async def main() -> None:
        async with opened("window:chapter 1") as window:
            await window.frame_where(shows(RED))
            game.close()
            reading = asyncio.create_task(window.frame_where(shows(BLUE)))
            await window.told(lambda: window.state == "waiting")
            assert window.states == ["capturing", "lost", "waiting"]
            assert window.statuses[-1][1] == "window:chapter 1: the window was closed: it is waited for"
            again = await asyncio.to_thread(desktop.open, "Chapter 2", GREEN, "Novel")
            again.paint(BLUE)
            await reading
            again.close()
        assert window.state == "capturing"

    asyncio.run(main())
    other.close()


def test_several_of_a_name_are_told_apart_by_the_focus(desktop: X11Desktop) -> None:
    first, second = desktop.open("Twin", RED, "Twins"), desktop.open("Twin", GREEN, "Twins")
    bystander = desktop.open("Bystander", WHITE, "Bystander")

    async def seen(name: str, colour: Colour) -> None:
        async with opened(name) as window:
            await window.frame_where(shows(colour))

    desktop.xdotool("windowactivate", "--sync", str(bystander.number))
    assert "2 windows are called 'twin', and none of them has the focus: 'Twin' (class=Twins, pid=" in fail_to_open(
        "window:twin"
    )
    desktop.xdotool("windowactivate", "--sync", str(first.number))
    asyncio.run(seen("window:twin", RED))
    asyncio.run(seen(f"window:pid={second.process.pid}", GREEN))
    asyncio.run(seen("window:class=bystander", WHITE))
    for window in (first, second, bystander):
        window.close()


def test_what_is_there_instead(desktop: X11Desktop) -> None:
    game = desktop.open("Other Game", RED)
    told = fail_to_open("window:Nothing Like This")
    assert (
        f"there is no window 'Nothing Like This': there are 'Other Game' (class=Game, pid={game.process.pid})" in told
    )
    game.close()
    assert "there is no window class=x: no program has a window on this display" in fail_to_open("window:class=x")


def test_without_a_window_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(game_colour: Colour) -> None:
        async with opened("window:Alone", "0.1,0.1,0.5,0.5") as window:
            await window.frame_where(shows(game_colour))

    with X11Desktop(managed=False) as bare:
        monkeypatch.setenv("DISPLAY", bare.server.display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        bare.open("Alone", GREEN)
        asyncio.run(main(GREEN))


def test_an_x_server_that_is_killed_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(desktop: X11Desktop) -> Opened:
        async with opened("window:Game") as window:
            await window.frame_where(shows(RED))
            desktop.server.kill()
            reading = asyncio.create_task(window.frame_where(shows(GREEN)))
            await window.told(lambda: window.state == "waiting" and "DISPLAY" in str(window.statuses[-1]))
            desktop.server.start(800, 600)
            await asyncio.to_thread(desktop.open, "Game", GREEN)
            await reading
        return window

    with X11Desktop(managed=False) as bare:
        monkeypatch.setenv("DISPLAY", bare.server.display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        bare.open("Game", RED)
        window = asyncio.run(main(bare))
    assert (window.states[0], window.states[1], window.state) == ("capturing", "lost", "capturing")


@pytest.mark.parametrize(
    ("display", "wayland", "message"),
    [
        (None, None, "windows can't be captured: found no X server (DISPLAY is not set): start in"),
        (None, "wayland-0", "found a Wayland session without an X server (DISPLAY is not set)"),
        (":4999", None, "can't connect to the X server at DISPLAY=:4999"),
    ],
)
def test_says_what_was_found_instead_of_a_display(
    monkeypatch: pytest.MonkeyPatch, desktop: X11Desktop, display: str | None, wayland: str | None, message: str
) -> None:
    for name, value in (("DISPLAY", display), ("WAYLAND_DISPLAY", wayland)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert message in fail_to_open("window:Game")


def test_a_region_in_pixels_that_no_longer_fits_is_waited_for(desktop: X11Desktop) -> None:
    game = desktop.open("Small Game", RED)
    width, height = desktop.size(game)

    async def main() -> None:
        async with opened("window:Small Game", f"{width - 20},{height - 20},20,20") as window:
            frame = await window.frame()
            assert frame.crop(Box(width - 20, height - 20, 20, 20)).shape == (20, 20)
            desktop.xdotool("windowsize", "--sync", str(game.number), "100", "60")
            await window.told(lambda: "reaches outside the frame" in str(window.statuses[-1:]))

    asyncio.run(main())
    game.close()
