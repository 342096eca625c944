"""The screen, on an X server of the tests' own."""

import asyncio
import logging
import subprocess
import threading
import time

import numpy as np
import pytest

from capture_daemon.capture import SourceSettings, live
from capture_daemon.capture.polled import IDLE_AFTER
from capture_daemon.errors import RegionError, SourceError
from capture_daemon.frames import Box, Size
from tests.capture.opened import grabbed, opened
from tests.needs import needs
from tests.x_server import XServer

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)


def open_once(name: str, region: str | None = None) -> None:
    async def main() -> None:
        async with opened(name, region):
            pass

    asyncio.run(main())


@pytest.mark.parametrize("name", ["screen", "screen:1"])
def test_grabs_the_region_and_its_colour(x_server: XServer, name: str) -> None:
    x_server.paint(100, 200, 50, 20, RED)
    x_server.paint(150, 200, 50, 20, WHITE)

    async def main() -> None:
        async with opened(name, "100,200,100,20") as screen:
            before = time.monotonic()
            frame = await screen.frame_where(lambda frame: frame.time >= before)
        assert (screen.source.name, screen.source.live, screen.size) == (name, True, Size(640, 480))
        box = grabbed(screen.size, "100,200,100,20")
        assert (frame.box, frame.size) == (box, Size(640, 480))
        assert frame.pixels.shape == (box.height, box.width)
        assert frame.crop(Box(150, 200, 50, 20)).min() == 255
        assert frame.crop(Box(100, 200, 50, 20)).max() < 100
        assert frame.colour is not None
        assert frame.colour()[200 - box.top, 100 - box.left, :3].tolist() == [0, 0, 255]
        assert before <= frame.time <= time.monotonic()
        assert screen.statuses == [("capturing", None)]

    asyncio.run(main())


