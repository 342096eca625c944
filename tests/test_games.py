"""The cases in tests/games say what they said: `make games` prints what changed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bench.cases import cases_in, replayed

CASES = cases_in([Path(__file__).parent / "games"])


def test_there_are_cases() -> None:
    assert CASES


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_case_says_what_it_said(folder: Path) -> None:
    result = asyncio.run(replayed(folder))
    # Where looks were guessed, `make games ARGS=--refresh` has the engine answer for them.
    assert result.change.is_none, "\n".join(result.report())
    assert result.truth is None or result.now == result.truth
