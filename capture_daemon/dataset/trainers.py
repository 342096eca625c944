"""What trainers need beside the rows: how LLaMA-Factory and axolotl find and read them, and what is to be trained."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from capture_daemon.dataset.formats import WEIGHT
from capture_daemon.dataset.settings import Format

DATASET_INFO = "dataset_info.json"
LLAMA_FACTORY = "llamafactory.yaml"
AXOLOTL = "axolotl.yaml"

_COLUMNS: Mapping[Format, Mapping[str, Any]] = {
    Format.CHAT: {
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "system_tag": "system",
        },
    },
    Format.SHAREGPT: {
        "formatting": "sharegpt",
        "columns": {"messages": "conversations"},
        "tags": {
            "role_tag": "from",
            "content_tag": "value",
            "user_tag": "human",
            "assistant_tag": "gpt",
            "system_tag": "system",
        },
    },
    Format.ALPACA: {
        "formatting": "alpaca",
        "columns": {
            "prompt": "instruction",
            "query": "input",
            "response": "output",
            "system": "system",
            "history": "history",
        },
    },
}
_AXOLOTL = {
    Format.CHAT: ("messages", "role", "content"),
    Format.SHAREGPT: ("conversations", "from", "value"),
}
"""Where axolotl finds the messages, and in each who says it and what. It ignores the history of `alpaca`."""


def trainer_files(form: Format, files: Sequence[str], *, overlap: bool, weighted: bool) -> dict[str, str]:
    """The trainers' files by their names, for data in `files`; none for a format without samples or without data.

    With `overlap` answers come again as history; with `weighted` messages have a weight.
    """
    if form not in _COLUMNS or not files:
        return {}
    parts = {name.partition(".")[0]: name for name in files}
    info = {part: {"file_name": name, **_COLUMNS[form]} for part, name in parts.items()}
    made = {
        DATASET_INFO: json.dumps(info, indent=2) + "\n",
        LLAMA_FACTORY: _text(_llama_factory(parts, overlap=overlap)),
    }
    if form in _AXOLOTL:
        made[AXOLOTL] = _text(_axolotl(form, parts, weighted=weighted))
    return made


def masking(form: Format, *, overlap: bool, weighted: bool) -> Iterator[str]:
    """What is to be trained and what masked, each a sentence in Markdown."""
    if overlap:
        yield (
            "Only the last answer of each example is to be trained. The answers before it are the last ones of other "
            f"examples, and must be masked: `mask_history: true` in `{LLAMA_FACTORY}` does it for LLaMA-Factory."
        )
    else:
        yield "All answers are to be trained, each is in one example. Everything else must be masked."
    if weighted and form in _AXOLOTL:
        generated = "Turns that a model wrote have `weight` 0"
        yield f"{generated}, as have answers that come again." if overlap else f"{generated}; answers have 1."


def _llama_factory(parts: Mapping[str, str], *, overlap: bool) -> Iterator[str]:
    yield "# For LLaMA-Factory. Run it in this folder, with a model, its template and a folder for what is trained:"
    yield f"# llamafactory-cli train {LLAMA_FACTORY} model_name_or_path=MODEL template=TEMPLATE output_dir=DIR"
    yield "stage: sft"
    yield "do_train: true"
    yield "finetuning_type: lora"
    yield "dataset_dir: ."
    for part, key in (("train", "dataset"), ("test", "eval_dataset")):
        if part in parts:
            yield f"{key}: {part}"
    yield "train_on_prompt: false"
    why = "only the last answer is trained" if overlap else "every answer is in one example, and is trained"
    yield f"mask_history: {str(overlap).lower()} # {why}"


def _axolotl(form: Format, parts: Mapping[str, str], *, weighted: bool) -> Iterator[str]:
    messages, role, content = _AXOLOTL[form]
    yield "# For axolotl: where the data are, and what is trained. Add the model and how it is trained, and run it in"
    yield f"# this folder: axolotl train {AXOLOTL} --base-model MODEL --learning-rate RATE"
    yield "chat_template: tokenizer_default"
    yield "train_on_inputs: false"
    for part, key in (("train", "datasets"), ("test", "test_datasets")):
        if part not in parts:
            continue
        yield f"{key}:"
        yield f"- path: {parts[part]}"
        yield "  ds_type: json"
        yield "  split: train"
        yield "  type: chat_template"
        yield f"  field_messages: {messages}"
        yield "  message_property_mappings:"
        yield f"    role: {role}"
        yield f"    content: {content}"
        yield "  roles_to_train: [assistant]"
        yield "  train_on_eos: turn"
        if weighted:
            yield f"  message_field_training: {WEIGHT} # 0 is masked, 1 is trained"


def _text(rows: Iterator[str]) -> str:
    return "".join(f"{row}\n" for row in rows)
