"""Checkpoints as the ONNX file that the package carries: python -m training.korean.export CHECKPOINT [...] OUT.onnx.

Of several the weights are averaged, which reads better than the last one alone; one that is named twice counts twice.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from torch import Tensor

from capture_daemon.ocr.jamo import CANVAS
from training.korean.alphabet import OTHERS
from training.korean.network import Recogniser

_OPSET = 17


def averaged(checkpoints: Sequence[Path]) -> dict[str, Tensor]:
    """The mean of the checkpoints' weights; counters are the last one's."""
    states: list[dict[str, Tensor]] = [torch.load(file, weights_only=True)["weights"] for file in checkpoints]
    return {
        name: torch.stack([state[name] for state in states]).mean(dim=0) if last.is_floating_point() else last
        for name, last in states[-1].items()
    }


def export(checkpoints: Sequence[Path], out: Path) -> None:
    """Write the network of checkpoints, its alphabet in the metadata under `others`, one entry a line.

    It takes `rows`, shape (n, 1, CANVAS.height, width), float32, and gives `scores`, shape (n, steps, SCORES).
    """
    network = Recogniser()
    network.load_state_dict(averaged(checkpoints))
    network.eval()
    with warnings.catch_warnings():
        # The exporter by tracing is marked as old; the new one wants a package more, for no other file.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (torch.zeros(1, 1, CANVAS.height, 320),),
            str(out),
            input_names=["rows"],
            output_names=["scores"],
            dynamic_axes={"rows": {0: "n", 3: "width"}, "scores": {0: "n", 1: "steps"}},
            dynamo=False,
            opset_version=_OPSET,
        )
    model = onnx.load(str(out))
    entry = model.metadata_props.add()
    entry.key, entry.value = "others", "\n".join(OTHERS)
    onnx.save(model, str(out))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.korean.export")
    parser.add_argument("checkpoints", type=Path, nargs="+", metavar="CHECKPOINT")
    parser.add_argument("out", type=Path)
    options = parser.parse_args(arguments)
    export(options.checkpoints, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
