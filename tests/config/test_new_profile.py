from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.config.new_profile import NewProfile, config_source_of, write_profile
from capture_daemon.errors import ConfigurationError, OutputExistsError
from capture_daemon.frames import Region, Regions

DIALOGUE, NAMES = Region.parse("0.1,0.7,0.8,0.25"), Region.parse("0.1,0.6,0.2,0.05")


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "capture-daemon.toml"
    regions = Regions(DIALOGUE, NAMES, (Region.parse("0.9,0.9,0.1,0.1"),))
    profile = NewProfile(regions, 'A "quoted" 題', "renpy", language="ja", engine="tesseract")
    file = write_profile(path, "my-game", profile, overwrite=False)
    assert file == tmp_path / "new folder" / "games" / "my-game.toml"
    assert file.stat().st_mode & 0o777 == 0o600
    path.touch()
    configuration = config_source_of(path, "my-game").load()
    assert configuration.regions.regions() == regions
    assert configuration.source.name == 'window:class=renpy,title=A "quoted" 題'
    assert (configuration.ocr.language, configuration.ocr.engine) == ("ja", "tesseract")


def test_only_what_is_known_is_written() -> None:
    assert NewProfile(Regions(DIALOGUE), source="device:0").text() == (
        '[source]\nname = "device:0"\n\n[regions]\ndialogue = "0.1,0.7,0.8,0.25"\n'
    )


def test_a_profile_that_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "capture-daemon.toml"
    first, second = NewProfile(Regions(DIALOGUE), "One"), NewProfile(Regions(DIALOGUE), "Two")
    file = write_profile(path, "g", first, overwrite=False)
    with pytest.raises(OutputExistsError, match=r"g\.toml: already exists"):
        write_profile(path, "g", second, overwrite=False)
    assert "One" in file.read_text(encoding="utf-8")
    write_profile(path, "g", second, overwrite=True)
    assert "Two" in file.read_text(encoding="utf-8")


def test_nothing_is_written_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"bad\.toml: ocr\.engine"):
        write_profile(tmp_path / "c.toml", "bad", NewProfile(Regions(DIALOGUE), engine="magic"), overwrite=True)
    with pytest.raises(ConfigurationError, match="can't be called"):
        write_profile(tmp_path / "c.toml", "../bad", NewProfile(Regions(DIALOGUE)), overwrite=True)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "games").touch()
    with pytest.raises(ConfigurationError, match="can't be written"):
        write_profile(tmp_path / "c.toml", "g", NewProfile(Regions(DIALOGUE)), overwrite=True)
