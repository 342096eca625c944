"""Exporting: logs in, a folder with a data set out."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from capture_daemon.common.visible import one_line
from capture_daemon.dataset.build import DataSet, ExportOptions, build
from capture_daemon.dataset.conversations import Completer
from capture_daemon.dataset.loading import load_script
from capture_daemon.dataset.report import report, table
from capture_daemon.dataset.script import all_lines
from capture_daemon.dataset.settings import Format
from capture_daemon.dataset.writing import TABLES, check_output, files, lines_file, write_export, write_lines_file
from capture_daemon.errors import ConfigurationError, OutputExistsError

_COLUMNS = 100


def export(
    logs: Iterable[Path],
    options: ExportOptions,
    output: Path,
    *,
    pictures: bool = False,
    complete: Completer | None = None,
) -> tuple[DataSet, dict[str, Any]]:
    """Make a data set of logs and write it into a folder, or its lines into one file, that `check_target` has seen.

    With `pictures`, report.txt and plots are written into a folder as well. Returns the
    data set and its report. Raises ConfigurationError.
    """
    recordings, counts = load_script(logs)
    made = build(recordings, counts, options, complete)
    summary = report(made)
    if names_file(output, options):
        write_lines_file(output, lines_file(made))
        return made, summary
    contents = files(made)
    if pictures:
        from capture_daemon.dataset.plots import plots  # noqa: PLC0415 - matplotlib is slow to import

        contents[TABLES] = as_text(summary).encode("utf-8", "replace")
        drawn = plots(list(all_lines(made.cleaned.scenes)), made.cleaned.rows)
        contents |= {f"report/{name}": content for name, content in drawn.items()}
    write_export(output, contents, summary)
    return made, summary


def check_target(output: Path, options: ExportOptions, *, overwrite: bool, pictures: bool) -> None:
    """See that an output may be written to. Raises ConfigurationError if not, or if a file is to hold pictures."""
    if not names_file(output, options):
        check_output(output, overwrite=overwrite)
    elif pictures:
        raise ConfigurationError(f"{output}: is a file, and --report saves plots: name a folder with --output")
    elif output.exists() and not overwrite:
        raise OutputExistsError(f"{output}: already exists: name another file with --output, or give --overwrite")


def names_file(output: Path, options: ExportOptions) -> bool:
    """Whether an output is one file of lines, such as subs.srt, and no folder.

    Raises ConfigurationError if it is named like a file of another format.
    """
    if not options.has_plain_lines or output.is_dir():
        return False
    suffix = output.suffix.lower()
    if suffix != options.form.suffix and suffix in {form.suffix for form in Format if not form.has_samples}:
        raise ConfigurationError(
            f"{output}: is not named like a file of --format {options.form.value}: "
            f"name one that ends in {options.form.suffix}, or a folder, with --output"
        )
    return suffix == options.form.suffix


def as_text(summary: dict[str, Any]) -> str:
    """A report's tables as plain text."""
    text = io.StringIO()
    console = Console(file=text, width=_COLUMNS, highlight=False, markup=False, emoji=False, color_system=None)
    for title, (head, *rows) in table(summary):
        drawn = Table(title=title, title_justify="left", title_style="", box=None, pad_edge=False)
        for place, cell in enumerate(head):
            numbers = bool(rows) and place > 0 and all(row[place].replace(".", "", 1).isdigit() for row in rows)
            drawn.add_column(cell, justify="right" if numbers else "left", overflow="fold")
        for row in rows:
            drawn.add_row(*map(one_line, row))
        console.print(drawn)
        console.print()
    return "\n".join(row.rstrip() for row in text.getvalue().splitlines()).strip() + "\n"
