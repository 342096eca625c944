"""How a model is trained; the defaults are those of `capture-daemon tune`."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict, dataclass
from typing import Any

from capture_daemon.errors import ConfigurationError

EXTRA = ("torch", "transformers", "trl", "peft", "datasets", "gguf", "matplotlib")
"""Modules that the extra [tune] brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneSettings:
    """What is trained and how.

    `steps` takes the place of `epochs` where it isn't None. `rank` is the LoRA's, `longest` the tokens of a row,
    `batch` the rows of a step. With `four_bit` the base is loaded in 4 bits (QLoRA); None does so where it is possible.
    """

    base: str
    epochs: float = 3.0
    steps: int | None = None
    rank: int = 16
    learning_rate: float = 2e-4
    batch: int = 8
    longest: int = 1024
    seed: int = 0
    four_bit: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON."""
        return asdict(self)


def need_tune_extra(*modules: str) -> None:
    """Raise ConfigurationError if a module that the extra [tune] brings is missing; without names, any of them."""
    for name in modules or EXTRA:
        if importlib.util.find_spec(name) is None:
            from capture_daemon.common.installing import extra_command  # noqa: PLC0415 - `--help` must not wait for it

            raise ConfigurationError(f"this needs {name}: install it by `{extra_command('tune')}`")
