"""The card and the curve of a run."""

from __future__ import annotations

import io
from typing import Any

import yaml
from PIL import Image

from capture_daemon.dataset.persona import Persona
from capture_daemon.tuning.model_card import run_card
from capture_daemon.tuning.settings import TuneSettings
from capture_daemon.tuning.training import History
from tests.needs import needs_module

HISTORY = History(train=[(1, 3.5), (2, 3.0)], test=[(0, 3.2), (2, 2.9)])
TOLD: dict[str, Any] = {
    "settings": TuneSettings(base="x").to_dict(),
    "base": "small: model.gguf",
    "parameters": 135e6,
    "four_bit": False,
    "rows": 3,
    "answers": 6,
    "tokens": 99,
    "test_rows": 1,
    "test_answers": 2,
    "left_out": 0,
    "steps": 2,
    "kept_step": 2,
    "seconds": 12.3,
    "device": "2 CPU threads",
    "versions": dict.fromkeys(("torch", "transformers", "trl", "peft"), "1.0"),
    "served": "merged.gguf",
    "advice": ["6 answers are few"],
}


def test_the_card_has_a_head_in_yaml_and_says_how_it_went() -> None:
    card = run_card(Persona(name="Pip", language="en", system="You are Pip.", tuned=True), TOLD, HISTORY)
    head = yaml.safe_load(card.split("---\n")[1])
    assert head["base_model"] == "small: model.gguf"
    assert head["license"] == "other"
    assert head["language"] == ["en"]
    assert "You are Pip." in card
    assert "| 2 (kept) | 3.000 | 2.900 | 18.2 |" in card
    assert "- 6 answers are few" in card


def test_without_test_rows_the_card_shows_the_first_step_and_the_last() -> None:
    card = run_card(Persona(name="Pip"), TOLD, History(train=[(1, 3.5), (2, 3.2), (3, 3.0)]))
    assert "| 1 | 3.500 |  |  |" in card
    assert "| 2" not in card.split("## How it went")[1]


def test_the_curve_is_a_picture() -> None:
    needs_module("matplotlib", extra="dataset")
    from capture_daemon.tuning.curve import loss_curve  # noqa: PLC0415 - the extra may be missing

    with Image.open(io.BytesIO(loss_curve(HISTORY))) as picture:
        assert picture.format == "PNG"
        assert picture.width > picture.height > 300
    assert loss_curve(HISTORY) != loss_curve(History())
