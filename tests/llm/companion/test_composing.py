from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from capture_daemon.dataset.persona import Example, Persona
from capture_daemon.dataset.talk import Talk
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.companion.composing import CompanionPrompts, prompt_messages
from capture_daemon.llm.companion.memory import Excerpt, Remembered
from capture_daemon.llm.companion.tuned import Exchange
from capture_daemon.llm.endpoint.chat_messages import Message, about_tokens_of
from tests.server.helpers import choice, line

PIP = Persona(name="Pip", manner="Eager.", examples=(Example(user="Cold?", assistant="Only at the ears."),))
SCENE = [line("Are we there yet?", speaker="Pip"), line("The balloon hummed.", speaker=None)]

SAID = [("Pip", "Are we there yet?"), ("Juno", "Patience."), ("Pip", "Sorry."), ("Juno", "I said so.")]


def composed(*arguments: Any, budget: int | None = None) -> list[Message]:
    prompts, persona, exchanges, scene, said = arguments
    messages = prompt_messages(prompts, persona, exchanges, scene, said, budget)
    assert messages is not None
    return messages


def test_who_it_is_how_it_talks_what_was_said_and_what_is_on_screen() -> None:
    system, *turns = composed(
        CompanionPrompts.read(), PIP, [Exchange("Hi!", "Hello."), Exchange(None, "Oh!")], SCENE, "Well?"
    )
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
    *_, wish = composed(CompanionPrompts.read(), PIP, [], [], None)
    assert wish.content.startswith("On screen:\n(nothing yet)\n\nNobody has spoken to you.")


def test_the_system_turn_of_the_data_set_is_kept() -> None:
    trained = Persona(name="Pip", system="You are Pip, the courier.")
    assert composed(CompanionPrompts.read(), trained, [], [], "Hi")[0].content.startswith("You are Pip, the courier.\n")


def test_prompts_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "companion-answer.txt").write_text("$said ($scene)", encoding="utf-8")
    assert (
        composed(CompanionPrompts.read(tmp_path), PIP, [], SCENE[:1], "Hm?")[-1].content
        == "Hm? (Pip: Are we there yet?)"
    )
    (tmp_path / "companion-comment.txt").write_text("$said", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"companion-comment\.txt: \$said is unknown"):
        CompanionPrompts.read(tmp_path)


def test_a_tuned_model_is_given_what_it_was_trained_on() -> None:
    tuned = replace(PIP, tuned=True)
    scene = [line(text, speaker=who, seq=seq) for seq, (who, text) in enumerate(SAID, start=1)]
    assert composed(CompanionPrompts.read(), tuned, [], scene, None) == [
        Message("system", "You are Pip. Eager."),
        Message("user", "Patience."),
        Message("assistant", "Sorry."),
        Message("user", "I said so."),
    ]
    talked = [Exchange("Hi?", "Ho.", scene[0].stream, 1)]
    assert composed(CompanionPrompts.read(), tuned, talked, scene, "Well?")[1:] == [
        Message("user", "Hi?"),
        Message("assistant", "Ho."),
        Message("user", "Juno: Patience."),
        Message("assistant", "Sorry."),
        Message("user", "Juno: I said so.\nWell?"),
    ]
    assert prompt_messages(CompanionPrompts.read(), tuned, [], scene[:3], None) is None


def test_what_the_player_chose_is_his_turn_to_a_tuned_model_and_a_line_to_others() -> None:
    scene = [line("Well?", speaker="Pip", seq=1), replace(choice("Go on.", "Stop."), seq=2)]
    assert composed(CompanionPrompts.read(), replace(PIP, tuned=True), [], scene, None)[1:] == [
        Message("user", "Go on.")
    ]
    shown = composed(CompanionPrompts.read(), PIP, [], scene, None)[-1].content
    assert shown.startswith("On screen:\nPip: Well?\nThe player: Go on.\n")


def test_where_it_is_too_much_the_oldest_lines_go_first_and_the_persona_never() -> None:
    scene = [line(f"Line {n}.", seq=n) for n in range(1, 30)]
    full = composed(CompanionPrompts.read(), PIP, [Exchange("Hi!", "Hello.")], scene, "Well?")
    less = composed(
        CompanionPrompts.read(), PIP, [Exchange("Hi!", "Hello.")], scene, "Well?", budget=about_tokens_of(full) - 20
    )
    assert less[:-1] == full[:-1]
    assert "Line 1." not in less[-1].content
    assert "Line 29." in less[-1].content
    least = composed(CompanionPrompts.read(), PIP, [Exchange("Hi!", "Hello.")], scene, "Well?", budget=1)
    assert [message.role for message in least] == ["system", "user"]
    assert least[0] == full[0]
    assert (
        composed(CompanionPrompts.read(), replace(PIP, tuned=True), [], scene, "Well?", budget=1)[1].content == "Well?"
    )


def excerpt(place: int, *said: str) -> Excerpt:
    lines = [text.partition(": ") for text in said]
    return Excerpt(tuple(Remembered(place + n, "s", place + n, who, text) for n, (who, _, text) in enumerate(lines)))


RECALLED = [excerpt(30, "Juno: Beware the geese.", "Pip: Geese?"), excerpt(10, "Juno: A letter!", "Pip: For me?")]


def test_what_is_recalled_stands_before_the_wish_in_the_order_of_the_game() -> None:
    made = prompt_messages(CompanionPrompts.read(), PIP, [], SCENE, "Geese?", None, RECALLED)
    assert made is not None
    assert made[-1].content.startswith(
        "Earlier in the game, not on screen now:\nJuno: A letter!\nPip: For me?\n…\nJuno: Beware the geese.\n"
        "Pip: Geese?"
        "\n\nOn screen:\n"
    )


def test_what_is_recalled_goes_first_where_there_is_no_room() -> None:
    whole = prompt_messages(CompanionPrompts.read(), PIP, [], SCENE, "Geese?", None, RECALLED)
    assert whole is not None
    less = prompt_messages(CompanionPrompts.read(), PIP, [], SCENE, "Geese?", about_tokens_of(whole) - 1, RECALLED)
    assert less is not None
    assert "Beware the geese." in less[-1].content, "the closest stays"
    assert "A letter!" not in less[-1].content
    without = composed(CompanionPrompts.read(), PIP, [], SCENE, "Geese?")
    assert (
        prompt_messages(CompanionPrompts.read(), PIP, [], SCENE, "Geese?", about_tokens_of(without), RECALLED)
        == without
    )


def test_a_tuned_model_is_reminded_by_earlier_talk_as_far_as_its_window_goes() -> None:
    tuned = Persona(name="Pip", tuned=True, system="You are Pip.", talk=Talk(turns=4))
    made = prompt_messages(CompanionPrompts.read(), tuned, [], [], "Geese?", None, RECALLED)
    assert made == [
        Message("system", "You are Pip."),
        Message("user", "Beware the geese."),
        Message("assistant", "Geese?"),
        Message("user", "Geese?"),
    ]


def test_facts_are_told_to_a_model_that_was_not_trained() -> None:
    knowing = replace(PIP, facts=("The balloon carries post.", "Juno steers."))
    system = composed(CompanionPrompts.read(), knowing, [], [], "Hi")[0].content
    assert system.endswith("What you know of the story:\n- The balloon carries post.\n- Juno steers.")
