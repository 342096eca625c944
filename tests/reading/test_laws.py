"""The laws that reading keeps: no veto by pixels, nothing learned blinds, deterministic. See docs/architecture.md."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from capture_daemon.frames import Box, Frame, GreyImage
from capture_daemon.reading.events import Said
from capture_daemon.reading.ink import Ink
from capture_daemon.reading.reader import Reader
from capture_daemon.reading.row import Row
from tests.reading.drawing import DIALOGUE, YELLOW, Screen
from tests.reading.moving import moving_picture
from tests.reading.stage import lines_of, play, staged, standing

# A seed has nothing in it that could be made simpler.
FEW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

SEEDS = st.integers(0, 10_000)

TEXTS = ["Here is the key.", "Where is the door?", "Nobody came up\nthe mountain road.", "Open it, please!", "Well?"]


@cache
def _played(number: int = len(TEXTS)) -> tuple[Screen, list[tuple[str, float]]]:
    """Texts that come at once and are cleared, each with the time at which it came."""
    screen = Screen()
    screen.wait(0.5)
    shown = []
    for text in TEXTS[:number]:
        shown.append((text.replace("\n", " "), screen.time))
        screen.show(text, 1.6)
        screen.clear(0.4)
    return screen, shown


Injection = Callable[[Reader, random.Random, float], None]


def _letter_size(reader: Reader, chance: random.Random, time: float) -> None:
    if reader._scene is not None:
        reader._scene.letters.height = chance.choice([0.0, 3.0, 8.0, 90.0, 400.0])


def _busy_cells(reader: Reader, chance: random.Random, time: float) -> None:
    if reader._scene is not None:
        activity = reader._scene.watch._activity
        activity[:] = np.random.default_rng(chance.randrange(10_000)).random(activity.shape)


def _everything_busy(reader: Reader, chance: random.Random, time: float) -> None:
    if reader._scene is not None:
        reader._scene.watch._activity[:] = 1.0


def _known_marks(reader: Reader, chance: random.Random, time: float) -> None:
    for _ in range(20):
        place = Box(chance.randrange(600), chance.randrange(120), 14, 14)
        for _ in range(3):
            reader._saying._marks.learn(place, Box(10, 12, 200, 27))


def _known_names(reader: Reader, chance: random.Random, time: float) -> None:
    reader._saying.names.known |= {"Here", "Where", "Nobody", "Well", "Open it"}
    reader._saying.names.above, reader._saying.names.lines = chance.randrange(9), chance.randrange(9)
    reader._saying.names.widest = chance.randrange(2000)


def _pauses(reader: Reader, chance: random.Random, time: float) -> None:
    for ending in reader._saying._endpoint._pauses:
        reader._saying._endpoint.note_pause(ending, chance.uniform(0.0, 0.6))


def _tiredness(reader: Reader, chance: random.Random, time: float) -> None:
    idle, tries, void = chance.randrange(50), chance.randrange(50), chance.random() < 0.5
    if reader._scene is not None:
        reader._scene.idle_looks, reader._scene.letters.tries = idle, tries
        reader._scene.void[:] = void


def _nothing_here(reader: Reader, chance: random.Random, time: float) -> None:
    if time < 0.5 and reader._scene is not None:
        for width in range(40, 400, 30):
            reader._scene.blanks.note(Box(4, 12, width, 27), np.zeros((80, 440), np.uint8))


def _heights(reader: Reader, chance: random.Random, time: float) -> None:
    if reader._scene is None:
        return
    letters = reader._scene.letters
    letters.heights.extend(chance.choice([2, 5, 90, 300]) for _ in range(letters.heights.maxlen or 0))
    letters.unsure = chance.randrange(50)


def _polarity(reader: Reader, chance: random.Random, time: float) -> None:
    """Ink that stands is taken for the other kind: dark for light, faint for strong, in another colour."""
    # Of one colour in all rows: a row in a colour of its own may well be a name.
    colour, light = (chance.randrange(256),) * 3, chance.random() < 0.5
    for row in reader._scene.follow.rows if reader._scene is not None else ():
        if row.ink is not None:
            level, tolerance = (255 - row.ink.level).astype(np.int16), chance.choice([0, 1, 40, 250])
            row.ink = replace(row.ink, level=level, tolerance=tolerance, light=light, colour=colour)


def _strength(reader: Reader, chance: random.Random, time: float) -> None:
    for row in reader._scene.follow.rows if reader._scene is not None else ():
        row.usual_share, row.blinks = chance.random(), chance.random() < 0.5


def _place_of_text(reader: Reader, chance: random.Random, time: float) -> None:
    """Lines are taken to begin where they never do, in any colour."""
    left = chance.randrange(500)
    for number in range(5):
        height = chance.choice([10, 27, 60])
        box = Box(left, chance.randrange(70), 40, height)
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        mask, level = np.ones((height, 40), np.bool_), np.zeros(40 * height, np.int16)
        ink = Ink(box, mask, level, 20, True, np.zeros(mask.shape, np.uint8), colour, (colour,) * 2)
        row = Row(-number, box, 0.0, 0.0, 0.0, ink)
        if reader._scene is not None:
            reader._scene.text_place.learn([row])


def _colours(reader: Reader, chance: random.Random, time: float) -> None:
    looking = reader._looking if reader._scene is not None else None
    if looking is not None and looking._looked_colour is not None:
        looking._looked_colour[:] = chance.randrange(256)
        looking._coloured_at = time


INJECTIONS: list[Injection] = [
    _heights,
    _polarity,
    _strength,
    _place_of_text,
    _colours,
    _letter_size,
    _busy_cells,
    _everything_busy,
    _known_marks,
    _known_names,
    _pauses,
    _tiredness,
    _nothing_here,
]


def _said_in_time(
    screen: Screen, shown: list[tuple[str, float]], seed: int, *injections: Injection, within: float = 1.1
) -> None:
    """Live, every line is said `within` a second, and nothing else. Wrong things are learned as it comes.

    From a recording, where lines are said when they have gone, the same lines are said. Whose ink is taken for another
    colour may be taken for a name.
    """

    def words(line: Said) -> str:
        return " ".join(filter(None, (line.speaker, line.text)))

    chance = random.Random(seed)
    moments = {round(30 * came) for _, came in shown}

    def inject(reader: Reader, frame: Frame) -> None:
        if frame.sequence in moments or chance.random() < 0.03:
            for injection in injections:
                injection(reader, chance, frame.time)

    stage = staged(screen, before_each=inject)
    said = {words(line): at for line, at in zip(reversed(stage.said), reversed(stage.said_at), strict=True)}
    assert [words(line) for line in standing(stage.said)] == [text for text, _ in shown]
    for text, came in shown:
        assert said[text] - came <= within
    recorded = staged(screen, before_each=inject, early=False)
    assert [words(line) for line in recorded.said] == [text for text, _ in shown]


@pytest.mark.parametrize("injection", INJECTIONS)
@FEW
@given(SEEDS)
def test_nothing_learned_keeps_lines_from_being_said(injection: Injection, seed: int) -> None:
    screen, shown = _played()
    _said_in_time(screen, shown, seed, injection)


@FEW
@given(SEEDS, st.sets(st.sampled_from(INJECTIONS), min_size=2))
def test_nor_all_of_it_together(seed: int, injections: set[Injection]) -> None:
    screen, shown = _played(3)
    # With all that wrong at once a line in forty has taken 1.6 seconds.
    _said_in_time(screen, shown, seed, *sorted(injections, key=INJECTIONS.index), within=1.8)


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@FEW
@given(seed=SEEDS, low=st.floats(0, 1), high=st.floats(0, 1))
def test_what_is_read_is_said_whatever_its_ink_is_taken_for(
    early: bool, seed: int, low: float, high: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed)
    screen, _ = _played()
    with monkeypatch.context() as patch:
        for measure in ("share", "share_nearby", "share_within"):
            patch.setattr(Ink, measure, lambda *_: chance.uniform(low, high))
        said = play(screen, early=early)
    # Which rows make up a line may be told wrongly then, but none is lost.
    rows = {row for line in said for row in line.rows}
    assert rows == {row for text in TEXTS for row in text.split("\n")}


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_ink_that_never_or_always_stands_costs_no_line(
    early: bool, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, shown = _played()
    for measure in ("share", "share_nearby", "share_within"):
        monkeypatch.setattr(Ink, measure, lambda *_: share)
    assert lines_of(screen, early=early) == [text for text, _ in shown]


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
def test_text_without_any_ink_is_said(early: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, shown = _played()

    def none(luma: GreyImage, *_: object) -> None:
        return None

    monkeypatch.setattr("capture_daemon.reading.standing.ink_of", none)
    assert lines_of(screen, early=early) == [text for text, _ in shown]


# Deterministic


def _clip(seed: int) -> Screen:
    chance = random.Random(seed)
    screen = Screen(picture=moving_picture(), opacity=chance.choice([0.0, 0.7, 1.0]), outline=(0, 0, 0))
    screen.inks = {0: YELLOW} if chance.random() < 0.5 else {}
    screen.wait(chance.random())
    for text in chance.sample(TEXTS, 3):
        if chance.random() < 0.5:
            screen.type(text, chance.uniform(15, 80))
            screen.wait(chance.uniform(0.3, 1.2))
        else:
            screen.show(text, chance.uniform(0.4, 1.5))
        screen.clear(chance.choice([0.0, 0.1, 0.4]))
    return screen


@pytest.mark.parametrize("early", [True, False], ids=["live", "recording"])
@FEW
@given(SEEDS)
def test_the_same_frames_and_answers_give_the_same_lines(early: bool, seed: int) -> None:
    screen = _clip(seed)
    one, other = (staged(screen, early=early, speaker=True, partials=early) for _ in range(2))
    assert one.said == other.said
    assert one.typing == other.typing
    assert one.said_at == other.said_at


@settings(FEW, max_examples=10)
@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), st.sampled_from([20, 33, 47, 90]))
def test_live_and_from_a_recording_typed_lines_are_the_same(texts: list[str], speed: int) -> None:
    screen = Screen()
    screen.wait(0.4)
    for text in texts:
        screen.type(text, speed)
        screen.wait(1.2)
        screen.clear()
    said = [text.replace("\n", " ") for text in texts]
    assert lines_of(screen, early=True) == said
    assert lines_of(screen, early=False) == said


def test_the_dialogue_s_box_is_where_the_tests_think() -> None:
    assert Box(27, 72, 40, 27).intersection(DIALOGUE) == Box(27, 72, 40, 27)
