import json
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from bench import clips
from bench.clips import describe, draw, draw_all, missing_packages
from bench.drawing import fonts
from bench.drawing.catalogue import CLIPS
from bench.drawing.layout import wrap
from bench.drawing.model import Arrow, BoxStyle, Clear, Clip, Image, Menu, NameStyle, Pace, Picture, Say, Step, Style
from bench.drawing.playing import Player
from capture_daemon.frames import Box, Region, Regions, Size
from tests.needs import needs_file

AREA = Box(20, 40, 280, 60)
BOX = BoxStyle(Box(10, 30, 300, 80), (20, 20, 20), 1.0, 0)


def grey(size: Size, random: np.random.Generator) -> Picture:
    def draw(number: int) -> Image:
        return np.full((size.height, size.width, 3), 60, np.uint8)

    return draw


def tiny(*script: Step, box: BoxStyle | None = BOX, name: NameStyle | None = None, pace: Pace | None = None) -> Clip:
    needs_file(fonts.DEJAVU_SANS.file, package=fonts.DEJAVU_SANS.package)
    return Clip(
        name="tiny",
        about="a tiny clip",
        language="en",
        picture=grey,
        style=Style(fonts.DEJAVU_SANS, 18, AREA, 28, box=box, arrow=Arrow(size=8), name=name or NameStyle()),
        pace=pace or Pace(cps=30, hold=(0.5, 0.5), lead=0.5),
        script=script,
        dialogue=Box(12, 32, 296, 76),
        size=Size(320, 120),
    )


def played(clip: Clip) -> Player:
    player = Player(clip)
    player.play()
    return player


@cache
def played_once(clip: Clip) -> Player:
    """A hard clip's script played, for all tests that only look at it."""
    for font in clip.fonts:
        needs_file(font.file, package=font.package)
    return played(clip)


def said(clip: Clip) -> list[tuple[str | None, str]]:
    return [(line.who, line.what) for line in played(clip).truth]


def ink(frame: av.VideoFrame) -> int:
    area = frame.to_ndarray(format="gray")[AREA.top : AREA.bottom, AREA.left : AREA.right - 20]
    return int((area > 140).sum())


def test_text_stands_where_and_when_the_truth_says(tmp_path: Path) -> None:
    clip = tiny("Hello there, you!", Clear(0.3), "Bye.")
    length, lines = draw(clip, tmp_path)
    truth = [json.loads(line) for line in (tmp_path / "tiny.truth.jsonl").read_text(encoding="utf-8").splitlines()]
    with av.open(str(tmp_path / "tiny.mkv")) as container:
        shown = {round((frame.time or 0) * clip.fps): ink(frame) for frame in container.decode(video=0)}
    assert len(shown) == round(length * clip.fps)
    assert lines == len(truth) == 2
    for line in truth:
        start, full, end = (round(line[key] * clip.fps) for key in ("start", "t", "end"))
        assert shown[start - 1] == 0
        assert 0 < shown[start] < shown[full]
        assert shown[full - 1] < shown[full]
        assert shown[full] == pytest.approx(shown[end - 1], rel=0.05)
        assert shown[end] == 0


def test_truth_has_the_keys_that_are_scored(tmp_path: Path) -> None:
    draw(tiny(Say("Well?", who="Ann")), tmp_path)
    record = json.loads((tmp_path / "tiny.truth.jsonl").read_text(encoding="utf-8"))
    assert set(record) == {"kind", "t", "what", "who", "start", "end"}
    assert (record["kind"], record["what"], record["who"]) == ("slow_done", "Well?", "Ann")


def test_drawing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    clip = tiny("Again.")
    (tmp_path / "other").mkdir()
    for folder in (tmp_path, tmp_path / "other"):
        draw(clip, folder)
    assert (tmp_path / "tiny.mkv").read_bytes() == (tmp_path / "other" / "tiny.mkv").read_bytes()


def test_a_name_is_no_part_of_what_is_said() -> None:
    lines = (Say("Come in.", who="Ann"), Say("Remember: wipe your feet."))
    expected = [("Ann", "Come in."), (None, "Remember: wipe your feet.")]
    for where in ("inline", "row", "plate"):
        assert said(tiny(*lines, name=NameStyle(where))) == expected


def test_a_name_in_the_text_is_drawn_before_it() -> None:
    states = played(tiny(Say("Come in.", who="Ann"))).states
    rows = next(state.texts[0].laid.rows for state in states if state.texts)
    assert rows == ("Ann: Come in.",)


def test_rows_join_with_a_space() -> None:
    text = "A line that is rather too long for a box as small as this one is."
    player = played(tiny(text))
    rows = next(state.texts[0].laid.rows for state in player.states if state.texts)
    assert len(rows) > 1
    assert player.truth[0].what == text == " ".join(rows)


