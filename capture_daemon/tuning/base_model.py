"""The model that is trained: a name on the Hugging Face hub, a folder, or a GGUF file, and how it is loaded."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capture_daemon.errors import ConfigurationError, ModelError

_UNLOADABLE = (OSError, ValueError, KeyError, RuntimeError, ImportError, NotImplementedError)
"""What transformers raises for a model that is missing, damaged, of an unknown kind or too large for the memory."""


@dataclass(frozen=True, slots=True)
class BaseModel:
    """Where a model is: `place` is a folder or a name on the hub, `file` the GGUF file in it, None if it is none."""

    place: str
    file: str | None = None

    @property
    def path(self) -> Path | None:
        """The GGUF file; None if the model is none."""
        return None if self.file is None else Path(self.place, self.file)

    @property
    def name(self) -> str:
        """What the model is called, without the folders of this machine."""
        return self.file or (Path(self.place).name if Path(self.place).is_absolute() else self.place)

    @property
    def setting(self) -> str:
        """What finds it again, from whatever folder."""
        return str(self.path or self.place)

    @property
    def _where(self) -> dict[str, str]:
        return {} if self.file is None else {"gguf_file": self.file}


def find_base(name: str) -> BaseModel:
    """The model of a name. Raises ConfigurationError if a file or folder is meant that isn't one with a model."""
    path = Path(name).expanduser()
    if path.is_dir():
        if not (path / "config.json").exists():
            raise ConfigurationError(f"{path}: holds no config.json: name a folder with a model, or a .gguf file")
        return BaseModel(str(path.resolve()))
    if path.suffix == ".gguf":
        if not path.is_file():
            raise ConfigurationError(f"{path}: does not exist: name a .gguf file, a folder or a name on the hub")
        return BaseModel(str(path.resolve().parent), path.name)
    if path.exists() or name.count("/") > 1 or name.startswith((".", "~", "/")):
        raise ConfigurationError(f"{name}: is no model: name a .gguf file, a folder or a name on the hub")
    return BaseModel(name)


def load_tokenizer(base: BaseModel) -> Any:
    """The model's tokenizer, which has a chat template. Raises ModelError."""
    from transformers import AutoTokenizer  # noqa: PLC0415 - the extra, and slow to import

    try:
        tokenizer = AutoTokenizer.from_pretrained(base.place, **base._where)
    except _UNLOADABLE as error:
        raise _unloadable(base, error) from error
    if not tokenizer.chat_template:
        raise ModelError(
            f"{base.place}: has no chat template, so it was never taught to talk: take a base whose name ends in "
            "Instruct or Chat"
        )
    if not tokenizer.is_fast:
        raise ModelError(f"{base.place}: its tokenizer can't say where in a text a token is: take another base")
    return tokenizer


def load_model(base: BaseModel, *, four_bit: bool = False) -> Any:
    """The model, in 32 bits without a GPU, in 16 with one, or in 4. Raises ModelError."""
    import torch  # noqa: PLC0415
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig, GgufConfig  # noqa: PLC0415

    gpu = torch.cuda.is_available()
    settings: dict[str, Any] = {"dtype": torch.bfloat16 if gpu and torch.cuda.is_bf16_supported() else torch.float32}
    if four_bit:
        settings["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=settings["dtype"],
        )
    if base.file is not None:
        settings["quantization_config"] = GgufConfig(dequantize=True)  # what is quantised can't be trained
    if gpu:
        settings["device_map"] = {"": 0}
    try:
        return AutoModelForCausalLM.from_pretrained(base.place, **base._where, **settings)
    except _UNLOADABLE as error:
        raise _unloadable(base, error) from error


def use_four_bit(base: BaseModel, wanted: bool | None) -> bool:
    """Whether to load the model in 4 bits. Raises ConfigurationError if that is wanted and not possible."""
    import torch  # noqa: PLC0415

    reasons = []
    if base.file is not None:
        reasons.append("a GGUF can't be loaded so: name the model on the hub that it was made of")
    if not torch.cuda.is_available():
        reasons.append("there is no GPU that PyTorch can use")
    if importlib.util.find_spec("bitsandbytes") is None:
        reasons.append("bitsandbytes is missing: install it by `pip install bitsandbytes`")
    if wanted and reasons:
        raise ConfigurationError(f"--four-bit is not possible: {reasons[0]}")
    return not reasons if wanted is None else wanted


def _unloadable(base: BaseModel, error: Exception) -> ModelError:
    where = base.path or base.place
    said = " ".join(str(error).split())[:300]
    return ModelError(f"{where}: can't be loaded: {said}: name a .gguf file, a folder or a name on the hub")
