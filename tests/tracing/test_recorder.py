from __future__ import annotations

import asyncio
import base64
import json
import re
from functools import partial
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from capture_daemon.frames import Box
from capture_daemon.pipeline.driving import answer_to, drive
from capture_daemon.reading.reader import Reader
from capture_daemon.tracing.case import LOOKS, Case, read_records
from capture_daemon.tracing.ocr_answers import LastFrames, ReplayBackend, look_of
from capture_daemon.tracing.page import trace_page
from capture_daemon.tracing.recorder import EVERY, Recorder
from capture_daemon.tracing.run import Piece, Traced

FOLDER = Path(__file__).parents[1] / "games" / "pixel-typed"


def recorded(start: float, end: float) -> Traced:
    """The case read without an engine, with what was decided in a piece of it."""
    case, scene = Case.load(FOLDER), LastFrames()
    looker = ReplayBackend([look_of(record) for record in read_records(FOLDER / LOOKS)], scene)
    recorder = Recorder(start, end)
    reader = Reader(case.regions, case.settings, note=recorder.note)

    async def after_each() -> None:
        events, reader.events = reader.events, []
        for event in events:
            recorder.said(event, scene.time)

    async def main() -> None:
        for frame in case.frames(FOLDER):
            scene.show(frame)
            await drive(reader.see(frame), partial(answer_to, looker), after_each)
            recorder.saw(frame, reader.standing_rows)

    asyncio.run(main())
    return Traced(recorder.kept, case.regions.resolve(case.size), case.size)


def test_decisions_are_in_pixels_of_the_whole_frame() -> None:
    traced = recorded(0.0, 10.0)
    whole = traced.boxes.around
    boxes = [Box(*record["box"]) for record in traced.kept.decisions if record["box"]]
    assert boxes
    assert all(box.intersection(whole) == box for box in boxes)
    came = next(record for record in traced.kept.decisions if record["verdict"] == "came")
    assert Box(*came["box"]).intersection(traced.boxes.dialogue) is not None
    [line] = traced.kept.lines
    assert line["text"] == "Open it?"
    said_at = Box(*line["box"])
    assert said_at.intersection(Box(*came["box"])) is not None


def test_what_was_read_is_told_with_its_confidence() -> None:
    read = [record for record in recorded(0.0, 10.0).kept.decisions if record["verdict"] == "read"]
    assert "Open it?" in {record["reason"] for record in read}
    assert all(0 <= record["value"] <= 1 and record["limit"] for record in read)


def test_only_the_piece_is_kept_and_what_stood_before() -> None:
    kept = recorded(0.9, 1.2).kept
    assert kept.before
    assert {record["stage"] for record in kept.before} == {"follow"}
    assert all(0.9 <= record["time"] <= 1.2 for record in kept.decisions)
    assert all(0.9 <= frame.time <= 1.2 for frame in kept.frames)
    assert kept.frames[0].standing[0][1].text == "Open it?"


def test_frames_are_kept_where_something_was_decided_and_now_and_then() -> None:
    kept = recorded(0.0, 10.0).kept
    times = [frame.time for frame in kept.frames]
    assert times == sorted(set(times))
    assert {record["time"] for record in kept.decisions} <= {round(time, 3) for time in times}
    assert max(later - time for time, later in pairwise(times)) <= EVERY + 0.04
    jpeg = np.frombuffer(base64.b64decode(kept.pictures[0]), np.uint8)
    assert cv2.imdecode(jpeg, cv2.IMREAD_COLOR).shape[1] == recorded(0.0, 0.1).boxes.needed.width


def test_the_page_holds_everything_and_loads_nothing() -> None:
    traced = recorded(0.0, 10.0)
    traced.kept.lines[0]["text"] = "</script><b>"
    text = trace_page(traced, "a <b>.mkv", Piece(0.0, 10.0))
    assert "a &lt;b&gt;.mkv" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=", text.replace('"data:', ""))
    [data] = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    held = json.loads(data)
    assert held["lines"][0]["text"] == "</script><b>"
    assert held["decisions"] == traced.kept.decisions
    assert len(held["frames"]) == len(traced.kept.frames)
    assert not re.search(r"/\*[A-Z]+\*/", text)
