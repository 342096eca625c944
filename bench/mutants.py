"""Which tests notice when a number or a condition is changed: mutation testing of reading, linelog and server.

    python -m bench.mutants [PLACE…] [--sample 60] [--seed 1] [--jobs 2] [--limit 300]
    python -m bench.mutants --untested

PLACE is a room (`reading`), a module (`reading/follow.py`) or a line of one (`reading/follow.py:120`); without one, all
three rooms. One change at a time is made in a copy of the repository, and the tests run that belong to the module:
those in the file of its name or, if there is none, those of the modules that use it; then the room's tests of the
whole, for reading with the cases of tests/games. A change is caught if the same test fails twice, or the tests come to
no end. With --untested nothing is run: the modules without a file of tests of their own are listed.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.mutating import Change, changes_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "capture_daemon"
OF_THE_WHOLE = {
    "reading": ("tests/reading/test_reader*.py", "tests/test_games.py"),
    "linelog": (
        "tests/linelog/test_lock.py",
        "tests/linelog/test_log.py",
        "tests/linelog/test_log_failures.py",
        "tests/linelog/test_between_runs.py",
        "tests/linelog/test_full_disk.py",
        "tests/linelog/test_outside.py",
        "tests/linelog/test_rotation.py",
        "tests/linelog/test_second_daemon.py",
        "tests/linelog/test_streams.py",
        "tests/linelog/test_syncing.py",
    ),
    "server": (
        "tests/server/test_document.py",
        "tests/server/test_line_pictures.py",
        "tests/server/test_resuming.py",
        "tests/server/test_server.py",
        "tests/server/test_slow_clients.py",
    ),
}
"""The rooms, and the tests of each as a whole."""
COPIED = (PACKAGE, "bench", "tests")
LINKED = ("CHANGELOG.md", "Makefile", "README.md", "config", "docs", "pyproject.toml", "systemd", "training")
UNCOPIED = shutil.ignore_patterns("__pycache__", "recordings", "results")
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+(?: \S+)*?)(?: - .*)?$", re.MULTILINE)
"""A test in pytest's summary that failed; its name may have blanks in brackets."""
WITHOUT_CHANGE = 4
"""Limits that the tests of all mutants may take together before anything is changed."""
CAUGHT, MISSED, ENDLESS = "caught", "missed", "no end"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a module, which is relative to the package: `reading/follow.py`."""

    module: str
    change: Change

    @property
    def room(self) -> str:
        """The room that the module is in."""
        return self.module.split("/", maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a mutant: caught, missed or no end; and the test that caught it."""

    mutant: Mutant
    outcome: str
    by: str = ""

    def row(self) -> str:
        """A row of the table."""
        mutant = self.mutant
        return (
            f"{f'{mutant.module}:{mutant.change.line}':<34} {self.outcome:<7} {mutant.change.what}  {self.by}".rstrip()
        )


def mutants_in(places: Sequence[str], root: Path = ROOT) -> list[Mutant]:
    """All mutants of places, see above. Raises ValueError for a place that has none."""
    found = []
    for place in places or OF_THE_WHOLE:
        name, _, line = place.partition(":")
        path = root / PACKAGE / name
        files = [path] if path.suffix == ".py" else sorted(path.glob("*.py"))
        if name.split("/", maxsplit=1)[0] not in OF_THE_WHOLE or not all(file.is_file() for file in files):
            raise ValueError(f"{place}: is no room, module or line; the rooms are {', '.join(OF_THE_WHOLE)}")
        mutants = [
            Mutant(file.relative_to(root / PACKAGE).as_posix(), change)
            for file in files
            for change in changes_of(file.read_text(encoding="utf-8"))
            if not line or str(change.line) == line
        ]
        if not mutants:
            raise ValueError(f"{place}: has no number and no condition to change")
        found += mutants
    return found


