"""Which source a name stands for."""

import sys

import pytest

from capture_daemon.capture import Source, SourceSettings, open_source
from capture_daemon.capture.device import DeviceSource, StreamSource
from capture_daemon.capture.obs import ObsSource
from capture_daemon.capture.screen import ScreenSource
from capture_daemon.capture.video import VideoSource
from capture_daemon.capture.wayland import WaylandSource
from capture_daemon.capture.window import WindowSource
from capture_daemon.errors import SourceError


def named(name: str) -> Source:
    return open_source(name, None, SourceSettings(), lambda *_: None)


@pytest.mark.parametrize(
    ("name", "kind", "live"),
    [
        ("screen", ScreenSource, True),
        ("screen:2", ScreenSource, True),
        ("wayland", WaylandSource, True),
        ("obs", ObsSource, True),
        ("obs:Game: the capture", ObsSource, True),
        ("window:A Game: the Sequel", WindowSource, True),
        ("window:class=game", WindowSource, True),
        ("window:pid=4711", WindowSource, True),
        ("device:0", DeviceSource, True),
        ("device:/dev/video1", DeviceSource, True),
        ("tcp://localhost:1234", StreamSource, True),
        ("udp://127.0.0.1:5000", StreamSource, True),
        ("http://host/stream.mjpg", StreamSource, True),
        ("https://host/stream.mjpg", StreamSource, True),
        ("RTSP://host/live", StreamSource, True),
        ("play.mkv", VideoSource, False),
        ("recordings/play: the end.mkv", VideoSource, False),
        ("C:\\videos\\play.mkv", VideoSource, False),
    ],
)
def test_a_name_chooses_the_source(name: str, kind: type[Source], live: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    source = named(name)
    assert type(source) is kind
    assert (source.name, source.live) == (name, live)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there are no Wayland sessions")
@pytest.mark.parametrize("name", ["screen", "screen:2"])
def test_the_screen_of_a_wayland_session_is_chosen_in_its_dialog(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    source = named(name)
    assert type(source) is WaylandSource
    assert source.name == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the source has no name"),
        ("  ", "the source has no name"),
        ("screen:", "names no monitor: write screen:1"),
        ("screen:0", "names no monitor: write screen:1"),
        ("screen:left", "names no monitor: write screen:1"),
        ("wayland:", "names nothing: write wayland, and choose when the desktop asks"),
        ("wayland:Game", "names nothing: write wayland, and choose when the desktop asks"),
        ("obs:", "names no source of OBS: write obs:NAME, or obs for the program scene"),
        ("window:", "names no window: write window:TITLE, window:class=CLASS or window:pid=NUMBER, as `capture-daemon"),
        ("window: ", "names no window: write window:TITLE"),
        ("window:class=", "names no window: write window:TITLE"),
        ("window:pid=", "names no process: write window:TITLE"),
        ("window:pid=-3", "names no process: write window:TITLE"),
        ("window:pid=game", "names no process: write window:TITLE"),
        ("device:", "names no device: write device:0"),
        ("device:-1", "names no device: write device:0"),
        ("device:video0", "names no device: write device:0"),
        ("ftp://host/play.mkv", "ftp:// is no stream that can be read: there are tcp://, udp://"),
    ],
)
def test_a_malformed_name(name: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        named(name)
