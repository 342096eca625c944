"""What is served after a training: the base with the LoRA in it, as a folder of Hugging Face's or as a GGUF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from capture_daemon.errors import ConfigurationError, ModelError
from capture_daemon.tuning.base_model import BaseModel, load_model

_TURNED = ("llama",)
"""Architectures whose rows of queries and keys llama.cpp has in another order than Hugging Face: halves interleaved."""
_QUERIES, _KEYS = ".attn_q.weight", ".attn_k.weight"


def write_gguf(base: Path, changes: Mapping[str, np.ndarray[Any, Any]], target: Path) -> None:
    """Write `base` with `changes` (float32, added to the weights of Hugging Face's names) to `target`.

    All else in the file stays as it is, byte for byte. The package `gguf` knows the weights' names there; it can't make
    a GGUF of a folder of Hugging Face's.

    Changed weights are stored in 8 bits, where their rows are multiples of 32 long, else in 16. Raises ModelError if
    a weight isn't in the file, and OSError.
    """
    import gguf  # noqa: PLC0415 - the extra

    reader = gguf.GGUFReader(base)
    architecture = str(_value(reader, gguf.Keys.General.ARCHITECTURE))
    renamed = _renamed(gguf, reader, architecture, changes, base)
    writer = gguf.GGUFWriter(target, arch=architecture, endianess=reader.endianess)
    _copy_settings(gguf, reader, writer)
    tensors = []
    for tensor in reader.tensors:
        data, kind = tensor.data, tensor.tensor_type
        if (change := renamed.get(tensor.name)) is not None:
            whole = gguf.quants.dequantize(data, kind).astype(np.float32)
            data, kind = _stored(gguf, whole + _turned(reader, architecture, tensor.name, change))
        tensors.append((data, kind))
        writer.add_tensor_info(tensor.name, data.shape, data.dtype, data.nbytes, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for data, _ in tensors:
        writer.write_tensor_data(data, tensor_endianess=reader.endianess)
    writer.close()


def _renamed(
    gguf: Any, reader: Any, architecture: str, changes: Mapping[str, np.ndarray[Any, Any]], base: Path
) -> dict[str, np.ndarray[Any, Any]]:
    """The changes by the names that the file has for the weights."""
    known = {name: number for number, name in gguf.MODEL_ARCH_NAMES.items()}
    if architecture not in known:
        raise ModelError(f"{base}: its architecture {architecture} is unknown to the package gguf: take a newer one")
    layers = int(_value(reader, f"{architecture}.block_count"))
    names = gguf.get_tensor_name_map(known[architecture], layers)
    there = {tensor.name for tensor in reader.tensors}
    made = {}
    for name, change in changes.items():
        found = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if found not in there:
            raise ModelError(f"{base}: holds no weight {name}: take the model's folder or its name on the hub as base")
        made[found] = change
    return made


def _copy_settings(gguf: Any, reader: Any, writer: Any) -> None:
    for field in reader.fields.values():
        # The writer writes these itself.
        if field.name == gguf.Keys.General.ARCHITECTURE or field.name.startswith("GGUF."):
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        value = field.contents()
        if field.name == gguf.Keys.General.FILE_TYPE:
            value = int(gguf.LlamaFileType.MOSTLY_Q8_0)
        writer.add_key_value(field.name, value, kind, sub_type=inner)


def _turned(reader: Any, architecture: str, name: str, change: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A change with its rows in the file's order."""
    if architecture not in _TURNED or not name.endswith((_QUERIES, _KEYS)):
        return change
    heads = int(_value(reader, f"{architecture}.attention.head_count"))
    if name.endswith(_KEYS):
        heads = int(_value(reader, f"{architecture}.attention.head_count_kv") or heads)
    rows, columns = change.shape
    return change.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def _stored(gguf: Any, weights: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], Any]:
    kinds = gguf.GGMLQuantizationType
    if weights.shape[-1] % gguf.GGML_QUANT_SIZES[kinds.Q8_0][0] == 0:
        return gguf.quants.quantize(weights, kinds.Q8_0), kinds.Q8_0
    return weights.astype(np.float16), kinds.F16


def _value(reader: Any, key: str) -> Any:
    field = reader.get_field(key)
    return None if field is None else field.contents()


ADAPTER = "adapter"
MERGED = "merged"
MERGED_GGUF = "merged.gguf"
CONVERTER = "convert_hf_to_gguf.py"
"""llama.cpp's own program, which no package brings."""


def save_adapter(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write the LoRA alone, as peft has it. Raises ConfigurationError if the folder can't be written to."""
    _saved(folder / ADAPTER, model, tokenizer)


def save_merged(base: BaseModel, model: Any, tokenizer: Any, folder: Path, *, four_bit: bool) -> Path:
    """Write base and LoRA as one, and return where: a GGUF where the base is one, else a folder.

    `model` is unusable afterwards. Raises ConfigurationError if it can't be written.
    """
    if base.path is not None:
        target = folder / MERGED_GGUF
        try:
            write_gguf(base.path, lora_changes(model), target)
        except OSError as error:
            raise _unwritable(target, error) from error
        return target
    if four_bit:
        from peft import PeftModel  # noqa: PLC0415 - the extra

        # Four bits can't take the LoRA's small changes: the base is loaded again as it is.
        model = PeftModel.from_pretrained(load_model(base), str(folder / ADAPTER))
    target = folder / MERGED
    _saved(target, model.merge_and_unload(), tokenizer)
    return target


def lora_changes(model: Any) -> dict[str, Any]:
    """What a LoRA adds to each weight, as arrays of float32 by the weight's name in the base."""
    made = {}
    for name, module in model.named_modules():
        if hasattr(module, "get_delta_weight") and getattr(module, "active_adapters", None):
            (adapter,) = module.active_adapters
            plain = name.removeprefix("base_model.model.")
            made[f"{plain}.weight"] = module.get_delta_weight(adapter).detach().float().cpu().numpy()
    return made


def _saved(folder: Path, model: Any, tokenizer: Any) -> None:
    try:
        model.save_pretrained(str(folder))
        tokenizer.save_pretrained(str(folder))
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{path}: can't be written: {error.strerror or error}: name another folder with --output")
