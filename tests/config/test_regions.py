from __future__ import annotations

import re
from pathlib import Path

import pytest

from capture_daemon.config.models import Configuration, load
from capture_daemon.config.regions import RegionTable, written_at
from capture_daemon.config.source import ConfigSource
from capture_daemon.errors import ConfigurationError
from capture_daemon.frames import NamedRegion, Region, Size

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"


def configured(tmp_path: Path, text: str, overrides: dict[str, object] | None = None) -> Configuration:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, overrides=overrides)


def test_the_example_of_the_document_is_read_and_every_key_explained(tmp_path: Path) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    [example] = [one for one in re.findall(r"```toml\n(.*?)```", document, re.DOTALL) if "[[region]]" in one]
    regions = configured(tmp_path, example).all_regions
    assert regions is not None
    assert [(one.name, one.kind) for one in regions.others] == [("system", "text"), ("radio", "text")]
    assert str(regions.others[1].speaker) == "0.1,0.16,0.2,0.04"
    for key in RegionTable.model_fields:
        assert re.search(rf"^\| `{key}` \| ", document, re.MULTILINE)


def test_menus_are_a_region_of_their_own(tmp_path: Path) -> None:
    regions = configured(tmp_path, '[regions]\ndialogue = "0,200,300,90"\nchoices = "0,10,300,150"\n').all_regions
    assert regions is not None
    assert regions.others == (NamedRegion("choices", Region.parse("0,10,300,150"), "choices"),)
    boxes = regions.resolve(Size(300, 300))
    assert boxes.needed.height > 280, "the source has to grab what all regions need"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[[region]]\nname = "top"\nbox = "1,2,3,4"\n[[region]]\nname = "dialogue"\nbox = "5,6,7,8"\n', "dialogue"),
        (
            '[[region]]\nname = "menu"\nkind = "choices"\nbox = "1,2,3,4"\n[[region]]\nname = "top"\nbox = "5,6,7,8"\n',
            "top",
        ),
    ],
)
def test_the_dialogue_may_be_one_of_several(tmp_path: Path, text: str, name: str) -> None:
    regions = configured(tmp_path, text).all_regions
    assert regions is not None
    assert (regions.name, str(regions.dialogue), len(regions.others)) == (name, "5,6,7,8", 1)


def test_an_option_for_the_dialogue_wins_over_a_region_called_so(tmp_path: Path) -> None:
    text = '[[region]]\nname = "dialogue"\nbox = "5,6,7,8"\n[[region]]\nname = "top"\nbox = "1,2,3,4"\n'
    regions = configured(tmp_path, text, {"regions.dialogue": "9,9,9,9"}).all_regions
    assert regions is not None
    assert (str(regions.dialogue), [one.name for one in regions.others]) == ("9,9,9,9", ["top"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[region]]\nname = "a"\nbox = "1,2,3,4"\n' * 2, "two regions called a"),
        ('[[region]]\nname = "Über uns"\nbox = "1,2,3,4"\n', r"region\.0\.name: .*small letters"),
        ('[[region]]\nname = "speaker"\nbox = "1,2,3,4"\n', r"region\.0\.name: .*speaker"),
        ('[[region]]\nname = "a"\n', r"region\.0\.box: .*required"),
        ('[[region]]\nname = "a"\nbox = "1,2,3,4"\nkidn = "text"\n', r"unknown key region\.0\.kidn.*kind"),
        ('[region]\nname = "a"\nbox = "1,2,3,4"\n', "two brackets"),
        ('[[region]]\nname = "dialogue"\nkind = "choices"\nbox = "1,2,3,4"\n', "holds text"),
        ("".join(f'[[region]]\nname = "r{n}"\nbox = "1,2,3,4"\n' for n in range(9)), "region: .*at most 8"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        configured(tmp_path, text)


def test_regions_that_are_moved_stay_what_they_are(tmp_path: Path) -> None:
    text = '[regions]\ndialogue = "5,6,7,8"\n[[region]]\nname = "top"\nbox = "1,2,3,4"\nignore = ["1,1,1,1"]\n'
    before = configured(tmp_path, text)
    regions = before.all_regions
    assert regions is not None
    moved = regions.moved("top", Region.parse("9,9,9,9")).moved("choices", Region.parse("2,2,2,2"))
    after = before.with_regions(moved)
    assert after.all_regions == moved
    assert after.region[0].ignore == before.region[0].ignore
    assert after.with_regions(moved.moved("choices", None)).all_regions == regions.moved("top", Region.parse("9,9,9,9"))


def test_a_named_region_is_saved_in_the_file_that_has_it(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('# mine\n[[region]]\nname = "top"  # above\nbox = "1,2,3,4"\n', encoding="utf-8")
    (tmp_path / "games").mkdir()
    (tmp_path / "games" / "g.toml").write_text('[regions]\ndialogue = "1,2,3,4"\n', encoding="utf-8")
    source = ConfigSource(path, "g")
    assert source.keep_named("top", "box", "5,6,7,8") == path
    assert path.read_text(encoding="utf-8") == '# mine\n[[region]]\nname = "top"  # above\nbox = "5,6,7,8"\n'
    with pytest.raises(ConfigurationError, match=r"no .*called bottom"):
        source.keep_named("bottom", "box", "5,6,7,8")


def test_the_speaker_of_a_further_region_can_be_moved_and_taken_away(tmp_path: Path) -> None:
    text = '[regions]\ndialogue = "0,200,300,90"\n[[region]]\nname = "radio"\nbox = "0,10,300,50"\n'
    before = configured(tmp_path, text)
    regions, place = before.all_regions, Region.parse("1,2,30,8")
    assert regions is not None
    moved = regions.moved("radio.speaker", place)
    assert moved.others == (NamedRegion("radio", Region.parse("0,10,300,50"), speaker=place),)
    assert before.with_regions(moved).all_regions == moved
    assert moved.moved("radio.speaker", None) == regions
    assert written_at("radio.speaker", before.regions, before.region) == ("radio", "speaker")
