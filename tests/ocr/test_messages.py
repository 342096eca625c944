import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.ocr import messages
from capture_daemon.ocr.engine import RowImage, RowText


def taken_apart(message: bytes) -> tuple[dict[str, object], bytes]:
    size = messages.LENGTHS.size
    header, body = messages.lengths(message[:size])
    assert len(message) == size + header + body
    return json.loads(message[size : size + header]), message[size + header :]


@pytest.mark.parametrize("shape", [(1, 1), (30, 1900), (40, 200)])
def test_a_row_arrives_as_it_was_sent(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (shape[0], shape[1] * 2), np.uint8)[:, ::2]
    row = messages.row_from(*taken_apart(messages.row_message(RowImage(pixels, False))))
    assert np.array_equal(row.pixels, pixels)
    assert row.light_on_dark is False


@given(st.text(), st.floats(0, 1))
def test_a_text_arrives_as_it_was_read(text: str, confidence: float) -> None:
    sent = RowText(text, confidence)
    assert messages.text_from(taken_apart(messages.text_message(sent))[0]) == sent


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of ours"):
        messages.lengths(b"Warning:")
