"""Where a population that copies what pays stands still, and whether it stays there after a small change.

In replicator dynamics a strategy's share grows by share times (payoff less the role's mean payoff), so that a state
rests where all strategies that are used pay the same (Weibull, 1995, *Evolutionary Game
Theory*, equations 3.3 and 5.1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game, Mix

__all__ = ["RestPoint", "rest_points", "velocity"]

Floats = npt.NDArray[np.float64]
Support = tuple[tuple[int, ...], ...]

_STEP = 1e-4  # of differences; payoffs are polynomials of low degree
_FLAT = 1e-6  # part of the range of payoffs below which a rate counts as zero
_MOST = 6  # mixed rest points of one support; more of them are a line, which its arrows show


@dataclass(frozen=True)
class RestPoint:
    """A state of all roles.

    Attributes
    ----------
    mix : tuple of tuple of float
        A share for each strategy, for each role.
    stability : {"stable", "unstable", "saddle", "neutral"}
        Stable: every small change dies out. Unstable: every one grows. Saddle: some die out and some grow. Neutral:
        none grows, some do not die out either (paths around a centre, or a line of rest points).
    """

    mix: tuple[tuple[float, ...], ...]
    stability: str


def velocity(game: Game, mix: Mix) -> list[Floats]:
    """How fast each share of each role changes, per unit of time and payoff."""
    shares = [np.asarray(own, float) for own in mix]
    return [own * (gains - own @ gains) for own, gains in zip(shares, game.gains(shares), strict=True)]


def rest_points(game: Game) -> list[RestPoint]:
    """Rest points of replicator dynamics: all pure states, and mixed ones that are met from a grid of starts.

    Parameters
    ----------
    game : Game
        Small: supports are gone through one by one.
    """
    found: list[Sequence[Floats]] = []
    for support in _supports(game):
        own = list(_on_support(game, support))
        if len(own) <= _MOST:
            found += own
    return [RestPoint(tuple(tuple(map(float, own)) for own in mix), _stability(game, mix)) for mix in found]


def _supports(game: Game) -> Iterator[Support]:
    """Strategies that are used, for each role; pure states first."""
    choices = [
        [used for size in range(1, count + 1) for used in combinations(range(count), size)] for _, count in game.sizes
    ]
    return iter(sorted(product(*choices), key=lambda support: sum(map(len, support))))


def _full(game: Game, support: Support, free: Floats) -> list[Floats]:
    """Shares of all strategies from those of the used ones but the last of each role."""
    mix, taken = [], 0
    for (_, count), used in zip(game.sizes, support, strict=True):
        own = free[taken : taken + len(used) - 1]
        taken += len(used) - 1
        shares = np.zeros(count)
        shares[list(used)] = [*own, 1.0 - own.sum()]
        mix.append(shares)
    return mix


def _on_support(game: Game, support: Support) -> Iterator[list[Floats]]:
    """States in which just these strategies are used and pay the same within each role."""
    if all(len(used) == 1 for used in support):
        yield _full(game, support, np.empty(0))
        return
    from scipy.optimize import root

    def unequal(free: Floats) -> Floats:
        mix = [np.clip(own, 0.0, 1.0) for own in _full(game, support, free)]
        gains = game.gains(mix)
        return np.concatenate([own[list(used[:-1])] - own[used[-1]] for own, used in zip(gains, support, strict=True)])

    known: list[Floats] = []
    for start in _starts(support):
        solved = root(unequal, start)
        mix = _full(game, support, solved.x)
        inside = all(own[list(used)].min() > 1e-6 for own, used in zip(mix, support, strict=True))
        exact = np.abs(unequal(solved.x)).max() <= 1e-9 * max(float(game.range.max()), 1e-300)
        if inside and exact and not any(np.allclose(solved.x, other, atol=1e-5) for other in known):
            known.append(solved.x)
            yield mix


def _starts(support: Support) -> Iterator[Floats]:
    """States that favour each used strategy a little or much, roles combined."""
    each = []
    for used in support:
        middle, corners = np.full(len(used), 1.0 / len(used)), np.eye(len(used))
        states = [middle] + [w * corner + (1 - w) * middle for w in (0.3, 0.6, 0.9) for corner in corners]
        each.append([state[:-1] for state in (states if len(used) > 1 else [middle])])
    return (np.concatenate(chosen) for chosen in product(*each))


def _stability(game: Game, mix: Sequence[Floats]) -> str:
    rates = np.linalg.eigvals(_jacobian(game, mix)).real
    if not len(rates):
        return "stable"
    flat = _FLAT * max(float(game.range.max()), 1e-300)
    if rates.max() > flat:
        return "unstable" if rates.min() > -flat else "saddle"
    return "stable" if rates.max() < -flat else "neutral"


def _jacobian(game: Game, mix: Sequence[Floats]) -> Floats:
    """How shares' velocities change with shares that grow at the cost of the largest one of their role.

    Differences are taken forward, to second order, for at the edge there is only one side.
    """
    base = [int(np.argmax(own)) for own in mix]
    free = [(r, k) for r, own in enumerate(mix) for k in range(len(own)) if k != base[r]]

    def moved(r: int, k: int, step: float) -> Floats:
        state = [own.copy() for own in mix]
        state[r][k] += step
        state[r][base[r]] -= step
        rates = velocity(game, state)
        return np.array([rates[q][j] for q, j in free])

    here = moved(*free[0], 0.0) if free else np.empty(0)
    columns = [(4 * moved(r, k, _STEP) - moved(r, k, 2 * _STEP) - 3 * here) / (2 * _STEP) for r, k in free]
    return np.array(columns).T.reshape(len(free), len(free))
