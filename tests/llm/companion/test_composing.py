from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.dataset.persona import Example, Persona
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.companion.composing import Prompts, compose
from capture_daemon.llm.companion.tuned import Exchange
from capture_daemon.llm.endpoint.messages import Message, about_tokens_of
from tests.server.helpers import line

PIP = Persona(name="Pip", manner="Eager.", examples=(Example(user="Cold?", assistant="Only at the ears."),))
SCENE = [line("Are we there yet?", speaker="Pip"), line("The balloon hummed.", speaker=None)]

SAID = [("Pip", "Are we there yet?"), ("Juno", "Patience."), ("Pip", "Sorry."), ("Juno", "I said so.")]


def composed(*arguments: Any, budget: int | None = None) -> list[Message]:
    prompts, persona, exchanges, scene, said = arguments
    messages = compose(prompts, persona, exchanges, scene, said, budget)
    assert messages is not None
    return messages


def test_who_it_is_how_it_talks_what_was_said_and_what_is_on_screen() -> None:
    system, *turns = composed(Prompts.read(), PIP, [Exchange("Hi!", "Hello."), Exchange(None, "Oh!")], SCENE, "Well?")
    assert system.role == "system"
    assert system.content.startswith("You are Pip.\n")
    assert "How you talk: Eager." in system.content
    assert turns == [
        Message("user", "Cold?"),
        Message("assistant", "Only at the ears."),
        Message("user", "Hi!"),
        Message("assistant", "Hello."),
        Message("user", "…"),
        Message("assistant", "Oh!"),
        Message("user", "On screen:\nPip: Are we there yet?\nThe balloon hummed.\n\nThe player says to you:\nWell?"),
    ]


def test_a_comment_and_an_empty_scene() -> None:
    *_, wish = composed(Prompts.read(), PIP, [], [], None)
    assert wish.content.startswith("On screen:\n(nothing yet)\n\nNobody has spoken to you.")


def test_the_system_turn_of_the_data_set_is_kept() -> None:
    trained = Persona(name="Pip", system="You are Pip, the courier.")
    assert composed(Prompts.read(), trained, [], [], "Hi")[0].content.startswith("You are Pip, the courier.\n")


def test_prompts_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "companion-answer.txt").write_text("$said ($scene)", encoding="utf-8")
    assert composed(Prompts.read(tmp_path), PIP, [], SCENE[:1], "Hm?")[-1].content == "Hm? (Pip: Are we there yet?)"
    (tmp_path / "companion-comment.txt").write_text("$said", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"companion-comment\.txt: \$said is unknown"):
        Prompts.read(tmp_path)


def test_a_tuned_model_is_given_what_it_was_trained_on() -> None:
    tuned = replace(PIP, tuned=True)
    scene = [line(text, speaker=who, seq=seq) for seq, (who, text) in enumerate(SAID, start=1)]
    assert composed(Prompts.read(), tuned, [], scene, None) == [
        Message("system", "You are Pip. Eager."),
        Message("user", "Patience."),
        Message("assistant", "Sorry."),
        Message("user", "I said so."),
    ]
    talked = [Exchange("Hi?", "Ho.", scene[0].stream, 1)]
    assert composed(Prompts.read(), tuned, talked, scene, "Well?")[1:] == [
        Message("user", "Hi?"),
        Message("assistant", "Ho."),
        Message("user", "Juno: Patience."),
        Message("assistant", "Sorry."),
        Message("user", "Juno: I said so.\nWell?"),
    ]
    assert compose(Prompts.read(), tuned, [], scene[:3], None) is None


def test_where_it_is_too_much_the_oldest_lines_go_first_and_the_persona_never() -> None:
    scene = [line(f"Line {n}.", seq=n) for n in range(1, 30)]
    full = composed(Prompts.read(), PIP, [Exchange("Hi!", "Hello.")], scene, "Well?")
    less = composed(Prompts.read(), PIP, [Exchange("Hi!", "Hello.")], scene, "Well?", budget=about_tokens_of(full) - 20)
    assert less[:-1] == full[:-1]
    assert "Line 1." not in less[-1].content
    assert "Line 29." in less[-1].content
    least = composed(Prompts.read(), PIP, [Exchange("Hi!", "Hello.")], scene, "Well?", budget=1)
    assert [message.role for message in least] == ["system", "user"]
    assert least[0] == full[0]
    assert composed(Prompts.read(), replace(PIP, tuned=True), [], scene, "Well?", budget=1)[1].content == "Well?"
