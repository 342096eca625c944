"""Whatever is sent to the routes: none of it brings the server down, and others are served all the while."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.server.helpers import (
    TOKEN,
    UPGRADE,
    WAIT,
    Room,
    StandInControls,
    StandInPages,
    examples,
    receive_lines,
    room,
    token_file,
)

DOORS = ["/", "/v1/lines", "/v1/control"]
fuzzed = settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
requests = st.fixed_dictionaries(
    {},
    optional={
        "id": values,
        "do": st.sampled_from(["pause", "resume", "status", "frame", "set_region", "auth"]) | values,
        "type": st.just("auth") | values,
        "token": st.just(TOKEN) | values,
        "region": values,
        "box": values,
        "save": values,
    },
)
messages = st.one_of(
    st.text(max_size=200),
    st.binary(max_size=200),
    requests.map(json.dumps),
    values.map(json.dumps),
    st.integers(4000, 6000).map(lambda size: "x" * size),
    st.integers(1, 4000).map(lambda depth: "[" * depth),
)


class Bench:
    """A room that stays the same over many examples, and one client who listens all the while."""

    def __init__(self, runner: asyncio.Runner, place: Room, listener: ClientConnection) -> None:
        self.place = place
        self._runner = runner
        self._listener = listener

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something bad, then see that a line still reaches the one who listens."""

        async def both() -> None:
            await work
            said = await self.place.say("Still here.")
            assert await receive_lines(self._listener, 1) == said

        self._runner.run(both())


@contextmanager
def bench(folder: Path, caplog: pytest.LogCaptureFixture, **options: Any) -> Iterator[Bench]:
    async def begin(stack: AsyncExitStack) -> tuple[Room, ClientConnection]:
        place = await stack.enter_async_context(
            room(folder, controls=StandInControls(), pages=StandInPages(), **options)
        )
        headers = {"Authorization": f"Bearer {TOKEN}"}
        return place, await stack.enter_async_context(place.client(additional_headers=headers))

    with caplog.at_level(logging.INFO), asyncio.Runner() as runner:
        stack = AsyncExitStack()
        place, listener = runner.run(begin(stack))
        try:
            yield Bench(runner, place, listener)
        finally:
            runner.run(stack.aclose())
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def send_all(place: Room, path: str, sent: list[str | bytes]) -> tuple[int | None, str | None]:
    """Send messages to a route; the close code if it was closed for one of them."""
    async with place.client(path) as client:
        try:
            for message in sent:
                await client.send(message)
            await asyncio.wait_for(await client.ping(), WAIT)
        except ConnectionClosed:
            return client.close_code, client.close_reason
    return None, None


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("guarded", [False, True])
def test_messages(tmp_path: Path, path: str, guarded: bool, caplog: pytest.LogCaptureFixture) -> None:
    options = {"token_file": token_file(tmp_path)} if guarded else {}
    with bench(tmp_path, caplog, **options) as place:

        @fuzzed
        @given(st.lists(messages, min_size=1, max_size=5))
        def check(sent: list[str | bytes]) -> None:
            async def work() -> None:
                code, reason = await send_all(place.place, path, sent)
                assert code in (None, 1007, 1008, 1009)
                assert code != 1008 or reason
                if path == "/" and not guarded and all(len(message) <= 1000 for message in sent):
                    assert code in (None, 1007)

            place.run(work())

        check()


def frame(opcode: int, payload: bytes, *, final: bool, masked: bool, claimed: int | None) -> bytes:
    """A WebSocket frame, as wrong as one likes."""
    size = len(payload) if claimed is None else claimed
    bit = 0x80 if masked else 0
    head = bytes([opcode | (0x80 if final else 0)])
    if size < 126:
        head += bytes([size | bit])
    elif size < 65536:
        head += bytes([126 | bit]) + size.to_bytes(2, "big")
    else:
        head += bytes([127 | bit]) + size.to_bytes(8, "big")
    return head + (bytes(4) if masked else b"") + payload


frames = st.builds(
    frame,
    st.integers(0, 0x7F),
    st.binary(max_size=300),
    final=st.booleans(),
    masked=st.booleans(),
    claimed=st.none() | st.sampled_from([0, 125, 126, 4096, 4097, 65536, 2**40, 2**63]),
)


async def throw(place: Room, data: bytes) -> None:
    """Send bytes and go, after having heard what comes at once."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    with suppress(ConnectionError):
        writer.write(data)
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.read(4096), 0.02)
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize("path", DOORS)
def test_frames(tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with bench(tmp_path, caplog) as place:
        handshake = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *UPGRADE, "", ""]).encode()

        @fuzzed
        @given(st.lists(frames | st.binary(max_size=50), min_size=1, max_size=4))
        def check(sent: list[bytes]) -> None:
            place.run(throw(place.place, handshake + b"".join(sent)))

        check()


targets = st.one_of(
    st.sampled_from([*DOORS, "/healthz", "/metrics", "/v1/lines?after=1&stream=x", "*", "//", "http://localhost/"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60).map(lambda text: f"/{text}"),
    st.text(max_size=40).map(lambda text: f"/v1/lines?after={text}"),
)
names = st.sampled_from(
    ["Host", "Origin", "Upgrade", "Connection", "Authorization", "Sec-WebSocket-Key", "Content-Length"]
)
header = st.tuples(names | st.text(max_size=12), st.text(max_size=60)).map(lambda pair: f"{pair[0]}: {pair[1]}")


def test_requests(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with bench(tmp_path, caplog, token_file=token_file(tmp_path)) as place:

        @fuzzed
        @given(
            method=st.sampled_from(["GET", "HEAD", "POST", "PRI", ""]) | st.text(max_size=8),
            target=targets,
            headers=st.lists(header | st.sampled_from([*UPGRADE, "Host: localhost"]), max_size=10),
            tail=st.binary(max_size=40),
        )
        def check(method: str, target: str, headers: list[str], tail: bytes) -> None:
            lines = [f"{method} {target} HTTP/1.1", *headers, "", ""]
            place.run(throw(place.place, "\r\n".join(lines).encode("utf-8", "surrogatepass") + tail))

        check()


def test_bytes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with bench(tmp_path, caplog) as place:

        @fuzzed
        @given(st.binary(max_size=300))
        def check(data: bytes) -> None:
            place.run(throw(place.place, data))

        check()
