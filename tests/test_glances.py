"""What is read at glances at whole pictures, and what isn't read again."""

from __future__ import annotations

import asyncio

import numpy as np

from capture_daemon.frames import Box, ColourImage
from capture_daemon.glances import Glances
from capture_daemon.reading.sightings import SeenRow
from tests import looking


def picture(text: str) -> ColourImage:
    return np.repeat(looking.picture(text)[:, :, None], 3, axis=2)


def glance(looker: looking.Looker, *pictures: ColourImage) -> list[list[SeenRow]]:
    async def main() -> list[list[SeenRow]]:
        glances = Glances(looker)
        return [await glances.at(one) for one in pictures]

    return asyncio.run(main())


def test_rows_are_read_with_their_places() -> None:
    [[row]] = glance(looking.Looker(), picture(looking.TEXTS[0]))
    assert (row.text, row.confidence) == (looking.TEXTS[0], 0.99)
    assert row.box.height > 15


def test_a_picture_that_did_not_change_is_not_looked_at_again() -> None:
    looker = looking.Looker()
    first, second = glance(looker, picture(looking.TEXTS[0]), picture(looking.TEXTS[0]))
    assert first == second
    assert (looker.looks, looker.rows) == (1, 1)


def test_a_row_that_did_not_change_is_not_read_again() -> None:
    elsewhere = picture(looking.TEXTS[0])
    elsewhere[180:, 600:] = 90  # too dark to be found, but not as it was
    looker = looking.Looker()
    first, second = glance(looker, picture(looking.TEXTS[0]), elsewhere)
    assert [row.text for row in first] == [row.text for row in second]
    assert (looker.looks, looker.rows) == (2, 1)


def test_another_text_is_read() -> None:
    rows = glance(looking.Looker(), *(picture(text) for text in (*looking.TEXTS, "")))
    assert [[row.text for row in seen] for seen in rows] == [[looking.TEXTS[0]], [looking.TEXTS[1]], []]


def test_where_nothing_can_be_read_it_is_not_tried_every_time() -> None:
    looker = looking.Looker()
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
        seen = [await Glances(looking.Looker()).at(picture(looking.TEXTS[1]), 30.0, place) for place in (here, there)]
        return seen[0][0].text, seen[1][0].text

    assert asyncio.run(main()) == (looking.TEXTS[1], "")
