"""What is served after a training: the base with the LoRA in it, as a folder of Hugging Face's or as a GGUF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from capture_daemon.errors import ConfigurationError
from capture_daemon.tuning.base import BaseModel, load_model
from capture_daemon.tuning.gguf_file import write_gguf

ADAPTER = "adapter"
MERGED = "merged"
MERGED_GGUF = "merged.gguf"
CONVERTER = "convert_hf_to_gguf.py"
"""llama.cpp's own program, which no package brings."""


def save_adapter(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write the LoRA alone, as peft has it. Raises ConfigurationError where the folder can't be written to."""
    _saved(folder / ADAPTER, model, tokenizer)


def save_merged(base: BaseModel, model: Any, tokenizer: Any, folder: Path, *, four_bit: bool) -> Path:
    """Write base and LoRA as one, and return where: a GGUF where the base is one, else a folder.

    `model` is unusable afterwards. Raises ConfigurationError where it can't be written.
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
