"""Splitting: which scenes are for the test. Scenes that repeat one another aren't parted: nothing is in both."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable


def scenes_for_the_test(
    sizes: Counter[str], together: Iterable[tuple[str, str]], share: float, seed: int
) -> frozenset[str]:
    """The scenes for the test, so that they have about `share` of all.

    `sizes` says how much each scene has, `together` which pairs of scenes must not be parted. Where there is more than
    one group of scenes and a share is wanted, there is something on both sides. The same seed gives the same scenes.
    """
    groups = _groups(sizes, together)
    random.Random(seed).shuffle(groups)
    wanted = share * sizes.total()
    if len(groups) < 2 or wanted <= 0:
        return frozenset()
    weights = [sum(sizes[key] for key in group) for group in groups]
    taken: list[int] = []
    size = 0
    for place, weight in enumerate(weights):
        if len(taken) + 1 < len(groups) and abs(size + weight - wanted) < abs(size - wanted):
            taken.append(place)
            size += weight
    if not taken:
        taken = [min(range(len(groups)), key=lambda place: weights[place])]
    return frozenset(key for place in taken for key in groups[place])


def _groups(sizes: Counter[str], together: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The scenes in groups, in an order that depends on nothing but their keys."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while (above := leader.setdefault(key, key)) != key:
            leader[key] = leader[above]
            key = above
        return key

    for one, other in together:
        leader[find(one)] = find(other)
    members: dict[str, list[str]] = defaultdict(list)
    for key in sorted(sizes):
        members[find(key)].append(key)
    return sorted(members.values())
