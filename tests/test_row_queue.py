from __future__ import annotations

import asyncio

import numpy as np

from capture_daemon.ocr.engine import RowImage
from capture_daemon.reading.events import Purpose, RowRequest
from capture_daemon.row_queue import CAPACITY, RowQueue

IMAGE = RowImage(np.zeros((8, 8), np.uint8))


def request(number: int, place: int, purpose: Purpose = "row") -> RowRequest:
    return RowRequest(number, (purpose, place), IMAGE)


def numbers(requests: list[RowRequest]) -> list[int]:
    return [request.number for request in requests]


def test_a_newer_request_takes_the_turn_of_an_older_one_for_the_same_place() -> None:
    async def main() -> None:
        queue = RowQueue(newest_wins=True)
        assert queue.put(request(1, 1)) == []
        assert queue.put(request(2, 2)) == []
        assert numbers(queue.put(request(3, 1))) == [1]
        assert numbers(await queue.take(4)) == [3, 2]

    asyncio.run(main())


def test_rows_come_before_what_is_still_being_typed() -> None:
    async def main() -> None:
        queue = RowQueue(newest_wins=True)
        for asked in (request(1, 1, "partial"), request(2, 1), request(3, 2, "name")):
            queue.put(asked)
        assert numbers(await queue.take(1)) == [2]
        assert numbers(await queue.take(4)) == [3, 1]

    asyncio.run(main())


def test_where_too_many_wait_the_oldest_is_given_up() -> None:
    queue = RowQueue(newest_wins=True)
    given_up = [gone for number in range(CAPACITY + 3) for gone in queue.put(request(number, number))]
    assert numbers(given_up) == [0, 1, 2]
    assert len(queue) == CAPACITY


def test_a_recording_keeps_every_request_in_order() -> None:
    async def main() -> None:
        queue = RowQueue(newest_wins=False)
        for number in range(2 * CAPACITY):
            assert queue.put(request(number, 1)) == []
        assert numbers(await queue.take(3)) == [0, 1, 2]
        assert len(queue) == 2 * CAPACITY - 3

    asyncio.run(main())


def test_taking_waits_for_a_request() -> None:
    async def main() -> None:
        queue = RowQueue(newest_wins=True)
        taking = asyncio.create_task(queue.take(4))
        await asyncio.sleep(0.01)
        assert not taking.done()
        queue.put(request(1, 1))
        assert numbers(await asyncio.wait_for(taking, 5)) == [1]

    asyncio.run(main())