def sampled(mutants: Sequence[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """A random sample of `count` a room, in the order of the source; all of them without a count."""
    if count is None:
        return list(mutants)
    chosen: list[Mutant] = []
    for room in OF_THE_WHOLE:
        of_room = [number for number, mutant in enumerate(mutants) if mutant.room == room]
        numbers = random.Random(f"{seed} {room}").sample(of_room, min(count, len(of_room)))
        chosen += [mutants[number] for number in sorted(numbers)]
    return chosen


def tests_for(mutant: Mutant, root: Path) -> list[str]:
    """The files of tests that a mutant is run against, relative to the repository, those of its own first."""
    room = root / PACKAGE / mutant.room
    sources = {file.stem: file.read_text(encoding="utf-8") for file in sorted(room.glob("*.py"))}
    module = Path(mutant.module).stem
    wave, seen = {module}, {module}
    name = mutant.change.name
    if name is not None and not _tests_named(module, mutant.room, sources, root):
        uses = re.compile(rf"(?:\.|import .*)\b{re.escape(name)}\b")
        wave = {other for other, source in sources.items() if uses.search(source)} or wave
    own: list[Path] = []
    while wave and not own:
        own = [file for each in sorted(wave) for file in _tests_named(each, mutant.room, sources, root)]
        seen |= wave
        wave = {user for each in wave for user in _users(each, mutant.room, sources)} - seen
    whole = [file for pattern in OF_THE_WHOLE[mutant.room] for file in sorted(root.glob(pattern))]
    return [file.relative_to(root).as_posix() for file in dict.fromkeys([*own, *whole])]


def _tests_named(module: str, room: str, sources: dict[str, str], root: Path) -> list[Path]:
    """`test_MODULE.py`, and `test_MODULE_more.py` unless that is another module's."""
    files = sorted((root / "tests" / room).glob(f"test_{module}*.py"))
    stems = {file: file.stem.removeprefix("test_") for file in files}
    return [
        file
        for file, stem in stems.items()
        if stem == module or (stem.startswith(f"{module}_") and stem not in sources)
    ]


def untested(root: Path = ROOT) -> list[str]:
    """The modules of all rooms that have no file of tests by their name, relative to the package."""
    modules = [file.relative_to(root / PACKAGE) for file in sorted((root / PACKAGE).glob("*/**/*.py"))]
    return [
        module.as_posix()
        for module in modules
        if not module.name.startswith("__")
        and not any((root / "tests" / module.parent).glob(f"test_{module.stem}*.py"))
    ]


def _users(module: str, room: str, sources: dict[str, str]) -> set[str]:
    """The modules of a room that import one."""
    imports = re.compile(rf"^\s*from {PACKAGE}\.{room}(?:\.{module} import|\s+import .*\b{module}\b)", re.MULTILINE)
    return {other for other, source in sources.items() if imports.search(source)}


class Scratch:
    """A copy of what the tests need, in which one mutant lives at a time."""

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self.folder = folder
        for name in COPIED:
            shutil.copytree(root / name, folder / name, ignore=UNCOPIED)
        for name in LINKED:
            (folder / name).symlink_to(root / name)

    def try_out(self, mutant: Mutant, tests: Sequence[str], limit: float, broken: Sequence[str] = ()) -> Verdict:
        """Run the tests on a mutant; `broken` are those that fail without it, and count for nothing."""
        file = self.folder / PACKAGE / mutant.module
        source = file.read_text(encoding="utf-8")
        file.write_text(mutant.change.applied(source), encoding="utf-8")
        self._forget(file)
        try:
            sound = [test for test in tests if test not in broken]
            failed = self.run(sound, limit, broken) if sound else []
            if not failed:
                return Verdict(mutant, MISSED)
            again = self.run(failed[:1], limit)
            return Verdict(mutant, CAUGHT, failed[0]) if again else Verdict(mutant, MISSED)
        except subprocess.TimeoutExpired:
            return Verdict(mutant, ENDLESS)
        finally:
            file.write_text(source, encoding="utf-8")
            self._forget(file)

    def run(self, tests: Sequence[str], limit: float, left_out: Sequence[str] = (), *, first: bool = True) -> list[str]:
        """Run tests, with `first` only to the first failure; those that failed. Raises TimeoutExpired after `limit`."""
        command = [sys.executable, "-m", "pytest", "-q", "-rfE", "--tb=no", "-p", "no:cacheprovider", *tests]
        command += [f"--deselect={test}" for test in left_out] + (["-x"] if first else [])
        # Hypothesis tries the same examples each time, without a deadline, where CI is set.
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment | {"COLUMNS": "1000"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=limit)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        failed = FAILED.findall(output)
        # 5: every test was left out. Whatever else keeps pytest from its tests is a failure of the first file.
        return failed or ([] if process.returncode in {0, 5} else list(tests[:1]))

    @staticmethod
    def _forget(file: Path) -> None:
        """Bytecode goes by its source's length and second, which a mutant may share with another."""
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            compiled.unlink()


def try_all(mutants: Sequence[Mutant], folders: Sequence[Path], limit: float, root: Path = ROOT) -> Iterator[Verdict]:
    """Try each mutant, as many at once as there are empty folders to do it in; what came of them, in their order."""
    free: queue.SimpleQueue[Scratch] = queue.SimpleQueue()
    for folder in folders:
        free.put(Scratch(folder, root))
    tests = {mutant: tests_for(mutant, root) for mutant in mutants}
    scratch = free.get()
    every = sorted({file for files in tests.values() for file in files})
    broken = scratch.run(every, limit * WITHOUT_CHANGE, first=False)
    free.put(scratch)
    for test in broken:
        print(f"fails without any change, left out: {test}", file=sys.stderr, flush=True)

    def attempt(mutant: Mutant) -> Verdict:
        scratch = free.get()
        try:
            return scratch.try_out(mutant, tests[mutant], limit, broken)
        finally:
            free.put(scratch)

    with ThreadPoolExecutor(len(folders)) as pool:
        yield from pool.map(attempt, mutants)


def summary(verdicts: Sequence[Verdict]) -> list[str]:
    """How many were caught, a line a room."""
    told = []
    for room in OF_THE_WHOLE:
        of_room = [verdict for verdict in verdicts if verdict.mutant.room == room]
        if of_room:
            caught = sum(verdict.outcome != MISSED for verdict in of_room)
            told.append(f"{room}: {caught} of {len(of_room)} caught, {100 * caught / len(of_room):.0f} %")
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 2 if a place has nothing to change, or the tests take too long without any change."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description="Which changes the tests notice.")
    parser.add_argument(
        "places", nargs="*", metavar="PLACE", help="reading, reading/follow.py or reading/follow.py:120"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="N changes of each room, at random; without it all")
    parser.add_argument("--seed", type=int, default=1, help="which sample")
    parser.add_argument("--jobs", type=int, default=1, help="how many changes are tried at once")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds that the tests of one change may take")
    parser.add_argument("--untested", action="store_true", help="list the modules without a file of tests, and end")
    parser.add_argument("--missed", action="store_true", help="print only what was not caught")
    options = parser.parse_args(arguments)
    if options.untested:
        print("\n".join(untested()))
        return 0
    try:
        mutants = mutants_in(options.places)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    chosen = sampled(mutants, options.sample, options.seed)
    verdicts = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        folders = [Path(scratch) / str(number) for number in range(max(1, options.jobs))]
        try:
            for verdict in try_all(chosen, folders, options.limit):
                verdicts.append(verdict)
                if not options.missed or verdict.outcome == MISSED:
                    print(verdict.row(), flush=True)
        except subprocess.TimeoutExpired as error:
            print(f"without any change the tests take more than {error.timeout:.0f} s; raise --limit", file=sys.stderr)
            return 2
    print("\n".join(summary(verdicts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
