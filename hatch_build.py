"""The manual page, made while the wheel is built."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PLACE = "share/man/man1/capture-daemon.1"
"""Where it goes, below the environment's folder: pipx links it from there to where `man` looks."""


class ManualHook(BuildHookInterface[Any]):
    """Puts the page into the wheel. It needs no package but Typer, which makes the help."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write it, except for an installation from the working tree, whose help changes with every edit."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from capture_daemon.cli.manual import manual  # noqa: PLC0415 - from the tree that is being built
        finally:
            sys.path.remove(self.root)
        self._folder = tempfile.TemporaryDirectory()
        page = Path(self._folder.name) / Path(PLACE).name
        page.write_text(manual(), encoding="utf-8")
        build_data["shared_data"][str(page)] = PLACE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """The page is in the wheel."""
        if version != "editable":
            self._folder.cleanup()
