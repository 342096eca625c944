import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from bench.drawing.model import Clip
from bench.drawing.playing import Player
from bench.sample_clip import FOLDER, LARGEST, SAMPLE, SAMPLES
from capture_daemon.config.models import load
from capture_daemon.frames import Size
from tests.needs import needs_file

LENGTHS = {"sample": (45, 60), "sample-ko": (12, 20)}
"""Seconds that each may take."""


@pytest.fixture(params=sorted(SAMPLES))
def clip(request: pytest.FixtureRequest) -> Clip:
    return SAMPLES[request.param]


def truth_of(clip: Clip) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{clip.name}.truth.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def video_of(clip: Clip) -> Path:
    return FOLDER / f"{clip.name}.mp4"


def test_the_package_can_carry_it(clip: Clip) -> None:
    assert video_of(clip).stat().st_size <= LARGEST[clip.name]


def test_it_is_what_games_are_recorded_as(clip: Clip) -> None:
    with av.open(str(video_of(clip))) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert float(stream.average_rate or 0) == 30
        assert (stream.width, stream.height) == (1280, 720)
        assert container.duration is not None
        seconds = container.duration / av.time_base
    shortest, longest = LENGTHS[clip.name]
    assert shortest <= seconds <= longest
    truth = truth_of(clip)
    assert truth[-1]["end"] == pytest.approx(seconds, abs=0.5)
    assert [line["t"] for line in truth] == sorted(line["t"] for line in truth)


def test_its_regions_are_a_configuration(clip: Clip) -> None:
    regions = load(FOLDER / f"{clip.name}.toml").regions.regions()
    assert regions is not None
    boxes = regions.resolve(Size(1280, 720))
    assert (boxes.dialogue, boxes.speaker) == (clip.dialogue, clip.speaker)


def test_it_shows_what_it_should() -> None:
    truth = truth_of(SAMPLE)
    texts = [line["what"] for line in truth]
    assert any(first == second for first, second in pairwise(texts)), "no line said twice"
    assert "Sorry." in texts
    assert {line["who"] for line in truth} == {None, "Pip", "Juno", "ピップ", "月亮"}


def test_its_truth_is_what_its_script_plays(clip: Clip) -> None:
    for font in clip.fonts:
        needs_file(font.file, package=font.package)
    player = Player(clip)
    player.play()
    assert [line.record() for line in player.truth] == truth_of(clip)
    if clip is SAMPLE:
        rows = {text.laid.rows for state in player.states for text in state.texts}
        assert max(map(len, rows)) == 3
    with av.open(str(video_of(clip))) as container:
        assert container.streams.video[0].frames == len(player.states)
