"""A persona drafted by a model: what it is shown, and what is taken of its answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from capture_daemon.dataset.persona import Persona
from capture_daemon.errors import ConfigurationError, EndpointQuestionError
from capture_daemon.llm.companion.drafting import PARTS, DraftPrompts, draft, read_script, script_parts, spread
from capture_daemon.llm.endpoint.chat_messages import Answer, Message
from capture_daemon.llm.endpoint.sampling import Sampling
from tests.dataset.logs import conversation, log

SAID = ("Juno: Hold the rope.", "Pip: I am holding it!", "Fog.", "Pip: Mostly.")


class Model:
    """Answers one question after another as it was told to, and keeps what was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def ask(self, messages: Sequence[Message], longest: int, sampling: Sampling) -> Answer:
        """The next answer."""
        self.asked.append(messages[-1].content)
        return Answer(self.answers.pop(0), 10)

    async def context(self) -> int | None:
        """It doesn't say."""
        return None


def drafted(folder: Path, model: Model, persona: Persona | None = None) -> Persona:
    script = read_script([log(folder / "dialogue.jsonl", conversation(*SAID))], "Pip")
    return asyncio.run(draft(persona or Persona(name="Pip"), script, model, DraftPrompts.read()))


def test_manner_and_facts_are_taken_from_the_answers(tmp_path: Path) -> None:
    model = Model(
        '<think>{"manner": "no"}</think>```json\n{"manner": "Short and\\nunsure."}```', '{"facts": ["Fog.", ""]}'
    )
    made = drafted(tmp_path, model, Persona(name="Pip", system="You are Pip.", tuned=True))
    assert made == Persona(name="Pip", system="You are Pip.", tuned=True, manner="Short and unsure.", facts=("Fog.",))
    manner, facts = model.asked
    assert "I am holding it!\nMostly." in manner
    assert "Hold the rope." not in manner
    assert "Juno: Hold the rope.\nPip: I am holding it!\nFog." in facts


def test_an_answer_that_makes_no_sense_is_asked_for_again(tmp_path: Path) -> None:
    made = drafted(tmp_path, Model("Sure!", '{"manner": "Short."}', "Hm.", "Hm.", "Hm."))
    assert (made.manner, made.facts) == ("Short.", ())
    with pytest.raises(EndpointQuestionError, match="take a larger one"):
        drafted(tmp_path, Model(*["Hm."] * 6))


def test_somebody_who_says_nothing_is_no_persona(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match=r"nobody in the logs is called Sylvie: name one of Pip \(2\), Juno \(1\)"
    ):
        read_script([log(tmp_path / "dialogue.jsonl", conversation(*SAID))], "Sylvie")


def test_of_a_long_script_a_model_is_shown_as_much_as_it_takes_from_all_of_it() -> None:
    texts = [f"line {number:03}" for number in range(400)]
    chosen = spread(texts, 60)
    assert 15 <= len(chosen) <= 20
    assert chosen[0] == "line 000"
    assert chosen[-1] > "line 300"
    shown = script_parts(texts, 60)
    assert len(shown) == PARTS
    assert shown[-1].splitlines()[0] > "line 250"
    assert script_parts(["one", "two"], 60) == ["one\ntwo"]
