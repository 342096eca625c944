"""The worker's process, without the daemon that starts it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from capture_daemon.config.models import OcrTable
from capture_daemon.ocr import messages

REQUEST = messages.picture_message(np.zeros((40, 200, 3), np.uint8), None)


@pytest.mark.parametrize(
    "length",
    [0, messages.LENGTHS.size - 1, messages.LENGTHS.size, messages.LENGTHS.size + 9, len(REQUEST) - 1],
    ids=["before", "in the lengths", "behind them", "in the header", "in the picture"],
)
def test_it_ends_if_the_daemon_is_killed_in_the_middle_of_a_request(length: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "capture_daemon.ocr.child", OcrTable().model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.communicate(REQUEST[:length], timeout=30)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait(10)
