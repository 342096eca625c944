from __future__ import annotations

import asyncio

import numpy as np
import pytest

from capture_daemon.frames import Box
from capture_daemon.pipeline.snapshot import texts_in
from tests import looking


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("box", [looking.DIALOGUE, Box(0, 0, *looking.SIZE)])
def test_what_stands_in_one_picture_is_read(channels: int, box: Box) -> None:
    grey = looking.picture(looking.TEXTS[0])
    picture = np.repeat(grey[:, :, None], channels, axis=2)
    assert asyncio.run(texts_in(picture, box, looking.OcrBackend())) == [looking.TEXTS[0]]


def test_an_empty_box_has_no_rows() -> None:
    picture = np.repeat(looking.picture("")[:, :, None], 3, axis=2)
    assert asyncio.run(texts_in(picture, looking.DIALOGUE, looking.OcrBackend())) == []
