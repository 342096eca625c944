from __future__ import annotations

import asyncio
import time

import pytest

from capture_daemon.llm.completion.allowance import Allowance, Limits, SpentError


def test_so_many_requests_and_no_more() -> None:
    async def main() -> None:
        allowance = Allowance(Limits(requests=2))
        await allowance.before_request()
        await allowance.before_request()
        with pytest.raises(SpentError):
            await allowance.before_request()
        assert allowance.requests == 2

    asyncio.run(main())


def test_so_many_a_minute() -> None:
    async def main() -> float:
        allowance = Allowance(Limits(requests_a_minute=600))
        began = time.monotonic()
        await asyncio.gather(*(allowance.before_request() for _ in range(6)))
        return time.monotonic() - began

    assert asyncio.run(main()) >= 0.49


def test_what_is_held_counts_until_it_is_settled() -> None:
    allowance = Allowance(Limits(tokens=100))
    allowance.hold(60)
    with pytest.raises(SpentError):
        allowance.hold(60)
    allowance.settle(60, 30)
    allowance.hold(60)
    assert allowance.tokens == 90
