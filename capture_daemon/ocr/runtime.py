"""How ONNX Runtime is set up, for every model."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

_SPINNING = "session.intra_op.allow_spinning"


def session_options(threads: int, *, arena: bool) -> Any:
    """Options for a session that runs on so many threads.

    With `arena` the memory of the largest picture ever looked at is kept for good; without it a pass costs a tenth
    more. Threads that have nothing to do sleep: by default they spin, and take a core from the game.
    """
    onnxruntime = importlib.import_module("onnxruntime")  # slow to import
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = arena
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    options.add_session_config_entry(_SPINNING, "0")
    return options


@contextlib.contextmanager
def without_spinning() -> Iterator[None]:
    """Meanwhile sessions that PaddleOCR makes have threads that sleep, too: it has no setting for that."""
    onnxruntime: Any = importlib.import_module("onnxruntime")
    usual = onnxruntime.SessionOptions

    def options() -> Any:
        made = usual()
        made.add_session_config_entry(_SPINNING, "0")
        return made

    onnxruntime.SessionOptions = options
    try:
        yield
    finally:
        onnxruntime.SessionOptions = usual
