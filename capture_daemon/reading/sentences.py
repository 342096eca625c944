"""Sentences: stops and capitals in Latin text, where their shapes leave them open."""

from __future__ import annotations

import re
from collections.abc import Sequence

from capture_daemon.common.letters import form_of

_ABBREVIATIONS = re.compile(
    "mr|mrs|ms|dr|st|prof|sr|jr|lt|capt|sgt|rev|fr|mme|mlle|etc|vs|cf|ca|approx|vol|inc|ltd|inkl|evtl|ggf|bzw|usw|resp|"
    "itd|itp|tzn|tel|sra|srta|ud|uds|mag|hon|gen|col|cpl|pvt"
)
"""What has a full stop behind it within a sentence, beside single letters and numbers."""
_STOP = re.compile(r"(?<![\w.])(?P<word>[^\W\d_]{2,})\.(?P<space>\s+)(?P<next>[^\W\d_])")
_BEGINNING = re.compile(r"(?<=[^\W\d_.][.!?])(?P<space>\s+)(?P<next>[^\W\d_])")


def with_commas_for_stops(rows: Sequence[str]) -> list[str]:
    """A line's rows with a comma where a sentence goes on in small letters behind what was read as a full stop."""

    def comma(found: re.Match[str]) -> str:
        following = found["next"]
        if (
            not following.islower()
            or form_of(following) != following
            or _ABBREVIATIONS.fullmatch(found["word"].casefold())
        ):
            return found[0]
        return f"{found['word']},{found['space']}{following}"

    return _STOP.sub(comma, "\n".join(rows)).split("\n")


def with_capitals(rows: Sequence[str]) -> list[str]:
    """A line's rows with a capital at the beginning of sentences, where a letter looks alike small and large."""

    def capital(found: re.Match[str]) -> str:
        following = found["next"]
        alike = form_of(following) != following
        return f"{found['space']}{following.upper()}" if alike else found[0]

    text = "\n".join(rows)
    return _BEGINNING.sub(capital, text).split("\n")