def test_without_a_region_the_whole_screen(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen:1") as screen:
            assert (await screen.frame()).pixels.shape == (480, 640)

    asyncio.run(main())


def test_a_frame_now_and_then_brings_the_whole_screen_along(x_server: XServer) -> None:
    x_server.paint(300, 40, 50, 20, RED)

    async def main() -> None:
        async with opened("screen:1", "100,200,100,20", SourceSettings(whole_frames=True)) as screen:
            frame = await screen.frame_where(lambda frame: frame.whole is not None)
            await screen.frame_where(lambda frame: frame.whole is None)
        whole = frame.whole
        assert whole is not None
        assert whole.box == Box(0, 0, 640, 480)
        assert whole.in_colour()[50, 310, :3].tolist() == [0, 0, 255]
        assert np.array_equal(whole.crop(frame.box), frame.pixels)

    asyncio.run(main())


def test_an_unchanged_picture_shares_its_pixels_and_is_looked_at_less_often(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen:1", "0,0,100,100", SourceSettings(fps=50)) as screen:
            first = await screen.frame()
            second = await screen.frame()
            assert second.pixels is first.pixels
            assert second.sequence > first.sequence
            await asyncio.sleep(IDLE_AFTER + 0.5)
            one, other = [await screen.frame() for _ in range(3)][1:]
            assert other.time - one.time > 0.08
            x_server.paint(0, 0, 100, 100, WHITE)
            third = await screen.frame_where(lambda frame: frame.pixels.max() == 255)
            assert third.pixels is not first.pixels
            assert first.pixels.max() == 0

    asyncio.run(main())


def test_a_picture_stays_what_it_was_while_the_screen_changes(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen:1", "0,0,64,64") as screen:
            kept = await screen.frame()
            x_server.paint(0, 0, 128, 128, RED)
            red = await screen.frame_where(lambda frame: frame.pixels.max() > 0)
            x_server.paint(0, 0, 128, 128, GREEN)
            green = await screen.frame_where(lambda frame: frame.in_colour()[0, 0, 1] == 255)
            await screen.frame()
        assert [frame.in_colour()[0, 0, :3].tolist() for frame in (kept, red, green)] == [
            [0, 0, 0],
            [0, 0, 255],
            [0, 255, 0],
        ]
        assert red.held == red.pixels.nbytes + red.in_colour().nbytes

    asyncio.run(main())


def test_frames_come_at_the_rate_that_was_asked_for(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen:1", "0,0,64,64", SourceSettings(fps=20)) as screen:
            times = [(await screen.frame()).time for _ in range(15)]
        assert np.median(np.diff(times)) == pytest.approx(0.05, abs=0.02)

    asyncio.run(main())


def test_comes_back_after_the_x_server_was_killed(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen:1", "0.5,0.5,0.25,0.25") as screen:
            await screen.frame()
            x_server.kill()
            waiting = asyncio.create_task(screen.frame_where(lambda frame: frame.size == Size(800, 600)))
            await screen.told(lambda: {"lost", "waiting"} <= set(screen.states))
            x_server.start(800, 600)
            frame = await waiting
        assert frame.box == grabbed(Size(800, 600), "0.5,0.5,0.25,0.25")
        assert screen.states[0] == screen.states[-1] == "capturing"
        assert "DISPLAY" in str(dict(screen.statuses)["waiting"])

    asyncio.run(main())


def test_notices_a_change_of_resolution(x_server: XServer) -> None:
    xrandr = needs("xrandr", package="x11-xserver-utils")

    async def main() -> None:
        async with opened("screen", "0.5,0.5,0.5,0.5") as screen:
            await screen.frame()
            # It complains that the monitor is larger than the screen then is, which it is.
            await asyncio.to_thread(subprocess.run, [xrandr, "--fb", "400x300"], capture_output=True, check=False)
            frame = await screen.frame_where(lambda frame: frame.size == Size(400, 300))
        assert frame.box == grabbed(Size(400, 300), "0.5,0.5,0.5,0.5")

    asyncio.run(main())


def test_a_region_that_no_longer_fits_is_waited_for(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen", "500,400,100,50") as screen:
            await screen.frame()
            x_server.kill()
            x_server.start(320, 240)
            await screen.told(lambda: "reaches outside" in str(screen.statuses[-1:]))
            x_server.kill()
            x_server.start()
            await screen.frame_where(lambda _: screen.state == "capturing")

    asyncio.run(main())


def test_a_hung_x_server_is_noticed_and_left_behind_at_the_end(
    x_server: XServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "STALL_LIMIT", 0.5)

    async def main() -> None:
        async with opened("screen:1", "0,0,64,64") as screen:
            await screen.frame()
            x_server.hang()
            reading = asyncio.create_task(screen.rest())
            await screen.told(lambda: screen.states == ["capturing", "waiting"])
            x_server.go_on()
            await screen.told(lambda: screen.states == ["capturing", "waiting", "capturing"])
            x_server.hang()
            await asyncio.sleep(0.3)
            began = time.monotonic()
        assert time.monotonic() - began < 3
        assert len(await reading) > 0

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert "left behind" in caplog.text
    (left,) = (thread for thread in threading.enumerate() if thread.name == "source screen:1")
    x_server.kill()
    left.join(10)


def test_a_closed_source_gives_nothing_and_closes_twice(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen:1", "0,0,64,64") as screen:
            await screen.frame()
            waiting = asyncio.create_task(screen.source.frames())
            await screen.source.close()
            await waiting
            assert await screen.source.frames() == []

    asyncio.run(main())


def test_a_monitor_that_is_not_there(x_server: XServer) -> None:
    with pytest.raises(SourceError, match=r"screen:9 is not there: there are screen:1 \(640x480\), or screen for all"):
        open_once("screen:9")


def test_a_region_outside_the_screen(x_server: XServer) -> None:
    with pytest.raises(RegionError, match="reaches outside the frame, which is 640x480"):
        open_once("screen", "600,400,100,100")


@pytest.mark.parametrize(
    ("display", "wayland", "message"),
    [
        (None, None, "found no display .* set DISPLAY"),
        (":4999", None, "can't connect to the X server at DISPLAY=:4999"),
        (None, "wayland-0", r"\(found a Wayland session, WAYLAND_DISPLAY=wayland-0\)"),
        (":0", "wayland-0", r"WAYLAND_DISPLAY=wayland-0; where DISPLAY=:0 is an X server of its own, unset WAYLAND_D"),
    ],
)
def test_says_what_was_found_instead_of_a_screen(
    monkeypatch: pytest.MonkeyPatch, display: str | None, wayland: str | None, message: str
) -> None:
    for name, value in (("DISPLAY", display), ("WAYLAND_DISPLAY", wayland)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(SourceError, match=message):
        open_once("screen:1")
