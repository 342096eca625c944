from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from capture_daemon.pipeline.stats import CpuMeter, RunStats


def test_passes_a_row() -> None:
    stats = RunStats(lines=2, corrected=0, rows=4, passes=6, seconds=1.0, shown=1.0, processor=None)
    assert stats.passes_per_row() == 1.5
    assert replace(stats, choices=2, options=8).passes_per_row() == 0.5
    assert RunStats(0, 0, 0, 3, 1.0, 1.0, None).passes_per_row() is None


def test_the_meter_counts_this_process() -> None:
    meter = CpuMeter(None)
    began = time.process_time()
    while time.process_time() - began < 0.2:
        pass
    share = meter.share()
    assert share is not None
    assert share > 0.05


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="another process is looked at in /proc")
def test_the_meter_counts_a_child() -> None:
    busy = "import time\nwhile time.process_time() < 1: pass\ninput()"
    with subprocess.Popen([sys.executable, "-c", busy], stdin=subprocess.PIPE) as child:
        meter = CpuMeter(child.pid)
        before = sum(os.times()[:2])
        time.sleep(0.8)
        share = meter.share()
        own = sum(os.times()[:2]) - before
        child.communicate(b"\n")
    assert share is not None
    assert share * 0.8 > own + 0.1


def test_a_child_that_is_gone_leaves_no_figure() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait(20)
    assert CpuMeter(child.pid).share() is None
