"""A network on Paddle itself, by Paddle's own interface for inference; it comes with the extra [paddle]."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture_daemon.ocr.model_files import Model

_PROGRAMS = ("inference.json", "inference.pdmodel")
"""What stands beside the weights: how the network is made, as Paddle 3 or Paddle 2 writes it."""


def require() -> None:
    """Raise ImportError if Paddle is not installed."""
    if importlib.util.find_spec("paddle") is None:
        raise ModuleNotFoundError("No module named 'paddle'", name="paddle")


def load_network(model: Model, threads: int) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """The network of a model in Paddle's own format, on `threads` threads.

    It takes a batch, shape (1, 3, height, width), and returns scores, shape (1, steps, letters).
    Raises ImportError if Paddle isn't installed, and ModelError if the model's files are damaged.
    """
    require()
    inference: Any = importlib.import_module("paddle.inference")
    program = next(file for file in map(model.weights.with_name, _PROGRAMS) if file.is_file())
    # As PaddleOCR sets it up for a processor.
    settings = inference.Config(str(program), str(model.weights))
    settings.disable_gpu()
    settings.disable_mkldnn()
    settings.set_cpu_math_library_num_threads(threads)
    settings.enable_new_ir(True)
    settings.enable_new_executor()
    settings.set_optimization_level(3)
    settings.enable_memory_optim()
    settings.disable_glog_info()
    try:
        predictor = inference.create_predictor(settings)
    except Exception as error:
        # Paddle, too, has a class of its own for each way a file can be damaged.
        raise model.damaged(error) from error
    [taken], [given] = predictor.get_input_names(), predictor.get_output_names()
    pictures, scores = predictor.get_input_handle(taken), predictor.get_output_handle(given)

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        pictures.reshape(batch.shape)
        pictures.copy_from_cpu(batch)
        predictor.run()
        found: NDArray[np.float32] = scores.copy_to_cpu()
        return found

    return run
