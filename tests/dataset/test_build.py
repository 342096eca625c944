from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture_daemon.dataset.build import DataSet, ExportOptions, build, scenes_for_the_test
from capture_daemon.dataset.conversations import Conversation, Turn
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.settings import Format, Narration
from capture_daemon.dataset.talk import Talk
from capture_daemon.errors import ConfigurationError
from capture_daemon.records import Line, timestamp
from tests.dataset.logs import SESSION, conversation, log

SYLVIE = ExportOptions(persona="Sylvie")


def built(folder: Path, lines: Sequence[Line | str], options: ExportOptions = SYLVIE) -> DataSet:
    return build(*load_script([log(folder / "dialogue.jsonl", lines)]), options)


def test_the_only_other_speaker_has_no_name(tmp_path: Path) -> None:
    alone = conversation("Me: Hey.", "Sylvie: Hi.")
    assert built(tmp_path, alone).train.samples[0].turns[0].text == "Hey."
    company = conversation("Me: Hey.", "Pip: Ho.", "Sylvie: Hi.")
    assert built(tmp_path, company).train.samples[0].turns[0].text == "Me: Hey.\nPip: Ho."
    elsewhere = conversation("Pip: Ho.", "Sylvie: Yes.", first=4, later=500)
    both = built(tmp_path, [*company, *elsewhere], replace(SYLVIE, test_share=0.0)).train.samples
    assert [sample.turns[0].text for sample in both] == ["Me: Hey.\nPip: Ho.", "Ho."]
    played = built(tmp_path, company, replace(SYLVIE, talk=Talk(player="Me")))
    assert played.train.samples[0].turns[0].text == "Hey.\nPip: Ho."


@pytest.mark.parametrize(
    ("language", "manner", "system"),
    [
        ("en", "", "You are Sylvie."),
        ("ja", "", "あなたはSylvieです。"),
        ("zh", "很温柔。", "你是Sylvie。很温柔。"),
        ("ko", "", "당신은 Sylvie입니다."),
        ("fr", "You are warm.", "You are Sylvie. You are warm."),
    ],
)
def test_the_system_turn_is_in_the_language_of_the_lines(
    tmp_path: Path, language: str, manner: str, system: str
) -> None:
    made = built(tmp_path, conversation("Me: Hey.", "Sylvie: Hi.", language=language), replace(SYLVIE, manner=manner))
    assert (made.persona.system, made.persona.language, made.persona.manner) == (system, language, manner)
    assert [(one.user, one.assistant) for one in made.persona.examples] == [("Hey.", "Hi.")]


def test_a_system_text_may_be_given(tmp_path: Path) -> None:
    made = built(tmp_path, conversation("Me: Hey.", "Sylvie: Hi."), replace(SYLVIE, system="Talk like {Sylvie}."))
    assert made.persona.system == "Talk like {Sylvie}."


def test_who_is_not_there_is_told_with_those_who_are(tmp_path: Path) -> None:
    lines = conversation("Me: Hey.", "Pip: Ho.", "Me: Hm.")
    with pytest.raises(
        ConfigurationError, match=r"nobody in the logs is called Sylvie: name one of Me \(2\), Pip \(1\)$"
    ):
        built(tmp_path, lines)
    with pytest.raises(ConfigurationError, match="called Bob"):
        built(tmp_path, lines, ExportOptions(persona="Me", talk=Talk(player="Bob")))
    with pytest.raises(ConfigurationError, match="--speaker-region"):
        built(tmp_path, conversation("It rains."))
    with pytest.raises(ConfigurationError, match="hold no lines"):
        built(tmp_path, [])


def test_what_a_completer_writes_goes_in_and_is_known(tmp_path: Path) -> None:
    def complete(talk: Sequence[Conversation]) -> list[Conversation]:
        said = Turn(role="user", text="Who is there?", generated=True)
        assert [one.unprompted() for one in talk] == [[0]]
        return [replace(one, turns=(said, *one.turns)) for one in talk]

    recordings, counts = load_script([log(tmp_path / "a.jsonl", conversation("Sylvie: It's me!"))])
    made = build(recordings, counts, SYLVIE, complete)
    (sample,) = made.train.samples
    assert [(turn.text, turn.generated) for turn in sample.turns] == [("Who is there?", True), ("It's me!", False)]
    assert made.persona.examples == ()


