from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from capture_daemon.config.models import ServerTable
from capture_daemon.errors import AddressError
from capture_daemon.records import Gap, Hello, Partial, Status
from capture_daemon.server import server as server_module
from capture_daemon.server.channels import PAUSE_SECONDS
from capture_daemon.server.server import Server
from tests.server.helpers import (
    TOKEN,
    UPGRADE,
    WAIT,
    closed,
    listening,
    receive,
    receive_lines,
    refused,
    room,
    token_file,
    until,
)


def test_hello_statuses_and_lines_from_the_beginning(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            place.feed.set_status(Status(what="source", state="capturing"))
            said = await place.say("one", "two.", "three.")
            async with place.client("/v1/lines?after=1") as client:
                hello = Hello(stream=place.log.stream, oldest=1, latest=3, version="0.1.0")
                assert await receive(client) == hello
                assert await receive(client) == Status(what="source", state="capturing")
                assert await receive_lines(client, 2) == said[1:]
                said = await place.say("four.")
                assert await receive_lines(client, 1) == said

    asyncio.run(main())


def test_without_after_only_what_comes(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            await place.say("one.")
            async with place.client() as client:
                assert isinstance(await receive(client), Hello)
                said = await place.say("two.")
                assert await receive(client) == said[0]

    asyncio.run(main())


def test_another_stream_is_a_gap(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            said = await place.say("one.")
            async with place.client("/v1/lines?after=7&stream=0123456789ab") as client:
                await receive(client)
                assert await receive(client) == Gap(first=8, last=8, reason="stream")
                assert await receive(client) == said[0]

    asyncio.run(main())


@pytest.mark.parametrize("path", ["/", "/api/ws/text/origin"])
def test_texthooker_pages_get_sentences_and_nothing_else(tmp_path: Path, path: str) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            await place.say("Before.")
            place.feed.set_status(Status(what="source", state="capturing"))
            async with place.client(path) as client:
                await client.send("ignored")
                await client.send(b"x" * 4096)
                await listening(place, 1)
                place.feed.set_status(Status(what="source", state="lost"))
                place.feed.publish_partial(Partial(speaker=None, text="Hi", time="", region="dialogue"))
                (said,) = await place.say("Hi there!")
                message = json.loads(await asyncio.wait_for(client.recv(), WAIT))
                assert message == {"sentence": "Hi there!", "speaker": "Sylvie", "time": said.time, "seq": 2}

    asyncio.run(main())


def test_texthooker_pages_are_spared_pauses(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place, place.client("/") as client:
            await listening(place, 1)
            loop = asyncio.get_running_loop()
            await place.say("Well,")
            await place.say("Well, yes.", replaces=1)
            assert json.loads(await asyncio.wait_for(client.recv(), WAIT))["sentence"] == "Well, yes."
            begin = loop.time()
            await place.say("And so")
            message = json.loads(await asyncio.wait_for(client.recv(), WAIT))
            assert message["sentence"] == "And so"
            assert loop.time() - begin > PAUSE_SECONDS * 0.9
            await place.say("And so on.", replaces=3)
            message = json.loads(await asyncio.wait_for(client.recv(), WAIT))
            assert (message["sentence"], message["replaces"]) == ("And so on.", 3)

    asyncio.run(main())


def test_partials_when_asked_for(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place, place.client("/v1/lines?partials=1") as client:
            await receive(client)
            assert place.feed.wants_partials
            partial = Partial(speaker="Sylvie", text="Hi the", time="2026-11-22T15:20:11.123+00:00", region="dialogue")
            place.feed.publish_partial(partial)
            assert await receive(client) == partial
            await client.close()
            await until(lambda: not place.feed.wants_partials)

    asyncio.run(main())


def test_the_port_is_served_on_both_loopback_addresses(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            for host in ("127.0.0.1", "localhost", "[::1]"):
                if host == "[::1]" and not socket.has_dualstack_ipv6():
                    continue
                async with connect(f"ws://{host}:{place.port}/v1/lines", proxy=None) as client:
                    assert isinstance(await receive(client), Hello)
                    assert client.protocol.extensions == []

    asyncio.run(main())


def test_refusals_are_readable(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, origins=("https://example.org",)) as place:
            assert (await refused(place, "/v1/lines?after=x"))[0] == 400
            assert (await refused(place, "/v1/control"))[0] == 404
            status, said = await refused(place, origin="https://evil.example")
            assert status == 403
            assert "server.origins" in said
            assert (await refused(place, "/", origin="null"))[0] == 403
            for origin in ("https://example.org", f"http://localhost:{place.port}"):
                async with place.client(origin=origin) as client:
                    await receive(client)

    asyncio.run(main())


def test_refusals_are_counted(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            for count in (1, 2):
                assert (await place.get("/nowhere")).status == 404
                assert place.server.refused == count

    asyncio.run(main())


def test_only_what_clients_cannot_cause_is_logged_as_an_error(caplog: pytest.LogCaptureFixture) -> None:
    # The messages are those of websockets.
    library = logging.getLogger("capture_daemon.server.server.websockets")
    library.error("connection handler failed")
    library.error("opening handshake failed")
    library.info("connection rejected (403 Forbidden)")
    assert [record.getMessage() for record in caplog.records if record.name == library.name] == [
        "connection handler failed"
    ]


def test_handshakes_by_hand(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            assert (await place.raw("Host: localhost", *UPGRADE)).startswith("HTTP/1.1 101 ")
            twice = ("Origin: http://localhost", "Origin: http://localhost")
            assert (await place.raw("Host: localhost", *twice, *UPGRADE)).startswith("HTTP/1.1 400 ")
            assert (await place.raw("Host: evil.example", *UPGRADE)).startswith("HTTP/1.1 403 ")
            assert (await place.raw(*UPGRADE)).startswith("HTTP/1.1 403 ")
            plain = await place.raw("Host: localhost", request="GET / HTTP/1.1")
            assert plain.startswith("HTTP/1.1 426 ")
            assert "WebSocket" in plain
            assert (await place.raw("Host: localhost", request="GET /favicon.ico HTTP/1.1")).startswith("HTTP/1.1 404 ")
            await place.raw("Host: localhost", request="POST / HTTP/1.1")
            await place.raw(request="\x16\x03\x01 nonsense")
            async with place.client() as client:
                assert isinstance(await receive(client), Hello)

    with caplog.at_level(logging.INFO):
        asyncio.run(main())
    assert "Traceback" not in caplog.text
    assert [
        record for record in caplog.records if record.levelno > logging.INFO and "refused" not in record.message
    ] == []


def test_half_a_handshake_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with room(tmp_path) as place:
            idle = await asyncio.open_connection("127.0.0.1", place.port)
            half = await asyncio.open_connection("127.0.0.1", place.port)
            half[1].write(b"GET /v1/lines HTTP/1.1\r\nHost: loc")
            await asyncio.sleep(0.1)
            begin = loop.time()
        assert loop.time() - begin < 2
        for reader, writer in (idle, half):
            # A connection of which something was not read yet ends with a reset.
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()

    asyncio.run(main())


def test_half_a_handshake_is_cut_off_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server_module.HANDSHAKE_LIMIT == 10
    monkeypatch.setattr(server_module, "HANDSHAKE_LIMIT", 0.2)

    async def main() -> None:
        async with room(tmp_path) as place:
            reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
            writer.write(b"GET /v1/lines HTTP/1.1\r\n")
            assert await asyncio.wait_for(reader.read(), WAIT) == b""
            writer.close()

    asyncio.run(main())


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_other_machines_need_a_token(tmp_path: Path, host: str) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            with pytest.raises(AddressError, match=r"server\.token_file"):
                await Server(place.feed, ServerTable(host=host, port=0), "0.1.0").start()

    asyncio.run(main())


def test_all_addresses_with_a_token(tmp_path: Path) -> None:
    """The server answers to the address that a client has reached, without its being listed."""

    async def main() -> None:
        file = token_file(tmp_path)
        async with room(tmp_path, host="0.0.0.0", token_file=file) as place:
            assert place.server.address == f"ws://0.0.0.0:{place.port}"
            headers = {"Authorization": f"Bearer {TOKEN}"}
            for address in ("127.0.0.1", "127.0.0.7"):
                url = f"ws://{address}:{place.port}/v1/lines"
                async with connect(url, proxy=None, additional_headers=headers) as client:
                    assert isinstance(await receive(client), Hello)
            with pytest.raises(InvalidStatus) as caught:
                await connect(f"ws://127.0.0.7:{place.port}/", proxy=None, origin=Origin("http://127.0.0.8"))
            assert caught.value.response.status_code == 403

    asyncio.run(main())


@pytest.mark.parametrize("path", ["/", "/v1/lines"])
def test_large_messages_close_with_1009(tmp_path: Path, path: str) -> None:
    async def main() -> None:
        async with room(tmp_path) as place, place.client(path) as client:
            await client.send("x" * 5 * 1024)
            assert (await closed(client))[1] == 1009

    asyncio.run(main())


def test_unknown_messages_close_with_1008(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place, place.client() as client:
            await client.send("x" * 4096)
            _, code, reason = await closed(client)
            assert code == 1008
            assert "unknown message" in str(reason)

    asyncio.run(main())


def test_the_end_is_told_after_the_last_line(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path, history=10) as place:
            await place.say(*(f"line {number}." for number in range(300)))
            async with place.client("/v1/lines?after=0") as reader, place.client("/") as page:
                await listening(place, 2)
                await place.say("The end,")
                await place.server.close()
                assert [record.seq for record in await receive_lines(reader, 301)] == list(range(1, 302))
                assert (await closed(reader))[1:] == (1001, "the daemon stops")
                assert json.loads(await page.recv())["sentence"] == "The end,"
                assert (await closed(page))[1:] == (1001, "the daemon stops")

    asyncio.run(main())


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            with pytest.raises(AddressError, match=f"port {place.port} .* --port"):
                await Server(place.feed, ServerTable(port=place.port), "0.1.0").start()

    asyncio.run(main())


def test_a_server_that_never_started_closes(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:
            await Server(place.feed, ServerTable(port=0), "0.1.0").close()
            await place.server.close()

    asyncio.run(main())


def test_many_clients_all_get_every_line(tmp_path: Path) -> None:
    async def main() -> None:
        async with room(tmp_path) as place:

            async def read() -> list[int]:
                async with place.client("/v1/lines?after=0") as client:
                    return [record.seq for record in await receive_lines(client, 50)]

            readers = [asyncio.create_task(read()) for _ in range(50)]
            await place.say(*(f"line {number}." for number in range(50)))
            for numbers in await asyncio.gather(*readers):
                assert numbers == list(range(1, 51))

    asyncio.run(main())
