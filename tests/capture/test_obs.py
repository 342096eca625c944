"""OBS's sources and scenes, by a real OBS; what it can't be made to do is done by a stand-in."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from websockets.sync.server import ServerConnection, serve

from capture_daemon.capture import SourceSettings
from capture_daemon.capture.base import NOTHING
from capture_daemon.errors import CaptureDaemonError, ConfigurationError
from capture_daemon.frames import Frame, Size
from tests.capture.opened import Opened, grabbed, opened
from tests.obs_studio import PASSWORD, ObsStudio

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture(scope="module")
def obs() -> Iterator[ObsStudio]:
    with ObsStudio() as running:
        yield running


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTURE_DAEMON_OBS_PASSWORD", PASSWORD)


def settings_of(obs: ObsStudio) -> SourceSettings:
    return SourceSettings(obs_address=obs.address)


def shows(colour: tuple[int, int, int]) -> Callable[[Frame], bool]:
    """Whether a frame has about that colour, red, green and blue, in its middle: jpg keeps it to a few steps."""

    def looks(frame: Frame) -> bool:
        pixels = frame.in_colour()
        middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, ::-1].astype(int)
        return bool(abs(middle - colour).max() < 16)

    return looks


def fail_to_open(name: str, settings: SourceSettings) -> CaptureDaemonError:
    async def main() -> None:
        async with opened(name, None, settings):
            pass

    with pytest.raises(CaptureDaemonError) as caught:
        asyncio.run(main())
    return caught.value


def test_grabs_what_the_regions_need_of_a_source(obs: ObsStudio) -> None:
    obs.add_colour("Game", RED)

    async def main() -> None:
        async with opened("obs:Game", "0.1,0.5,0.8,0.4", settings_of(obs)) as source:
            assert source.size == Size(640, 360)
            frame = await source.frame_where(shows(RED))
            assert frame.box == grabbed(source.size, "0.1,0.5,0.8,0.4")
            assert (await source.source.whole()).shape == (360, 640, 3)
            times = [(await source.frame()).time for _ in range(8)]
            # A loaded machine takes longer. A picture that came late may be followed by one that is in time.
            assert times[-1] - times[0] > 0.55
            await asyncio.to_thread(obs.set_colour, "Game", GREEN)
            await source.frame_where(shows(GREEN))
            await asyncio.to_thread(obs.set_colour, "Game", BLUE, width=320, height=200)
            frame = await source.frame_where(lambda frame: frame.size == Size(320, 200) and shows(BLUE)(frame))
            assert frame.box == grabbed(Size(320, 200), "0.1,0.5,0.8,0.4")
        assert set(source.states) == {"capturing"}

    asyncio.run(main())
    obs.remove("Game")


def test_the_program_scene_is_followed(obs: ObsStudio) -> None:
    obs.add_colour("First", RED)
    obs.ask("CreateScene", sceneName="Other")
    obs.add_colour("Second", GREEN, scene="Other")

    async def main() -> None:
        async with opened("obs", None, settings_of(obs)) as source:
            await source.frame_where(shows(RED))
            await asyncio.to_thread(obs.ask, "SetCurrentProgramScene", sceneName="Other")
            await source.frame_where(shows(GREEN))
            # OBS doesn't report that it has another name.
            await asyncio.to_thread(obs.ask, "SetSceneName", sceneName="Other", newSceneName="Another")
            await asyncio.to_thread(obs.set_colour, "Second", BLUE)
            await source.frame_where(shows(BLUE))
        assert source.source.name == "obs"
        assert set(source.states) == {"capturing"}

    asyncio.run(main())
    obs.ask("SetCurrentProgramScene", sceneName="Scene")
    for name in ("First", "Second"):
        obs.remove(name)


def test_a_source_without_a_picture_is_waited_for(obs: ObsStudio) -> None:
    obs.add_colour("Game", WHITE)

    async def main() -> None:
        async with opened("obs:Game", None, settings_of(obs)) as source:
            await source.frame_where(shows(WHITE))
            await asyncio.to_thread(obs.set_colour, "Game", WHITE, width=0, height=0)
            await source.told(lambda: source.state == "waiting")
            assert "OBS has no picture of it now" in str(source.statuses[-1][1])
            async with opened("obs:Game", None, settings_of(obs), may_wait=True) as other:
                assert (other.size, other.statuses) == (NOTHING, source.statuses[-1:])
                await asyncio.to_thread(obs.set_colour, "Game", RED, width=640, height=360)
                await source.frame_where(shows(RED))
                await other.frame_where(shows(RED))

    asyncio.run(main())
    obs.remove("Game")


def test_obs_that_is_killed_is_waited_for(obs: ObsStudio) -> None:
    obs.add_colour("Game", RED)

    async def main() -> Opened:
        async with opened("obs:Game", None, settings_of(obs)) as source:
            await source.frame_where(shows(RED))
            await asyncio.to_thread(obs.kill)
            reading = asyncio.create_task(source.frame_where(shows(GREEN)))
            await source.told(lambda: source.state == "waiting")
            assert "start it, and switch it on in OBS: Tools" in str(source.statuses[-1][1])
            await asyncio.to_thread(obs.start)
            while not reading.done():
                await asyncio.to_thread(obs.put_colour, "Game", GREEN)
                await asyncio.wait([reading], timeout=0.5)
            await reading
        return source

    source = asyncio.run(main())
    assert (source.states[0], source.states[1], source.state) == ("capturing", "lost", "capturing")
    obs.remove("Game")


def test_a_source_that_is_renamed_is_waited_for(obs: ObsStudio) -> None:
    obs.add_colour("Game", RED)

    async def main() -> None:
        async with opened("obs:Game", None, settings_of(obs)) as source:
            await source.frame_where(shows(RED))
            await asyncio.to_thread(obs.ask, "SetInputName", inputName="Game", newInputName="Play")
            reading = asyncio.create_task(source.frame_where(shows(GREEN)))
            await source.told(lambda: source.state == "waiting")
            assert "OBS has no source 'Game': there are 'Scene', " in str(source.statuses[-1][1])
            await asyncio.to_thread(obs.ask, "SetInputName", inputName="Play", newInputName="Game")
            await asyncio.to_thread(obs.set_colour, "Game", GREEN)
            await reading

    asyncio.run(main())
    obs.remove("Game")


def test_no_such_source(obs: ObsStudio) -> None:
    obs.add_colour("Game", RED)
    assert "OBS has no source 'Gmae': there are 'Scene', " in str(fail_to_open("obs:Gmae", settings_of(obs)))
    obs.remove("Game")


def test_a_wrong_password_and_none(obs: ObsStudio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAPTURE_DAEMON_OBS_PASSWORD", "wrong")
    told = f"OBS at {obs.address} refuses the password: take the one that it shows under Tools"
    assert told in str(fail_to_open("obs", settings_of(obs)))
    monkeypatch.delenv("CAPTURE_DAEMON_OBS_PASSWORD")
    assert "wants a password: put it into the environment" in str(fail_to_open("obs", settings_of(obs)))
    file = tmp_path / "password"
    with_file = SourceSettings(obs_address=obs.address, obs_password_file=file)
    error = fail_to_open("obs", with_file)
    assert isinstance(error, ConfigurationError)
    assert "source.obs_password_file" in str(error)
    file.write_text(f"{PASSWORD}\n", encoding="utf-8")

    async def main() -> None:
        async with opened("obs", None, with_file) as source:
            await source.frame()

    asyncio.run(main())


def test_no_obs() -> None:
    told = str(fail_to_open("obs:Game", SourceSettings(obs_address="ws://127.0.0.1:9")))
    assert "OBS does not answer at ws://127.0.0.1:9 (connection refused): start it, and switch it on in OBS" in told


@contextmanager
def standing_in(answer: Callable[[ServerConnection], None]) -> Iterator[str]:
    """A server in OBS's place, which does that with each connection; gives its address."""
    with serve(answer, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join(10)


def told_by(answer: Callable[[ServerConnection], None]) -> str:
    with standing_in(answer) as address:
        return str(fail_to_open("obs:Game", SourceSettings(obs_address=address)))


def answers(**found: object) -> Callable[[ServerConnection], None]:
    """A server that greets as OBS does, and gives each request that answer."""

    def answer(connection: ServerConnection) -> None:
        connection.send(json.dumps({"op": 0, "d": {"rpcVersion": 1}}))
        connection.recv(10)
        connection.send(json.dumps({"op": 2, "d": {}}))
        for text in connection:
            mark = json.loads(text)["d"]["requestId"]
            connection.send(json.dumps({"op": 7, "d": {"requestId": mark, **found}}))

    return answer


@pytest.mark.parametrize("text", ["hello", "[]", '{"op": 0}', '{"op": 0, "d": 3}', "\x00"])
def test_what_is_not_obs(text: str) -> None:
    assert "does not speak obs-websocket 5" in told_by(lambda connection: connection.send(text))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({"result": False, "code": 702}, "OBS has no picture of it now"),
        ({"result": False, "code": 602}, "has no picture, as sources of sound have none"),
        ({"result": False, "code": 207}, "OBS is still starting"),
        ({"result": False, "code": 500, "comment": "odd"}, "OBS refuses to give a picture (500 odd)"),
        ({"result": True}, "a picture that can't be decoded"),
        ("no", "without saying how it went"),
    ],
)
def test_refusals(status: object, told: str) -> None:
    assert told in told_by(answers(requestStatus=status))


def large_png() -> str:
    """The head of a picture of 8000x8000 pixels, in base64."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 8000, 8000, 8, 2, 0, 0, 0)
    chunks = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + struct.pack(">I", 0) + b"IDAT"
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + chunks).decode()


def test_a_picture_that_is_too_large_or_none() -> None:
    for data, told in (
        ("data:image/jpg;base64,%%", "can't be decoded"),
        (f"x,{large_png()}", "source.max_pixels allows"),
    ):
        answer = answers(requestStatus={"result": True}, responseData={"imageData": data})
        assert told in told_by(answer)


def test_one_that_never_answers_is_let_go_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture_daemon.capture.obs_websocket.ANSWER_LIMIT", 1.0)

    def keep_quiet(connection: ServerConnection) -> None:
        for _ in connection:
            pass

    assert "it gave no answer within 1 s" in told_by(keep_quiet)
