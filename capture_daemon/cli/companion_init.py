"""`capture-daemon companion-init`."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from capture_daemon.cli.model_options import (
    BaseUrlOption,
    ContextOption,
    ModelOption,
    PersonaOption,
    PromptsOption,
    TimeLimitOption,
)
from capture_daemon.common import signals
from capture_daemon.errors import ConfigurationError, OutputExistsError


def companion_init(  # noqa: PLR0913, PLR0917 - a parameter is an option
    logs: Annotated[list[Path], typer.Argument(metavar="LOG…", help="Logs of the game, or folders with logs.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The persona file to write.")],
    persona: PersonaOption = "",
    persona_file: Annotated[
        Path | None,
        typer.Option(
            "--persona-file", metavar="FILE", help="A persona file to start from: only manner and facts are drafted."
        ),
    ] = None,
    base_url: BaseUrlOption = None,
    model: ModelOption = None,
    time_limit: TimeLimitOption = 60.0,
    context: ContextOption = None,
    prompts: PromptsOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite an existing file.")] = False,
) -> None:
    """Draft a persona file from logs with a language model; needs the extra [llm] and an endpoint."""
    signals.end_at_once(signals.FORCED)
    from capture_daemon.llm.endpoint.settings import endpoint_settings, need_llm_extra  # noqa: PLC0415 - slow to import

    need_llm_extra()
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.common import private_files  # noqa: PLC0415
    from capture_daemon.dataset.persona import Persona, read_persona  # noqa: PLC0415
    from capture_daemon.llm.companion.drafting import DraftPrompts, draft, read_script  # noqa: PLC0415
    from capture_daemon.llm.endpoint.talking import Endpoint  # noqa: PLC0415

    if output.exists() and not overwrite:
        raise OutputExistsError(f"{output}: already exists: name another file with --output, or give --overwrite")
    begun = read_persona(persona_file) if persona_file is not None else Persona(name=persona)
    if not begun.name:
        raise ConfigurationError("nobody is named: give --persona or --persona-file")
    settings = endpoint_settings(os.environ, base_url, model, time_limit=time_limit)
    script = read_script(logs, begun.name)
    if not begun.language:
        spoken = Counter(line.language for scene in script for line in scene.lines if line.speaker == begun.name)
        begun = Persona(name=begun.name, language=spoken.most_common(1)[0][0])
    texts = DraftPrompts.read(prompts)

    async def ask() -> Persona:
        async with Endpoint(settings) as endpoint:
            return await draft(begun, script, endpoint, texts, context)

    import asyncio  # noqa: PLC0415 - `--help` must not wait for it

    made = asyncio.run(ask())
    note = f"# Manner and facts were drafted by {settings.model}: read them, and change what is wrong.\n"
    try:
        private_files.write(output, (note + made.to_toml()).encode("utf-8", "replace"))
    except OSError as error:
        raise ConfigurationError(f"{output}: can't be written: {error.strerror}: name another with --output") from error
    console().print(f"manner: {made.manner or '(none found)'}")
    for fact in made.facts:
        console().print(f"- {fact}")
    console().print(f"drafted, to be read and corrected · {output}")
