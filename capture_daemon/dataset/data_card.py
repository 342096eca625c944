"""The data card: README.md beside the data, with the head that Hugging Face's tools read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import capture_daemon
from capture_daemon.common.counting import counted
from capture_daemon.common.visible import one_line, visible
from capture_daemon.dataset.build import DataSet
from capture_daemon.dataset.formats import jsonl, sample_records
from capture_daemon.dataset.report import table
from capture_daemon.dataset.script import all_lines
from capture_daemon.dataset.settings import Narration
from capture_daemon.dataset.trainers import masking

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LOADED = (".jsonl", ".csv", ".txt")
"""How the files' names end that `datasets` reads."""
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|~&!]")
_NARRATION = {
    Narration.DROP: "Narration is left out.",
    Narration.USER: "Narration stands in the turns of others, as it was.",
    Narration.NOTE: "Narration stands in the turns of others, in square brackets.",
}


def card(made: DataSet, summary: Mapping[str, Any], files: Sequence[str]) -> str:
    """The card of a data set, of its report and of the files with data in them, by their names in the folder."""
    head = "".join(f"{row}\n" for row in _head(made, summary, files))
    return f"---\n{head}---\n\n" + "\n".join(_text(made, summary))


def _head(made: DataSet, summary: Mapping[str, Any], files: Sequence[str]) -> Iterator[str]:
    """The head in YAML; texts are quoted as JSON has it, which YAML reads."""
    yield f"pretty_name: {_quoted(_title(made))}"
    languages = Counter(line.language for line in all_lines(made.cleaned.scenes))
    yield "language:"
    yield from (f"- {_quoted(code)}" for code in sorted(languages, key=lambda code: (-languages[code], code)))
    yield "license: other\nlicense_name: of-the-game"
    yield "tags:\n- dialogue\n- games"
    if made.options.form.has_samples:
        yield "task_categories:\n- text-generation"
    unit = "examples" if made.options.form.has_samples else "lines"
    keys = [unit] if unit == "examples" else ["lines", "choices"]
    count = sum(summary[part][key] for part in ("train", "test") for key in keys)
    yield "size_categories:"
    yield f"- {next((name for most, name in _SIZES if count < most), 'n>1M')}"
    loaded = [name for name in files if name.endswith(_LOADED)]
    if loaded:
        yield "configs:\n- config_name: default\n  data_files:"
        if made.options.has_plain_lines:
            yield "  - split: train\n    path:"
            yield from (f"    - {_quoted(name)}" for name in loaded)
        else:
            yield from (f"  - split: {name.partition('.')[0]}\n    path: {name}" for name in loaded)


def _title(made: DataSet) -> str:
    return f"Dialogue of {made.options.persona}" if made.options.persona else "Dialogue of a game"


def _text(made: DataSet, summary: Mapping[str, Any]) -> Iterator[str]:
    options = made.options
    yield f"# {_escaped(_title(made))}\n"
    yield "What the characters of a game said on screen, read from the picture. Whose the texts are, and what may be"
    yield "done with them, is for the game's licence to say.\n"
    yield "## Where it is from\n"
    for one in summary["recordings"]:
        yield f"- {_code(one['name'])}, read on {_escaped(one['session'][:10])}: {counted(one['lines'], 'line')}"
    yield f"\nIt was made by capture-daemon {capture_daemon.__version__}.\n"
    yield "## What was done\n"
    for title, rows in table(dict(summary)):
        yield f"### {title[:1].upper()}{title[1:]}\n"
        yield _row(rows[0])
        yield "| " + " | ".join(["---"] * len(rows[0])) + " |"
        yield from map(_row, rows[1:])
        yield ""
    yield from _settings(made, summary)
    if options.form.has_samples:
        yield "\n## What is trained\n"
        yield from masking(options.form, overlap=options.overlap, weighted=made.weighted)
    if options.form.has_samples and made.train.samples:
        yield "\n## An example\n"
        example = sample_records(
            made.train.samples[:1], options.form, made.persona.system, weighted=made.weighted, overlap=options.overlap
        )
        yield f"```json\n{jsonl(example)}```"
    yield ""


def _settings(made: DataSet, summary: Mapping[str, Any]) -> Iterator[str]:
    options, cleaning = made.options, made.options.cleaning
    yield "### How\n"
    yield f"- A scene ends at a pause of more than {options.scene_gap:g} s, and with its recording."
    yield (
        f"- Lines read with a confidence under {cleaning.min_confidence:g} are left out; so are those with fewer than "
        f"{cleaning.min_length} or more than {cleaning.max_length or 'any number of'} characters."
    )
    yield f"- Repeats, {cleaning.similarity:g} % alike or more, are {'left out' if cleaning.repeats else 'kept'}."
    yield f"- Words of the screen are {'left out' if cleaning.screen_words else 'kept'}."
    yield f"- Spellings of a name that look alike are {'merged' if cleaning.merge_names else 'kept apart'}."
    if options.form.has_samples:
        talk = options.talk
        ends = talk.narration is Narration.DROP and talk.narration_break > 0
        yield f"- {_NARRATION[talk.narration]}" + (
            f" {talk.narration_break} lines of it in a row end a conversation." if ends else ""
        )
        yield (
            f"- An example has at most {talk.turns} turns, and a turn of others at most its last "
            f"{talk.turn_lines} lines."
        )
        ended = [f"after {talk.answer_lines} lines"] * bool(talk.answer_lines)
        ended += [f"at a pause of more than {talk.answer_pause:g} s"] * bool(talk.answer_pause)
        if ended:
            yield f"- What {_escaped(options.persona)} says with nobody between is parted {' and '.join(ended)}."
        yield (
            f"- Lines of {_escaped(talk.player)} stand without a name."
            if talk.player
            else "- The only other speaker of a scene stands without a name."
        )
        yield (
            f"- {counted(summary['unprompted'], 'line')} of {_escaped(options.persona)} "
            f"{'is' if summary['unprompted'] == 1 else 'are'} in no example, since nothing stands before."
        )
        yield (
            f"- {counted(summary['generated'], 'turn')} "
            f"{'was' if summary['generated'] == 1 else 'were'} written by a language model, not by the game: "
            "see `generated.jsonl`."
            if summary["generated"]
            else "- No turn was made up."
        )
    if options.has_plain_lines:
        yield "- No scene is set aside for a test."
    else:
        yield (
            f"- Scenes for the test were drawn with seed {options.seed}, {options.wanted_test_share:.0%} wanted; "
            "scenes that repeat one another were not parted."
        )


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |"


def _escaped(text: str) -> str:
    """A text as Markdown shows it letter for letter: no tag, link, emphasis or new line comes of it."""
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))


def _code(text: str) -> str:
    """A text between backticks, which it must not end."""
    return f"`{one_line(text).replace('`', chr(39)) or ' '}`"


def _quoted(text: str) -> str:
    return visible(json.dumps(text, ensure_ascii=False))
