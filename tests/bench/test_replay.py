from pathlib import Path

from bench import shared
from bench.clips import draw
from bench.drawing.model import Say
from bench.extracting import extract_now, time_decoding
from bench.footage import Footage
from bench.readings import read
from bench.replay import replay_now
from tests.bench.test_clips import tiny
from tests.needs import needs_shared


def footage(folder: Path) -> Footage:
    clip = tiny(Say("Hello there, you!", hold=0.9), Say("Goodbye then!", hold=0.9))
    draw(clip, folder)
    return Footage("tiny", folder / "tiny.mkv", folder / "tiny.truth.jsonl", str(clip.dialogue), None, "en")


def test_a_replay_says_what_is_on_screen_soon(tmp_path: Path) -> None:
    replayed = replay_now(footage(tmp_path))
    assert next(line["text"] for line in replayed.lines).startswith("Hello")
    assert replayed.lines[-1]["text"] == "Goodbye then!"
    assert all(0 < line["received"] - line["media_time"] < 2 for line in replayed.lines)
    assert replayed.passes >= replayed.rows >= 2


def test_two_replays_are_the_same(tmp_path: Path) -> None:
    told = footage(tmp_path)
    assert replay_now(told) == replay_now(told)


def test_a_recording_is_read_whole(tmp_path: Path) -> None:
    extracted = extract_now(footage(tmp_path))
    assert [line["text"] for line in extracted.lines] == ["Hello there, you!", "Goodbye then!"]
    assert [line["seq"] for line in extracted.lines] == [1, 2]
    assert extracted.stats.lines == 2
    assert extracted.seconds > 0


def test_decoding_is_timed(tmp_path: Path) -> None:
    seconds, length = time_decoding(footage(tmp_path).video)
    assert 0 < seconds < 30
    assert 2 < length < 10


def test_readings_are_scored(tmp_path: Path) -> None:
    needs_shared(str(shared.SCORE.relative_to(shared.SHARED)))
    reading = read(footage(tmp_path))
    assert reading.whole.recall == reading.whole.precision == reading.letters == 1.0
    assert reading.details()["whole"]["missed"] == []
