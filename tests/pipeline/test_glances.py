"""What is read at glances at whole pictures, and what isn't read again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr.engine import FoundBox, RowImage, RowText
from capture_daemon.pipeline.glances import Glances, columns_of
from capture_daemon.reading.sightings import SeenRow
from tests import looking


def picture(text: str) -> ColourImage:
    return np.repeat(looking.picture(text)[:, :, None], 3, axis=2)


def glance(looker: looking.OcrBackend, *pictures: ColourImage) -> list[list[SeenRow]]:
    async def main() -> list[list[SeenRow]]:
        glances = Glances(looker)
        return [await glances.at(one) for one in pictures]

    return asyncio.run(main())


def test_rows_are_read_with_their_places() -> None:
    [[row]] = glance(looking.OcrBackend(), picture(looking.TEXTS[0]))
    assert (row.text, row.confidence) == (looking.TEXTS[0], 0.99)
    assert row.box.height > 15


def test_a_picture_that_did_not_change_is_not_looked_at_again() -> None:
    looker = looking.OcrBackend()
    first, second = glance(looker, picture(looking.TEXTS[0]), picture(looking.TEXTS[0]))
    assert first == second
    assert (looker.looks, looker.rows) == (1, 1)


def test_a_row_that_did_not_change_is_not_read_again() -> None:
    elsewhere = picture(looking.TEXTS[0])
    elsewhere[180:, 600:] = 90  # too dark to be found, but not as it was
    looker = looking.OcrBackend()
    first, second = glance(looker, picture(looking.TEXTS[0]), elsewhere)
    assert [row.text for row in first] == [row.text for row in second]
    assert (looker.looks, looker.rows) == (2, 1)


def test_another_text_is_read() -> None:
    rows = glance(looking.OcrBackend(), *(picture(text) for text in (*looking.TEXTS, "")))
    assert [[row.text for row in seen] for seen in rows] == [[looking.TEXTS[0]], [looking.TEXTS[1]], []]


def test_where_nothing_can_be_read_it_is_not_tried_every_time() -> None:
    looker = looking.OcrBackend()
    pictures = [picture("unknown") for _ in range(8)]
    for number, one in enumerate(pictures):
        one[80:110, 45 : 45 + 10 * number] = 120  # it is found in the same place, and looks different each time
        one[90:92, 40:300] = 200
    seen = glance(looker, *pictures)
    assert looker.rows < len(pictures)
    assert not any(row.text for rows in seen for row in rows)


def test_short_rows_elsewhere_are_not_read_once_the_place_is_known() -> None:
    async def main() -> tuple[str, str]:
        here, there = Box(0, 60, 640, 80), Box(0, 0, 640, 30)
        seen = [
            await Glances(looking.OcrBackend()).at(picture(looking.TEXTS[1]), 30.0, place) for place in (here, there)
        ]
        return seen[0][0].text, seen[1][0].text

    assert asyncio.run(main()) == (looking.TEXTS[1], "")


class Columns:
    """Finds the same pieces whatever the picture, and knows what stands in columns by their height."""

    def __init__(self, *pieces: Box, texts: dict[int, str]) -> None:
        self.pieces = pieces
        self.read_rows: list[RowImage] = []
        self._texts = texts

    async def find(self, picture: ColourImage, scale: float | None = None) -> list[FoundBox]:
        return [FoundBox(piece, 0.9) for piece in self.pieces]

    async def read(self, rows: Sequence[RowImage]) -> list[RowText]:
        self.read_rows += rows
        texts = [self._texts.get(row.row.width, "") if row.column else "" for row in rows]
        return [RowText(text, 0.95 if text else 0.3) for text in texts]


FIRST, SECOND, LABEL = Box(500, 20, 30, 150), Box(450, 20, 30, 90), Box(20, 10, 90, 24)
TEXTS = {150: "昔々この山", 90: "小さな"}


def moving(count: int) -> list[ColourImage]:
    """Pictures that look different each time, everywhere."""
    return [np.full((200, 640, 3), 20 + 40 * number, np.uint8) for number in range(count)]


def glance_at(looker: Columns, count: int) -> list[list[SeenRow]]:
    async def main() -> list[list[SeenRow]]:
        glances = Glances(looker)
        return [await glances.at(one) for one in moving(count)]

    return asyncio.run(main())


def test_columns_are_read_as_columns_beside_rows() -> None:
    looker = Columns(FIRST, SECOND, LABEL, texts=TEXTS)
    for seen in glance_at(looker, 2):
        assert [(row.box, row.text) for row in seen if row.column] == [(FIRST, TEXTS[150]), (SECOND, TEXTS[90])]
        assert [row.box for row in seen if not row.column] == [LABEL]
    column = next(row for row in looker.read_rows if row.column)
    assert (column.row.width, column.row.height) == (150, 30)
    assert column.pixels.shape[1] > column.pixels.shape[0]


def test_once_text_is_known_to_run_in_columns_it_need_not_be_most_of_what_stands() -> None:
    looker = Columns(FIRST, texts=TEXTS)
    menu = Box(20, 100, 400, 60)

    async def main() -> list[SeenRow]:
        glances = Glances(looker)
        first, second = moving(2)
        await glances.at(first)
        looker.pieces = (FIRST, menu)
        return await glances.at(second)

    assert [row.box for row in asyncio.run(main()) if row.column] == [FIRST]


def test_tall_shapes_are_tried_as_columns_once_in_each_place() -> None:
    looker = Columns(FIRST, SECOND, texts={})
    seen = glance_at(looker, 5)
    assert sum(row.column for row in looker.read_rows) == 2
    assert not any(row.column for rows in seen for row in rows)


def test_tall_shapes_beside_more_text_in_rows_are_not_tried() -> None:
    looker = Columns(SECOND, Box(20, 100, 400, 40), texts=TEXTS)
    glance_at(looker, 2)
    assert not any(row.column for row in looker.read_rows)


def test_columns_that_did_not_change_are_not_read_again() -> None:
    looker = Columns(FIRST, texts=TEXTS)
    still, elsewhere = moving(1)[0], moving(1)[0]
    elsewhere[150:, :200] = 90

    async def main() -> tuple[int, list[SeenRow]]:
        glances = Glances(looker)
        await glances.at(still)
        count = len(looker.read_rows)
        return count, await glances.at(elsewhere)

    count, seen = asyncio.run(main())
    assert [row.text for row in seen] == [TEXTS[150]]
    assert len(looker.read_rows) == count


def test_single_characters_at_a_columns_end_belong_to_it() -> None:
    end, far, plate = Box(501, 180, 28, 30), Box(300, 20, 30, 30), Box(440, 2, 90, 34)
    assert columns_of([end, FIRST, far, plate], [FIRST]) == [Box(500, 20, 30, 190)]
    assert columns_of([SECOND, FIRST], [FIRST, SECOND]) == [FIRST, SECOND]
    assert columns_of([end], []) == []
