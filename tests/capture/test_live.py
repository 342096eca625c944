"""What is asked of a source while it runs: the whole frame, other regions, to look at nothing, to show progress."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import pytest

from capture_daemon.capture import SourceSettings, live
from capture_daemon.errors import SourceError
from capture_daemon.frames import Box, Region, Regions, Size
from tests.capture.clips import write_clip
from tests.capture.opened import Opened, grabbed, opened
from tests.capture.stream_server import StreamServer
from tests.x_server import XServer

RED, WHITE = (255, 0, 0), (255, 255, 255)


def regions(dialogue: str, speaker: str | None = None) -> Regions:
    return Regions(Region.parse(dialogue), Region.parse(speaker) if speaker else None)


async def steps(source: Opened, seconds: float) -> int:
    """How many steps the thread is seen to take."""
    seen, end = {source.source.progress}, time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0.01)
        seen.add(source.source.progress)
    return len(seen) - 1


def test_a_screen_shows_all_of_itself_whatever_the_region(x_server: XServer) -> None:
    x_server.paint(0, 0, 640, 480, WHITE)
    x_server.paint(0, 0, 20, 20, RED)

    async def main() -> None:
        async with opened("screen:1", "300,300,100,20") as screen:
            picture = await screen.source.whole()
            assert picture.shape == (480, 640, 4)
            assert picture[10, 10, :3].tolist() == [0, 0, 255]
            assert picture[30, 30, :3].tolist() == [255, 255, 255]
            assert (await screen.frame()).box == grabbed(screen.size, "300,300,100,20")

    asyncio.run(main())


def test_a_screen_looks_at_other_regions_at_once(x_server: XServer) -> None:
    x_server.paint(400, 400, 100, 20, WHITE)

    async def main() -> None:
        async with opened("screen:1", "0,0,64,64") as screen:
            await screen.frame()
            await asyncio.sleep(0.2)
            screen.source.look_at(regions("400,400,100,20", "300,380,50,10"))
            frame = await screen.frame()
            assert frame.box == grabbed(screen.size, "400,400,100,20", "300,380,50,10")
            assert frame.crop(Box(400, 400, 100, 20)).min() == 255
            assert screen.statuses == [("capturing", None)]

    asyncio.run(main())


def test_regions_that_fit_end_the_wait_for_them(x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_DELAY", 30.0)
    monkeypatch.setattr(live, "FIRST_DELAY", 30.0)

    async def main() -> None:
        async with opened("screen:1", "500,400,100,50") as screen:
            await screen.frame()
            x_server.kill()
            x_server.start(320, 240)
            screen.source.look_at(regions("500,400,100,50"))
            await screen.told(lambda: screen.state in ("lost", "waiting"))
            waiting = asyncio.create_task(screen.frame())
            while not waiting.done():
                screen.source.look_at(regions("0,0,100,50"))
                await asyncio.sleep(0.1)
            assert (await waiting).size == Size(320, 240)

    asyncio.run(main())


def test_a_held_screen_is_not_looked_at_but_can_be_seen(x_server: XServer) -> None:
    async def main() -> None:
        async with opened("screen:1", "0,0,64,64", SourceSettings(fps=50)) as screen:
            await screen.frame()
            screen.source.hold()
            await asyncio.sleep(0.3)
            x_server.paint(0, 0, 128, 128, WHITE)
            assert (await screen.source.whole())[0, 0, 0] == 255
            white = asyncio.create_task(screen.frame_where(lambda frame: frame.pixels.min() == 255))
            await asyncio.sleep(0.5)
            assert not white.done()
            assert await steps(screen, 2.5) >= 1
            screen.source.release()
            await white

    asyncio.run(main())


def test_a_hung_screen_makes_no_progress(x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "WHOLE_LIMIT", 0.5)

    async def main() -> None:
        async with opened("screen:1", "0,0,64,64") as screen:
            assert await steps(screen, 0.5) >= 3
            x_server.hang()
            await asyncio.sleep(0.3)
            assert await steps(screen, 0.7) == 0
            with pytest.raises(SourceError, match="gives no picture"):
                await screen.source.whole()
            x_server.go_on()
            assert await steps(screen, 0.7) >= 1

    asyncio.run(main())


def test_a_screen_that_is_gone_says_why_it_shows_nothing(x_server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "WHOLE_LIMIT", 0.5)

    async def main() -> None:
        async with opened("screen:1", "0,0,64,64") as screen:
            await screen.frame()
            x_server.kill()
            await screen.told(lambda: screen.state == "waiting")
            assert await steps(screen, 1.0) >= 1
            with pytest.raises(SourceError, match="DISPLAY"):
                await screen.source.whole()

    asyncio.run(main())


def test_a_stream_is_read_on_while_it_is_held() -> None:
    with StreamServer("tcp") as server:

        async def main() -> None:
            async with opened(server.address, "0,0,32,32") as stream:
                assert (await stream.source.whole()).shape == (240, 320, 3)
                stream.source.look_at(regions("0.5,0,0.5,1"))
                assert (await stream.frame()).box == grabbed(stream.size, "0.5,0,0.5,1")
                stream.source.hold()
                await asyncio.sleep(0.3)
                assert await steps(stream, 0.5) >= 5
                assert (await stream.source.whole()).shape == (240, 320, 3)
                released = time.monotonic()
                stream.source.release()
                assert (await stream.frame()).time >= released - 0.1

        asyncio.run(main())


def test_of_a_recording_no_frame_is_lost_to_a_pause(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", range(240))

    async def main() -> None:
        async with opened(clip, "0,0,32,32") as recording:
            frames = [await recording.frame()]
            recording.source.hold()
            assert await steps(recording, 1.5) >= 1
            assert (await recording.source.whole()).shape[2] == 3
            recording.source.release()
            frames += await recording.rest()
            assert np.diff([frame.sequence for frame in frames]).tolist() == [1] * 239
            with pytest.raises(SourceError, match="has no picture now"):
                await recording.source.whole()

    asyncio.run(main())


def test_a_recording_in_real_time_plays_on_unseen(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", range(90))

    async def main() -> None:
        async with opened(clip, "0,0,32,32", SourceSettings(realtime=True)) as recording:
            first = await recording.frame()
            recording.source.hold()
            await asyncio.sleep(1)
            recording.source.release()
            second = await recording.frame()
            assert second.time - first.time == pytest.approx(1, abs=0.5)
            times = [frame.time for frame in await recording.rest()]
            assert times[-1] == pytest.approx(89 / 30)

    asyncio.run(main())


def test_other_regions_of_a_recording_leave_out_what_was_cut_before(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", range(240))

    async def main() -> None:
        async with opened(clip, "0,0,32,32") as recording:
            await recording.frame()
            recording.source.look_at(regions("16,16,32,32"))
            assert {frame.box for frame in await recording.rest()} == {grabbed(recording.size, "16,16,32,32")}

    asyncio.run(main())
