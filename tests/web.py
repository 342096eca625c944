"""Plain HTTP requests to a daemon, and what its metrics say."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from prometheus_client.parser import text_string_to_metric_families


def get(address: str, path: str) -> tuple[int, str]:
    """The status and the body; `address` is the daemon's, `ws://HOST:PORT`."""
    try:
        with urllib.request.urlopen(f"http{address.removeprefix('ws')}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def wait_for_health(address: str, status: int, limit: float = 60.0) -> str:
    """Wait until `/healthz` answers with that status; returns the body."""
    end = time.monotonic() + limit
    while (told := get(address, "/healthz"))[0] != status:
        assert time.monotonic() < end, told
        time.sleep(0.2)
    return told[1]


def samples(metrics: str) -> dict[str, float]:
    """Every sample by its name without prefix and its labels' values: `lines_total`, `up ocr`."""
    return {
        " ".join([sample.name, *sample.labels.values()]).removeprefix("capture_daemon_"): sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
    }
