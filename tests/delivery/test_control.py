from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection

from tests.delivery.helpers import WAIT, StandInControls, room


async def ask(client: ClientConnection, **request: Any) -> Any:
    await client.send(json.dumps(request))
    return json.loads(await asyncio.wait_for(client.recv(), WAIT))


def test_a_status_is_answered(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, controls=StandInControls()) as place, place.client("/v1/control") as client:
            assert await ask(client, id=1, do="status") == {"id": 1, "ok": True, "paused": False}
            answer = await ask(client, id="a", do="sleep")
            assert (answer["id"], answer["ok"]) == ("a", False)
            assert "unknown request" in answer["error"]

    asyncio.run(main())
