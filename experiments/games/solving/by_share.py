"""One role with two strategies, by the share of players who choose the first: payoffs, welfare, and where it ends."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import Profile
from cascade_sim.experiments.games.solving.gain_roots import gain_roots
from cascade_sim.experiments.statistics.best import may_be_best

__all__ = [
    "best_share",
    "counted_first",
    "payoff_curves",
    "payoff_points",
    "settled_shares",
    "swapped",
    "welfare_points",
]

Floats = npt.NDArray[np.float64]


def _interval(values: Floats) -> tuple[Floats, Floats]:
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    return low, high


def counted_first(game: Game) -> Game:
    """The same game with that strategy first of which more is worse for the others: leverage, entry, running away.

    It is the one whose share a class will want to watch. The order stays where neither does harm.
    """
    gains = [game.gains((mix,))[0].sum() for mix in ([1.0, 0.0], [0.0, 1.0])]
    return game if gains[0] <= gains[1] else swapped(game)


def swapped(game: Game) -> Game:
    """The same game with its two strategies in the other order."""
    role = game.roles[0]
    payoffs: dict[Profile, Sequence[Sequence[float]]] = {
        (profile[0][::-1],): (tuple(own[0])[::-1],) for profile, own in game.payoffs.items()
    }
    return Game((Role(role.name, role.strategies[::-1], role.players),), payoffs, game.unit)


def payoff_curves(game: Game, resampled: Sequence[Game] = (), points: int = 41) -> pd.DataFrame:
    """What each strategy pays one player while all others draw the first strategy with a chance.

    Parameters
    ----------
    game : Game
        One role, two strategies.
    resampled : sequence of Game
        The same game of resampled seeds; they give the intervals.
    points : int
        Chances from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        Columns `strategy`, `share`, `mean`, and with `resampled` the 95 % interval `low`, `high`.
    """
    shares = np.linspace(0.0, 1.0, points)
    mean, several = _payoffs(game, shares), np.array([_payoffs(other, shares) for other in resampled])
    frames = []
    for k, name in enumerate(game.roles[0].strategies):
        frame = pd.DataFrame({"strategy": name, "share": shares, "mean": mean[:, k]})
        if len(several):
            frame["low"], frame["high"] = _interval(several[:, :, k])
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _payoffs(game: Game, shares: Floats) -> Floats:
    """Payoff of both strategies at every share, shape (shares, 2)."""
    return np.array([game.gains(([share, 1.0 - share],))[0] for share in shares])


def payoff_points(game: Game, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Payoffs in the profiles themselves, by the share of a player's *others* who choose the first strategy.

    Parameters
    ----------
    game : Game
        One role of several players, two strategies.
    table : pandas.DataFrame, optional
        Intervals: columns `profile` (counts), `strategy`, `low`, `high`.

    Returns
    -------
    pandas.DataFrame
        Columns `strategy`, `share`, `mean`, and with a table `low`, `high`.
    """
    names = game.roles[0].strategies
    rows = [
        {"profile": profile, "strategy": name, "share": _others(profile, k), "mean": float(game.payoffs[profile][0][k])}
        for k, name in enumerate(names)
        for profile in game.profiles
        if profile[0][k]
    ]
    points = pd.DataFrame(rows)
    if table is not None:
        points = points.merge(table[["profile", "strategy", "low", "high"]], on=["profile", "strategy"], how="left")
    return points.drop(columns="profile")


def _others(profile: Profile, strategy: int) -> float:
    """Share on the first strategy of those whom a player of a strategy meets."""
    return (profile[0][0] - (strategy == 0)) / (sum(profile[0]) - 1)


def welfare_points(welfare: npt.ArrayLike, resampled: npt.ArrayLike = ()) -> pd.DataFrame:
    """Welfare by the share of players on the first strategy.

    Parameters
    ----------
    welfare : array_like of float, shape (players + 1,)
        By the number of players on the first strategy, from 0.
    resampled : array_like of float, shape (resamples, players + 1)

    Returns
    -------
    pandas.DataFrame
        Columns `share`, `mean`, and with `resampled` the 95 % interval `low`, `high`.
    """
    totals, several = np.asarray(welfare, float), np.asarray(resampled, float)
    frame = pd.DataFrame({"share": np.linspace(0.0, 1.0, len(totals)), "mean": totals})
    if len(several):
        frame["low"], frame["high"] = _interval(several)
    return frame


def best_share(welfare: npt.ArrayLike, resampled: npt.ArrayLike = ()) -> tuple[float, float, float]:
    """Share of players on the first strategy with the highest welfare, and its 95 % interval.

    The interval goes from the lowest to the highest of the shares that `may_be_best`.
    """
    values, several = np.asarray(welfare, float), np.asarray(resampled, float)
    players = len(values) - 1
    best = float(np.argmax(values)) / players
    if not len(several):
        return best, np.nan, np.nan
    kept = np.flatnonzero(may_be_best(values, several)) / players
    return best, float(kept[0]), float(kept[-1])


def settled_shares(game: Game, resampled: Sequence[Game] = ()) -> list[tuple[float, float, float]]:
    """Shares of the first strategy at which a population that copies what pays settles, each with its 95 % interval.

    Below such a share the first strategy pays more than the second, above it less. In every resampled game the one that
    lies nearest is taken.
    """
    several = [_stable(other) for other in resampled]
    found = []
    for share in _stable(game):
        near = [min(own, key=lambda other: abs(other - share)) for own in several if own]
        low, high = np.quantile(near, [0.025, 0.975]) if near else (np.nan, np.nan)
        found.append((share, float(low), float(high)))
    return found


def _stable(game: Game) -> list[float]:
    """Shares between a gain from the first strategy and a loss; an end that nobody leaves is one too."""
    places = [0.0, *gain_roots(game), 1.0]
    middles = [(low + high) / 2.0 for low, high in pairwise(places)]
    gains = [np.subtract(*game.gains(([share, 1.0 - share],))[0]) for share in middles]
    below, above = [1.0, *gains], [*gains, -1.0]
    return [share for share, left, right in zip(places, below, above, strict=True) if left > 0.0 > right]
