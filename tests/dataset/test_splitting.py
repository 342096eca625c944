from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from capture_daemon.dataset.splitting import scenes_for_the_test

KEYS = [f"scene{n}" for n in range(12)]
SIZES = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 50)).map(Counter)
PAIRS = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=6)


@given(SIZES, PAIRS, st.floats(0.01, 0.9), st.integers(0, 5))
def test_scenes_that_belong_together_are_not_parted(
    sizes: Counter[str], together: list[tuple[str, str]], share: float, seed: int
) -> None:
    taken = scenes_for_the_test(sizes, together, share, seed)
    assert taken <= sizes.keys()
    for one, other in together:
        if one in sizes and other in sizes:
            assert (one in taken) == (other in taken)
    assert taken == scenes_for_the_test(Counter(dict(reversed(sizes.items()))), together[::-1], share, seed)
    if not together:
        assert (0 < len(taken) < len(sizes)) if len(sizes) > 1 else not taken


def test_about_the_share_that_is_wanted() -> None:
    sizes = Counter({f"scene{n:03}": 5 for n in range(100)})
    for share in (0.1, 0.3):
        assert len(scenes_for_the_test(sizes, [], share, 0)) == round(100 * share)
    assert scenes_for_the_test(sizes, [], 0.1, 0) != scenes_for_the_test(sizes, [], 0.1, 1)


def test_no_test_where_none_is_wanted() -> None:
    assert scenes_for_the_test(Counter({"a": 1, "b": 1}), [], 0, 0) == frozenset()
    assert scenes_for_the_test(Counter(), [], 0.5, 0) == frozenset()
