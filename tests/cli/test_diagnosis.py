"""What is said of a machine that is not as it should be."""

from __future__ import annotations

import asyncio
import importlib.metadata
from pathlib import Path

import pytest

from capture_daemon.cli import diagnosis
from capture_daemon.cli.diagnosis import examine, examine_daemon, status_of
from capture_daemon.cli.findings import Finding
from capture_daemon.config.models import Configuration, ServerTable
from capture_daemon.errors import ConfigurationError
from tests.server.helpers import StandInControls, room

HERE = Configuration.model_validate({"source": {"name": "clip.mkv"}, "server": {"port": 0}})


def found(what: str, *, error: ConfigurationError | None = None) -> list[Finding]:
    return [finding for finding in examine(HERE, Path("my.toml"), error) if finding.what == what]


def installed(monkeypatch: pytest.MonkeyPatch, **versions: str | None) -> None:
    """Have packages, written with underscores, at these versions; None is one that is missing."""
    real = importlib.metadata.version

    def version(name: str) -> str:
        if (told := versions.get(name.replace("-", "_"), "")) is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return told or real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)


def test_a_configuration_that_cannot_be_read_is_told_once_and_whole() -> None:
    message = "my.toml: server.port: a whole number is needed, not 'a: b'"
    assert found("configuration", error=ConfigurationError(message)) == [Finding("configuration", "fault", message)]
    assert [finding.state for finding in found("configuration")] == ["good"]


def test_an_error_with_a_colon_in_its_remedy_is_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Configuration.model_validate({"ocr": {"language": "a: b"}})
    [told] = [finding for finding in examine(configuration, Path("my.toml")) if finding.what == "models"]
    assert told.state == "fault"
    assert "language 'a: b' is not known: " in told.found
    assert told.remedy is None


def test_the_output_is_looked_at() -> None:
    configuration = Configuration.model_validate({"output": {"command": ["no-such-program"]}, "server": {"port": 0}})
    [told] = [finding for finding in examine(configuration, Path("my.toml")) if finding.what == "command"]
    assert told.state == "fault"
    assert "no-such-program is not found on PATH" in told.found


@pytest.mark.parametrize(("platform", "name"), [("win32", "Windows"), ("darwin", "macOS")])
def test_systems_that_nobody_tried_are_named(platform: str, name: str) -> None:
    [told] = diagnosis.untried(platform)
    assert (told.state, told.remedy) == ("note", "please report how it goes")
    assert told.found == (f"capturing was never tried on {name}: monitors by mss; windows need the extra [window]")
    assert not list(diagnosis.untried("linux"))


def test_a_package_that_is_missing_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, rapidocr=None)
    missing, _ = found("packages")
    assert (missing.state, missing.found) == ("fault", "rapidocr is missing")


@pytest.mark.parametrize("other", ["opencv-contrib-python", "opencv-python"])
@pytest.mark.parametrize(("version", "states"), [(None, ["good"]), ("4.10", ["good"]), ("4.9", ["fault", "good"])])
def test_two_packages_with_a_cv2_must_be_of_one_version(
    monkeypatch: pytest.MonkeyPatch, other: str, version: str | None, states: list[str]
) -> None:
    others = dict.fromkeys(("opencv_python", "opencv_contrib_python"))
    installed(monkeypatch, opencv_python_headless="4.10", **{**others, other.replace("-", "_"): version})
    told = found("OpenCV")
    assert [finding.state for finding in told] == states
    if len(states) > 1:
        assert f"opencv-python-headless 4.10 and {other} 4.9" in told[0].found


def test_packages_of_extras_are_not_asked_for() -> None:
    assert not {"paddleocr", "opencv-contrib-python"} & set(diagnosis._PACKAGES)


STATUS = {
    "source": "screen:1",
    "lines": 0,
    "seconds_since_line": None,
    "statuses": [{"what": "source", "state": "capturing", "detail": None}, {"what": "log", "state": "capturing"}],
}


def test_the_hint_is_repeated() -> None:
    hint = {"what": "source", "state": "capturing", "detail": "no line in the first 60 s: there is no text"}
    good, note = examine_daemon(STATUS | {"statuses": [hint]})
    assert (good.state, good.found) == ("good", "runs, captures screen:1, lines so far: 0")
    assert note == Finding("daemon", "note", "no line in the first 60 s: there is no text")


def test_what_is_in_trouble_is_a_note() -> None:
    lost = {"what": "log", "state": "degraded", "detail": "the disk is full"}
    good, note = examine_daemon(STATUS | {"seconds_since_line": 12.4, "lines": 3, "statuses": [lost]})
    assert good.found.endswith("lines so far: 3, the last one 12 s ago")
    assert note.found == "log is degraded: the disk is full"
    assert len(list(examine_daemon(STATUS))) == 1


def test_a_daemon_is_asked_where_one_answers(tmp_path: Path) -> None:
    async def main() -> int:
        async with room(tmp_path, controls=StandInControls()) as place:
            answer = await asyncio.to_thread(status_of, ServerTable(port=place.port))
            assert answer is not None
            assert answer["paused"] is False
            return place.port

    port = asyncio.run(main())
    assert status_of(ServerTable(port=port)) is None
    assert status_of(ServerTable(port=0)) is None
