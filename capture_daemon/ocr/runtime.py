"""How ONNX Runtime is set up, for every model."""

from __future__ import annotations

import importlib
from typing import Any


def session_options(threads: int, *, arena: bool) -> Any:
    """Options for a session on `threads` threads.

    With `arena` the memory of the largest picture ever looked at is kept for good; without it a pass costs a tenth
    more. Threads that have nothing to do sleep: by default they spin, and take a core from the game.
    """
    onnxruntime = importlib.import_module("onnxruntime")  # slow to import
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.enable_cpu_mem_arena = arena
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
