"""How a daemon's status is put in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ORDER = {"source": 0, "ocr": 1, "log": 2}


def status_text(answer: Mapping[str, Any]) -> list[str]:
    """The daemon's answer to `status`, a row each; what an older daemon doesn't send is left out."""
    parts = sorted(answer["statuses"], key=lambda record: (_ORDER.get(record["what"], len(_ORDER)), record["what"]))
    rows = [_part(record, str(answer["source"])) for record in parts]
    silence = _number(answer, "seconds_since_line")
    last = "" if silence is None else f", the last one {silence:.0f} s ago"
    rows.append(f"lines: {answer['lines']} since the start{last}; the latest in the log is {answer['latest']}")
    delay = answer.get("delay")
    if isinstance(delay, dict):
        median, longest, lines = (_number(delay, key) or 0 for key in ("median", "longest", "lines"))
        of = "line" if lines == 1 else f"{lines:g} lines"
        rows.append(f"delay: {median:.2f} s (median), {longest:.2f} s (longest) of the last {of}")
    clients = _number(answer, "clients")
    if clients is not None:
        # This program is one of them.
        rows.append(f"clients: {max(0, clients - 1):g}")
    return rows


def _number(values: Mapping[str, Any], key: str) -> float | None:
    value = values.get(key)
    return value if isinstance(value, int | float) else None


def _part(record: Mapping[str, Any], source: str) -> str:
    name = f", {source}" if record["what"] == "source" else ""
    detail = f": {record['detail']}" if record["detail"] else ""
    return f"{record['what']}: {record['state']}{name}{detail}"
