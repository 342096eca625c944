"""The lines of every language."""

from __future__ import annotations

from bench.games.scripts_asian import CHINESE, JAPANESE, KOREAN
from bench.games.scripts_english import ENGLISH
from bench.games.scripts_european import FRENCH, GERMAN, SPANISH

SUPPLIES = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "ja": JAPANESE,
    "zh": CHINESE,
    "ko": KOREAN,
}
