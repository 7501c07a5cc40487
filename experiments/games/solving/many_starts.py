"""Mixed equilibria of games of any size: equal gains on a support, searched from many starts."""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations, product

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game, Mix

__all__ = ["dealt", "descended_from_many_starts", "mixed_from_many_starts", "mixed_on_support", "spread_starts"]

Floats = npt.NDArray[np.float64]
Support = tuple[tuple[int, ...], ...]

_SUPPORTS = 400  # as many are tried one by one; of more, those that a descent of regret ends on
_STARTS = 200  # of all supports together, at least two and at most sixteen of each
_DESCENTS = 12


def mixed_from_many_starts(game: Game) -> list[list[Floats]]:
    """Candidates for mixed equilibria in which players of a role play alike; whoever takes them checks their regret.

    On the support of an equilibrium all strategies gain the same: as many equations as shares. They are solved from
    the middle and from spread points of every support or, where supports are too many, of those on which a
    descent of regret ends. Starts come from a Halton sequence, so that a game always has the same answer. Unlike
    enumeration for two players this may miss equilibria.
    """
    found = []
    for support, start in _starts(game):
        mix = _equal_gains(game, support, start)
        if mix is not None:
            found.append(mix)
    return found


def mixed_on_support(game: Game, support: Support, near: Mix, starts: int = 4) -> list[list[Floats]]:
    """Candidates in which just these strategies are played, from a mixture that may be near and from spread points."""
    first = [np.asarray(own, float)[list(held)] for own, held in zip(near, support, strict=True)]
    spread = spread_starts([len(own) for own in support], starts)
    tried = [_equal_gains(game, support, [own / own.sum() for own in start]) for start in (first, *spread)]
    return [mix for mix in tried if mix is not None]


def descended_from_many_starts(game: Game) -> list[list[Floats]]:
    """Mixtures at which regret is smaller than around them; not equilibria, where regret is not zero there."""
    sizes = [count for _, count in game.sizes]
    return [_descended(game, start) for start in spread_starts(sizes, _DESCENTS)]


def spread_starts(sizes: Sequence[int], count: int) -> Iterator[list[Floats]]:
    """Points spread evenly over a product of simplices, always the same ones; shape (size,) for each.

    Exponential spacings of a Halton sequence (Devroye, 1986, *Non-Uniform Random Variate Generation*, chapter V.2).
    """
    from scipy.stats import qmc

    points = qmc.Halton(sum(sizes), rng=np.random.default_rng(1)).random(count)
    for point in -np.log1p(-points):
        yield [own / own.sum() for own in dealt(point, sizes)]


def dealt(values: Floats, sizes: Sequence[int]) -> list[Floats]:
    """An array cut along its last axis into one for each role."""
    return np.split(values, np.cumsum(sizes)[:-1], axis=-1)


def _starts(game: Game) -> Iterator[tuple[Support, list[Floats]]]:
    sizes = [count for _, count in game.sizes]
    supports = np.prod([2.0**count - 1.0 for count in sizes])
    if supports <= _SUPPORTS:
        each = int(np.clip(_STARTS // supports, 2, 16))
        for support in product(*(_subsets(count) for count in sizes)):
            inside = [len(own) for own in support]
            if max(inside) > 1:
                yield support, [np.full(count, 1.0 / count) for count in inside]
                yield from ((support, start) for start in spread_starts(inside, each - 1))
        return
    for start in spread_starts(sizes, _DESCENTS):
        ended = _descended(game, start)
        support = tuple(tuple(np.nonzero(own > 1e-3)[0].tolist()) for own in ended)
        yield support, [own[list(held)] / own[list(held)].sum() for own, held in zip(ended, support, strict=True)]


def _subsets(count: int) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(range(count), size) for size in range(1, count + 1)))


def _equal_gains(game: Game, support: Support, start: list[Floats]) -> list[Floats] | None:
    """Shares on a support at which its strategies gain the same, or None where none were reached."""
    from scipy.optimize import root

    sizes = [len(own) for own in support]
    scale = np.where(game.range > 0.0, game.range, 1.0)

    def unequal(values: Floats) -> Floats:
        shares = dealt(values, sizes)
        gains = game.gains(_placed(game, support, shares))
        rows = []
        for own, held, gain, unit in zip(shares, support, gains, scale, strict=True):
            rows += [np.diff(gain[list(held)]) / unit, [own.sum() - 1.0]]
        return np.concatenate(rows)

    solved = root(unequal, np.concatenate(start), method="hybr", options={"xtol": 1e-13})
    shares = dealt(solved.x, sizes)
    if np.abs(unequal(solved.x)).max() > 1e-9 or min(own.min() for own in shares) <= 0.0:
        return None
    return _placed(game, support, [own / own.sum() for own in shares])


def _placed(game: Game, support: Support, shares: Sequence[Floats]) -> list[Floats]:
    mix = [np.zeros(count) for _, count in game.sizes]
    for own, held, values in zip(mix, support, shares, strict=True):
        own[list(held)] = values
    return mix


def _descended(game: Game, start: list[Floats]) -> list[Floats]:
    """Where the sum of squares of shares times what each gains less than the best has no way further down.

    Shares times shortfalls sum to regret, and are all zero in equilibrium alone (complementarity: McKelvey and
    McLennan, 1996, *Handbook of Computational Economics* 1, section 4).
    """
    from scipy.optimize import least_squares

    sizes = [len(own) for own in start]
    scale = np.where(game.range > 0.0, game.range, 1.0)

    def shares_of(roots: Floats) -> list[Floats]:
        return [own**2 / (own**2).sum() for own in dealt(roots, sizes)]

    def shortfall(roots: Floats) -> Floats:
        mix = shares_of(roots)
        gains = game.gains(mix)
        return np.concatenate([own * (g.max() - g) / s for own, g, s in zip(mix, gains, scale, strict=True)])

    return shares_of(least_squares(shortfall, np.sqrt(np.concatenate(start)), max_nfev=60).x)
