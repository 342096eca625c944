"""The menus of a real game, in three languages: read live, and from a recording with a region of menus and without."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest

from capture_daemon.records import Choice, parse_record
from tests.e2e.real_menus import played
from tests.e2e.scoring import plain
from tests.program import Running, call_within

CJK = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
DIALOGUE = '[regions]\ndialogue = "420,670,770,115"\nspeaker = "395,625,400,45"\n'
REGION = f'{DIALOGUE}choices = "300,110,1000,500"\n'
FOUND = f'{DIALOGUE}[reading]\nmenus = "always"\n'
SMOOTH = 0.25
"""Seconds from frame to frame of a recording that shows all there was; of a busy machine they are longer."""
BEHIND = 60.0
"""Seconds by which live reading may be behind, as the game and what records it take all that a small machine has."""
Menu = tuple[tuple[str, ...], int | None]


def menus(file: Path) -> Iterator[Menu]:
    """The menus in a log, without what punctuation and spaces differ in, and without those that were corrected."""
    records = [parse_record(text) for text in file.read_text(encoding="utf-8").splitlines()]
    choices = [one for one in records if isinstance(one, Choice)]
    corrected = {one.replaces for one in choices}
    for one in choices:
        if one.seq not in corrected:
            yield tuple(map(plain, one.options)), one.chosen


def longest_gap(recording: Path) -> float:
    """The longest time between two frames of a recording, in seconds."""
    with av.open(str(recording)) as container:
        times = sorted(float(one.pts * one.time_base) for one in container.demux(video=0) if one.pts is not None)
    return max(after - before for before, after in pairwise(times))


@pytest.mark.timeout(500)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
def test_its_first_menu_is_read_in_a_recording(tmp_path: Path) -> None:
    with played(tmp_path, "", None, menus=1) as game:
        shown = [(tuple(map(plain, options)), chosen) for options, chosen in game.wait()]
    (tmp_path / "region.toml").write_text(REGION, encoding="utf-8")
    done = call_within(
        200, tmp_path, "extract", "--config", "region.toml", str(game.recording), "--output", "lines.jsonl"
    )
    assert done.code == 0, done.errors
    [(options, chosen)] = menus(tmp_path / "lines.jsonl")
    assert options == shown[0][0]
    # Between pictures that are far apart the highlight may have moved.
    assert chosen == shown[0][1] or (chosen is None and longest_gap(game.recording) > SMOOTH)


# Takes minutes a language.
@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no X server there")
@pytest.mark.parametrize(
    ("language", "font"), [("", None), ("japanese", CJK), ("schinese", CJK)], ids=["english", "japanese", "chinese"]
)
def test_what_was_chosen_is_known_live_and_of_a_recording(tmp_path: Path, language: str, font: str | None) -> None:
    for name, text in (("region", REGION), ("found", FOUND)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with played(tmp_path, language, font) as game:
        run = ["run", "--config", "region.toml", "--source", "screen:1", "--port", "0", "--log", "live.jsonl"]
        with Running(tmp_path, *run, DISPLAY=game.display) as program:
            program.wait_until_ready()
            shown = [(tuple(map(plain, options)), chosen) for options, chosen in game.wait()]
            # A busy machine reads late.
            end = time.monotonic() + BEHIND
            while len(list(menus(tmp_path / "live.jsonl"))) < len(shown) and time.monotonic() < end:
                time.sleep(0.5)
            assert program.stop(limit=30)[0] == 0, program.errors
    assert [chosen for _, chosen in shown] == [1, 2]
    for name in ("region", "found"):
        given = ["--config", f"{name}.toml", str(game.recording), "--output", f"{name}.jsonl"]
        assert call_within(300, tmp_path, "extract", *given).code == 0
    live, region, found = (list(menus(tmp_path / f"{name}.jsonl")) for name in ("live", "region", "found"))
    for read in (live, region):
        assert [options for options, _ in read] == [options for options, _ in shown]
        # What is highlighted may not be seen on a busy machine; nothing wrong is said for that.
        assert all(chosen in (None, truth) for (_, chosen), (_, truth) in zip(read, shown, strict=True)), read
    assert all(menu in shown for menu in found), found
    if longest_gap(game.recording) <= SMOOTH:
        assert region == found == shown
