"""Network streams served by ffmpeg, and devices that aren't there."""

import asyncio
import logging
import threading
import time
from pathlib import Path

import cv2
import pytest

from capture_daemon.capture import SourceSettings, device, live, open_source
from capture_daemon.capture.device import StreamSource
from capture_daemon.errors import RegionError, SourceError
from capture_daemon.frames import Box, Size
from tests.capture.opened import grabbed, opened
from tests.capture.stream_server import StreamServer


@pytest.mark.parametrize("scheme", ["tcp", "http"])
def test_the_newest_frame_of_a_stream(scheme: str, capfd: pytest.CaptureFixture[str]) -> None:
    with StreamServer(scheme) as server:

        async def main() -> None:
            async with opened(server.address, "140,100,40,20") as stream:
                assert (stream.source.live, stream.size) == (True, Size(320, 240))
                frame = await stream.frame()
                box = grabbed(stream.size, "140,100,40,20")
                assert (frame.box, frame.pixels.shape) == (box, (box.height, box.width))
                assert frame.crop(Box(140, 100, 15, 20)).min() > 240
                assert frame.crop(Box(165, 100, 15, 20)).max() < 15
                assert frame.colour is not None
                assert frame.colour().shape == (box.height, box.width, 3)
                # A frame that waits doesn't keep the whole picture.
                assert frame.colour().base is None
                assert frame.held == frame.pixels.nbytes + frame.colour().nbytes
                # What came meanwhile is left out: the next frame is of now.
                await asyncio.sleep(0.5)
                await stream.frame()
                newest = await stream.frame()
                assert newest.sequence > frame.sequence + 8
                assert time.monotonic() - newest.time < 0.2
                assert stream.statuses == [("capturing", None)]

        asyncio.run(main())
    assert capfd.readouterr().err == ""


def test_a_stream_is_looked_at_as_often_as_asked_for() -> None:
    with StreamServer("tcp") as server:

        async def main() -> None:
            async with opened(server.address, settings=SourceSettings(fps=10)) as stream:
                for _ in range(5):
                    await stream.frame()
                began = time.monotonic()
                for _ in range(10):
                    await stream.frame()
                assert time.monotonic() - began > 0.7

        asyncio.run(main())


def test_a_stream_that_is_joined_in_the_middle() -> None:
    with StreamServer("udp") as server:
        time.sleep(1.2)

        async def main() -> None:
            async with opened(server.address) as stream:
                assert stream.size == Size(320, 240)
                await stream.frame()

        asyncio.run(main())


@pytest.mark.parametrize("scheme", ["tcp", "http"])
def test_comes_back_after_the_server_was_killed(scheme: str) -> None:
    with StreamServer(scheme) as server:

        async def main() -> None:
            async with opened(server.address, "0.5,0.5,0.25,0.25") as stream:
                await stream.frame()
                reading = asyncio.create_task(stream.frame_where(lambda frame: frame.size == Size(640, 360)))
                server.kill()
                await stream.told(lambda: stream.states[-2:] == ["lost", "waiting"])
                await asyncio.to_thread(server.start, "640x360")
                assert (await reading).box == grabbed(Size(640, 360), "0.5,0.5,0.25,0.25")
                assert stream.states == ["capturing", "lost", "waiting", "capturing"]

        asyncio.run(main())


def test_a_short_stall_is_noticed_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "STALL_LIMIT", 0.6)
    with StreamServer("tcp") as server:

        async def main() -> None:
            async with opened(server.address) as stream:
                reading = asyncio.create_task(stream.rest())
                await stream.told(lambda: stream.states == ["capturing"])
                server.stall()
                await stream.told(lambda: stream.states == ["capturing", "waiting"])
                server.go_on()
                await stream.told(lambda: stream.states == ["capturing", "waiting", "capturing"])
                await stream.source.close()
                assert len(await reading) > 0

        asyncio.run(main())


def test_a_long_stall_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "STREAM_READ_MILLISECONDS", 1500)
    with StreamServer("tcp") as server:

        async def main() -> None:
            async with opened(server.address) as stream:
                await stream.frame()
                server.stall()
                await stream.told(lambda: "lost" in stream.states)
                assert "sent nothing for 1.5 s" in str(dict(stream.statuses)["lost"])
                server.kill()
                await asyncio.to_thread(server.start)
                await stream.frame_where(lambda _: stream.state == "capturing")

        asyncio.run(main())


def test_a_stalled_stream_is_left_behind_at_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(device, "STREAM_READ_MILLISECONDS", 4000)
    with StreamServer("tcp") as server:

        async def main() -> None:
            async with opened(server.address) as stream:
                await stream.frame()
                server.stall()
                await asyncio.sleep(0.5)
                began = time.monotonic()
            assert time.monotonic() - began < 3

        with caplog.at_level(logging.WARNING):
            asyncio.run(main())
        assert "left behind" in caplog.text
        (left,) = (thread for thread in threading.enumerate() if thread.name.startswith("source tcp"))
        left.join(10)


def test_a_stream_may_come_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with StreamServer("tcp") as server:
        server.kill()

        async def main() -> None:
            later = asyncio.get_running_loop().call_later(1, threading.Thread(target=server.start).start)
            async with opened(server.address) as stream:
                await stream.frame()
                assert stream.states == ["waiting", "capturing"]
            later.cancel()

        asyncio.run(main())


def test_a_stream_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StreamSource, "open_limit", 1.0)

    async def main() -> None:
        async with opened("tcp://127.0.0.1:9"):
            pass

    with pytest.raises(SourceError, match=r"tcp://127\.0\.0\.1:9 can't be opened: see .* right \(tried for 1 s\)"):
        asyncio.run(main())


def test_a_region_outside_the_stream() -> None:
    with StreamServer("tcp") as server:

        async def main() -> None:
            async with opened(server.address, "300,200,100,100"):
                pass

        with pytest.raises(RegionError, match="outside the frame, which is 320x240"):
            asyncio.run(main())


def test_a_password_is_not_told() -> None:
    source = open_source("rtsp://me:secret@camera:554/live", None, SourceSettings(), lambda *_: None)
    assert source.name == "rtsp://camera:554/live"


@pytest.mark.parametrize("name", ["device:77", "device:/dev/video77"])
def test_a_device_that_is_not_there(name: str) -> None:
    async def main() -> None:
        async with opened(name):
            pass

    with pytest.raises(SourceError, match=rf"{name} is not there: there is no /dev/video77; there is "):
        asyncio.run(main())


def test_a_file_that_is_no_device(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    path.touch()

    async def main() -> None:
        async with opened(f"device:{path}"):
            pass

    with pytest.raises(SourceError, match="can't be opened: see whether another program uses it"):
        asyncio.run(main())


def test_what_a_device_is_asked_for(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    asked: list[tuple[int, float]] = []

    class Card:
        """No card was at hand: one that takes every setting but the height."""

        def set(self, key: int, value: float) -> None:
            asked.append((key, value))

        def get(self, key: int) -> float:
            return 480 if key == cv2.CAP_PROP_FRAME_HEIGHT else dict(asked)[key]

    settings = SourceSettings(fps=60, width=1920, height=1080, pixel_format="MJPG")
    card = device.DeviceSource(0, None, settings, lambda *_: None)
    card._set_up(Card())  # type: ignore[arg-type]
    assert asked == [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 1920),
        (cv2.CAP_PROP_FRAME_HEIGHT, 1080),
        (cv2.CAP_PROP_FPS, 60),
    ]
    assert [record.message for record in caplog.records] == ["device:0 gives another height than it was asked for"]
