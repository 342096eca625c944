from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.dataset.conversations import Casting, Conversation, Turn, conversations
from capture_daemon.dataset.samples import Sample, SampleWindow, parted, samples, to_be_answered, unanswered
from tests.dataset.lines import scene

CASTING = Casting(persona="Sylvie", unnamed=frozenset({"Me"}))


def made(texts: list[str], window: SampleWindow) -> tuple[list[Conversation], list[Sample]]:
    talk = list(conversations([scene(*texts)], CASTING))
    return talk, list(samples(talk, window, CASTING))


def texts_of(found: list[Sample]) -> list[list[str]]:
    return [[turn.text for turn in sample.turns] for sample in found]


TALK = [text for n in range(3) for text in (f"Me: q{n}", f"Sylvie: a{n}")]


def test_a_window_cuts_and_says_each_answer_once() -> None:
    assert texts_of(made(TALK, SampleWindow(turns=4))[1]) == [["q0", "a0", "q1", "a1"], ["q2", "a2"]]
    assert texts_of(made(TALK, SampleWindow(turns=5))[1]) == [["q0", "a0", "q1", "a1"], ["q2", "a2"]]


def test_with_overlap_each_answer_has_its_window() -> None:
    assert texts_of(made(TALK, SampleWindow(turns=4, overlap=True))[1]) == [
        ["q0", "a0"],
        ["q0", "a0", "q1", "a1"],
        ["q1", "a1", "q2", "a2"],
    ]


def test_of_a_long_turn_the_last_lines_are_taken() -> None:
    assert texts_of(made(["Me: one", "Me: two", "Pip: three", "Sylvie: yes"], SampleWindow(lines=2))[1]) == [
        ["two\nPip: three", "yes"]
    ]


def test_an_answer_to_nothing_is_in_no_sample() -> None:
    talk, found = made(
        ["Sylvie: Hello!", "It rains.", "Sylvie: Well?", "Me: Hey.", "Sylvie: Hm.", "Me: Bye."], SampleWindow()
    )
    assert texts_of(found) == [["Hey.", "Hm."]]
    assert unanswered(talk, CASTING) == 2


def test_turns_that_were_written_join_in() -> None:
    (talk,), _ = made(["Sylvie: Hello!", "It rains.", "Sylvie: Well?"], SampleWindow())
    assert talk.unprompted() == [0, 1]
    written = Turn(role="user", text="Hi.", generated=True)
    first, second = talk.turns
    completed = Conversation(scene=talk.scene, turns=(written, first, written, second))
    (found,) = samples([completed], SampleWindow(), CASTING)
    assert [(turn.text, turn.generated) for turn in found.turns] == [
        ("Hi.", True),
        ("Hello!", False),
        ("Hi.", True),
        ("Well?", False),
    ]
    assert [turn.text for stretch in parted(talk.turns, CASTING) for turn in stretch] == ["Hello!\nWell?"]


def test_who_talks_on_and_on_answers_once_unless_asked() -> None:
    (talk,), found = made(
        ["Me: Well?", *(f"Sylvie: a{n}" for n in range(9)), "Me: Oh.", "Sylvie: Yes."], SampleWindow()
    )
    assert texts_of(found) == [["Well?", "a0\na1\na2\na3"], ["Oh.", "Yes."]]
    assert unanswered([talk], CASTING) == 5
    assert talk.unprompted() == [2, 3]
    asked = Turn(role="user", text="And?", generated=True)
    first, second, third, fourth, *rest = talk.turns
    completed = Conversation(scene=talk.scene, turns=(first, second, asked, third, asked, fourth, *rest))
    assert [len(sample.turns) for sample in samples([completed], SampleWindow(), CASTING)] == [8]
    assert unanswered([completed], CASTING) == 0


def test_a_pause_ends_a_turn_of_the_persona() -> None:
    talk = scene("Me: Well?", "Sylvie: Hm.", "Sylvie: Hm?")
    later = replace(talk.lines[2], started=60.0, ended=61.0)
    (made_of,) = conversations([replace(talk, lines=(*talk.lines[:2], later))], CASTING)
    assert made_of.unprompted() == [2]


def test_what_is_given_before_an_answer_to_come_is_a_sample_without_it() -> None:
    talk, (*_, last) = made(TALK, SampleWindow(turns=4, overlap=True))
    given = to_be_answered(talk[0].turns[:-1], SampleWindow(turns=4), CASTING)
    assert tuple(given) == last.turns[:-1]
    assert to_be_answered(talk[0].turns, SampleWindow(), CASTING) == []


SAID = st.lists(st.sampled_from(["Me: ", "Pip: ", "Sylvie: ", ""]), min_size=1, max_size=40)


@given(SAID, st.integers(2, 9), st.booleans())
def test_samples_alternate_and_hold_each_answer(who: list[str], turns: int, overlap: bool) -> None:
    talk, found = made([f"{name}{n}" for n, name in enumerate(who)], SampleWindow(turns=turns, overlap=overlap))
    for sample in found:
        assert [turn.role for turn in sample.turns] == ["user", "assistant"] * (len(sample.turns) // 2)
        assert 2 <= len(sample.turns) <= turns
    ends = [line.seq for sample in found for line in sample.turns[-1].lines]
    answers = [line.seq for sample in found for turn in sample.turns[1::2] for line in turn.lines]
    assert len(ends) == len(set(ends))
    assert len(set(answers)) + unanswered(talk, CASTING) == sum(name == "Sylvie: " for name in who)
    if not overlap:
        assert len(answers) == len(set(answers))
