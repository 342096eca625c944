"""What is counted, as Prometheus would read it."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from capture_daemon.daemon.metrics import Metrics
from capture_daemon.records import Status, StatusState


def read(metrics: Metrics) -> dict[str, float]:
    """Every sample by its name and its labels' values: `name value`, where it has labels."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_frames_passes_rows_and_lines_are_counted() -> None:
    metrics = Metrics("1.2.3")
    metrics.saw(3, 1)
    metrics.saw(2, 0)
    metrics.passed_over(3)
    metrics.read(0.04)
    metrics.gave_up(2)
    metrics.behind(6.5)
    metrics.said(0.22)
    metrics.said(None)
    told = read(metrics)
    assert told["capture_daemon_info 1.2.3"] == 1
    assert (told["capture_daemon_frames_total"], told["capture_daemon_changes_total"]) == (5, 1)
    assert told["capture_daemon_frames_dropped_total"] == 3
    assert (metrics.dropped, told["capture_daemon_seconds_behind"]) == (3, 6.5)
    assert told["capture_daemon_ocr_pass_seconds_count"] == 1
    assert told["capture_daemon_ocr_pass_seconds_sum"] == 0.04
    assert told["capture_daemon_rows_dropped_total"] == 2
    assert told["capture_daemon_lines_total"] == 2
    assert told["capture_daemon_line_delay_seconds_count"] == 1
    assert told["capture_daemon_line_delay_seconds_bucket 0.2"] == 0
    assert told["capture_daemon_line_delay_seconds_bucket 0.25"] == 1


def test_a_part_that_fails_and_comes_back_is_counted_once() -> None:
    metrics = Metrics("1")
    states: list[StatusState] = ["waiting", "capturing", "degraded", "degraded", "waiting", "capturing", "capturing"]
    for state in states:  # loaded, lost, another is started
        metrics.stands(Status(what="ocr", state=state))
    told = read(metrics)
    assert told["capture_daemon_failures_total ocr"] == 1
    assert told["capture_daemon_restarts_total ocr"] == 1
    assert told["capture_daemon_failures_total source"] == 0
    assert told["capture_daemon_up ocr"] == 1


def test_a_source_that_is_paused_is_up_and_one_that_is_waited_for_is_not() -> None:
    metrics = Metrics("1")
    metrics.stands(Status(what="source", state="paused"))
    assert read(metrics)["capture_daemon_up source"] == 1
    metrics.stands(Status(what="source", state="waiting", detail="no picture"))
    assert read(metrics)["capture_daemon_up source"] == 0


def test_numbers_that_are_kept_elsewhere_are_asked_for() -> None:
    metrics = Metrics("1")
    clients = [1, 2]
    metrics.gauge("clients", "Clients that listen.", lambda: len(clients))
    metrics.counter("clients_dropped", "Clients that were too slow.", lambda: 7)
    clients.append(3)
    told = read(metrics)
    assert told["capture_daemon_clients"] == 3
    assert told["capture_daemon_clients_dropped_total"] == 7


def test_two_runs_do_not_share_their_numbers() -> None:
    first, second = Metrics("1"), Metrics("1")
    first.saw(1, 1)
    assert read(second)["capture_daemon_frames_total"] == 0
