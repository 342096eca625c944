"""`capture-daemon models list` and `capture-daemon models fetch`."""

from __future__ import annotations

from typing import Annotated

import typer

from capture_daemon.cli.options import CommonOptions, with_options

models = typer.Typer(help="Recognition models: what is there, and how to get more.", no_args_is_help=True)


@models.command("list")
@with_options("config", "profile")
def list_models(common: CommonOptions) -> None:
    """List the languages, their models, and where these are."""
    configuration = common.load()
    from rich.table import Table  # noqa: PLC0415

    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.ocr import model_files  # noqa: PLC0415

    table = Table("language", "model", "engine", "where", box=None, header_style="bold")
    missing = "not here: capture-daemon models fetch"
    for row in model_files.list_models(configuration.ocr.models):
        where = str(row.where) if row.where else f"{missing} {row.language}"
        table.add_row(row.language, row.model, row.engine, where, style=None if row.where else "dim")
    output = console()
    if not output.is_terminal:
        output.width = 400
    output.print(table)


@models.command("fetch")
@with_options("config", "profile", "engine", "log_level")
def fetch_model(
    common: CommonOptions,
    language: Annotated[str, typer.Argument(metavar="LANGUAGE", help="The code of the language, such as ko.")],
) -> None:
    """Fetch the model for a language, by PaddleOCR's own download; needs the extra [paddle]."""
    configuration = common.load()
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.errors import ConfigurationError  # noqa: PLC0415
    from capture_daemon.ocr.model_files import fetch  # noqa: PLC0415

    if configuration.ocr.engine == "tesseract":
        raise ConfigurationError(
            f"models for Tesseract are packages of the system: on Debian, tesseract-ocr-LANGUAGE for {language}"
        )
    model = fetch(language, configuration.ocr.engine)
    console().print(f"{model.name}: {model.place}")
