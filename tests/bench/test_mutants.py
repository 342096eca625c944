from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import mutants as mutation
from bench.mutants import ROOT, Scratch, Verdict, main, mutants_in, sampled, summary, try_all, untested

SIZE = """
FEW = 3


def is_few(count: int) -> bool:
    return count < FEW
"""
USER = """
from capture_daemon.reading.size import is_few


def shout(count: int) -> str:
    return "few" if is_few(count) else "many"
"""
TESTS = """
from capture_daemon.reading.size import is_few


def test_two_are_few() -> None:
    assert is_few(2)
    assert not is_few(7)
"""
BROKEN = """

def test_it_always_fails() -> None:
    raise AssertionError
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository of two modules, of which one has tests of its own."""
    for name, text in {
        "bench/__init__.py": "",
        "capture_daemon/__init__.py": "",
        "capture_daemon/reading/__init__.py": "",
        "capture_daemon/reading/size.py": SIZE,
        "capture_daemon/reading/user.py": USER,
        "tests/reading/test_size.py": TESTS,
        "tests/reading/test_reader.py": "",
    }.items():
        file = tmp_path / "root" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "root"


@pytest.fixture
def outcomes(root: Path, tmp_path: Path) -> Callable[[], dict[str, str]]:
    """What comes of each change of the first module."""

    def try_them() -> dict[str, str]:
        mutants = mutants_in(["reading/size.py"], root)
        return {one.mutant.change.what: one.outcome for one in try_all(mutants, [tmp_path / "copy"], 100, root)}

    return try_them


def test_a_change_is_caught_if_a_test_fails(root: Path, outcomes: Callable[[], dict[str, str]]) -> None:
    assert outcomes() == {"3 → 2": "caught", "3 → 4": "missed", "turned: count < FEW": "caught"}
    assert (root / "capture_daemon/reading/size.py").read_text(encoding="utf-8") == SIZE


def test_a_test_that_fails_anyway_catches_nothing(root: Path, outcomes: Callable[[], dict[str, str]]) -> None:
    (root / "tests/reading/test_size.py").write_text(BROKEN, encoding="utf-8")
    assert set(outcomes().values()) == {"missed"}


def test_tests_that_come_to_no_end_are_ended(root: Path, tmp_path: Path) -> None:
    endless = "def test_it_waits() -> None:\n    while True:\n        pass\n"
    (root / "tests/reading/test_size.py").write_text(endless, encoding="utf-8")
    with pytest.raises(subprocess.TimeoutExpired):
        Scratch(tmp_path / "copy", root).run(["tests/reading/test_size.py"], limit=1)


def test_a_module_without_tests_has_those_of_what_uses_it(root: Path) -> None:
    (root / "tests/reading/test_size.py").rename(root / "tests/reading/test_user.py")
    mutant = mutants_in(["reading/size.py"], root)[0]
    assert mutation.tests_for(mutant, root) == ["tests/reading/test_user.py", "tests/reading/test_reader.py"]


def test_a_parameter_has_the_tests_for_the_modules_that_read_it() -> None:
    patience = next(one for one in mutants_in(["reading/parameters.py"]) if one.change.name == "forgetting")
    assert "tests/reading/test_endpointing.py" in mutation.tests_for(patience, ROOT)
    assert "tests/reading/test_row.py" not in mutation.tests_for(patience, ROOT)


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    every = mutants_in([])
    chosen = sampled(every, 5, seed=3)
    assert [mutant.room for mutant in chosen] == ["reading"] * 5 + ["linelog"] * 5 + ["server"] * 5
    assert chosen == sampled(every, 5, seed=3) != sampled(every, 5, seed=4)


def test_the_summary_counts_by_room(root: Path) -> None:
    one, other, _ = mutants_in(["reading/size.py"], root)
    assert summary([Verdict(one, "caught"), Verdict(other, "missed")]) == ["reading: 1 of 2 caught, 50 %"]


@pytest.mark.parametrize("place", ["ocr", "reading/nothing.py", "reading/follow.py:1"])
def test_a_place_without_changes_is_named(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([place]) == 2
    assert capsys.readouterr().err.startswith(f"{place}: ")


def test_modules_without_tests_of_their_name_are_listed(tmp_path: Path) -> None:
    for file in (
        "capture_daemon/reading/__init__.py",
        "capture_daemon/reading/row.py",
        "capture_daemon/reading/going.py",
    ):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).touch()
    (tmp_path / "tests/reading").mkdir(parents=True)
    (tmp_path / "tests/reading/test_row_marks.py").touch()
    assert untested(tmp_path) == ["reading/going.py"]
