"""`capture-daemon service install`, `uninstall` and `status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capture_daemon.cli.options import CommonOptions, with_options

if TYPE_CHECKING:
    from capture_daemon.config.models import Configuration

NOT_RUNNING = 1

service = typer.Typer(help="Run the daemon in the background with systemd, from login on.", no_args_is_help=True)


@service.command("install")
@with_options("config", "profile")
def install(
    common: CommonOptions,
    start: Annotated[bool, typer.Option("--start/--no-start", help="Start it at once.")] = True,
) -> None:
    """Install the unit for the user's systemd, start the daemon, and start it at every login."""
    configuration = common.load()
    from capture_daemon.config import models  # noqa: PLC0415
    from capture_daemon.config.games import is_following_wanted  # noqa: PLC0415
    from capture_daemon.daemon import systemd_unit  # noqa: PLC0415
    from capture_daemon.pipeline.validation import needed_regions  # noqa: PLC0415

    if not (configuration.regions.automatic or is_following_wanted(common.config_source())):
        needed_regions(configuration)
    file = (common.config or models.default_configuration_path()).expanduser().absolute()
    path = systemd_unit.install(_command(common), _writable(configuration, file), start=start)
    typer.echo(f"installed {path}")
    if start:
        typer.echo("started; see its status with `capture-daemon service status`")


@service.command("uninstall")
def uninstall() -> None:
    """Stop the daemon that systemd runs, and remove its unit; log and configuration stay."""
    from capture_daemon.daemon import systemd_unit  # noqa: PLC0415

    typer.echo(f"removed {systemd_unit.unit_path()}" if systemd_unit.uninstall() else "there is no service to remove")


@service.command("status")
def status() -> None:
    """Print the status of the daemon that systemd runs; exit with 1 if it isn't running."""
    from capture_daemon.daemon import systemd_unit  # noqa: PLC0415

    found = systemd_unit.state()
    if not found.installed:
        typer.echo("not installed: see `capture-daemon service install`")
        raise typer.Exit(NOT_RUNNING)
    typer.echo(f"{found.active}{f' since {found.since}' if found.active == 'active' else f' ({found.result})'}")
    if found.status_text:
        typer.echo(found.status_text)
    typer.echo(f"restarted {found.restarts} times · starts {'at login' if found.enabled else 'only by hand'}")
    if found.active not in ("active", "reloading"):
        raise typer.Exit(NOT_RUNNING)


def _command(common: CommonOptions) -> list[str]:
    from capture_daemon.daemon import systemd_unit  # noqa: PLC0415

    command = [*systemd_unit.program(), "run"]
    if common.config is not None:
        command += ["--config", str(common.config.expanduser().absolute())]
    if common.profile is not None:
        command += ["--profile", common.profile]
    return command


def _writable(configuration: Configuration, file: Path) -> list[Path]:
    """The log's folder, the configuration's, into which a chosen region is saved, and that of a chosen screen."""
    return [
        configuration.log.path.expanduser().absolute().parent,
        file.parent,
        configuration.source.screen_choice_file.expanduser().absolute().parent,
    ]
