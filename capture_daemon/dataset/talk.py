"""The form of the talk: what a model is trained on, and so what a companion gives the model that was trained on it.

It is decided here for both: the system turn, and how lines become turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from capture_daemon.dataset.conversations import Casting
from capture_daemon.dataset.samples import SampleWindow
from capture_daemon.dataset.settings import Narration

_SYSTEM = {"ja": "あなたは{}です。", "zh": "你是{}。", "ko": "당신은 {}입니다."}


def system_turn(name: str, manner: str, language: str, system: str = "") -> str:
    """The system turn: `system`, or a sentence with the name in the language of the lines; then the manner."""
    text = system or _SYSTEM.get(language, "You are {}.").format(name)
    if not manner:
        return text
    return f"{text}{'' if language in ('ja', 'zh') else ' '}{manner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How lines become turns; the defaults are those of `capture-daemon export`, which explains each.

    Without a `player` the only other speaker of a scene stands without a name.
    """

    narration: Narration = Narration.DROP
    narration_break: int = 3
    player: str = ""
    turns: int = 8
    turn_lines: int = 8
    answer_lines: int = 4
    answer_pause: float = 8.0

    def casting(self, persona: str) -> Casting:
        """Who is who, for a persona of this name."""
        return Casting(
            persona=persona,
            narration=self.narration,
            narration_break=self.narration_break,
            unnamed=frozenset({self.player}) if self.player else None,
            answer_lines=self.answer_lines,
            answer_pause=self.answer_pause,
            player=self.player,
        )

    def window(self, *, overlap: bool = False) -> SampleWindow:
        """How much goes into a sample."""
        return SampleWindow(turns=self.turns, lines=self.turn_lines, overlap=overlap)

    def to_dict(self) -> dict[str, str | int | float]:
        """The form as a table of TOML."""
        return {key: str(value) if isinstance(value, str) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Talk:
        """The form in a table of TOML. Raises ValueError, which names the key, if one can't be used."""
        known = cls().to_dict()
        for key, value in values.items():
            if key not in known:
                raise ValueError(f"unknown key talk.{key}: it can be {', '.join(known)}")
            wants_text = isinstance(known[key], str)
            number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
            if (wants_text and not isinstance(value, str)) or (not wants_text and not number):
                raise ValueError(f"talk.{key} must be {'text in quotes' if wants_text else 'a number from 0 on'}")
            if isinstance(known[key], int) and not isinstance(value, int):
                raise ValueError(f"talk.{key} must be a whole number")
        chosen = dict(values)
        if "narration" in chosen:
            if chosen["narration"] not in list(Narration):
                raise ValueError(f"talk.narration must be one of {', '.join(Narration)}")
            chosen["narration"] = Narration(chosen["narration"])
        return cls(**chosen)
