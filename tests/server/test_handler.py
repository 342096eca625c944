"""The token: shown in a header, as the first message, in the address; and what those get who don't have it."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection

from capture_daemon.records import Hello, Partial
from capture_daemon.server import handler
from capture_daemon.server.handler import token_in
from tests.server.helpers import (
    TOKEN,
    WAIT,
    Room,
    StandInControls,
    closed,
    receive,
    receive_lines,
    refused,
    room,
    token_file,
    until,
)

HEADER = {"Authorization": f"Bearer {TOKEN}"}
AUTH = json.dumps({"type": "auth", "token": TOKEN})
DOORS = ["/", "/api/ws/text/origin", "/v1/lines?after=0&partials=1", "/v1/control"]


async def works(place: Room, client: ClientConnection, path: str) -> None:
    """Check what a client of each route gets."""
    if path == "/v1/control":
        await client.send('{"id": 1, "do": "status"}')
        assert json.loads(await asyncio.wait_for(client.recv(), WAIT))["ok"] is True
    elif path.startswith("/v1/lines"):
        assert isinstance(await receive(client), Hello)
        await place.say("Hi!")
        assert (await receive_lines(client, 1))[0].text == "Hi!"
    else:
        await until(lambda: bool(place.feed._subscriptions))
        await place.say("Hi!")
        assert json.loads(await asyncio.wait_for(client.recv(), WAIT))["sentence"] == "Hi!"


@pytest.mark.parametrize("path", DOORS)
def test_a_token_in_a_header_and_as_the_first_message(tmp_path: Path, path: str) -> None:
    async def main() -> None:
        for options, first in (({"additional_headers": HEADER}, []), ({}, [AUTH])):
            async with (
                room(tmp_path / f"{len(first)}", controls=StandInControls(), token_file=token_file(tmp_path)) as place,
                place.client(path, **options) as client,
            ):
                for message in first:
                    await client.send(message)
                await works(place, client, path)

    asyncio.run(main())


def test_a_token_in_the_address(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, token_file=token_file(tmp_path)) as place:
            async with place.client(f"/?token={TOKEN}") as client:
                await works(place, client, "/")
            assert (await refused(place, "/?token=wrong"))[0] == 401
            assert (await refused(place, f"/v1/lines?token={TOKEN}"))[0] == 400
            assert (await refused(place, additional_headers={"Authorization": "Bearer wrong"}))[0] == 401
            assert place.server.refused == 3

    asyncio.run(main())


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ('{"type": "auth", "token": "wrong"}', "the token is wrong"),
        ('{"type": "auth", "token": "\\ud800"}', "the token is wrong"),
        ('{"type": "auth", "token": 1}', "the token comes first"),
        ('{"type": "auth"}', "the token comes first"),
        ('{"id": 1, "do": "pause"}', "the token comes first"),
        ("[" * 2000, "the token comes first"),
        (b"\xff", "the token comes first"),
    ],
)
def test_nothing_is_said_to_who_has_no_token(tmp_path: Path, path: str, first: str | bytes, reason: str) -> None:
    async def main() -> None:
        async with room(tmp_path, controls=StandInControls(), token_file=token_file(tmp_path)) as place:
            await place.say("a secret.")
            async with place.client(path) as client:
                await place.say("another secret.")
                place.feed.publish_partial(Partial(speaker=None, text="more", time="", region="dialogue"))
                assert not place.feed.wants_partials
                await client.send(first)
                heard, code, why = await closed(client)
                assert (heard, code) == ([], 1008)
                assert reason in str(why)

    asyncio.run(main())


@pytest.mark.parametrize("path", DOORS)
def test_a_token_that_is_late(tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert handler.TOKEN_LIMIT == 5
    monkeypatch.setattr(handler, "TOKEN_LIMIT", 0.2)

    async def main() -> None:
        async with room(tmp_path, controls=StandInControls(), token_file=token_file(tmp_path)) as place:
            async with place.client(path) as client:
                await place.say("a secret.")
                heard, code, why = await closed(client)
                assert (heard, code, why) == ([], 1008, "no token within 5 seconds")
            await until(lambda: place.server.clients == 0)

    asyncio.run(main())


def test_too_large_a_message_in_the_tokens_place(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, token_file=token_file(tmp_path)) as place, place.client() as client:
            await client.send("x" * 5 * 1024)
            assert (await closed(client))[:2] == ([], 1009)

    asyncio.run(main())


def test_the_end_while_a_token_is_waited_for(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with (
            room(tmp_path, controls=StandInControls(), token_file=token_file(tmp_path)) as place,
            place.client() as waiting,
            place.client("/v1/control", additional_headers=HEADER) as control,
        ):
            await until(lambda: len(place.server._handlers) == 2)
            begin = loop.time()
            await place.server.close()
            assert await closed(waiting) == ([], 1001, "the daemon stops")
            assert await closed(control) == ([], 1001, "the daemon stops")
            assert loop.time() - begin < 3

    asyncio.run(main())


def test_a_token_that_nobody_asked_for_does_no_harm(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, controls=StandInControls()) as place:
            for path in DOORS:
                async with place.client(path, additional_headers=HEADER) as client:
                    await client.send(AUTH)
                    await works(place, client, path)

    asyncio.run(main())


def test_no_log_tells_the_token(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with room(tmp_path, controls=StandInControls(), token_file=token_file(tmp_path)) as place:
            async with place.client(additional_headers=HEADER) as client:
                await receive(client)
            async with place.client(f"/?token={TOKEN}") as page:
                await works(place, page, "/")
            async with place.client() as client:
                await client.send(AUTH)
                await receive(client)
            nearly = TOKEN[:-1]
            assert (await refused(place, f"/?token={nearly}"))[0] == 401
            assert (await refused(place, additional_headers={"Authorization": f"Bearer {nearly}"}))[0] == 401
            async with place.client() as client:
                await client.send(json.dumps({"type": "auth", "token": nearly}))
                await closed(client)

    # The client's library tells all at debug level; what counts here is the server.
    logging.getLogger("websockets.client").setLevel(logging.INFO)
    with caplog.at_level(logging.DEBUG):
        asyncio.run(main())
    assert caplog.messages
    assert TOKEN[:10] not in caplog.text
    assert sum("the token is wrong" in message for message in caplog.messages) == 3


def test_messages_that_show_a_token() -> None:
    assert token_in(AUTH) == token_in(AUTH.encode()) == TOKEN
    for other in ("", "null", "[]", '{"type": "auth", "token": null}', '{"token": "x"}', b"\xff\xfe"):
        assert token_in(other) is None
