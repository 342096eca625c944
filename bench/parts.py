"""The parts of the bench, by name."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict

from bench import bulk, fanout, large_log, live, naive
from bench.extracting import extract_now, time_decoding, time_program
from bench.figures import Figure, Goal
from bench.footage import FOLDER, LANGUAGES, Footage, cut_to_game, hard_clips, missing_font, record_game
from bench.korean import korean
from bench.parity import parity
from bench.part import Part, Tell
from bench.random_games import random_games
from bench.readings import KOREAN, Reading, beside_tesseract, korean_figures, read_beside
from bench.real_games import real
from bench.shared import missing_for_scores, missing_for_the_game
from bench.situations import cases

NAIVE_SECONDS = 15.0
"""Of the clip: the naive way takes four times as long as it plays."""
ROUNDS = 3
INSTEAD = "moving-box"
"""The clip to time where the real game can't be played."""
PASSES = Goal(1.5, 1.1, least=False)


def speed(tell: Tell) -> Part:
    """A 720p recording: decoding alone, the whole program, the naive way."""
    part = Part()
    footage = _to_time(part, tell)
    if footage is None:
        return part
    decoding, program, reading = [], [], []
    length = 0.0
    for number in range(1, ROUNDS + 1):
        seconds, length = time_decoding(footage.video)
        decoding.append(length / seconds)
        program.append(length / time_program(footage, FOLDER / "speed.jsonl"))
        reading.append(length / extract_now(footage).seconds)
        tell(
            f"round {number}: decoding {decoding[-1]:.1f}, reading {reading[-1]:.1f}, "
            f"with start-up {program[-1]:.1f} times real time"
        )
    decoded, ours, whole = (statistics.median(values) for values in (decoding, reading, program))
    group = f"recorded 720p video ({footage.name}, {length:.0f} s), times real time"
    part.details = {
        "clip": footage.name,
        "length": length,
        "decoding": decoding,
        "reading": reading,
        "program": program,
    }
    part.figures = [
        Figure(group, "reading, the model loaded", ours, beside=f"decoding alone {decoded:.1f}"),
        Figure(group, "the whole program, start-up too", whole),
        Figure(group, "reading, against decoding alone", ours / decoded, Goal(0.4, 0.8)),
    ]
    if importlib.util.find_spec("paddleocr") is None:
        part.left_out.append("reading, against the naive way: needs the extra [paddle]")
        return part
    theirs = naive.read_clip(footage.video, min(NAIVE_SECONDS, length))
    naively = theirs.times_real_time
    tell(f"the naive way: {naively:.2f} times real time")
    against = Figure(group, "reading, against the naive way", ours / naively, Goal(40), f"naive {naively:.2f}", "x")
    part.figures.append(against)
    part.details |= {"naive": naively, "naive_frames": theirs.passes, "naive_rows": theirs.rows}
    return part


def recordings(tell: Tell) -> Part:
    """Recordings in bulk, start-up counted: several, one and two at a time; and one of three hours."""
    part = Part()
    footage = _to_time(part, tell)
    if footage is None:
        return part
    folder = FOLDER / "bulk"
    if shutil.which("ffmpeg") is None:
        part.left_out.append("recordings in bulk: needs Debian package ffmpeg")
        return part
    group = f"recordings in bulk, {bulk.RECORDINGS} of {bulk.SECONDS} s, start-up too"
    for jobs in (1, 2):
        # Each beside its own decoding, because machines are noisy.
        seconds, length = time_decoding(footage.video)
        read = bulk.several(footage, folder, jobs)
        speed = bulk.RECORDINGS * bulk.SECONDS / read.seconds
        tell(f"--jobs {jobs}: {speed:.1f} times real time, lines {read.lines}")
        part.figures += [
            Figure(group, f"times real time, --jobs {jobs}", speed, beside=f"decoding alone {length / seconds:.1f}"),
            Figure(group, f"against decoding alone, --jobs {jobs}", speed * seconds / length, Goal(0.4, 0.8)),
        ]
        part.details[f"jobs_{jobs}"] = asdict(read)
    found = bulk.long(footage, folder)
    part.details["long"] = asdict(found)
    group = f"a recording of {found.length / 3600:g} h, made by looping, at half speed"
    part.figures += [
        Figure(group, "pictures read a second, start-up too", found.pictures / found.seconds),
        Figure(group, "lines, as a share of those in as many single runs", found.lines / found.expected),
        Figure(group, "memory (PSS), the most in a tenth of the run", max(found.memory), unit=" MB"),
        Figure(group, "memory that came after the first fifth", found.growth, _less(25, 5), unit=" MB"),
    ]
    return part


