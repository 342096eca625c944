"""A tokenizer of transformers whose tokens are characters, but for the marks of its template."""

from __future__ import annotations

from typing import Any

from tests.needs import needs_module

PLAIN = """\
{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}"""
"""As most have it, without a mark for what is generated."""
THINKING = """\
{%- for message in messages %}
{{- '<|im_start|>' + message['role'] + '\n' }}
{%- if message['role'] == 'assistant' and loop.last %}{{- '<think></think>' }}{%- endif %}
{{- message['content'] + '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n<think></think>' }}{%- endif %}"""
"""As models that think have it: thoughts before the last answer only."""
NO_SYSTEM = """\
{%- if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{%- endif %}"""
_MARKS = ("<|im_start|>", "<|im_end|>")


def tokenizer(template: str) -> Any:
    """One with this chat template."""
    for module in ("tokenizers", "transformers", "jinja2"):
        needs_module(module, extra="dev")
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers  # noqa: PLC0415 - the extra may be missing
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415

    vocabulary = {character: number for number, character in enumerate(map(chr, range(1, 0x180)))}
    made = Tokenizer(
        models.WordLevel({**vocabulary, "?": 600, **{mark: 700 + n for n, mark in enumerate(_MARKS)}}, "?")
    )
    made.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    whole = PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|im_end|>", additional_special_tokens=[_MARKS[0]]
    )
    whole.chat_template = template
    return whole
