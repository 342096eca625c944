"""Pictures of the lines of one recording, by the option and by the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.linelog import scan
from capture_daemon.records import Line
from tests.footage import cut_sample
from tests.program import SAMPLE_REGIONS, call

KEPT = '[log]\npictures = "jpeg"\n'


def lines(file: Path) -> list[Line]:
    with file.open("rb") as opened:
        return [record for record in scan.records(opened) if isinstance(record, Line)]


@pytest.mark.parametrize("by", ["option", "configuration"])
def test_one_recording_has_its_pictures_beside_its_file(tmp_path: Path, by: str) -> None:
    cut_sample(tmp_path / "clip.mp4", 9)
    (tmp_path / "c.toml").write_text(KEPT if by == "configuration" else "", encoding="utf-8")
    option = ["--frames"] if by == "option" else []
    done = call(tmp_path, "extract", "clip.mp4", "--config", "c.toml", "-o", "ep.jsonl", *SAMPLE_REGIONS, *option)
    assert done.code == 0, done.errors
    made = lines(tmp_path / "ep.jsonl")
    assert made
    assert [one.picture for one in made] == [f"ep.pictures/{one.stream}-{one.seq}.jpg" for one in made]
    assert all((tmp_path / (one.picture or "")).is_file() for one in made)


@pytest.mark.parametrize("part", ["frame", "region"])
def test_recordings_in_folders_have_them_too_unless_they_would_show_more(tmp_path: Path, part: str) -> None:
    cut_sample(tmp_path / "clip.mp4", 6)
    (tmp_path / "c.toml").write_text(f'{KEPT}picture_part = "{part}"\n', encoding="utf-8")
    done = call(tmp_path, "extract", "clip.mp4", "--config", "c.toml", "--output-dir", "out", *SAMPLE_REGIONS)
    assert done.code == 0, done.errors
    folder = tmp_path / "out" / "clip"
    made = lines(folder / "dialogue.jsonl")
    assert made
    assert len(list((folder / "frames").glob("*.jpg"))) == (len(made) if part == "frame" else 0)
    assert ("give --frames to have them" in done.errors) == (part == "region")
