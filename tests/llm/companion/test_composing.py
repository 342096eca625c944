from __future__ import annotations

from pathlib import Path

import pytest

from capture_daemon.dataset.persona import Example, Persona
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.companion.composing import Exchange, Prompts, compose
from capture_daemon.llm.endpoint.messages import Message
from tests.server.helpers import line

PIP = Persona(name="Pip", manner="Eager.", examples=(Example(user="Cold?", assistant="Only at the ears."),))
SCENE = [line("Are we there yet?", speaker="Pip"), line("The balloon hummed.", speaker=None)]


def test_who_it_is_how_it_talks_what_was_said_and_what_is_on_screen() -> None:
    system, *turns = compose(Prompts.read(), PIP, [Exchange("Hi!", "Hello."), Exchange(None, "Oh!")], SCENE, "Well?")
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
    *_, wish = compose(Prompts.read(), PIP, [], [], None)
    assert wish.content.startswith("On screen:\n(nothing yet)\n\nNobody has spoken to you.")


def test_the_system_turn_of_the_data_set_is_kept() -> None:
    trained = Persona(name="Pip", system="You are Pip, the courier.")
    assert compose(Prompts.read(), trained, [], [], "Hi")[0].content.startswith("You are Pip, the courier.\n")


def test_prompts_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "companion-answer.txt").write_text("$said ($scene)", encoding="utf-8")
    assert compose(Prompts.read(tmp_path), PIP, [], SCENE[:1], "Hm?")[-1].content == "Hm? (Pip: Are we there yet?)"
    (tmp_path / "companion-comment.txt").write_text("$said", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"companion-comment\.txt: \$said is unknown"):
        Prompts.read(tmp_path)
