from __future__ import annotations

import cv2
import numpy as np
import pytest

from capture_daemon.errors import SourceError
from capture_daemon.pictures.encoding import to_jpeg
from tests.pictures.drawing import whole


def test_a_jpeg_shows_the_picture() -> None:
    picture = whole(1)
    shown = cv2.imdecode(np.frombuffer(to_jpeg(picture), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert np.abs(shown.astype(int) - picture[:, :, :3]).mean() < 4


def test_what_no_jpeg_can_hold() -> None:
    with pytest.raises(SourceError, match="70000x1 can't be encoded"):
        to_jpeg(np.zeros((1, 70_000, 3), np.uint8))
