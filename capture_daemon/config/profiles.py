"""Which profiles exist, for the error about one that doesn't."""

from __future__ import annotations

import shlex
from difflib import get_close_matches
from pathlib import Path

MOST_LISTED = 20
"""Profiles listed in a message: it is one line."""


def profile_names(file: Path) -> list[str]:
    """The profiles that lie in the folder of the profile `file`, which needn't exist, in order."""
    try:
        return sorted(found.stem for found in file.parent.glob("*.toml"))
    except OSError:
        return []


def missing_profile(file: Path) -> str:
    """The message for a profile whose `file` doesn't exist: the nearest name, or all there are."""
    names = profile_names(file)
    message = f"{file}: there is no such file"
    if not names:
        return f"{message}, and no other profile in that folder"
    if near := get_close_matches(file.stem, names, n=1):
        return f"{message}: did you mean --profile {shlex.quote(near[0])}?"
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"{message}: the profiles are {', '.join(names[:MOST_LISTED])}{more}"
