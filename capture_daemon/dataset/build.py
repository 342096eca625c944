"""Building: from a script to the samples and scenes for training and for the test. Pure; files are made elsewhere."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from capture_daemon.dataset.cleaning import Cleaned, Cleaning, clean
from capture_daemon.dataset.conversations import Casting, Completer, Conversation, conversations
from capture_daemon.dataset.loading import Counts, scenes
from capture_daemon.dataset.persona import Example, Persona
from capture_daemon.dataset.samples import Sample, samples
from capture_daemon.dataset.script import ScriptLine, ScriptScene, all_lines
from capture_daemon.dataset.settings import Format, Narration
from capture_daemon.dataset.talk import Talk, system_turn
from capture_daemon.errors import ConfigurationError


def scenes_for_the_test(
    sizes: Counter[str], together: Iterable[tuple[str, str]], share: float, seed: int
) -> frozenset[str]:
    """The scenes for the test, so that they have about `share` of all.

    `sizes` says how much each scene has, `together` which pairs of scenes must not be parted. Where there is more than
    one group of scenes and a share is wanted, there is something on both sides. The same seed gives the same scenes.
    """
    groups = _groups(sizes, together)
    random.Random(seed).shuffle(groups)
    wanted = share * sizes.total()
    if len(groups) < 2 or wanted <= 0:
        return frozenset()
    weights = [sum(sizes[key] for key in group) for group in groups]
    taken: list[int] = []
    size = 0
    for place, weight in enumerate(weights):
        if len(taken) + 1 < len(groups) and abs(size + weight - wanted) < abs(size - wanted):
            taken.append(place)
            size += weight
    if not taken:
        taken = [min(range(len(groups)), key=lambda place: weights[place])]
    return frozenset(key for place in taken for key in groups[place])


def _groups(sizes: Counter[str], together: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The scenes in groups, in an order that depends on nothing but their keys."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while (above := leader.setdefault(key, key)) != key:
            leader[key] = leader[above]
            key = above
        return key

    for one, other in together:
        leader[find(one)] = find(other)
    members: dict[str, list[str]] = defaultdict(list)
    for key in sorted(sizes):
        members[find(key)].append(key)
    return sorted(members.values())


TEST_SHARE = 0.1
"""The share of examples that is set aside for the test unless told otherwise."""
EXAMPLES = 6
"""How many examples a persona gets, at most."""
_LISTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What is wanted; the defaults are those of `capture-daemon export`.

    `persona` may be empty if the format has no examples. `scene_gap` is in seconds, `test_share` from 0 to 1. With
    `keep_formulas` cells of CSV may begin as formulas do. Without a `system` text it is a sentence with the persona's
    name; `manner` is added to it. Formats of lines set nothing aside unless there is a `test_share`, and hold narration
    unless they are to `drop_narration`.
    """

    persona: str = ""
    form: Format = Format.CHAT
    talk: Talk = field(default_factory=Talk)
    overlap: bool = False
    scene_gap: float = 30.0
    test_share: float | None = None
    drop_narration: bool = False
    seed: int = 0
    manner: str = ""
    system: str = ""
    keep_formulas: bool = False
    cleaning: Cleaning = field(default_factory=Cleaning)

    @property
    def wanted_test_share(self) -> float:
        """The share that is set aside for the test, from 0 to 1."""
        if self.test_share is None:
            return TEST_SHARE if self.form.has_samples else 0.0
        return self.test_share

    @property
    def has_plain_lines(self) -> bool:
        """Whether the files hold lines, and all of them: a file for each recording, none for the test."""
        return not self.form.has_samples and not self.wanted_test_share

    def casting(self) -> Casting:
        """Who is who, and whether narration has a part."""
        cast = self.talk.casting(self.persona)
        if self.form.has_samples or self.drop_narration or cast.narration is not Narration.DROP:
            return cast
        return replace(cast, narration=Narration.USER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One side of the data set; `scenes` are those with a sample in it, or with a line where lines are wanted."""

    scenes: tuple[ScriptScene, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A data set, with all that its report needs."""

    options: ExportOptions
    counts: Counts
    cleaned: Cleaned
    casting: Casting
    persona: Persona
    conversations: tuple[Conversation, ...]
    train: Split
    test: Split

    @property
    def weighted(self) -> bool:
        """Whether something in the samples must not be trained that a trainer would take for an answer, or for a turn.

        It is decided for both sides at once, so that their files have the same columns.
        """
        samples = (*self.train.samples, *self.test.samples)
        return self.options.overlap or any(turn.generated for sample in samples for turn in sample.turns)


def build(
    recordings: Sequence[list[ScriptLine]], counts: Counts, options: ExportOptions, complete: Completer | None = None
) -> DataSet:
    """The data set of recordings. Raises ConfigurationError if nobody speaks, or not the one who is wanted."""
    known = [name for name in (options.persona, options.talk.player) if name]
    cleaned = clean(scenes(recordings, options.scene_gap), options.cleaning, known_names=known)
    # A player who speaks only by menus has no line with a name.
    has_menus = any(line.chosen for line in all_lines(cleaned.scenes))
    _check_speakers(cleaned.scenes, [name for name in known if not has_menus or name == options.persona])
    casting = options.casting()
    talk = tuple(conversations(cleaned.scenes, casting)) if options.persona else ()
    if complete is not None:
        talk = tuple(complete(talk))
    made = (
        list(samples(talk, options.talk.window(overlap=options.overlap), casting)) if options.form.has_samples else []
    )
    sizes = (
        Counter(sample.scene for sample in made)
        if options.form.has_samples
        else Counter({scene.key: len(scene.kept) for scene in cleaned.scenes if scene.kept})
    )
    for_test = scenes_for_the_test(sizes, cleaned.repeated, options.wanted_test_share, options.seed)

    def split(*, test: bool) -> Split:
        return Split(
            scenes=tuple(scene for scene in cleaned.scenes if scene.key in sizes and (scene.key in for_test) is test),
            samples=tuple(sample for sample in made if (sample.scene in for_test) is test),
        )

    train = split(test=False)
    return DataSet(
        options=options,
        counts=counts,
        cleaned=cleaned,
        casting=casting,
        persona=_persona(cleaned.scenes, train.samples, options),
        conversations=talk,
        train=train,
        test=split(test=True),
    )


def _check_speakers(script: Sequence[ScriptScene], wanted: Sequence[str]) -> None:
    spoken = Counter(line.speaker for line in all_lines(script) if line.speaker is not None)
    if not any(scene.lines for scene in script):
        raise ConfigurationError("the logs hold no lines: name others")
    for name in wanted:
        if name in spoken:
            continue
        if not spoken:
            raise ConfigurationError(
                f"nobody is named in the logs, and so not {name}: read them again with --speaker-region"
            )
        there = ", ".join(f"{other} ({count})" for other, count in spoken.most_common(_LISTED))
        more = ", …" if len(spoken) > _LISTED else ""
        raise ConfigurationError(f"nobody in the logs is called {name}: name one of {there}{more}")


def _persona(script: Sequence[ScriptScene], train: Sequence[Sample], options: ExportOptions) -> Persona:
    spoken = Counter(
        line.language for line in all_lines(script) if line.speaker == options.persona or not options.persona
    )
    language = min(spoken, key=lambda code: (-spoken[code], code)) if spoken else ""
    pairs = [
        Example(user=asked.text, assistant=answer.text)
        for sample in train
        for asked, answer in zip(sample.turns[::2], sample.turns[1::2], strict=True)
        if not asked.generated and not answer.generated
    ]
    step = max(1, len(pairs) / EXAMPLES)
    chosen = [pairs[int(step * place)] for place in range(min(EXAMPLES, len(pairs)))]
    return Persona(
        name=options.persona,
        manner=options.manner,
        language=language,
        system=system_turn(options.persona, options.manner, language, options.system),
        talk=options.talk,
        examples=tuple(chosen),
    )
