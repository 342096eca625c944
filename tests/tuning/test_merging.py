"""A GGUF with changed weights, written and read by the package of llama.cpp's makers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from capture_daemon.errors import ModelError
from tests.needs import needs_package

HEADS, ROWS, COLUMNS = 2, 8, 32


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A model with two weights of a layer, and the words of a tokenizer."""
    needs_package("gguf")
    import gguf  # noqa: PLC0415 - the extra may be missing

    path = tmp_path / "base.gguf"
    writer = gguf.GGUFWriter(path, arch="llama")
    writer.add_block_count(1)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_file_type(0)
    writer.add_token_list(["a", "日本"])
    rows = np.arange(ROWS, dtype=np.float32)[:, None] * np.ones((1, COLUMNS), np.float32)
    writer.add_tensor("blk.0.attn_q.weight", rows)
    writer.add_tensor("blk.0.ffn_up.weight", rows)
    writer.add_tensor("blk.0.attn_norm.weight", np.ones(COLUMNS, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def tensors(path: Path) -> tuple[Any, dict[str, Any]]:
    import gguf  # noqa: PLC0415

    reader = gguf.GGUFReader(path)
    return reader, {one.name: gguf.quants.dequantize(one.data, one.tensor_type) for one in reader.tensors}


def test_changes_are_added_with_the_rows_of_queries_in_the_files_order(tmp_path: Path, base: Path) -> None:
    from capture_daemon.tuning.merging import write_gguf  # noqa: PLC0415

    change = np.zeros((ROWS, COLUMNS), np.float32)
    change[1] = 100.0
    changes = {
        "model.layers.0.self_attn.q_proj.weight": change,
        "model.layers.0.mlp.up_proj.weight": change,
    }
    write_gguf(base, changes, tmp_path / "made.gguf")
    reader, made = tensors(tmp_path / "made.gguf")
    up, queries = made["blk.0.ffn_up.weight"][:, 0], made["blk.0.attn_q.weight"][:, 0]
    np.testing.assert_allclose(up, [0, 101, 2, 3, 4, 5, 6, 7], rtol=0.01)
    # Of four rows a head, the two halves are interleaved there: the second row is the third in the file.
    np.testing.assert_allclose(queries, [0, 1, 102, 3, 4, 5, 6, 7], rtol=0.01)
    np.testing.assert_array_equal(made["blk.0.attn_norm.weight"], np.ones(COLUMNS))
    assert reader.get_field("tokenizer.ggml.tokens").contents() == ["a", "日本"]


def test_a_weight_that_the_file_lacks_is_named(tmp_path: Path, base: Path) -> None:
    from capture_daemon.tuning.merging import write_gguf  # noqa: PLC0415

    changes = {"model.layers.0.mlp.gate_proj.weight": np.zeros((ROWS, COLUMNS), np.float32)}
    with pytest.raises(ModelError, match=r"holds no weight model\.layers\.0\.mlp\.gate_proj\.weight"):
        write_gguf(base, changes, tmp_path / "made.gguf")
