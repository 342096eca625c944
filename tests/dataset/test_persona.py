from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.dataset.persona import Example, Persona, read_persona
from capture_daemon.dataset.settings import Narration
from capture_daemon.dataset.talk import Talk
from capture_daemon.errors import ConfigurationError

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


def written(folder: Path, text: str) -> Path:
    file = folder / "persona.toml"
    file.write_text(text, encoding="utf-8", newline="")
    return file


def test_a_name_is_enough(tmp_path: Path) -> None:
    assert read_persona(written(tmp_path, 'name = "シルヴィ"')) == Persona(name="シルヴィ")


@given(manner=TEXT, examples=st.lists(st.builds(Example, user=TEXT, assistant=TEXT), max_size=3))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, manner: str, examples: list[Example]
) -> None:
    persona = Persona(
        name="Sylvie",
        manner=manner,
        language="en",
        system="You are…",
        tuned=True,
        talk=Talk(player=manner, narration=Narration.NOTE, answer_pause=2.5),
        examples=tuple(examples),
    )
    file = written(tmp_path_factory.mktemp("persona"), persona.to_toml())
    assert read_persona(file) == persona


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no name"),
        ("name = 3", "name must be text"),
        ('name = "S"\nmaner = ""', "unknown key maner: a persona has"),
        ('name = "S"\n[[examples]]\nuser = "Hi"', "needs user and assistant"),
        ('name = "S"\nexamples = 3', "needs user and assistant"),
        ("name = ", "is not TOML"),
        ('name = "S"\ntuned = 1', "tuned must be true or false"),
        ('name = "S"\ntalk = 1', "talk must be a table"),
        ('name = "S"\n[talk]\nturn = 3', r"unknown key talk\.turn: it can be narration, "),
        ('name = "S"\n[talk]\nturns = 3.5', r"talk\.turns must be a whole number"),
        ('name = "S"\n[talk]\nturns = -1', r"talk\.turns must be a number from 0 on"),
        ('name = "S"\n[talk]\nnarration = "x"', r"talk\.narration must be one of drop, user, note"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, text: str, told: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigurationError, match=told) as raised:
        read_persona(file)
    assert str(file) in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read_persona(tmp_path / "nobody.toml")
