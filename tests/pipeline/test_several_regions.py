"""A game with dialogue, a message above it and menus, read from a recording by the real engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

from capture_daemon.frames import ColourImage
from capture_daemon.records import Choice, Line, parse_record
from tests.program import call
from tests.reading.drawing import font
from tests.reading.menus import SIZE, Menu, drawn, still

WIDTH, HEIGHT, RATE = SIZE.width, 480, 10
REGIONS = """
[regions]
dialogue = "20,390,600,80"
choices = "20,60,600,320"

[[region]]
name = "system"
box = "20,8,600,44"
"""
TWO = Menu(("Ask her right away.", "Ask her later."))
THREE = Menu(("To the library", "To the roof", "Home"))
Stage = tuple[float, str, str, Menu | None]
"""How long it lasts, in seconds; the dialogue, the message and the menu."""
STAGES: tuple[Stage, ...] = (
    (0.6, "", "", None),
    (1.4, "Hi there! How was class?", "", None),
    (0.8, "Hi there! How was class?", "", TWO),
    (0.6, "Hi there! How was class?", "", replace(TWO, lit=0)),
    (0.6, "Hi there! How was class?", "", replace(TWO, lit=1)),
    (0.4, "", "", None),
    (1.4, "You are quiet today.", "A new day has begun.", None),
    (0.8, "You are quiet today.", "", replace(THREE, lit=0)),
    (0.8, "You are quiet today.", "", replace(THREE, lit=2)),
    (1.0, "You are quiet today.", "", None),
    (0.4, "", "", None),
    (1.4, "Then let us go home.", "", None),
    (0.6, "", "", None),
)


def pictures(stages: Sequence[Stage]) -> Iterator[ColourImage]:
    """The frames, ten a second."""
    background = still(0.0)
    for seconds, dialogue, message, menu in stages:
        whole = np.full((HEIGHT, WIDTH, 3), (70, 60, 60), np.uint8)
        whole[60 : 60 + SIZE.height] = drawn(background, menu)
        image = Image.fromarray(whole)
        draw = ImageDraw.Draw(image)
        draw.rectangle((20, 390, 620, 470), fill=(30, 30, 30))
        draw.text((40, 405), dialogue, font=font(24), fill=(240, 240, 240))
        draw.text((180, 18), message, font=font(22), fill=(140, 240, 240))
        frame = np.asarray(image, np.uint8)
        for _ in range(round(seconds * RATE)):
            yield frame


def film(path: Path, stages: Sequence[Stage] = STAGES) -> Path:
    """The game as a recording."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr0"
        stream.time_base = Fraction(1, RATE)
        for picture in pictures(stages):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode())
    return path


def test_each_region_is_read_on_its_own_and_menus_give_what_was_chosen(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text(REGIONS, encoding="utf-8")
    output = tmp_path / "lines.jsonl"
    video = film(tmp_path / "game.mkv")
    done = call(tmp_path, "extract", "--config", str(tmp_path / "c.toml"), str(video), "--output", str(output))
    assert done.code == 0, done.error
    records = [parse_record(text) for text in output.read_text(encoding="utf-8").splitlines()]
    told = [
        (one.region, one.text if isinstance(one, Line) else one.answer)
        for one in records
        if isinstance(one, Line | Choice)
    ]
    assert [one for one in told if one[0] != "system"] == [
        ("dialogue", "Hi there! How was class?"),
        ("choices", "Ask her later."),
        ("dialogue", "You are quiet today."),
        ("choices", "Home"),
        ("dialogue", "Then let us go home."),
    ]
    began = [one.media_started for one in records if isinstance(one, Line | Choice) and one.media_started is not None]
    assert began == sorted(began)
    assert [text for region, text in told if region == "system"] == ["A new day has begun."]
    choices = [one for one in records if isinstance(one, Choice)]
    assert [(tuple(one.options), one.chosen) for one in choices] == [(TWO.options, 2), (THREE.options, 3)]
    assert [one.seq for one in records if isinstance(one, Line | Choice)] == list(range(1, len(records) + 1))


def test_menus_are_found_without_a_region_of_their_own(tmp_path: Path) -> None:
    regions = "".join(line for line in REGIONS.splitlines(keepends=True) if not line.startswith("choices"))
    regions += '[reading]\nmenus = "always"\n'
    (tmp_path / "c.toml").write_text(regions, encoding="utf-8")
    output = tmp_path / "lines.jsonl"
    done = call(
        tmp_path,
        "extract",
        "--config",
        str(tmp_path / "c.toml"),
        str(film(tmp_path / "game.mkv")),
        "--output",
        str(output),
    )
    assert done.code == 0, done.error
    records = [parse_record(text) for text in output.read_text(encoding="utf-8").splitlines()]
    told = [
        one.text if isinstance(one, Line) else (tuple(one.options), one.chosen)
        for one in records
        if (isinstance(one, Line) and one.region == "dialogue") or isinstance(one, Choice)
    ]
    assert told == [
        "Hi there! How was class?",
        (TWO.options, 2),
        "You are quiet today.",
        (THREE.options, 3),
        "Then let us go home.",
    ]
