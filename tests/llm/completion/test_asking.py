from __future__ import annotations

from capture_daemon.dataset.conversations import Casting, Conversation, conversations
from capture_daemon.llm.completion.asking import CompletionPrompts, questions, with_turns
from tests.dataset.lines import scene

PROMPTS = CompletionPrompts.read()
TALK = scene("A forest.", "Sylvie: Hi there!", "Me: Hi.", "Sylvie: Going home?", "The bell rings.", "Sylvie: Oh no.")


def talk() -> list[Conversation]:
    return list(conversations([TALK], Casting(persona="Sylvie")))


def test_a_question_for_each_turn_that_answers_nothing() -> None:
    first, second = questions(talk(), "Sylvie", PROMPTS)
    assert (first.place, second.place) == (0, 3)
    assert [message.role for message in first.messages] == ["system", "user"]
    assert "In it Sylvie speaks" in first.messages[0].content
    assert first.messages[1].content == (
        "The script so far:\nA forest.\n\n[the player says something]\nSylvie: Hi there!\n\n"
        "The script goes on:\nMe: Hi.\nSylvie: Going home?\nThe bell rings.\nSylvie: Oh no.\n\nWhat did the player say?"
    )
    assert "Sylvie: Oh no.\n\nThe script goes on:\n(nothing)" in second.messages[1].content


def test_a_question_is_known_by_its_words_and_the_model() -> None:
    first, second = questions(talk(), "Sylvie", PROMPTS)
    again, _ = questions(talk(), "Sylvie", PROMPTS)
    assert first.key("m") == again.key("m")
    assert len({first.key("m"), first.key("other"), second.key("m")}) == 3


def test_turns_are_put_in_and_marked_and_nothing_else_changes() -> None:
    (before,) = talk()
    (after,) = with_turns([before], {(0, 3): "What was that?"})
    assert [(turn.role, turn.text) for turn in after.turns if turn.generated] == [("user", "What was that?")]
    assert [turn for turn in after.turns if not turn.generated] == list(before.turns)
    assert after.turns[3].generated
    assert after.unprompted() == [0]


def test_where_all_is_too_long_fewer_lines_are_asked_with() -> None:
    (question,) = questions(
        list(conversations([scene(*(f"Me: m{n}" for n in range(9)), "Fog.", "Sylvie: Oh.", "Fog.", "Sylvie: No.")],
                           Casting(persona="Sylvie"))), "Sylvie", PROMPTS)  # fmt: skip
    assert "m0" in question.messages[1].content
    assert "m0" not in question.shorter[1].content
    assert "Fog.\nSylvie: Oh.\nFog.\n\n[the player" in question.shorter[1].content