def test_after_a_menu_the_old_line_stands_again() -> None:
    player = played(tiny("Which way?", Menu(("Left", "Right"))))
    assert [line.what for line in player.truth] == ["Which way?"]
    menu = [number for number, state in enumerate(player.states) if state.menu]
    before, after = player.states[menu[0] - 1], player.states[menu[-1] + 1]
    assert before.box
    assert not player.states[menu[0]].box
    assert not player.states[menu[0]].texts
    assert after.texts == before.texts


def test_without_a_box_the_line_after_a_menu_is_a_new_one() -> None:
    first, second = played(tiny("Which way?", Menu(("Left", "Right")), box=None)).truth
    assert (first.what, second.what) == ("Which way?", "Which way?")
    assert first.end is not None
    assert second.t >= first.end + 1.4 - 0.05


def test_there_is_a_pause_at_a_comma_and_none_at_the_end() -> None:
    pace = Pace(cps=30, comma=(0.5, 0.5), hold=(0.5, 0.5))
    plain, paused, last = played(tiny("Yes or no", "Yes, or no", "Yes or no,", pace=pace)).truth
    assert plain.t - plain.start < 0.4
    assert 0.7 < paused.t - paused.start < 1.0
    assert last.t - last.start < 0.4


def test_text_going_on_in_the_same_row_of_a_page_belongs_to_the_line() -> None:
    clip = tiny(Say("I looked", hold=1.2), Say("away.", same_row=True), Say("So?", hold=1.2))
    page = Clip(**{**{field: getattr(clip, field) for field in clip.__slots__}, "page": True})
    player = played(page)
    assert [line.what for line in player.truth] == ["I looked away.", "So?"]
    assert len(player.states[-20].texts) == 3


def test_a_full_page_scrolls_and_says_nothing_again() -> None:
    clip = tiny(*(Say(f"Row {number}.", hold=1.2) for number in range(4)))
    page = Clip(**{**{field: getattr(clip, field) for field in clip.__slots__}, "page": True})
    player = played(page)
    assert len(player.truth) == 4
    assert any(text.scrolled for state in player.states for text in state.texts)


def test_chinese_and_japanese_rows_never_begin_with_a_full_stop() -> None:
    needs_file(fonts.NOTO_JAPANESE.file, package=fonts.NOTO_JAPANESE.package)
    font = fonts.load(fonts.NOTO_JAPANESE, 20)
    for width in range(100, 200, 20):
        rows = wrap("山の上の神社へ、つづく「石段」。そして、鈴の音……。", font, width, "ja")
        assert len(rows) > 1
        assert not any(row[0] in "、。」…" for row in rows)
        assert not any(row.endswith("「") for row in rows)


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_each_hard_clip_has_what_makes_it_hard(clip: Clip) -> None:
    player = played_once(clip)
    texts = [line.what for line in player.truth]
    assert 30 <= len(player.states) / clip.fps <= 70
    assert len(texts) >= 12
    assert min(map(len, texts)) <= 4, "no one-word line"
    assert any(isinstance(step, Menu) for step in clip.script)
    assert any(state.arrow is not None for state in player.states)
    assert clip.page or any(first == second for first, second in pairwise(texts))
    assert all(line.start <= line.t <= (line.end or line.t) for line in player.truth)


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_every_glyph_lies_in_the_dialogue_region(clip: Clip) -> None:
    area, region = clip.style.area, clip.dialogue
    for state in played_once(clip).states[::7]:
        for text in state.texts:
            for glyph in text.laid.glyphs[: text.shown]:
                inked = np.argwhere(glyph.fill > 100)
                if not len(inked) or (clip.page and glyph.top < text.scrolled):
                    continue
                (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0)
                down, across = area.top + glyph.top - text.scrolled, area.left + glyph.left
                assert region.left <= across + left <= across + right < region.right, glyph.character
                assert region.top <= down + top <= down + bottom < region.bottom, glyph.character


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_the_regions_lie_in_the_frame(clip: Clip) -> None:
    told = describe(clip)
    speaker = Region.parse(told["speaker"]) if told["speaker"] else None
    assert Regions(Region.parse(told["dialogue"]), speaker).resolve(clip.size).dialogue == clip.dialogue


def test_a_clip_without_its_font_is_left_out_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = fonts.Font("fonts-nowhere", "nowhere.ttf")
    clip = tiny(Say("Lost.", font=nowhere))
    assert missing_packages(clip) == ["fonts-nowhere"]
    monkeypatch.setitem(clips.BY_NAME, "tiny", clip)
    assert draw_all(["tiny"], tmp_path) == ([], {"tiny": ["fonts-nowhere"]})
    assert "tiny: left out, needs Debian package fonts-nowhere" in capsys.readouterr().out


def test_an_unknown_clip_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert clips.main(["nonsense"]) == 2
    assert "unknown clip nonsense" in capsys.readouterr().err