def clips(tell: Tell) -> Part:
    """Every hard clip by itself."""
    part = Part()
    footage, without_font = hard_clips()
    part.left_out += [f"clip {name}: needs Debian package {', '.join(why)}" for name, why in without_font.items()]
    missing = missing_for_scores()
    if missing:
        part.left_out.append(f"hard clips: drawn, but not scored: needs {', '.join(missing)}")
        return part
    readings, by_tesseract = read_beside(footage, part, tell)
    for reading in readings:
        part.details[reading.footage.name] = reading.details()
        group = f"hard clip {reading.footage.name}"
        whole, beside = reading.whole, by_tesseract.get(reading.footage.name)
        part.figures += [
            Figure(group, "lines found", whole.recall, Goal(0.95, 0.99), beside_tesseract(beside, "recall")),
            Figure(group, "captured lines that are right", whole.precision, Goal(0.95, 0.99)),
            Figure(group, "letter for letter", reading.letters, Goal(0.90, 0.97), beside_tesseract(beside, "verbatim")),
            Figure(group, "corrected afterwards, live", reading.corrected, Goal(0.15, 0.05, least=False)),
        ]
    part.figures += _passes("hard clips together", readings)
    return part


def game(tell: Tell) -> Part:
    """Recordings of the real game in four languages."""
    part = Part()
    missing = missing_for_the_game()
    if missing:
        part.left_out.append(f"the real game, recorded: needs {', '.join(missing)}")
        return part
    fonts = {language: missing_font(language) for language in LANGUAGES}
    part.left_out += [
        f"the game in {language}: needs Debian package {font}" for language, font in fonts.items() if font
    ]
    footage = record_game([language for language, font in fonts.items() if font is None], tell)
    readings, by_tesseract = read_beside(footage, part, tell)
    for reading in readings:
        part.details[reading.footage.name] = reading.details()
        if reading.footage.language == KOREAN:
            part.figures += korean_figures("real game, ko", reading.whole, by_tesseract.get(reading.footage.name))
        else:
            part.figures += _game(reading)
    part.figures += _passes("real game together", readings)
    return part


def _game(reading: Reading) -> list[Figure]:
    group, whole = f"real game, {reading.footage.language}", reading.whole
    return [
        Figure(group, "lines found", whole.recall, Goal(0.99, 1.0), "peer 0.79"),
        Figure(group, "captured lines that are right", whole.precision, Goal(0.99, 1.0), "peer 0.63"),
        Figure(group, "letter for letter", reading.letters, Goal(0.96, 0.99), "peer 0.54"),
        Figure(group, "speaker right", whole.speaker, None if whole.speaker is None else Goal(0.97)),
        Figure(group, "names where there is none", whole.false_speaker, Goal(0, least=False)),
        Figure(group, "corrected afterwards, live", reading.corrected, Goal(0.05, 0.01, least=False)),
    ]


def _passes(group: str, readings: Sequence[Reading]) -> list[Figure]:
    def a_row(which: int) -> float | None:
        rows = sum(reading.rows[which] for reading in readings)
        return sum(reading.passes[which] for reading in readings) / rows if rows else None

    beside = "naive: a whole frame in every five"
    return [
        Figure(group, "OCR passes a row of text said", a_row(0), PASSES, beside),
        Figure(group, "the same as if live", a_row(1), PASSES),
    ]


def live_game(tell: Tell) -> Part:
    """The daemon beside the real game, played live."""
    part = Part()
    missing = missing_for_the_game()
    if missing:
        part.left_out.append(f"the real game, live: needs {', '.join(missing)}")
        return part
    tell(f"the game is played for {live.PLAYING_SECONDS:.0f} s")
    found = live.measure(FOLDER / "live")
    group = "real game, live, 40 characters a second"
    corrected = found.score.corrected / found.score.true if found.score.true else None
    part.figures = [
        Figure(group, "lines found", found.score.recall, Goal(0.99, 1.0), "peer 0.79"),
        Figure(group, "captured lines that are right", found.score.precision, Goal(0.99, 1.0), "peer 0.63"),
        Figure(group, "letter for letter", found.score.verbatim, Goal(0.96, 0.99), "peer 0.54"),
        Figure(group, "corrected afterwards", corrected, Goal(0.05, 0.01, least=False)),
        Figure(group, "last glyph to message, p50", found.score.latency_p50, _less(0.40, 0.2), "peer 0.92", " s"),
        Figure(group, "last glyph to message, p95", found.score.latency_p95, _less(0.80, 0.4), "peer 1.36", " s"),
        Figure(group, "processor share, playing", found.playing, _less(0.20, 0.1), "peer 0.91 of a core"),
        Figure(group, "processor share, nothing changes", found.still, _less(0.03, 0.01), "peer 0.91 of a core"),
        Figure(group, "memory of the daemon and its worker", found.megabytes, _less(450, 300), "peer 470 MB", " MB"),
    ]
    part.details = asdict(found)
    return part


