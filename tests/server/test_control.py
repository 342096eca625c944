"""The control route: every request that carries an `id` is answered, whatever else is in it."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosedError

from capture_daemon.errors import SourceError
from tests.server.helpers import WAIT, StandInControls, room


class Unwilling(StandInControls):
    async def pause(self) -> None:
        raise SourceError("the display is gone")


async def ask(client: ClientConnection, **request: Any) -> Any:
    await client.send(json.dumps(request))
    return json.loads(await asyncio.wait_for(client.recv(), WAIT))


def test_each_request_is_answered(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, controls=StandInControls()) as place, place.client("/v1/control") as client:
            assert await ask(client, id=1, do="status") == {"id": 1, "ok": True, "paused": False}
            assert await ask(client, id=2, do="pause") == {"id": 2, "ok": True}
            assert await ask(client, id=None, do="resume") == {"id": None, "ok": True}
            frame = await ask(client, id={"a": [1]}, do="frame")
            assert base64.b64decode(frame.pop("png")) == b"\x89PNG"
            regions = {"dialogue": [1, 2, 3, 4], "speaker": None}
            assert frame == {"id": {"a": [1]}, "ok": True, "size": [64, 48], "regions": regions}
            answer = await ask(client, id=5, do="set_region", region="dialogue", box="1,2,3,4")
            assert answer == {"id": 5, "ok": True, "region": "dialogue", "box": "1,2,3,4", "saved": False}
            traced = await ask(client, id=6, do="trace")
            assert traced == {"id": 6, "ok": True, "records": [{"type": "decision", "verdict": "came"}]}

    asyncio.run(main())


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({"do": "sleep"}, "unknown request: do may be pause, resume, status, frame, set_region, trace"),
        ({}, "unknown request"),
        ({"do": ["pause"]}, "unknown request"),
        ({"do": "set_region"}, "set_region looks like"),
        ({"do": "set_region", "region": "dialogue", "box": [1, 2, 3, 4]}, "set_region looks like"),
        ({"do": "set_region", "region": "dialogue", "box": "1,2,3,4", "save": 1}, "set_region looks like"),
        ({"do": "pause"}, "the display is gone"),
        ({"do": "frame", "format": "gif"}, "frame may have"),
        ({"do": "frame", "box": [1, 2, 3, 4]}, "frame may have"),
        ({"do": "frame", "scale": 0}, "frame may have"),
        ({"do": "frame", "scale": True}, "frame may have"),
    ],
)
def test_what_cannot_be_done_is_told_and_the_talk_goes_on(tmp_path: Path, request_: dict[str, Any], error: str) -> None:
    async def main() -> None:
        async with room(tmp_path, controls=Unwilling()) as place, place.client("/v1/control") as client:
            answer = await ask(client, id="a", **request_)
            assert (answer["id"], answer["ok"], answer["code"]) == ("a", False, 3 if "display" in error else 2)
            assert answer["error"].startswith(error)
            assert (await ask(client, id="b", do="status"))["ok"]

    asyncio.run(main())


@pytest.mark.parametrize("message", ["pause", "[1]", '{"do": "pause"}', '{"id": NaN}', "\x00", b"\xff", "[" * 4000])
def test_what_is_no_request_closes_with_1008(tmp_path: Path, message: str | bytes) -> None:
    async def main() -> None:
        async with room(tmp_path, controls=StandInControls()) as place, place.client("/v1/control") as client:
            await client.send(message)
            with pytest.raises(ConnectionClosedError) as closed:
                await asyncio.wait_for(client.recv(), WAIT)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
            assert "not a request" in closed.value.rcvd.reason

    asyncio.run(main())
