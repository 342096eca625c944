"""The command that adds packages to this installation, whichever program made it.

It names the packages themselves, from this program's own requirements, and never this program: what an index has under
its name may be somebody else's.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path

NAME = "capture-daemon"
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)[^;]*")
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([^"']+)["']""")
_PLATFORM = re.compile(r"""\bsys_platform\s*==\s*["']([^"']+)["']""")


def extra_command(extra: str) -> str:
    """The command that installs what the extra of that name needs."""
    wanted = requirements(extra)
    if not wanted:
        # A checkout that was never installed: what it needs stands in its pyproject.toml.
        root = Path(__file__).resolve().parents[2]
        return _written([sys.executable, "-m", "pip", "install", "--editable", f"{root}[{extra}]"])
    return _command(wanted, again=False)


def package_command(*names: str) -> str:
    """The command that installs packages of this program anew, at a version that it can use."""
    known = {normal(_name(one)): one for extra in (None, *_extras()) for one in requirements(extra)}
    return _command([known.get(normal(name), name) for name in names], again=True)


def again() -> str:
    """What to do where the program's own files are at fault: install it again from where it came (PEP 610)."""
    try:
        text = importlib.metadata.distribution(NAME).read_text("direct_url.json")
        origin = str(json.loads(text or "{}")["url"])
    except (importlib.metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        origin = "the same place as before"
    return f"install {NAME} again, from {origin}"


def requirements(extra: str | None) -> list[str]:
    """What the program needs on this system, with one of its extras or with none, such as `tesserocr>=2.8`.

    [] if it is not installed.
    """
    found = []
    for one in _all():
        text, _, marker = one.partition(";")
        named, system = _EXTRA.search(marker), _PLATFORM.search(marker)
        if (named[1] if named else None) == extra and (system is None or system[1] == sys.platform):
            found.append(text.strip())
    return found


def normal(name: str) -> str:
    """A package's name in its normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _command(wanted: Sequence[str], *, again: bool) -> str:
    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").exists():
        return _written(["pipx", "inject", *(["--force"] if again else []), prefix.name, *wanted])
    # By sys.path alone: setuptools' own hook takes a look for pip as a sign that pip runs, and leaves Python's old
    # distutils in place, whose import warns.
    if (prefix / "uv-receipt.toml").exists() or PathFinder.find_spec("pip") is None:
        return _written(
            ["uv", "pip", "install", *(["--reinstall"] if again else []), "--python", sys.executable, *wanted]
        )
    return _written([sys.executable, "-m", "pip", "install", *(["--force-reinstall"] if again else []), *wanted])


def _written(command: Sequence[str]) -> str:
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def _all() -> list[str]:
    try:
        return importlib.metadata.requires(NAME) or []
    except importlib.metadata.PackageNotFoundError:
        return []


def _extras() -> set[str]:
    return {named[1] for one in _all() if (named := _EXTRA.search(one.partition(";")[2]))}


def _name(requirement: str) -> str:
    found = _REQUIREMENT.match(requirement)
    return found[1] if found else requirement
