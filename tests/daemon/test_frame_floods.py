"""Many clients that ask for pictures as fast as they can, of a real daemon on a real screen full of noise."""

from __future__ import annotations

import asyncio
import re
import time
import urllib.request
from pathlib import Path

import numpy as np

from tests.frame_clients import flood
from tests.program import Running
from tests.x_server import XServer

CLIENTS = 40
MEASURED = 6.0
"""Seconds for which frames are counted."""
MOST_MEMORY = 250 * 2**20
"""Bytes by which the daemon may grow: some pictures of 6 MiB in base64, and what encoding takes."""


class Figures:
    """What the daemon tells of itself now, and when that is."""

    def __init__(self, address: str) -> None:
        with urllib.request.urlopen(f"http{address.removeprefix('ws')}/metrics", timeout=60) as answer:
            self.text = answer.read().decode()
        self.time = time.monotonic()

    def __getitem__(self, name: str) -> float:
        found = re.search(rf"^{name} (\S+)$", self.text, re.MULTILINE)
        assert found is not None, name
        return float(found[1])


async def rate(address: str) -> float:
    """Frames that are captured in a second."""
    before = await asyncio.to_thread(Figures, address)
    await asyncio.sleep(MEASURED)
    after = await asyncio.to_thread(Figures, address)
    return (after["capture_daemon_frames_total"] - before["capture_daemon_frames_total"]) / (after.time - before.time)


async def move(screen: XServer) -> None:
    """Have the dialogue's region change all the while: a screen that stands still is looked at less often."""
    for number in range(10**6):
        screen.paint(100, 900, 400, 60, (number % 200, 0, 0))
        await asyncio.sleep(0.03)


def test_pictures_for_many_clients_take_little_from_the_capture(tmp_path: Path) -> None:
    async def main(daemon: Running, screen: XServer) -> None:
        address = daemon.wait_until_ready()
        moving = asyncio.create_task(move(screen))
        alone = await rate(address)
        before = await asyncio.to_thread(Figures, address)
        clients = [asyncio.create_task(flood(address, reads=number % 2 == 0)) for number in range(CLIENTS)]
        among_many = await rate(address)
        grown = (await asyncio.to_thread(Figures, address))["process_resident_memory_bytes"]
        grown -= before["process_resident_memory_bytes"]
        print(f"alone {alone:.1f}, among many {among_many:.1f} frames a second, {grown / 2**20:.0f} MiB more")
        code, seconds = await asyncio.to_thread(daemon.stop)
        print(f"ended in {seconds:.2f} s")
        tasks = [moving, *clients]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert code == 0
        assert seconds < 3
        assert grown < MOST_MEMORY
        # The clients share the machine, and may be more than it has cores for.
        assert among_many > alone / 2

    with XServer(1920, 1080) as screen:
        noise = np.random.default_rng(7).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
        screen.show(0, 0, noise)
        region = ["--source", "screen:1", "--region", "100,900,400,60", "--port", "0"]
        with Running(tmp_path, "run", *region, DISPLAY=screen.display) as daemon:
            asyncio.run(main(daemon, screen))
