"""`capture-daemon export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capture_daemon.cli.completing import CompletionOptions, completing, failures, outcome_text, show_questions
from capture_daemon.cli.model_options import (
    BaseUrlOption,
    ContextOption,
    ModelOption,
    PersonaOption,
    PromptsOption,
    TemperatureOption,
    TimeLimitOption,
    TopPOption,
)
from capture_daemon.common import signals
from capture_daemon.common.counting import counted, lines_and_choices
from capture_daemon.dataset.settings import Format, Narration
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.endpoint.sampling import TEMPERATURE, TOP_P

if TYPE_CHECKING:
    from capture_daemon.dataset.build import DataSet


def export(  # noqa: PLR0913, PLR0917 - an option each
    logs: Annotated[list[Path], typer.Argument(metavar="LOG…", help="Logs, or folders with logs.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="DIR", help="The folder to write to, or for lines a file such as subs.srt."
        ),
    ],
    persona: PersonaOption = "",
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="chat, sharegpt or alpaca for training; csv, srt or txt for lines (chat).",
        ),
    ] = Format.CHAT,
    player: Annotated[
        str,
        typer.Option(
            "--player",
            metavar="NAME",
            help="Whose lines appear without a name in the user's turns (each scene's only other speaker).",
        ),
    ] = "",
    narration: Annotated[
        Narration | None,
        typer.Option(
            "--narration",
            metavar="WAY",
            help="Narration: drop, user (add to the user's turn) or note (the same, bracketed) (drop; of lines user).",
        ),
    ] = None,
    narration_break: Annotated[
        int,
        typer.Option(
            "--narration-break",
            metavar="LINES",
            min=0,
            help="Lines of dropped narration in a row that end a conversation; 0 is never (3).",
        ),
    ] = 3,
    window: Annotated[
        int, typer.Option("--window", metavar="TURNS", min=2, help="Turns in an example, at most (8).")
    ] = 8,
    turn_lines: Annotated[
        int,
        typer.Option(
            "--turn-lines", metavar="LINES", min=1, help="Lines in a user's turn, at most; the last ones are kept (8)."
        ),
    ] = 8,
    answer_lines: Annotated[
        int,
        typer.Option(
            "--answer-lines", metavar="LINES", min=0, help="Lines in the persona's turn, at most; 0 is no limit (4)."
        ),
    ] = 4,
    answer_pause: Annotated[
        float,
        typer.Option(
            "--answer-pause", metavar="SECONDS", min=0, help="A longer pause ends the persona's turn; 0 never does (8)."
        ),
    ] = 8.0,
    overlap: Annotated[
        bool,
        typer.Option(
            "--overlap", help="Make one example per answer, with its whole window; otherwise each answer appears once."
        ),
    ] = False,
    scene_gap: Annotated[
        float,
        typer.Option("--scene-gap", metavar="SECONDS", min=0, help="A longer pause between lines ends a scene (30)."),
    ] = 30.0,
    test_share: Annotated[
        float | None,
        typer.Option(
            "--test-share",
            metavar="SHARE",
            min=0,
            max=0.9,
            help="Share of examples to set aside for the test, by scene (0.1; of lines 0).",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Seed for choosing the test scenes (0).")] = 0,
    system: Annotated[
        str,
        typer.Option("--system", metavar="TEXT", help="The system turn (You are NAME., in the language of the lines)."),
    ] = "",
    manner: Annotated[
        str,
        typer.Option(
            "--manner", metavar="TEXT", help="How the persona talks, for the system turn and the persona file."
        ),
    ] = "",
    min_confidence: Annotated[
        float,
        typer.Option(
            "--min-confidence",
            metavar="SHARE",
            min=0,
            max=1,
            help="Leave out lines with lower confidence, 0 to 1 (0.5).",
        ),
    ] = 0.5,
    min_length: Annotated[
        int, typer.Option("--min-length", metavar="NUMBER", min=0, help="Leave out lines with fewer characters (1).")
    ] = 1,
    max_length: Annotated[
        int,
        typer.Option(
            "--max-length", metavar="NUMBER", min=0, help="Leave out lines with more characters; 0 is no limit (500)."
        ),
    ] = 500,
    keep_repeats: Annotated[
        bool, typer.Option("--keep-repeats", help="Keep repeats, such as scenes watched again.")
    ] = False,
    similarity: Annotated[
        float,
        typer.Option(
            "--similarity",
            metavar="PERCENT",
            min=50,
            max=100,
            help="How similar two lines must be to count as repeats (92).",
        ),
    ] = 92.0,
    keep_cut_off: Annotated[
        bool,
        typer.Option("--keep-cut-off", help="Keep lines that a recording's end or a moved region cut off."),
    ] = False,
    keep_screen_words: Annotated[
        bool,
        typer.Option("--keep-screen-words", help="Keep rows that contain only interface words such as Auto and Save."),
    ] = False,
    screen_word: Annotated[
        list[str] | None,
        typer.Option("--screen-word", metavar="WORD", help="Another interface word; may be given more than once."),
    ] = None,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Don't merge spellings of a name that look like misreadings.")
    ] = False,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            "--rename", metavar="OLD=NEW", help="Rename a speaker; OLD=OLD keeps the name. May be given more than once."
        ),
    ] = None,
    keep_formulas: Annotated[
        bool,
        typer.Option(
            "--keep-formulas", help="Leave CSV cells unchanged even if a spreadsheet would run them as formulas."
        ),
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Print the report, and save it as text and with plots as PNG.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier export in the same folder.")
    ] = False,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete", help="Have a language model write the player's words before lines that answer nothing."
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Print what --complete would ask, and about how many tokens it takes; write nothing."
        ),
    ] = False,
    prompts: PromptsOption = None,
    base_url: BaseUrlOption = None,
    model: ModelOption = None,
    time_limit: TimeLimitOption = 60.0,
    requests_per_minute: Annotated[
        float | None,
        typer.Option(
            "--requests-per-minute", metavar="NUMBER", min=0.1, help="Send requests no faster than this (no limit)."
        ),
    ] = None,
    max_requests: Annotated[
        int | None,
        typer.Option(
            "--max-requests", metavar="NUMBER", min=0, help="Send at most this many requests in total (no limit)."
        ),
    ] = None,
    max_tokens_total: Annotated[
        int | None,
        typer.Option(
            "--max-tokens-total", metavar="NUMBER", min=0, help="Use at most this many tokens in total (no limit)."
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            "--cache", metavar="FILE", help="Where answers are kept (completions.sqlite3 in the user's cache folder)."
        ),
    ] = None,
    context: ContextOption = None,
    temperature: TemperatureOption = TEMPERATURE,
    top_p: TopPOption = TOP_P,
) -> None:
    """Turn logs into a data set: examples that teach a model to talk like one of the characters, or plain lines."""
    if form.has_samples and not persona:
        raise ConfigurationError(f"--format {form.value} needs --persona: whose lines are the answers")
    if complete and not form.has_samples:
        raise ConfigurationError(f"--format {form.value} has nothing to complete: leave out --complete")
    if dry_run and not complete:
        raise ConfigurationError("--dry-run shows what --complete would ask: give both")
    if complete:
        signals.end_at_once(signals.FORCED)  # what was answered is kept already
    _check_extra(pictures=report)
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.dataset.build import ExportOptions  # noqa: PLC0415
    from capture_daemon.dataset.cleaning import Cleaning  # noqa: PLC0415
    from capture_daemon.dataset.export import as_text, check_target  # noqa: PLC0415
    from capture_daemon.dataset.export import export as make  # noqa: PLC0415
    from capture_daemon.dataset.talk import Talk  # noqa: PLC0415

    cleaning = Cleaning(
        min_confidence=min_confidence,
        screen_words=not keep_screen_words,
        more_screen_words=tuple(screen_word or ()),
        min_length=min_length,
        max_length=max_length,
        cut_off=not keep_cut_off,
        merge_names=not keep_names,
        renamed=_renamed(rename or ()),
        repeats=not keep_repeats,
        similarity=similarity,
    )
    export_options = ExportOptions(
        persona=persona,
        form=form,
        talk=Talk(
            player=player,
            narration=narration or Narration.DROP,
            narration_break=narration_break,
            turns=window,
            turn_lines=turn_lines,
            answer_lines=answer_lines,
            answer_pause=answer_pause,
        ),
        overlap=overlap or form is Format.ALPACA,
        scene_gap=scene_gap,
        test_share=test_share,
        drop_narration=narration is Narration.DROP,
        seed=seed,
        manner=manner,
        system=system,
        keep_formulas=keep_formulas,
        cleaning=cleaning,
    )
    options = CompletionOptions(
        prompts=prompts,
        base_url=base_url,
        model=model,
        time_limit=time_limit,
        requests_a_minute=requests_per_minute,
        requests=max_requests,
        tokens=max_tokens_total,
        cache=cache,
        context=context,
        temperature=temperature,
        top_p=top_p,
    )
    if dry_run:
        show_questions(logs, export_options, options)
        return
    check_target(output, export_options, overwrite=overwrite, pictures=report)
    if complete:
        with completing(persona, options) as completer:
            made, results = make(logs, export_options, output, pictures=report, complete=completer)
        for note in [*failures(completer.outcome), outcome_text(completer.outcome)]:
            console(errors=True).print(f"capture-daemon: {note}")
    else:
        made, results = make(logs, export_options, output, pictures=report)
    if report:
        console().print(as_text(results))
    for note in _notes(made, results):
        console(errors=True).print(f"capture-daemon: {note}")
    console().print(_summary(results, output))


def _check_extra(*, pictures: bool) -> None:
    from importlib.util import find_spec  # noqa: PLC0415

    if pictures and find_spec("matplotlib") is None:
        from capture_daemon.common.installing import extra_command  # noqa: PLC0415

        raise ConfigurationError(f"--report needs matplotlib: install it by `{extra_command('dataset')}`")


def _renamed(pairs: list[str] | tuple[str, ...]) -> dict[str, str]:
    renamed = {}
    for pair in pairs:
        old, sign, new = pair.partition("=")
        if not (sign and old.strip() and new.strip()):
            raise ConfigurationError(f"--rename {pair}: is not OLD=NEW: two names with a sign of equality between them")
        renamed[old.strip()] = new.strip()
    return renamed


def _notes(made: DataSet, results: dict[str, Any]) -> list[str]:
    """What should not go unseen."""
    notes = [
        f"{counted(one['lines'], 'line')} of {one['spelling']} "
        f"{'is' if one['lines'] == 1 else 'are'} taken for {one['name']}'s: "
        f'--rename "{one["spelling"]}={one["spelling"]}" keeps them apart'
        for one in results["names_merged"]
        if one["spelling"] not in made.options.cleaning.renamed
    ]
    notes += [
        f'{one} and {other} look alike and are kept apart: --rename "{one}={other}" makes them one'
        for one, other in results["names_close"]
    ]
    if damaged := results["read"]["damaged"]:
        notes.append(
            f"{counted(damaged, 'line')} of the logs {'is' if damaged == 1 else 'are'} damaged, or no line of dialogue"
        )
    if not results["test"]["lines"] and made.options.wanted_test_share:
        longest = ", ".join(f"{one:g}" for one in results["pauses"]["longest_within_a_scene"])
        longest = f"; the longest pauses within one are {longest} s" if longest else ""
        notes.append(
            "nothing is set aside for the test, for there are no two scenes that have nothing in common: "
            f"a shorter --scene-gap makes more{longest}"
        )
    return notes


def _summary(results: dict[str, Any], output: Path) -> str:
    settings, train, test = results["settings"], results["train"], results["test"]
    if settings["form_has_samples"]:
        made = f"{counted(train['examples'], 'example')} for training, {test['examples']} for the test"
    elif settings["test_share"]:
        made = f"{_lines_of(train)} for training, {_lines_of(test)} for the test"
    else:
        made = _lines_of(train)
    kept = {"lines": results["kept"], "choices": results["kept_choices"]}
    if not settings["form_has_samples"]:
        kept = {key: train[key] + test[key] for key in kept}
    parts = [made, _kept_of(kept, results["read"])]
    if settings["form_has_samples"] and (left := results["unprompted"]):
        parts.append(f"{counted(left, 'line')} of {results['persona']} answer{'s' if left == 1 else ''} nothing")
    return " · ".join([*parts, str(output)])


def _lines_of(counts: dict[str, int]) -> str:
    return lines_and_choices(counts["lines"], counts["choices"])


def _kept_of(kept: dict[str, int], read: dict[str, int]) -> str:
    lines = f"{kept['lines']} of {counted(read['lines'], 'line')}"
    choices = f", {kept['choices']} of {counted(read['choices'], 'choice')}" if read["choices"] else ""
    return f"{lines}{choices} kept"