def log(tell: Tell) -> Part:
    """Opening logs of a gigabyte, in one file and in many."""
    part = Part()
    for files in (1, large_log.PARTS):
        opened = large_log.measure(FOLDER, files)
        group = f"a log of 1 GB, {opened.lines:,} lines, in {files} file{'s' * (files > 1)}"
        part.figures += [
            Figure(group, "opening", opened.opening, _less(1.0, 0.1), unit=" s"),
            Figure(group, "memory for opening", opened.megabytes, _less(10, 1), unit=" MB"),
            Figure(group, "the last ten lines", opened.reading, unit=" s"),
        ]
        part.details[f"{files}"] = asdict(opened)
        tell(f"{group}: opened in {1000 * opened.opening:.0f} ms with {opened.megabytes:.1f} MB")
    return part


def _to_time(part: Part, tell: Tell) -> Footage | None:
    """What is timed: the real game in English, or a clip that needs no game; None, and said why, without either."""
    missing = missing_for_the_game()
    if not missing:
        return cut_to_game(record_game(["en"], tell)[0])
    part.left_out.append(f"speed on the real game: needs {', '.join(missing)}; {INSTEAD} is read instead")
    drawn, without_font = hard_clips([INSTEAD])
    if not drawn:
        part.left_out.append(f"speed on {INSTEAD}: needs Debian package {', '.join(without_font[INSTEAD])}")
        return None
    return drawn[0]


def _less(must: float, aim: float) -> Goal:
    return Goal(must, aim, least=False)


def feed(tell: Tell) -> Part:
    """The feed with many clients, and one that stops reading."""
    tell(f"{fanout.ENDURANCE} lines take {fanout.ENDURANCE / fanout.ENDURANCE_PACE:.0f} s")
    *crowds, last = fanout.measure()
    part = Part(details={"crowds": [asdict(one) for one in (*crowds, last)]})
    for one in crowds:
        group = f"feed, {one.crowd.clients} client{'s' if one.crowd.clients > 1 else ''}"
        part.figures += [
            Figure(group, "line to message, p50", one.crowd.seen["p50_ms"], unit=" ms"),
            Figure(group, "line to message, p99", one.crowd.seen["p99_ms"], _less(50, 25), unit=" ms"),
            Figure(group, "processor time a message", one.crowd.microseconds, unit=" us"),
        ]
    part.figures.append(Figure(group, "memory of the server a client", crowds[-1].crowd.kilobytes, unit=" kB"))
    group = f"feed, {last.crowd.clients} clients and one that stops reading, {last.lines} lines"
    complete = last.crowd.seen["lines"] == [last.lines] and last.crowd.seen["dense"]
    part.figures += [
        Figure(group, "every client got every line, in order", float(complete), Goal(1)),
        Figure(group, "line to message, p99", last.crowd.seen["p99_ms"], _less(50, 25), unit=" ms"),
        Figure(group, "lines until the one that stopped is closed", last.closed_after, Goal(last.lines, least=False)),
        Figure(group, "growth of the server's memory", last.growth, _less(3, 1), unit=" MB"),
    ]
    return part


PARTS: dict[str, Callable[[Tell], Part]] = {
    "speed": speed,
    "recordings": recordings,
    "random": random_games,
    "cases": cases,
    "real": real,
    "game": game,
    "korean": korean,
    "parity": parity,
    "clips": clips,
    "live": live_game,
    "log": log,
    "feed": feed,
}
"""The parts by name, in the order in which they run."""
ABOUT = {
    "speed": "a recording against decoding alone and the naive way",
    "recordings": "several at a time, and three hours of it",
    "random": "40 fixed random games and 20 that nobody has looked at",
    "cases": "situations that people reported, beside the text-first sketch",
    "real": "Wesnoth, ScummVM and Fish Fillets, recorded",
    "game": "a Ren'Py game in four languages, recorded",
    "korean": "Ren'Py's tutorial in Korean, and rows in unseen fonts, beside Tesseract",
    "parity": "the recogniser beside PaddleOCR, on 2,000 rows",
    "clips": "the hard clips, one by one",
    "live": "a Ren'Py game, live",
    "log": "logs of 1 GB",
    "feed": "200 clients",
}
"""What each part measures."""