def test_lines_are_split_by_scene_too(tmp_path: Path) -> None:
    lines = [
        line for n in range(10) for line in conversation(f"Me: {n}?", f"Pip: {n}!", first=2 * n + 1, later=100 * n)
    ]
    made = built(tmp_path, lines, ExportOptions(form=Format.TXT, test_share=0.3))
    assert (len(made.train.scenes), len(made.test.scenes)) == (7, 3)


WHO = st.sampled_from(["Sylvie: ", "Me: ", "Pip: ", "", "Sy1vie: "])
SAID = st.lists(
    st.tuples(
        WHO, st.sampled_from(["Hm.", "Sure!", "What a very long line this one is.", ""]), st.booleans(), st.booleans()
    ),
    min_size=1,
    max_size=40,
)


@given(SAID, st.sampled_from(Narration), st.integers(0, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_made_up_or_mixed(
    tmp_path: Path, said: list[tuple[str, str, bool, bool]], narration: Narration, seed: int
) -> None:
    """Every text of every sample was on screen, said by whom it is given to, in one session, in its order."""
    lines: list[Line] = []
    session, later = 0, 0.0
    for seq, (who, text, new_session, pause) in enumerate([("Sylvie: ", "I am.", False, False), *said], start=1):
        session += new_session
        later += 100 * pause
        begun = timestamp(SESSION + 10_000 * session)
        lines += conversation(f"{who}{text} {seq}", first=seq, later=later, session=begun)
    made = built(tmp_path, lines, replace(SYLVIE, talk=Talk(narration=narration), seed=seed))
    by_seq = {line.seq: line for line in lines}
    scenes = {scene.key: scene for scene in made.cleaned.scenes}
    train, test = (
        [(sample, turn) for sample in part.samples for turn in sample.turns] for part in (made.train, made.test)
    )
    assert not {sample.scene for sample, _ in train} & {sample.scene for sample, _ in test}
    for sample, turn in train + test:
        for line in turn.lines:
            there = by_seq[line.seq]
            assert line.text == there.text
            assert (there.speaker in ("Sylvie", "Sy1vie")) == (turn.role == "assistant")
            assert (line.recording.session, line.left_out) == (there.session, None)
        assert turn.text == "\n".join(map(made.casting.of(scenes[sample.scene].lines).text, turn.lines))
        seqs = [line.seq for turn in sample.turns for line in turn.lines]
        assert seqs == sorted(seqs)
        assert len({by_seq[seq].session for seq in seqs}) == 1


KEYS = [f"scene{n}" for n in range(12)]
SIZES = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 50)).map(Counter)
PAIRS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=6)


@given(SIZES, PAIRS, st.floats(0.01, 0.9), st.integers(0, 5))
def test_scenes_that_belong_together_are_not_parted(
    sizes: Counter[str], together: list[tuple[str, str]], share: float, seed: int
) -> None:
    taken = scenes_for_the_test(sizes, together, share, seed)
    assert taken <= sizes.keys()
    for one, other in together:
        if one in sizes and other in sizes:
            assert (one in taken) == (other in taken)
    assert taken == scenes_for_the_test(Counter(dict(reversed(sizes.items()))), together[::-1], share, seed)
    if not together:
        assert (0 < len(taken) < len(sizes)) if len(sizes) > 1 else not taken


def test_about_the_share_that_is_wanted() -> None:
    sizes = Counter({f"scene{n:03}": 5 for n in range(100)})
    for share in (0.1, 0.3):
        assert len(scenes_for_the_test(sizes, [], share, 0)) == round(100 * share)
    assert scenes_for_the_test(sizes, [], 0.1, 0) != scenes_for_the_test(sizes, [], 0.1, 1)


def test_no_test_where_none_is_wanted() -> None:
    assert scenes_for_the_test(Counter({"a": 1, "b": 1}), [], 0, 0) == frozenset()
    assert scenes_for_the_test(Counter(), [], 0.5, 0) == frozenset()
