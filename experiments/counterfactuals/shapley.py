"""Shapley value: what each of several causes contributes to an effect that they have together.

With ``v(S)`` the worth of the coalition S, player i is given its marginal contribution averaged over all orders in
which the players could come,

    phi_i = sum over S without i of  |S|! (n - |S| - 1)! / n!  (v(S + i) - v(S)).

It is the only division of v(all) - v(none) that gives nothing to who changes nothing, equals to equals, and that adds
up over games. Here it is exact: over all 2**n coalitions, in fractions.

References
----------
Shapley (1953), "A value for n-person games", Contributions to the Theory of Games II, Princeton, 307-317, eq. (13).
"""

from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial, lcm
from typing import TypeVar

__all__ = ["coalitions", "shapley_values", "shareable"]

Player = TypeVar("Player", bound=Hashable)
Number = float | Fraction

_LEAST_BIT = 2.0**-50


def coalitions(players: Sequence[Player]) -> list[frozenset[Player]]:
    """All subsets, the empty one first and that of all players last.

    Raises
    ------
    ValueError
        If a player is named twice.
    """
    if len(set(players)) < len(players):
        raise ValueError(f"every player may be named once, got {list(players)}")
    return [frozenset(group) for size in range(len(players) + 1) for group in combinations(players, size)]


def _weight(before: int, players: int) -> Fraction:
    """Share of the orders in which exactly the `before` given players come before a given one."""
    return Fraction(factorial(before) * factorial(players - before - 1), factorial(players))


def shapley_values(players: Sequence[Player], worth: Callable[[frozenset[Player]], Number]) -> dict[Player, Fraction]:
    """Contribution of every player; they add up to ``worth(all) - worth(none)`` exactly.

    Parameters
    ----------
    players : sequence
        The worth of each of the 2**n coalitions is asked once.
    worth : callable
        From a frozenset of players to a number; a float is taken as the fraction it is.

    Returns
    -------
    dict of player to Fraction
        In the order of `players`.

    Raises
    ------
    ValueError
        If a player is named twice, or a worth is not finite.

    Examples
    --------
    Two left gloves and a right one; a pair is worth 1.

    >>> values = shapley_values("LMR", lambda group: float("R" in group and len(group) > 1))
    >>> {player: str(value) for player, value in values.items()}
    {'L': '1/6', 'M': '1/6', 'R': '2/3'}
    """
    worths = {group: _as_fraction(worth(group)) for group in coalitions(players)}
    return {
        player: sum(
            (
                _weight(len(group), len(players)) * (worths[group | {player}] - value)
                for group, value in worths.items()
                if player not in group
            ),
            Fraction(0),
        )
        for player in players
    }


def _as_fraction(value: Number) -> Fraction:
    try:
        return Fraction(value)
    except (OverflowError, ValueError):
        raise ValueError(f"the worth of a coalition must be finite, got {value}") from None


def shareable(value: float, players: int) -> float:
    """Nearest number that can be divided among so many players without rounding.

    The weights of the Shapley value of n players have denominators that divide the least common multiple of
    1, ..., n, for n C(n - 1, k) does. Worths that are whole multiples of this number times 2**-50 have contributions
    that are whole multiples of 2**-50: floats, whose sum, below 8 in size, is exact in any order.

    Parameters
    ----------
    value : float
        Below 4 in size.
    players : int

    Examples
    --------
    >>> abs(shareable(0.1, 4) - 0.1) < 6e-15
    True
    """
    step = lcm(*range(1, players + 1)) * _LEAST_BIT
    return round(value / step) * step
