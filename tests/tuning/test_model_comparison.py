"""What the companion would send before an answer of the data set."""

from __future__ import annotations

from capture_daemon.dataset.persona import Example, Persona
from capture_daemon.llm.companion.composing import CompanionPrompts
from capture_daemon.tuning.model_comparison import answers_of, with_prompts
from capture_daemon.tuning.rows import RowTurn, TrainingRow

ROW = TrainingRow(
    (
        RowTurn("system", "You are Pip."),
        RowTurn("user", "Cold?\nJuno: He always is."),
        RowTurn("assistant", "Only at the ears!", trained=True),
        RowTurn("user", "Take my scarf."),
        RowTurn("assistant", "It smells of bread.", trained=True),
    )
)


def test_each_answer_is_asked_for_alone_after_all_that_was_said_before() -> None:
    first, second = answers_of([ROW])
    assert [turn.text for turn in first.turns] == [turn.text for turn in ROW.turns[:3]]
    assert [turn.trained for turn in second.turns] == [False] * 4 + [True]


def test_another_model_gets_the_prompts_with_the_talk_on_screen() -> None:
    persona = Persona(name="Pip", system="You are Pip.", examples=(Example(user="Hm?", assistant="Hm."),))
    _, second = answers_of([ROW])
    made = with_prompts(second, persona, CompanionPrompts.read())
    assert [turn.role for turn in made.turns] == ["system", "user", "assistant", "user", "assistant"]
    assert "Stay in character." in made.turns[0].text
    wish = made.turns[-2].text
    assert "Cold?\nJuno: He always is.\nPip: Only at the ears!" in wish
    assert wish.endswith("Take my scarf.")
    assert made.turns[-1] == second.turns[-1]
