"""What may use what: the rules of docs/architecture.md."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "capture_daemon"
PASSED_AROUND = {
    "",
    "frames",
    "records",
    "errors",
    "config",
    "config_file",
    "bounded",
    "limited",
    "clock",
    "delays",
    "hangul",
}
"""What every room may use; the empty name is the package itself, for its version."""
SHARED = {"reading": {"ocr.engine"}}


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it, but for those that only type checkers see."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if node.module == "capture_daemon":
                yield from (f"capture_daemon.{name.name}" for name in node.names)
            else:
                yield node.module


@pytest.mark.parametrize("room", ["sources", "ocr", "reading", "delivery"])
def test_rooms_know_nothing_of_one_another(room: str) -> None:
    for file in (PACKAGE / room).glob("*.py"):
        for module in imports(file):
            package, _, inside = module.partition(".")
            if package == "capture_daemon":
                allowed = inside.split(".")[0] in PASSED_AROUND | {room} or inside in SHARED.get(room, set())
                assert allowed, f"{file.name} uses {module}"


def test_reading_uses_numpy_and_opencv_only() -> None:
    for file in (PACKAGE / "reading").glob("*.py"):
        for module in imports(file):
            package = module.partition(".")[0]
            assert package in {"capture_daemon", "numpy", "cv2", *sys.stdlib_module_names}, f"{file.name}: {module}"
            assert package not in {"threading", "asyncio", "socket", "time", "os", "io", "pathlib"}, file.name


def test_what_is_passed_around_uses_no_room() -> None:
    for name in PASSED_AROUND - {""}:
        for module in imports(PACKAGE / f"{name}.py"):
            package, _, inside = module.partition(".")
            assert package != "capture_daemon" or inside.split(".")[0] in PASSED_AROUND, f"{name}.py uses {module}"
