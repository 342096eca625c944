"""What may use what: the rules of docs/architecture.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.needs import needs_module

ROOT = Path(__file__).resolve().parents[1]
READING = ROOT / "capture_daemon" / "reading"


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_rooms_use_only_those_below_them() -> None:
    needs_module("importlinter", extra="dev")
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_reading_uses_numpy_and_opencv_only() -> None:
    for file in READING.glob("*.py"):
        for module in imports(file):
            package = module.partition(".")[0]
            assert package in {"capture_daemon", "numpy", "cv2", *sys.stdlib_module_names}, f"{file.name}: {module}"
            assert package not in {"threading", "asyncio", "socket", "time", "os", "io", "pathlib"}, file.name


def test_each_class_has_a_name_of_its_own() -> None:
    """One name is one thing in the whole package."""
    places: dict[str, list[str]] = {}
    for file in sorted((ROOT / "capture_daemon").rglob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(file.relative_to(ROOT)))
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


def test_a_function_imported_by_its_name_has_it_alone() -> None:
    """Common verbs may be shared if they are used through their module, as in `private_files.write`.

    The commands in `cli` are named as users type them, and entry points are called `main`.
    """
    package = ROOT / "capture_daemon"
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(package.rglob("*.py"))}
    places: dict[str, set[str]] = {}
    for file, tree in trees.items():
        if file.parent.name != "cli":
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for node in tree.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "main":
                    places.setdefault(node.name, set()).add(module)
    shared = {name: modules for name, modules in places.items() if len(modules) > 1}
    found = [
        f"{file.relative_to(package)}: {name.name} is one of {sorted(shared[name.name])}"
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if node.module in shared.get(name.name, ())
    ]
    assert found == []
