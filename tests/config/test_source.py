from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from capture_daemon.config.source import ConfigSource
from capture_daemon.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
DEFAULTS = ROOT / "config" / "capture-daemon.toml"


def kept(folder: Path, text: str, key: str = "dialogue", value: str | None = "1,2,3,4") -> str:
    file = folder / "file.toml"
    file.write_bytes(text.encode())
    ConfigSource(file).keep("regions", key, value)
    return file.read_bytes().decode()


def test_a_region_is_added_and_everything_else_stays(tmp_path: Path) -> None:
    before = DEFAULTS.read_text(encoding="utf-8")
    after = kept(tmp_path, before).splitlines()
    assert after.count('dialogue = "1,2,3,4"') == 1
    place = after.index('dialogue = "1,2,3,4"')
    # It is in its table, not under the comment of the next one.
    assert after[place - 1] == "ignore = []"
    assert after[:place] + after[place + 1 :] == before.splitlines()


def test_a_region_is_changed_where_it_stands(tmp_path: Path) -> None:
    text = "# my game\n[regions] # where\ndialogue = '9,9,9,9'  # the box\nignore = []\n"
    assert kept(tmp_path, text) == text.replace("'9,9,9,9'", '"1,2,3,4"')


def test_a_region_is_taken_out_and_everything_else_stays(tmp_path: Path) -> None:
    text = '# my game\n[regions] # where\ndialogue = "9,9,9,9"  # the box\nspeaker = "8,8,8,8"\n\n# next\n[source]\n'
    without = text.replace('speaker = "8,8,8,8"\n', "")
    assert kept(tmp_path, text, "speaker", None) == without
    for nothing_there in (without, "", "[source]\nfps = 20.0\n"):
        assert kept(tmp_path, nothing_there, "speaker", None) == nothing_there


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[source]\nfps = 20.0\n# the end",
        "[regions]",
        "[regions]\nignore = []",
        "[regions]\r\n# where\r\n\r\n# next\r\n[source]\r\nfps = 20.0\r\n",
        "regions.ignore = []\n# next\n[source]\nfps = 20.0\n",
        'regions = { dialogue = "9,9,9,9" }\n',
        "\ufeff[source]\nfps = 20.0\n",
    ],
)
def test_however_the_file_is_written_it_reads_back(tmp_path: Path, text: str) -> None:
    after = kept(tmp_path, text)
    ConfigSource(tmp_path / "file.toml").keep("regions", "speaker", "0.1,0.2,0.3,0.4")
    values = tomllib.loads((tmp_path / "file.toml").read_text(encoding="utf-8"))
    before = tomllib.loads(text.removeprefix("\ufeff"))
    regions = before.pop("regions", {})
    assert values.pop("regions") == regions | {"dialogue": "1,2,3,4", "speaker": "0.1,0.2,0.3,0.4"}
    assert values == before
    assert ("\r\n" in after) == ("\r\n" in text)
    assert "\n" not in after.replace("\r\n", "") or "\r\n" not in text


def test_a_file_that_is_not_there_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    config_source = ConfigSource(tmp_path / "new" / "file.toml")
    assert config_source.keep("regions", "dialogue", "1,2,3,4") == config_source.file
    if os.name == "posix":
        assert config_source.file.stat().st_mode & 0o777 == 0o600
        assert config_source.file.parent.stat().st_mode & 0o777 == 0o700
    assert str(config_source.load().regions.dialogue) == "1,2,3,4"


@pytest.mark.skipif(os.name != "posix", reason="modes and links are of another kind there")
def test_the_mode_and_a_link_stay(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("[source]\nfps = 20.0\n")
    real.chmod(0o640)
    link = tmp_path / "capture-daemon.toml"
    link.symlink_to(real)
    ConfigSource(link).keep("regions", "dialogue", "1,2,3,4")
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "1,2,3,4" in real.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["capture-daemon.toml", "dotfiles.toml"]


def test_with_a_profile_it_is_kept_there(tmp_path: Path) -> None:
    (tmp_path / "games").mkdir()
    profile = tmp_path / "games" / "my-game.toml"
    profile.write_text('[regions]\ndialogue = "9,9,9,9"\n')
    (tmp_path / "file.toml").write_text("")
    config_source = ConfigSource(tmp_path / "file.toml", "my-game", {"regions.dialogue": "8,8,8,8"})
    config_source.keep("regions", "dialogue", "1,2,3,4")
    assert (tmp_path / "file.toml").read_text() == ""
    assert str(config_source.load().regions.dialogue) == "8,8,8,8"
    assert str(config_source.without("regions.dialogue").load().regions.dialogue) == "1,2,3,4"


@pytest.mark.parametrize(
    ("text", "message"),
    [(b"[regions\n", "not valid TOML"), (b"\xff", "not UTF-8 text"), (b"regions = 1\n", "not a table")],
)
def test_what_cannot_be_read_is_not_written_to(tmp_path: Path, text: bytes, message: str) -> None:
    file = tmp_path / "file.toml"
    file.write_bytes(text)
    with pytest.raises(ConfigurationError, match=message):
        ConfigSource(file).keep("regions", "dialogue", "1,2,3,4")
    assert file.read_bytes() == text


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="can't be read: Not a directory"):
        ConfigSource(tmp_path / "file" / "capture-daemon.toml").keep("regions", "dialogue", "1,2,3,4")
