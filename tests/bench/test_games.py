import json
from collections import Counter
from dataclasses import astuple
from functools import cache
from itertools import pairwise
from pathlib import Path

import av
import pytest

from bench.drawing.fonts import Font, load
from bench.games import __main__ as command
from bench.games.__main__ import describe, draw, main, seeds_of
from bench.games.faces import WITHOUT_DOTS, faces
from bench.games.model import Game
from bench.games.playing import Player
from bench.games.scripts import SUPPLIES
from bench.games.sheet import boxed, write_sheet
from bench.games.supply import Supply
from bench.games.traits import LANGUAGES, kind_of, language_of, make
from capture_daemon.frames import Box, Region, Regions
from tests.needs import needs_file

SEEDS = range(1, 201)


@pytest.fixture(scope="module", autouse=True)
def _fonts() -> None:
    for language in SUPPLIES:
        for face in faces(language):
            needs_file(face.font.file, package=face.font.package)


@cache
def played(seed: int) -> tuple[Game, Player]:
    game = make(seed)
    for font in game.fonts:
        needs_file(font.file, package=font.package)
    player = Player(game)
    player.play()
    return game, player


def holds(outer: Box, inner: Box) -> bool:
    return outer.intersection(inner) == inner


def test_a_seed_always_gives_the_same_game() -> None:
    for seed in (1, 2, 7):
        first, second = make(seed), make(seed)
        assert describe(first) == describe(second)
        assert first.script == second.script


def test_drawing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    game, player = played(smallest())
    (tmp_path / "other").mkdir()
    for folder in (tmp_path, tmp_path / "other"):
        draw(game.seed, folder)
    for suffix in ("mkv", "truth.jsonl", "json"):
        name = f"game-{game.seed}.{suffix}"
        assert (tmp_path / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    with av.open(str(tmp_path / f"game-{game.seed}.mkv")) as container:
        assert sum(1 for _ in container.decode(video=0)) == len(player.states)
    write_sheet(tmp_path / "sheet.jpg", [game.seed], tmp_path)
    assert (tmp_path / "sheet.jpg").stat().st_size > 1000


def smallest() -> int:
    """A seed whose game is drawn quickly: small, and its picture stands still."""
    games = (make(seed) for seed in range(1, 60))
    return next(game.seed for game in games if game.size.height <= 540 and game.scenery.moves == "still")


def test_kinds_and_languages_are_mixed() -> None:
    kinds = Counter(kind_of(seed) for seed in SEEDS)
    assert {kind: round(count / len(SEEDS), 2) for kind, count in kinds.items()} == pytest.approx(
        {"ordinary": 0.6, "hard": 0.25, "film": 0.15}, abs=0.03
    )
    assert set(Counter(language_of(seed) for seed in SEEDS)) == set(LANGUAGES)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_glyph_lies_in_the_dialogue_region(seed: int) -> None:
    game, player = played(seed)
    for laid in player.laid:
        assert len(laid.rows) <= game.rows
        for glyph in (*laid.head, *laid.glyphs):
            assert not glyph.ink.width or holds(game.dialogue, glyph.ink), (glyph.character, glyph.ink)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_truth_is_in_order(seed: int) -> None:
    game, player = played(seed)
    assert 19 <= len(player.states) / game.fps <= 34
    assert 6 <= len(player.truth) <= 12
    for line in player.truth:
        assert line.what.strip() == line.what != ""
        assert line.start <= line.t < (line.end or 0)
    for before, after in pairwise(player.truth):
        assert (before.end or 0) <= after.start + 1e-6
        assert before.what != after.what or after.start - (before.end or 0) > 0.1


@pytest.mark.parametrize("seed", range(1, 41))
def test_the_truth_says_when_a_line_is_there(seed: int) -> None:
    game, player = played(seed)
    for line, laid in zip(player.truth, player.laid, strict=True):
        start, full, end = (round(moment * game.fps) for moment in (line.start, line.t, line.end or 0))
        seen = [
            number
            for number, state in enumerate(player.states)
            if state.laid is laid and state.shown is not None and state.opacity > 0 and state.shown.any()
        ]
        assert (seen[0], seen[-1]) == (start, end - 1)
        complete = [
            state.shown is not None and bool((state.shown >= 1).all()) and state.opacity == 1 and state.moved == (0, 0)
            for state in player.states[start : full + 1]
        ]
        assert complete.index(True) == full - start


@pytest.mark.parametrize("seed", SEEDS)
def test_regions_lie_in_the_frame_and_apart(seed: int) -> None:
    game, _ = played(seed)
    told = describe(game)
    speaker = Region.parse(told["speaker"]) if told["speaker"] else None
    assert Regions(Region.parse(told["dialogue"]), speaker).resolve(game.size).dialogue == game.dialogue
    if game.names.plate:
        assert boxed(told["dialogue"]).intersection(game.names.plate) is None
    assert (game.names.where == "plate") == (game.speaker is not None)


def test_a_game_without_its_font_is_left_out_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "missing_fonts", lambda game: ["fonts-nowhere"])
    assert draw(1, tmp_path) == "game-1: left out, needs Debian package fonts-nowhere"
    assert not list(tmp_path.iterdir())


def test_every_package_is_listed() -> None:
    listed = set(Path(command.__file__).with_name("packages.txt").read_text(encoding="utf-8").split())
    wanted = {face.font.package for language in SUPPLIES for face in faces(language)}
    wanted |= {piece.package for seed in SEEDS for piece in played(seed)[0].scenery.pictures}
    assert wanted <= listed


@pytest.mark.parametrize("language", SUPPLIES)
def test_every_face_has_the_letters_of_its_language(language: str) -> None:
    for face in faces(language):
        written = letters(SUPPLIES[language]) - ({"…"} if face.name in WITHOUT_DOTS else set())
        for font in filter(None, (face.font, face.bold, face.italic)):
            missing = shape(font, "\ufff0")
            odd = [letter for letter in written if shape(font, letter) == missing]
            assert not odd, (face.name, odd)


def letters(supply: Supply) -> set[str]:
    return set(str(astuple(supply))) - set(" {}")


def shape(font: Font, letter: str) -> bytes:
    return bytes(load(font, 32).getmask(letter))


def test_seeds_are_read_as_ranges_and_commas(capsys: pytest.CaptureFixture[str]) -> None:
    assert seeds_of("1-3,9") == [1, 2, 3, 9]
    assert main(["three"]) == 2
    assert "not a list of seeds: three" in capsys.readouterr().err


def test_a_truth_record_has_the_keys_that_are_scored() -> None:
    _, player = played(1)
    record = json.loads(json.dumps(player.truth[0].record()))
    assert set(record) == {"kind", "t", "what", "who", "start", "end"}
