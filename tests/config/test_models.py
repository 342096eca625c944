from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from capture_daemon.config.models import Configuration, default_configuration_path, default_log_path, load
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import Region, Size

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "config" / "capture-daemon.toml"
DOCUMENT = ROOT / "docs" / "configuration.md"
PROFILE = "the-question"
BY_HOME = ("log.path", "source.screen_choice_file")
"""Keys whose defaults depend on the user."""


@pytest.fixture(autouse=True)
def nobody_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of whoever runs the tests is read."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    return path


def keys() -> Iterator[tuple[str, object]]:
    """Every key of the configuration, and its default."""
    for table, content in Configuration():
        if table == "match":  # a profile's alone
            continue
        for key, default in content:
            yield f"{table}.{key}", default


def test_defaults_without_a_file(tmp_path: Path) -> None:
    assert load() == Configuration()
    assert default_configuration_path() == tmp_path / "config" / "capture-daemon" / "capture-daemon.toml"
    assert load().log.path == default_log_path() == tmp_path / "data" / "capture-daemon" / "dialogue.jsonl"
    assert load().regions.regions() is None


def test_options_win_over_the_profile_and_that_over_the_file(tmp_path: Path) -> None:
    path = written(
        tmp_path, '[source]\nfps = 10\nname = "screen"\n[server]\nport = 1\n[regions]\nspeaker = "0,0,9,9"\n'
    )
    (tmp_path / "games").mkdir()
    (tmp_path / "games" / "g.toml").write_text(
        '[source]\nfps = 20\n[server]\nport = 2\n[regions]\ndialogue = "1,2,3,4"\n'
    )
    configuration = load(path, "g", {"server.port": 3, "source.width": None})
    assert (configuration.source.name, configuration.source.fps, configuration.server.port) == ("screen", 20, 3)
    regions = configuration.regions.regions()
    assert regions is not None
    assert (str(regions.dialogue), str(regions.speaker)) == ("1,2,3,4", "0,0,9,9")


def test_the_default_file_is_read(tmp_path: Path) -> None:
    path = default_configuration_path()
    path.parent.mkdir(parents=True)
    path.write_text("\ufeff[source]\nfps = 12\n", encoding="utf-8")  # as an editor on Windows saves it
    assert load().source.fps == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[source]\nfsp = 3", r"unknown key source\.fsp.*fps"),
        ("[sauce]\nfps = 3", r"unknown key sauce.*source"),
        ("fps = 3", r"unknown key fps.*source"),
        ("source = 3", r"source: .*but it is 3"),
        ('[source]\nfps = "30"', r"source\.fps: .*but it is '30'"),
        ("[source]\nfps = 0", r"source\.fps: .*greater than 0.*but it is 0"),
        ("[source]\nfps = nan", r"source\.fps"),
        ("[source]\nwidth = 1.5", r"source\.width"),
        ("[server]\nport = 65536", r"server\.port: .*65535"),
        ("[server]\nport = true", r"server\.port"),
        ("[server]\norigins = ['*']", r"server\.origins\.0: .*scheme://host.*'\*'"),
        ("[server]\norigins = ['https://example.org/page']", r"server\.origins\.0: .*without a path"),
        ("[server]\norigins = 'null'", r"server\.origins"),
        ("[server]\nhosts = ['http://gamepc']", r"server\.hosts\.0: .*without scheme"),
        ("[regions]\ndialogue = '1,2,3'", r"regions\.dialogue: region '1,2,3' is not four numbers: write (?!.*1,2,3)"),
        ("[regions]\ndialogue = [1, 2, 3, 4]", r"regions\.dialogue: .*written as text"),
        ("[regions]\nignore = ['1,2,3,4', '1,2,0,4']", r"regions\.ignore\.1: .*empty"),
        ("[ocr]\nengine = 'best'", r"ocr\.engine: .*'onnxruntime'.*'best'"),
        ("[log]\npath = ''", r"log\.path: .*must not be empty"),
        ("[log]\npath = 3", r"log\.path"),
        ("[log]\npath = '~nobody-of-that-name/log'", r"log\.path"),
        ("[logging]\nlevel = 'loud'", r"logging\.level: .*'debug'"),
        ("[source", "not valid TOML"),
    ],
)
def test_errors_name_the_file_and_the_key_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError, match=said) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_an_option_that_cannot_be_used_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^the command line: source\.fps"):
        load(written(tmp_path, ""), overrides={"source.fps": -1})


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no such file"):
        load(tmp_path / "missing.toml")
    with pytest.raises(ConfigurationError, match=r"missing\.toml: there is no such file"):
        load(profile="missing")
    with pytest.raises(ConfigurationError, match="can't be read"):
        load(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load(tmp_path / "latin.toml")


def test_the_example_holds_every_key_with_its_default() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    said = tomllib.loads(text)
    told = tomllib.loads(re.sub(r"^#(?=[a-z_]+ = )", "", text, flags=re.MULTILINE))
    assert {f"{table}.{key}" for table, content in told.items() for key in content} == {key for key, _ in keys()}
    for key, default in keys():
        table, name = key.split(".")
        if name in said[table]:
            assert _plain(default) == said[table][name], key
        else:
            assert default is None or key in BY_HOME, key
    assert load(EXAMPLE) == Configuration()
    Configuration.model_validate(told)


def test_every_key_of_the_example_has_a_comment() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for before, now in pairwise(lines):
        if re.match(r"#?[a-z_]+ = |\[", now):
            assert before.startswith("#"), now


def test_the_document_holds_every_key_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\S+) \| \S.* \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {
        key: None if default == "-" else tomllib.loads(f"v = {default.strip('`')}")["v"] for key, default in rows
    }
    assert len(documented) == len(rows)
    assert documented == {key: None if key in BY_HOME else _plain(default) for key, default in keys()}


def test_the_document_names_the_limits() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    for table, field in Configuration.model_fields.items():
        if table in ("match", "region"):  # described by tables of their own
            continue
        assert isinstance(field.annotation, type)
        assert issubclass(field.annotation, BaseModel)
        for key, limited in field.annotation.model_fields.items():
            most = [limit.le for limit in limited.metadata if hasattr(limit, "le")]
            (row,) = re.findall(rf"^\| `{table}\.{key}` .*$", document, re.MULTILINE)
            assert all(f"{limit}" in row for limit in most if limit != 65535), row


def test_the_profile_that_comes_along_fits_its_screen() -> None:
    regions = load(EXAMPLE, PROFILE).regions.regions()
    assert regions is not None
    boxes = regions.resolve(Size(1600, 900))
    assert (tuple(boxes.dialogue), boxes.speaker) == ((420, 670, 770, 115), (395, 625, 400, 45))


def test_regions_are_values_too() -> None:
    region = Region.parse("1,2,3,4")
    assert load(overrides={"regions.dialogue": region, "regions.ignore": [region]}).regions.ignore == (region,)


def _plain(default: object) -> Any:
    return list(default) if isinstance(default, tuple) else default
