"""What the options of `export` can be; in a module that is quick to import, for `--help` needs them."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """What the files hold: examples for training, or lines."""

    CHAT = "chat"
    SHAREGPT = "sharegpt"
    ALPACA = "alpaca"
    CSV = "csv"
    SRT = "srt"
    TXT = "txt"

    @property
    def suffix(self) -> str:
        """How the files' names end."""
        return ".jsonl" if self.has_samples else f".{self.value}"

    @property
    def has_samples(self) -> bool:
        """Whether the files hold examples for training, one a line, and not lines of the script."""
        return self in {Format.CHAT, Format.SHAREGPT, Format.ALPACA}


class Narration(StrEnum):
    """What becomes of lines that nobody says."""

    DROP = "drop"
    USER = "user"
    NOTE = "note"
