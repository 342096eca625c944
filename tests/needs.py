"""Skip a test by name where a system program, package or the shared material that it needs is missing."""

import importlib.util
import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def needs(program: str, *, package: str) -> str:
    """The path of `program`, or a skip that names the Debian package which brings it."""
    path = shutil.which(program) or shutil.which(program, path="/usr/games")
    if path is None:
        pytest.skip(f"needs Debian package {package}")
    return path


def needs_file(path: str | Path, *, package: str) -> Path:
    """`path`, or a skip that names the Debian package which brings it."""
    if not Path(path).exists():
        pytest.skip(f"needs Debian package {package}")
    return Path(path)


def needs_module(name: str, *, extra: str) -> None:
    """A skip that names the extra which brings the Python module `name`, where it is missing."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"needs the extra [{extra}]")


def needs_package(name: str, *, called: str = "") -> None:
    """A skip that names the package from the Python index which brings the module `name`, where it is missing.

    For packages that are in no extra; `called` is the package's name where it differs.
    """
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"needs the package {called or name} from PyPI")


def needs_training() -> None:
    """A skip that names a package for training a language model, where one is missing: those of the extra [tune]."""
    for name in ("torch", "trl", "peft", "datasets", "gguf"):
        needs_package(name)


def needs_shared(path: str) -> Path:
    """A file of the material shared beside the checkout, or a skip that names it."""
    if not (SHARED / path).exists():
        pytest.skip(f"needs ../shared/{path}")
    return SHARED / path
