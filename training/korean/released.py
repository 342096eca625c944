"""An exported network as the start of a run: the package keeps its ONNX file, checkpoints get lost."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.korean.network import Convolution, Recogniser

_FAINT = 0.1
"""How much a layer that the file doesn't have adds to the others at first; with 0 it would never learn."""


def begun(file: Path, pictures: Iterable[Tensor]) -> Recogniser:
    """The network of a file that `export` wrote, which may have fewer layers than networks have now.

    A layer that the file lacks begins by adding almost nothing. `export` folds normalisations into the convolutions;
    `pictures`, some batches as the network takes them, show what is to be normalised. Raises OSError if the file can't
    be read, ValueError if its layers aren't some of this network's.
    """
    graph = onnx.load(str(file)).graph
    arrays = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
    # Arrays that are alike are written once.
    arrays |= {node.output[0]: arrays[node.input[0]] for node in graph.node if node.op_type == "Identity"}
    folded = [(arrays[node.input[1]], arrays[node.input[2]]) for node in graph.node if node.op_type == "Conv"]
    network = Recogniser()
    known, added = _filled(network, folded, file)
    matrix = next(arrays[node.input[1]] for node in graph.node if node.op_type == "MatMul")
    with torch.no_grad():
        network.scores.weight.copy_(matrix.T)
        network.scores.bias.copy_(arrays["scores.bias"])
        for layer in added:
            layer.normal.weight.zero_()
        _normalise(network, known, pictures)
        for layer in added:
            layer.normal.weight.fill_(_FAINT)
    return network


def _filled(
    network: Recogniser, folded: list[tuple[Tensor, Tensor]], file: Path
) -> tuple[list[Convolution], list[Convolution]]:
    """Put convolutions into the layers of the same shape, in order; returns these layers, and those without one."""
    known: list[Convolution] = []
    added: list[Convolution] = []
    for layer in network.convolutions:
        kernel, shift = folded[len(known)] if len(known) < len(folded) else (torch.empty(0), torch.empty(0))
        if kernel.shape == layer.convolution.weight.shape:
            with torch.no_grad():
                layer.convolution.weight.copy_(kernel)
                layer.normal.bias.copy_(shift)
            known.append(layer)
        elif layer.adds:
            added.append(layer)
        else:
            raise ValueError(f"{file}: layer {len(known)} is of another shape than this network's")
    if len(known) < len(folded):
        raise ValueError(f"{file}: it has {len(folded)} layers, of which this network has {len(known)}")
    return known, added


def _normalise(network: Recogniser, layers: list[Convolution], pictures: Iterable[Tensor]) -> None:
    """Give the layers, which only add a shift so far, the mean and variance of what they normalise, and undo both."""
    seen: dict[nn.Module, list[tuple[Tensor, Tensor]]] = {layer.convolution: [] for layer in layers}

    def see(module: nn.Module, _: object, found: Tensor) -> None:
        seen[module].append((found.mean(dim=(0, 2, 3)), found.square().mean(dim=(0, 2, 3))))

    hooks = [layer.convolution.register_forward_hook(see) for layer in layers]
    for layer in layers:
        layer.variance.fill_(1 - layer.normal.eps)
    network.eval()
    for batch in pictures:
        network(batch)
    network.train()
    for hook in hooks:
        hook.remove()
    for layer in layers:
        means, squares = (torch.stack(some).mean(dim=0) for some in zip(*seen[layer.convolution], strict=True))
        variance = squares - means.square()
        layer.mean.copy_(means)
        layer.variance.copy_(variance)
        layer.normal.weight.copy_((variance + layer.normal.eps).sqrt())
        layer.normal.bias.add_(means)
