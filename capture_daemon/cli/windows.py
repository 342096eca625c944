"""`capture-daemon windows`."""

from __future__ import annotations


def windows() -> None:
    """List the windows that can be captured one by one, as window:TITLE, window:class=CLASS or window:pid=NUMBER."""
    from rich.text import Text  # noqa: PLC0415

    from capture_daemon.capture.source_list import list_windows  # noqa: PLC0415
    from capture_daemon.cli.output import console  # noqa: PLC0415
    from capture_daemon.common.visible import one_line  # noqa: PLC0415

    listed = list_windows()
    there, focused = listed.windows, listed.focused
    output = console()
    for window in there:
        text = Text(one_line(window.title) or "(no title)", style="bold")
        text.append(f"  class={one_line(window.class_name or window.instance) or '-'}", style="default not bold")
        if window.process is not None:
            text.append(f"  pid={window.process}", style="default not bold")
        if window.number == focused:
            text.append("  has the focus", style="green not bold")
        output.print(text)
    if not there:
        output.print("no program has a window on this display")
