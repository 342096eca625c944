import json
from itertools import pairwise

import av
import pytest

from bench.drawing.playing import Player
from bench.sample_clip import FOLDER, LARGEST, SAMPLE
from capture_daemon.config import load
from capture_daemon.frames import Size
from tests.needs import needs_file

VIDEO = FOLDER / "sample.mp4"
TRUTH = [json.loads(line) for line in (FOLDER / "sample.truth.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_package_can_carry_it() -> None:
    assert VIDEO.stat().st_size <= LARGEST


def test_it_is_what_games_are_recorded_as() -> None:
    with av.open(str(VIDEO)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert float(stream.average_rate or 0) == 30
        assert (stream.width, stream.height) == (1280, 720)
        assert container.duration is not None
        seconds = container.duration / av.time_base
    assert 45 <= seconds <= 60
    assert TRUTH[-1]["end"] == pytest.approx(seconds, abs=0.5)
    assert [line["t"] for line in TRUTH] == sorted(line["t"] for line in TRUTH)


def test_its_regions_are_a_configuration() -> None:
    regions = load(FOLDER / "sample.toml").regions.regions()
    assert regions is not None
    boxes = regions.resolve(Size(1280, 720))
    assert (boxes.dialogue, boxes.speaker) == (SAMPLE.dialogue, SAMPLE.speaker)


def test_it_shows_what_it_should() -> None:
    texts = [line["what"] for line in TRUTH]
    assert any(first == second for first, second in pairwise(texts)), "no line said twice"
    assert "Sorry." in texts
    assert {line["who"] for line in TRUTH} == {None, "Pip", "Juno", "ピップ", "月亮"}


def test_its_truth_is_what_its_script_plays() -> None:
    for font in SAMPLE.fonts:
        needs_file(font.file, package=font.package)
    player = Player(SAMPLE)
    player.play()
    assert [line.record() for line in player.truth] == TRUTH
    rows = {text.laid.rows for state in player.states for text in state.texts}
    assert max(map(len, rows)) == 3
    with av.open(str(VIDEO)) as container:
        assert container.streams.video[0].frames == len(player.states)
