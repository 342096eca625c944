from __future__ import annotations

import importlib.util

import cv2
import numpy as np
import pytest

from capture_daemon.errors import ModelError
from capture_daemon.frames import Box, GreyImage
from capture_daemon.ocr.detection import Detector


def test_rows_are_found_where_they_stand() -> None:
    picture: GreyImage = np.full((720, 1280), 40, np.uint8)
    for top, text in ((560, "Hello, this is the first row"), (610, "and this the second.")):
        cv2.putText(picture, text, (150, top + 30), cv2.FONT_HERSHEY_DUPLEX, 1.0, [255], 2, cv2.LINE_AA)
    rows = sorted(Detector(1).find(picture), key=lambda row: row.top)
    assert len(rows) == 2
    for row, top in zip(rows, (560, 610), strict=True):
        assert abs(row.left - 150) < 20
        assert row.intersection(Box(150, top + 8, 300, 22)) == Box(150, top + 8, 300, 22)


def test_an_empty_picture_has_no_rows() -> None:
    assert Detector(1).find(np.zeros((300, 400), np.uint8)) == []


def test_a_missing_detector_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r"PP-OCRv6_det_small.*--region"):
        Detector()
