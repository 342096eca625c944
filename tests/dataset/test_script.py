from __future__ import annotations

import pytest

from capture_daemon.dataset.script import CaptureRun


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/home/somebody/videos/play.mkv", "play.mkv"),
        ("C:\\Videos\\play.mkv", "play.mkv"),
        ("play.mkv", "play.mkv"),
        ("screen:1", "screen:1"),
        ("rtsp://somebody:secret@host:554/live/", "live"),
        ("rtsp://somebody:secret@host", "host"),
        ("http://host/stream?token=secret", "stream"),
    ],
)
def test_a_recordings_name_says_nothing_about_the_machine(source: str, name: str) -> None:
    assert CaptureRun(stream="a", session="b", source=source).name == name
