"""How long a training is, and what its losses were."""

from __future__ import annotations

from typing import Any

import pytest

from capture_daemon.tuning.settings import TuneSettings
from capture_daemon.tuning.training import History, steps_of


@pytest.mark.parametrize(
    ("options", "rows", "steps", "every"),
    [
        ({"epochs": 3.0}, 16, 6, 2),
        ({"epochs": 3.0}, 17, 9, 3),
        ({"epochs": 0.5}, 1000, 62, 50),
        ({"steps": 5}, 100, 5, 5),
        ({"steps": 100, "batch": 1}, 3, 100, 20),
        ({"epochs": 0.01}, 1, 1, 1),
    ],
)
def test_a_training_has_steps_and_looks_at_the_test_rows_once_an_epoch(
    options: dict[str, float], rows: int, steps: int, every: int
) -> None:
    assert steps_of(TuneSettings(base="x", **options), rows) == (steps, every)  # type: ignore[arg-type]


def test_losses_are_read_from_the_trainers_history() -> None:
    entries: list[dict[str, Any]] = [
        {"eval_loss": 3.0, "step": 0},
        {"loss": 2.5, "step": 1},
        {"train_runtime": 3, "step": 1},
    ]
    assert History.of(entries) == History(train=[(1, 2.5)], test=[(0, 3.0)])
