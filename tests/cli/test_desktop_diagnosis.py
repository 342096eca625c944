"""What `doctor` says of what a session can show."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capture_daemon.capture import screen_choice
from capture_daemon.capture.screen_choice import ScreenChoice
from capture_daemon.cli.desktop_diagnosis import examine
from capture_daemon.config.models import Configuration
from tests.needs import needs_module
from tests.wayland_desktop import PORTAL, WaylandDesktop
from tests.x11_desktop import RED, X11Desktop

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there are no such sessions there")
Found = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """The states and texts of what is found under a title, for a configured source."""

    def states_and_texts(what: str, name: str = "clip.mkv") -> list[tuple[str, str]]:
        # Nothing listens at that address.
        source = {"name": name, "screen_choice_file": f"{tmp_path}/choice.json", "obs_address": "ws://127.0.0.1:9"}
        configuration = Configuration.model_validate({"source": source})
        return [(finding.state, finding.found) for finding in examine(configuration) if finding.what == what]

    return states_and_texts


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("nowhere")
def test_a_session_without_a_desktop(found: Found) -> None:
    [(state, text)] = found("display")
    assert (state, "found no display" in text) == ("note", True)
    assert found("display", "screen:1")[0][0] == "fault"
    assert found("wayland") == []
    [(state, text)] = found("wayland", "wayland")
    assert (state, "found no Wayland session (WAYLAND_DISPLAY is not set): " in text) == ("fault", True)
    assert [found("windows", name)[0][0] for name in ("clip.mkv", "window:Game")] == ["note", "fault"]
    assert [found("OBS", name)[0][0] for name in ("clip.mkv", "obs")] == ["note", "fault"]
    assert "OBS does not answer at ws://127.0.0.1:9 (connection refused)" in found("OBS")[0][1]


@pytest.mark.usefixtures("nowhere")
def test_an_x11_session(found: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    with X11Desktop() as desktop:
        monkeypatch.setenv("DISPLAY", desktop.server.display)
        game = desktop.open("Game", RED)
        assert found("display") == [("good", f"X11 at {desktop.server.display}: screen:1 800x600")]
        assert found("windows") == [
            ("good", f"1 at X11 display {desktop.server.display}: see `capture-daemon windows`")
        ]
        game.close()


@pytest.mark.usefixtures("nowhere")
def test_a_wayland_session(found: Found, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    needs_module("pipewire_capture", extra="wayland")
    with WaylandDesktop() as desktop:
        for name, value in desktop.environment.items():
            monkeypatch.setenv(name, value)
        can = "found a Wayland session, WAYLAND_DISPLAY=wayland-test: its portal shows screens and windows, and keeps"
        (state, text), chosen = found("wayland", "screen:1")
        assert (state, text) == ("good", f"{can} what was chosen")
        assert chosen == ("note", "no screen or window was chosen")
        assert found("display", "screen:1") == []
        screen_choice.write(tmp_path / "choice.json", ScreenChoice("1-2", window=True))
        assert found("wayland")[1] == ("good", "a window was chosen")
        (tmp_path / "choice.json").write_text("rubbish", encoding="utf-8")
        state, text = found("wayland", "wayland")[1]
        assert (state, "holds no chosen screen" in text) == ("fault", True)
        desktop.kill_pipewire()
        [(state, text)] = found("wayland", "wayland")
        assert (state, "PipeWire doesn't answer at " in text) == ("fault", True)
        desktop.remove_service(PORTAL)
        [(state, text)] = found("wayland")
        assert (state, "no desktop portal answers" in text) == ("note", True)
        assert desktop.dialogs == []
