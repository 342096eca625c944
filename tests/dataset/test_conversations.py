from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.dataset.conversations import Casting, conversations
from capture_daemon.dataset.script import CleaningStep, ScriptScene
from capture_daemon.dataset.settings import Narration
from tests.dataset.lines import line, scene

SYLVIE = Casting(persona="Sylvie", unnamed=frozenset({"Me"}))


def turns(told: ScriptScene, casting: Casting = SYLVIE) -> list[list[tuple[str, str]]]:
    return [[(turn.role, turn.text) for turn in made.turns] for made in conversations([told], casting)]


def test_what_the_persona_says_is_the_answer() -> None:
    told = scene("Me: Are you going home?", "Sylvie: Sure!", "Me: Hey…", "Me: Umm…", "Sylvie: What?", "Sylvie: Say it.")
    assert turns(told) == [
        [
            ("user", "Are you going home?"),
            ("assistant", "Sure!"),
            ("user", "Hey…\nUmm…"),
            ("assistant", "What?\nSay it."),
        ]
    ]


def test_others_are_named() -> None:
    told = scene("Me: Who is it?", "Pip: Me!", "Sylvie: Come in.")
    assert turns(told) == [[("user", "Who is it?\nPip: Me!"), ("assistant", "Come in.")]]


def test_narration() -> None:
    told = scene("She turns.", "Me: Hey.", "She smiles.", "Sylvie: Hi.")
    for narration, user in (
        (Narration.DROP, "Hey."),
        (Narration.USER, "She turns.\nHey.\nShe smiles."),
        (Narration.NOTE, "[She turns.]\nHey.\n[She smiles.]"),
    ):
        casting = Casting(persona="Sylvie", narration=narration, unnamed=frozenset({"Me"}))
        assert turns(told, casting) == [[("user", user), ("assistant", "Hi.")]]


def test_narration_left_out_parts_turns_of_the_persona_only() -> None:
    told = scene("Me: Hey.", "A pause.", "Me: Umm.", "Sylvie: Yes?", "Another.", "Sylvie: Good.", "Sylvie: Fine.")
    (made,) = conversations([told], SYLVIE)
    assert [turn.text for turn in made.turns] == ["Hey.\nUmm.", "Yes?", "Good.\nFine."]
    assert made.unprompted() == [2]


def test_nothing_reaches_over_a_hole() -> None:
    unreadable = line("Me: And where do you live?", left_out=CleaningStep.CONFIDENCE)
    told = scene("Me: How old are you?", unreadable, "Sylvie: In the old town.")
    assert turns(told) == [[("assistant", "In the old town.")]]
    lost = scene("Me: How old are you?", line("Sylvie: In the old town.", after_hole=True))
    assert turns(lost) == [[("assistant", "In the old town.")]]


def test_words_of_the_screen_and_narration_without_a_part_leave_no_hole() -> None:
    for left_out in (
        line("Auto Skip", left_out=CleaningStep.SCREEN_WORDS),
        line("Fog.", left_out=CleaningStep.CONFIDENCE),
    ):
        assert turns(scene("Me: Hey.", left_out, "Sylvie: Hi.")) == [[("user", "Hey."), ("assistant", "Hi.")]]


def test_a_scene_without_the_persona_is_none() -> None:
    assert turns(scene("Me: Hey.", "Pip: Hi.")) == []


SAYERS = st.sampled_from(["Sylvie: ", "Me: ", "Pip: ", ""])


@given(st.lists(st.tuples(SAYERS, st.booleans(), st.sampled_from([None, *CleaningStep]))), st.sampled_from(Narration))
def test_nobody_elses_line_is_ever_the_personas(
    said: list[tuple[str, bool, CleaningStep | None]], narration: Narration
) -> None:
    told = scene(*(line(f"{who}{n}", after_hole=hole, left_out=out) for n, (who, hole, out) in enumerate(said)))
    if not told.lines:
        return
    casting = Casting(persona="Sylvie", narration=narration)
    made = list(conversations([told], casting))
    answers = [line for one in made for turn in one.turns if turn.role == "assistant" for line in turn.lines]
    assert answers == [line for line in told.kept if line.speaker == "Sylvie"]
    others = [line for one in made for turn in one.turns if turn.role == "user" for line in turn.lines]
    assert all(line.speaker != "Sylvie" and line.left_out is None for line in others)
    assert len({line.seq for line in others}) == len(others)
