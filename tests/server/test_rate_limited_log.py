from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from capture_daemon.server.rate_limited_log import AT_ONCE, INTERVAL, RateLimitedLog
from tests.server.helpers import UPGRADE, room, token_file


def test_a_few_at_once_then_one_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    now = 100.0
    sparing = RateLimitedLog(logging.getLogger("sparing"), lambda: now)
    with caplog.at_level(logging.INFO):
        assert [sparing.log(logging.INFO, "refused %s", number) for number in range(20)].count(True) == AT_ONCE
        now += INTERVAL
        assert sparing.log(logging.INFO, "refused %s", "again")
        assert not sparing.log(logging.INFO, "refused %s", "again")
        now += 100 * INTERVAL
        assert [sparing.log(logging.INFO, "refused %s", number) for number in range(20)].count(True) == AT_ONCE
    assert caplog.messages[AT_ONCE] == f"refused again (and {20 - AT_ONCE} more like it before)"


@pytest.mark.parametrize("header", ["Authorization: Bearer wrong-{}", "Origin: https://evil-{}.example"])
def test_who_knocks_on_and_on_fills_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture, header: str) -> None:
    async def main() -> None:
        async with room(tmp_path, token_file=token_file(tmp_path)) as place:
            for number in range(60):
                answer = await place.raw("Host: localhost", header.format(number), *UPGRADE)
                assert answer.split()[1] in ("401", "403")
            assert place.server.refused == 60

    with caplog.at_level(logging.INFO):
        asyncio.run(main())
    assert 1 <= len([message for message in caplog.messages if message.startswith("refused")]) <= AT_ONCE + 2


def test_wrong_tokens_in_messages_fill_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with room(tmp_path, token_file=token_file(tmp_path)) as place:
            for _ in range(30):
                async with place.client() as client:
                    await client.send('{"type": "auth", "token": "wrong"}')
                    await client.wait_closed()
                    assert client.close_code == 1008

    with caplog.at_level(logging.INFO):
        asyncio.run(main())
    assert 1 <= len([message for message in caplog.messages if "token is wrong" in message]) <= AT_ONCE + 1
