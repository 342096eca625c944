"""Another user of this machine, for tests that run as root: a number is enough, it needs no account."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

OTHER = 64_123
"""A user id that nobody has; not the one that stands for users that can't be told (65534)."""


def needs_other_user() -> None:
    """A skip where no program can be started as another user, or nobody tells which user a program has."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux tells whose a connection is")
    if os.geteuid() != 0:
        pytest.skip("needs root, to start a program as another user")


def call_as_other(
    code: str, *arguments: str, uid: int = OTHER, limit: float = 30.0
) -> subprocess.CompletedProcess[str]:
    """Run a piece of Python as another user, and wait for its end.

    It has json, socket, struct and sys; that user may not even read Python's own library.
    """
    have = "import encodings.idna, json, os, socket, struct, sys"
    become = f"{have}; os.setgroups([]); os.setgid({uid}); os.setuid({uid})"
    return subprocess.run(
        [sys.executable, "-I", "-c", f"{become}\n{code}", *arguments],
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
        cwd="/",
    )
