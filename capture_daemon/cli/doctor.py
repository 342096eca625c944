"""`capture-daemon doctor`."""

from __future__ import annotations

import typer

from capture_daemon.cli.options import SHARED, CommonOptions, with_options

FAULTS = 1


@with_options(*SHARED)
def doctor(common: CommonOptions) -> None:
    """Check display, devices, models, port and permissions; print what was found, and a fix for each fault."""
    from rich.text import Text  # noqa: PLC0415

    from capture_daemon.cli import diagnosis as examination  # noqa: PLC0415
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.config import models  # noqa: PLC0415
    from capture_daemon.errors import ConfigurationError  # noqa: PLC0415

    wrong = None
    try:
        configuration = common.load()
    except ConfigurationError as error:
        wrong, configuration = error, models.Configuration()
    findings = list(examination.examine(configuration, common.config or models.default_configuration_path(), wrong))
    output = console()
    styles = {"good": "green", "note": "yellow", "fault": "bold red"}
    for finding in findings:
        text = Text(f"{finding.state:6}", style=styles[finding.state])
        text.append(f"{finding.what:14}", style="default bold").append(finding.found, style="default not bold")
        output.print(text)
        if finding.remedy and finding.state != "good":
            output.print(Text(f"{'':20}→ {finding.remedy}", style=styles[finding.state]))
    faults = sum(finding.state == "fault" for finding in findings)
    output.print(f"\n{faults} fault{'s' if faults > 1 else ''}" if faults else "\nno faults")
    if faults:
        raise typer.Exit(FAULTS)
