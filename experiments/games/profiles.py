"""Profiles: how many players of each role choose each strategy.

Players of a role are alike, so that who chooses what does not matter, only how many: N players with k strategies have
C(N + k - 1, k - 1) profiles instead of k^N (Wellman, 2006, "Methods for empirical game-theoretic analysis", AAAI).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import product

__all__ = ["Counts", "Profile", "chance_of", "counts_of", "move", "named", "profile_count", "profiles_of", "ways_to"]

Counts = tuple[int, ...]
Profile = tuple[Counts, ...]


def counts_of(players: int, strategies: int) -> Iterator[Counts]:
    """All ways in which players spread over strategies, everybody on the first one first."""
    if strategies == 1:
        yield (players,)
        return
    for first in range(players, -1, -1):
        for rest in counts_of(players - first, strategies - 1):
            yield (first, *rest)


def profiles_of(sizes: Sequence[tuple[int, int]]) -> Iterator[Profile]:
    """All profiles of roles with (players, strategies) each; the last role varies fastest."""
    return product(*(counts_of(players, strategies) for players, strategies in sizes))


def profile_count(sizes: Sequence[tuple[int, int]]) -> int:
    """Number of profiles of roles with (players, strategies) each."""
    return math.prod(math.comb(players + strategies - 1, strategies - 1) for players, strategies in sizes)


def named(profile: Profile) -> str:
    """Profile as a word: counts joined by dashes, roles by bars, as ``2-0|1-0``."""
    return "|".join("-".join(map(str, counts)) for counts in profile)


def ways_to(counts: Counts) -> int:
    """In how many ways single players can be dealt out to give these counts (multinomial coefficient)."""
    ways = math.factorial(sum(counts))
    for count in counts:
        ways //= math.factorial(count)
    return ways


def chance_of(counts: Counts, mix: Sequence[float]) -> float:
    """Chance that players who draw their strategies from a mixture spread like this (multinomial)."""
    chance = 1.0
    for count, share in zip(counts, mix, strict=True):
        chance *= float(share) ** count
    return ways_to(counts) * chance


def move(counts: Counts, step: int, strategy: int) -> Counts:
    """Counts with one player more (step 1) or fewer (-1) on a strategy."""
    return tuple(count + (step if k == strategy else 0) for k, count in enumerate(counts))
