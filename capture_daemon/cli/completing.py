"""What `capture-daemon export --complete` asks, and how that is shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from capture_daemon.common.counting import counted

if TYPE_CHECKING:
    from capture_daemon.dataset.build import ExportOptions
    from capture_daemon.dataset.conversations import Conversation
    from capture_daemon.llm.completion.completer import Completer, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionOptions:
    """The options of `export` that are about completing."""

    prompts: Path | None
    base_url: str | None
    model: str | None
    time_limit: float
    requests_a_minute: float | None
    requests: int | None
    tokens: int | None
    cache: Path | None
    context: int | None
    temperature: float
    top_p: float


@contextmanager
def completing(persona: str, options: CompletionOptions) -> Iterator[Completer]:
    """What asks for missing turns, with its progress shown on standard error where that is a terminal."""
    from capture_daemon.llm.endpoint.settings import endpoint_settings, need_llm_extra  # noqa: PLC0415 - slow to import

    need_llm_extra()
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.llm.completion.asking import CompletionPrompts  # noqa: PLC0415
    from capture_daemon.llm.completion.cache import Cache, usual_path  # noqa: PLC0415
    from capture_daemon.llm.completion.completer import Completer, Limits  # noqa: PLC0415

    prompts = CompletionPrompts.read(options.prompts)
    endpoint = endpoint_settings(os.environ, options.base_url, options.model, time_limit=options.time_limit)
    limits = Limits(options.requests_a_minute, options.requests, options.tokens)
    columns = (TextColumn("missing turns asked for"), MofNCompleteColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=console(errors=True), disable=not sys.stderr.isatty(), transient=True)
    with Cache(options.cache or usual_path()) as cache, shown:
        task = shown.add_task("", total=None)

        def show(done: int, of: int) -> None:
            shown.update(task, completed=done, total=of)

        yield Completer(
            persona,
            endpoint,
            prompts,
            cache,
            limits,
            context=options.context,
            temperature=options.temperature,
            top_p=options.top_p,
            on_progress=show,
        )


def outcome_text(outcome: Outcome) -> str:
    """What became of the turns that were missing, in one line."""
    parts = [f"{outcome.written} of {outcome.missing} missing turns written, {outcome.known} of them known already"]
    parts += [f"{outcome.declined} declined"] if outcome.declined else []
    parts += [f"{outcome.failed} failed"] if outcome.failed else []
    parts += [f"{outcome.left} left over, since a limit was reached: run it again"] if outcome.left else []
    return " · ".join([*parts, f"{counted(outcome.requests, 'request')}, {counted(outcome.tokens, 'token')}"])


def failures(outcome: Outcome) -> list[str]:
    """Why turns were not written, each reason once."""
    return [
        f"{count} question{'' if count == 1 else 's'} failed: {reason}" for reason, count in outcome.reasons.items()
    ]


def show_questions(logs: Sequence[Path], export_options: ExportOptions, options: CompletionOptions) -> None:
    """Print what would be asked, and what it would cost about; nothing is asked and nothing written."""
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.dataset.build import build  # noqa: PLC0415
    from capture_daemon.dataset.loading import load_script  # noqa: PLC0415
    from capture_daemon.llm.completion.asking import CompletionPrompts, Question, questions  # noqa: PLC0415
    from capture_daemon.llm.completion.cache import Cache, usual_path  # noqa: PLC0415
    from capture_daemon.llm.completion.completer import ANSWER_TOKENS  # noqa: PLC0415
    from capture_daemon.llm.endpoint.chat_messages import about_tokens_of  # noqa: PLC0415

    prompts = CompletionPrompts.read(options.prompts)
    model = options.model or os.environ.get("OPENAI_MODEL") or ""
    asked: dict[str, Question] = {}

    def collect(talk: Sequence[Conversation]) -> Sequence[Conversation]:
        asked.update((one.key(model), one) for one in questions(talk, export_options.persona, prompts))
        return talk

    build(*load_script(logs), export_options, collect)
    path = options.cache or usual_path()
    if path.exists():
        with Cache(path) as cache:
            new = [one for key, one in asked.items() if cache.get(key) is None]
    else:
        new = list(asked.values())
    output = console()
    for number, question in enumerate(new, 1):
        output.print(f"--- question {number} of {len(new)}")
        for message in question.messages:
            output.print(f"[{message.role}]\n{message.content}\n")
    tokens = sum(about_tokens_of(question.messages) for question in new)
    counted = f"{len(new)} question{'' if len(new) == 1 else 's'}, about {tokens} tokens"
    answers = f"up to {len(new) * ANSWER_TOKENS} more for the answers"
    output.print(f"{counted}, and {answers} · {len(asked) - len(new)} known already")
