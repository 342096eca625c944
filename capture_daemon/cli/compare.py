"""`capture-daemon compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from capture_daemon.cli.model_options import TemperatureOption, TopPOption
from capture_daemon.common import signals
from capture_daemon.common.counting import counted
from capture_daemon.errors import ConfigurationError
from capture_daemon.llm.endpoint.sampling import TEMPERATURE, TOP_P


def compare(  # noqa: PLR0913, PLR0917 - a parameter is an option
    run: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that tune made.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The page (compare.html in the folder).")
    ] = None,
    answers: Annotated[
        int, typer.Option("--answers", metavar="NUMBER", min=0, help="How many answers to show side by side (10).")
    ] = 10,
    temperature: TemperatureOption = TEMPERATURE,
    top_p: TopPOption = TOP_P,
    seed: Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Seed for the choice of words (0).")] = 0,
) -> None:
    """Compare a tuned model with its base on the test rows, as an HTML page; needs the extra [tune]."""
    signals.end_at_once(signals.FORCED)
    from capture_daemon.tuning.settings import need_tune_extra  # noqa: PLC0415 - imported only in the command

    need_tune_extra()
    from capture_daemon.cli.output import console  # noqa: PLC0415 - as all that is slow
    from capture_daemon.common import private_files  # noqa: PLC0415
    from capture_daemon.tuning.comparison_page import comparison_page  # noqa: PLC0415
    from capture_daemon.tuning.model_comparison import FORMS, ComparisonOptions  # noqa: PLC0415
    from capture_daemon.tuning.model_comparison import compare as measure  # noqa: PLC0415
    from capture_daemon.tuning.run import PAGE, quiet, read_run  # noqa: PLC0415

    settings, data = read_run(run)
    quiet()
    notes = console(errors=True)
    made = measure(run, settings, data, ComparisonOptions(answers, temperature, top_p, seed), notes.print)
    page = output or run / PAGE
    try:
        private_files.write(page, comparison_page(made).encode("utf-8", "replace"))
    except OSError as error:
        raise ConfigurationError(
            f"{page}: can't be written: {error.strerror}: name another file with --output"
        ) from error
    for model, values in made.perplexity.items():
        shown = ", ".join(f"{values[form]:.1f} with {form}" for form in FORMS)
        console().print(f"perplexity of the {model} model: {shown}")
    console().print(f"{counted(made.answers, 'answer')}, {counted(made.tokens, 'token')} · {page}")
