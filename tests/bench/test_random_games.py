from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import parts
from bench.__main__ import main
from bench.confidence import SaidLine
from bench.drawn_games import FIXED, FRESH, DrawnGame, drawn, forget, fresh_seeds, signature
from bench.figures import Figure
from bench.footage import Footage
from bench.random_games import ReadGame, by, figures_of
from bench.shared import Score


def game(seed: int, language: str = "en", *, pace: float = 9.0, **scored: Any) -> ReadGame:
    values: dict[str, Any] = {"recall": 1.0, "precision": 1.0, "exact": 1.0, "speaker": None, "false_speaker": 0}
    lists: dict[str, Any] = {"missed": [], "extra": [], "inexact": []}
    numbers: dict[str, Any] = {"true": 10, "captured": 10, "corrected": 0, "verbatim": 1.0, "cer": 0.0}
    times: dict[str, Any] = {"latency_p50": None, "latency_p95": None}
    footage = Footage(f"game-{seed}", Path(), Path(), "0,0,9,9", None, language)
    score = Score(**{**values, **lists, **numbers, **times, **scored})
    said = [SaidLine(0.9, right=True, halved=False, text="Well?")]
    return ReadGame(DrawnGame(seed, footage, "hard", {}), score, said, pace, 0.1, 4)


def named(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def test_fresh_seeds_are_others_each_time_and_never_the_fixed_ones() -> None:
    first, second = fresh_seeds(), fresh_seeds()
    assert len(set(first)) == FRESH
    assert first != second
    assert not set(first) & set(FIXED)


def test_every_game_counts_alike() -> None:
    games = [game(1), game(2, "ko", recall=0.5, exact=0.4)]
    figures = named(figures_of("fixed", games))
    assert figures["lines found"].value == 0.75
    assert figures["captured lines that are right"].value == 1.0
    assert figures["letter for letter"].value == 0.7
    assert figures["games with both at 0.95 and more"].value == 0.5
    assert figures["times real time, the slowest"].value == 9.0
    assert figures["times real time, the slowest"].verdict == "reached"
    assert figures_of("fixed", []) == []


def test_the_worst_tenth_is_what_it_says() -> None:
    games = [game(seed) for seed in range(18)] + [game(18, recall=0.6), game(19, precision=0.4)]
    worst = named(figures_of("fixed", games))["worst tenth, the less of found and right"]
    assert worst.value == pytest.approx(0.5)
    assert worst.beside == "seeds 19,18"
    assert worst.verdict == "missed"


def test_names_count_where_there_are_some_and_where_there_are_none() -> None:
    figures = named(figures_of("fixed", [game(1, speaker=1.0), game(2, speaker=0.5, false_speaker=2), game(3)]))
    assert figures["speaker right"].value == 0.75
    assert figures["names where there is none"].value == pytest.approx(2 / 12)
    assert figures["names where there is none"].verdict == "missed"
    assert named(figures_of("fixed", [game(1)]))["speaker right"].verdict == "-"


def test_each_language_has_its_share() -> None:
    figures = by("language", [game(1), game(2, recall=0.9), game(3, "ko")], lambda one: one.game.language)
    assert [(figure.name, figure.value) for figure in figures] == [("en: 1 of 2", 0.5), ("ko: 1 of 1", 1.0)]
    assert figures[0].beside == "found 0.950, right 1.000, letters 1.000"


def test_drawings_of_seeds_that_are_not_kept_are_removed(tmp_path: Path) -> None:
    for program, seed in ((signature(), 1), (signature(), 77), ("older", 1)):
        (tmp_path / program).mkdir(exist_ok=True)
        for suffix in (".mkv", ".json", ".truth.jsonl"):
            (tmp_path / program / f"game-{seed}{suffix}").touch()
    forget([1], tmp_path)
    left = sorted(file.relative_to(tmp_path).as_posix() for file in tmp_path.glob("*/*"))
    assert left == [f"{signature()}/game-1{suffix}" for suffix in (".json", ".mkv", ".truth.jsonl")]


def test_a_game_that_was_drawn_is_not_drawn_again(tmp_path: Path) -> None:
    place = tmp_path / signature()
    place.mkdir()
    told = '{"dialogue": "1,2,3,4", "speaker": null, "language": "ja", "kind": "film", "seed": 7}'
    (place / "game-7.json").write_text(told, encoding="utf-8")
    [one], left_out = drawn([7], pytest.fail, tmp_path)
    assert (one.seed, one.language, one.kind, left_out) == (7, "ja", "film", [])
    assert one.footage.video == place / "game-7.mkv"


def test_every_part_says_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(parts.ABOUT) == set(parts.PARTS)
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in parts.PARTS)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--seeds", "one"], "not a list of seeds"), (["--seeds", "1-2", "log"], "belongs to the part random")],
)
def test_seeds_that_make_no_sense(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert told in capsys.readouterr().err
