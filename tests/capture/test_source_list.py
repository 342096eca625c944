"""What could be captured, as a list to choose from."""

from __future__ import annotations

import sys

import pytest

from capture_daemon.capture.base import SourceSettings
from capture_daemon.capture.source_list import list_sources


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wayland is Linux's")
def test_in_a_wayland_session_the_screen_is_what_was_chosen_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    monkeypatch.delenv("DISPLAY", raising=False)
    settings = SourceSettings(obs_address="ws://127.0.0.1:1")
    assert [one.name for one in list_sources(settings).sources if one.kind == "screen"] == ["wayland"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the reason is that of X11")
def test_where_there_is_no_display_the_list_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    found = list_sources(SourceSettings(obs_address="ws://127.0.0.1:1"))
    assert "DISPLAY" in found.missing["screen"]
    assert "does not answer at ws://127.0.0.1:1" in found.missing["obs"]
