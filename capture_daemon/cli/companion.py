"""`capture-daemon companion`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capture_daemon.cli.model_options import (
    BaseUrlOption,
    ContextOption,
    ModelOption,
    PromptsOption,
    TemperatureOption,
    TimeLimitOption,
    TopPOption,
)
from capture_daemon.cli.options import CommonOptions, with_options
from capture_daemon.common import signals
from capture_daemon.llm.endpoint.sampling import TEMPERATURE, TOP_P

if TYPE_CHECKING:
    from capture_daemon.llm.companion.companion import Face


@with_options("config", "profile", "host", "port", "token_file", "log_level")
def companion(  # noqa: PLR0913, PLR0917 - a parameter is an option
    common: CommonOptions,
    persona_file: Annotated[
        Path, typer.Option("--persona-file", metavar="FILE", help="Who it is: the persona.toml of a data set.")
    ],
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help="The feed, as ws://HOST:PORT.")] = None,
    comment: Annotated[bool, typer.Option("--comment", help="Let it also speak unprompted, after a pause.")] = False,
    rest: Annotated[
        float, typer.Option("--rest", min=0, metavar="SECONDS", help="How long that pause must be (8).")
    ] = 8.0,
    scene_gap: Annotated[
        float, typer.Option("--scene-gap", min=0, metavar="SECONDS", help="A longer pause begins a new scene (30).")
    ] = 30.0,
    lines: Annotated[bool, typer.Option("--lines", help="Show the lines that it hears.")] = False,
    after: Annotated[
        int | None,
        typer.Option("--after", min=0, metavar="SEQ", help="Start with the lines after this number; 0 is all of them."),
    ] = None,
    base_url: BaseUrlOption = None,
    model: ModelOption = None,
    time_limit: TimeLimitOption = 60.0,
    sentences: Annotated[
        int,
        typer.Option("--sentences", min=0, metavar="NUMBER", help="Longest answer, in sentences; 0 is no limit (4)."),
    ] = 4,
    tuned: Annotated[
        bool | None,
        typer.Option(
            "--tuned/--general", help="Whether the model was trained on the persona's data set (what the file says)."
        ),
    ] = None,
    memory: Annotated[
        list[Path] | None,
        typer.Option(
            "--memory",
            metavar="LOG",
            help="A log of earlier sessions, or a folder of logs; may be given more than once.",
        ),
    ] = None,
    see: Annotated[
        bool,
        typer.Option("--see", help="Send the newest line's picture along, to a model that sees; needs log.pictures."),
    ] = False,
    context: ContextOption = None,
    temperature: TemperatureOption = TEMPERATURE,
    top_p: TopPOption = TOP_P,
    prompts: PromptsOption = None,
) -> None:
    """Talk with a character who hears what is said in the game; needs the extra [llm] and an endpoint."""
    signals.end_at_once(0)
    from capture_daemon.daemon import logs  # noqa: PLC0415 - imported only in the command, as all that is slow
    from capture_daemon.llm.endpoint.settings import endpoint_settings, need_llm_extra  # noqa: PLC0415

    need_llm_extra()
    configuration = common.load()
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.cli.serving import run_until_stopped  # noqa: PLC0415
    from capture_daemon.dataset.persona import read_persona  # noqa: PLC0415
    from capture_daemon.llm.companion.companion import Habits  # noqa: PLC0415
    from capture_daemon.llm.companion.composing import CompanionPrompts  # noqa: PLC0415
    from capture_daemon.llm.companion.memory import read_memory  # noqa: PLC0415
    from capture_daemon.llm.companion.plain import PlainFace, both_are_terminals  # noqa: PLC0415
    from capture_daemon.llm.companion.sitting import Sitting  # noqa: PLC0415
    from capture_daemon.llm.companion.terminal import TerminalFace  # noqa: PLC0415

    persona = read_persona(persona_file)
    if tuned is not None:
        persona = replace(persona, tuned=tuned)
    texts = CompanionPrompts.read(prompts)
    settings = endpoint_settings(os.environ, base_url, model, time_limit=time_limit)
    there = common.reach(url)
    remembered = read_memory(memory) if memory else None
    habits = Habits(comment, rest, scene_gap, sentences, temperature, top_p, context)

    def sit(face: Face) -> None:
        run_until_stopped(lambda: Sitting(persona, texts, habits, settings, there, face, after, remembered, see))

    if both_are_terminals():
        terminal = TerminalFace(persona.name, lines)
        with terminal.shown():
            # Log messages must also go above the prompt.
            logs.set_up(configuration.logging.level, configuration.logging.format)
            sit(terminal)
    else:
        sit(PlainFace(persona.name, console(), console(errors=True), lines))
