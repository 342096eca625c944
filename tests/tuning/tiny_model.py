"""A language model that knows nothing and is trained in a moment: two layers of chance, as Hugging Face saves them.

`python -m tests.tuning.tiny_model FOLDER` makes it.
"""

from __future__ import annotations

import sys

from tests.tuning.tokenizer import PLAIN, tokenizer


def main() -> None:
    """Make it."""
    import torch  # noqa: PLC0415 - the extra may be missing
    from transformers import LlamaConfig, LlamaForCausalLM  # noqa: PLC0415

    torch.manual_seed(0)
    words = tokenizer(PLAIN)
    configuration = LlamaConfig(
        vocab_size=800,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        bos_token_id=None,
        eos_token_id=words.eos_token_id,
    )
    LlamaForCausalLM(configuration).save_pretrained(sys.argv[1])
    words.save_pretrained(sys.argv[1])


if __name__ == "__main__":
    main()
