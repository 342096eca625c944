"""A file of three megabytes that holds twelve pictures of 256 million pixels each."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.program import environment

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="what a process took is told otherwise there")
SIDE = 16_000
MOST_KILOBYTES = 300_000
"""What the program may take, and takes to say that it won't; the pictures would take at least twice as much."""

_MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
sys.stderr.buffer.write(done.stderr)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
"""Runs a program and prints the most memory that it had. A program counts what its parent had before it began, too,
so that a small one must be its parent."""


def black(side: int) -> bytes:
    """A grey PNG, made without its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(9), bytes(side + 1)
    rows = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("count", "command"), [(12, "extract"), (12, "run"), (12, "bulk"), (1, "snapshot")])
def test_it_is_refused_and_takes_no_memory(tmp_path: Path, count: int, command: str) -> None:
    file = tmp_path / "huge.png"
    file.write_bytes(black(SIDE) * count)
    region = ["--region", "10,10,500,100"]
    arguments = {
        "extract": ["extract", str(file), "-o", "lines.jsonl", *region],
        "bulk": ["extract", str(file), "--output-dir", "lines", *region],
        "run": ["run", "--source", str(file), "--port", "0", "--log", "lines.jsonl", *region],
        "snapshot": ["snapshot", "--source", str(file), "-o", "frame.png"],
    }[command]
    command_line = [sys.executable, "-c", _MEASURED, sys.executable, "-m", "capture_daemon", *arguments]
    done = subprocess.run(
        command_line, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    told = done.stderr
    assert done.returncode == 3, told
    assert f"huge.png has frames of {SIDE}x{SIDE}, 256000000 pixels, and source.max_pixels allows 33177600" in told
    assert "Traceback" not in told
    # In bytes on macOS.
    assert int(done.stdout) < MOST_KILOBYTES * (1024 if sys.platform == "darwin" else 1)
