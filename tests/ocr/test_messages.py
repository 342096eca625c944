import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.frames import Box, ColourImage
from capture_daemon.ocr import messages
from capture_daemon.ocr.engine import Character, FoundBox, RowImage, RowText


def taken_apart(message: bytes) -> tuple[dict[str, object], bytes]:
    size = messages.LENGTHS.size
    header, body = messages.lengths(message[:size])
    assert len(message) == size + header + body
    return json.loads(message[size : size + header]), message[size + header :]


def noise(height: int, width: int, channels: int = 3) -> ColourImage:
    return np.random.default_rng(1).integers(0, 256, (height, width, channels), np.uint8)


@pytest.mark.parametrize("column", [False, True])
@pytest.mark.parametrize("shape", [(1, 1), (30, 1900), (40, 200)])
def test_a_row_arrives_as_it_was_sent(shape: tuple[int, int], column: bool) -> None:
    pixels = noise(shape[0], shape[1] * 2)[:, ::2]
    row = messages.request_from(*taken_apart(messages.row_message(RowImage(pixels, Box(3, 4, 20, 10), column))))
    assert isinstance(row, RowImage)
    assert np.array_equal(row.pixels, pixels)
    assert row.row == Box(3, 4, 20, 10)
    assert row.column is column


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("scale", [None, 0.4])
def test_a_picture_arrives_in_three_colours(channels: int, scale: float | None) -> None:
    pixels = noise(20, 30, channels)
    picture = messages.request_from(*taken_apart(messages.picture_message(pixels, scale)))
    assert isinstance(picture, messages.Picture)
    assert np.array_equal(picture.pixels, pixels[:, :, :3])
    assert picture.scale == scale


def test_boxes_arrive_as_they_were_found() -> None:
    found = [FoundBox(Box(1, 2, 30, 4), 0.875), FoundBox(Box(0, 20, 300, 24), 1.0)]
    assert messages.boxes_from(taken_apart(messages.boxes_message(found))[0]) == found
    assert messages.boxes_from(taken_apart(messages.boxes_message([]))[0]) == []


@given(st.text(), st.integers(0, 10_000))
def test_a_text_arrives_as_it_was_read(text: str, likely: int) -> None:
    characters = tuple(Character(letter, 2.5 * place, likely / 10_000) for place, letter in enumerate(text))
    sent = RowText(text, likely / 10_000, characters)
    assert messages.text_from(taken_apart(messages.text_message(sent))[0]) == sent


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of ours"):
        messages.lengths(b"Warning:")
