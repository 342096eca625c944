import io
import json

import pytest
from rich.console import Console

from bench.figures import Figure, Goal, table, worst


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [
        (0.99, Goal(0.95, 0.99), "aim"),
        (0.96, Goal(0.95, 0.99), "reached"),
        (0.94, Goal(0.95, 0.99), "missed"),
        (None, Goal(0.95), "missed"),
        (0.2, Goal(0.4, 0.2, least=False), "aim"),
        (0.5, Goal(0.4, 0.2, least=False), "missed"),
        (7.0, None, "-"),
    ],
)
def test_verdicts(value: float | None, goal: Goal | None, verdict: str) -> None:
    figure = Figure("group", "name", value, goal)
    assert figure.verdict == verdict
    assert json.loads(json.dumps(figure.record()))["verdict"] == verdict


def test_the_worst_of_several_counts() -> None:
    assert worst([0.9, 1.0]) == 0.9
    assert worst([0.9, 1.0], least=False) == 1.0
    assert worst([0.9, None]) is None
    assert worst([]) is None


def test_the_table_shows_every_figure() -> None:
    figures = [
        Figure("reading", "lines found", 0.97, Goal(0.99, 1.0), "peer 0.79"),
        Figure("reading", "memory", 223.2, Goal(450, 300, least=False), unit=" MB"),
        Figure("speed", "reading", None),
    ]
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table(figures))
    drawn = console.export_text()
    for text in ("lines found", "peer 0.79", "0.97", "missed", "223.2 MB", "speed"):
        assert text in drawn
