"""Certainty: how likely it is that every letter of a line is right.

A recogniser's mean probability of a character says little of a whole line: of random games' lines whose weakest row
was read with 0.98 to 0.99 a fifth had a letter wrong, of those over 0.998 one in a hundred. The odds below were fitted
to 482 lines of 50 random games (logistic regression on the logarithm of the doubt, after Platt, 1999). `python -m bench
random cases` shows by bins whether they still hold on games that nobody has looked at.
"""

from __future__ import annotations

ODDS, POWER, LEAST_DOUBT = 0.2, 0.89, 0.001
"""The odds that a line is right: `ODDS` over its doubt to this power; 0.1 to 0.4, and 0.7 to 1.2. A doubt is never less
than the last; 0.0005 to 0.003."""
BRIEF_SECONDS, BRIEF_ODDS = 0.5, 0.07
"""Seconds that a line stood whole below which it may be the beginning of another, 0.3 to 0.7, and what then becomes of
its odds; 0.03 to 0.2."""


def certainty(confidence: float, stood: float | None = None) -> float:
    """The likelihood, 0 to 1, that a line is right if its weakest row was read with `confidence`, 0 to 1.

    `stood` is for how many seconds nothing came to it before it went, None while it stands.
    """
    doubt = 1.0 - confidence + LEAST_DOUBT
    odds = ODDS / float(doubt**POWER)
    if stood is not None and stood < BRIEF_SECONDS:
        odds *= BRIEF_ODDS
    return odds / (1.0 + odds)
