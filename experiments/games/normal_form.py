"""A finite game in reduced form: roles of like players, strategies, and a payoff for every way to spread over them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.profiles import Counts, Profile, counts_of, move, profiles_of, ways_to

__all__ = ["Game", "Mix", "Role"]

Floats = npt.NDArray[np.float64]
Mix = Sequence[npt.ArrayLike]  # for each role, a share for each strategy


@dataclass(frozen=True)
class Role:
    """Players who are alike.

    Attributes
    ----------
    name : str
    strategies : tuple of str
    players : int
    """

    name: str
    strategies: tuple[str, ...]
    players: int = 1


@dataclass(frozen=True)
class Game:
    """A game between roles.

    Attributes
    ----------
    roles : tuple of Role
    payoffs : mapping of Profile to sequence of sequence of float
        For every profile, for every role, for every strategy what one player who chooses it gets; what nobody chooses
        in that profile is nan.
    unit : str
        Of payoffs.
    """

    roles: tuple[Role, ...]
    payoffs: Mapping[Profile, Sequence[Sequence[float]]]
    unit: str = ""

    @classmethod
    def of_matrices(
        cls,
        rows: Sequence[str],
        columns: Sequence[str],
        row_payoffs: npt.ArrayLike,
        column_payoffs: npt.ArrayLike,
        names: tuple[str, str] = ("row", "column"),
        unit: str = "",
    ) -> "Game":
        """Two players, each of a role of its own; both matrices have a row a strategy of the first."""
        first, second = np.asarray(row_payoffs, float), np.asarray(column_payoffs, float)
        roles = (Role(names[0], tuple(rows)), Role(names[1], tuple(columns)))
        payoffs: dict[Profile, Sequence[Sequence[float]]] = {}
        for profile in profiles_of([(1, len(rows)), (1, len(columns))]):
            i, j = profile[0].index(1), profile[1].index(1)
            payoffs[profile] = (_only(i, len(rows), first[i, j]), _only(j, len(columns), second[i, j]))
        return cls(roles, payoffs, unit)

    @classmethod
    def symmetric(cls, role: Role, payoff: Any, unit: str = "") -> "Game":
        """One role; `payoff(strategy, counts)` is what a player of a strategy gets in a profile of the role."""
        payoffs: dict[Profile, Sequence[Sequence[float]]] = {}
        for counts in counts_of(role.players, len(role.strategies)):
            own = tuple(payoff(k, counts) if count else np.nan for k, count in enumerate(counts))
            payoffs[(counts,)] = (own,)
        return cls((role,), payoffs, unit)

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Players and strategies of each role."""
        return [(role.players, len(role.strategies)) for role in self.roles]

    @cached_property
    def profiles(self) -> list[Profile]:
        """All profiles, in the order of `profiles_of`."""
        return list(profiles_of(self.sizes))

    @cached_property
    def range(self) -> Floats:
        """Largest less smallest payoff of each role, shape (roles,)."""
        every = [np.array([self.payoffs[p][r] for p in self.profiles], float) for r in range(len(self.roles))]
        return np.array([np.nanmax(values) - np.nanmin(values) for values in every])

    def matrices(self) -> tuple[Floats, Floats]:
        """Payoff matrices of two players, shape (strategies of the first, strategies of the second).

        Two roles of one player each, or one role of two.

        Raises
        ------
        ValueError
            If it is not a game of two.
        """
        players = [role.players for role in self.roles]
        if players == [1, 1]:
            shape = (len(self.roles[0].strategies), len(self.roles[1].strategies))
            cells = [(profile[0].index(1), profile[1].index(1)) for profile in self.profiles]
            both = np.zeros((2, *shape))
            for (i, j), profile in zip(cells, self.profiles, strict=True):
                both[:, i, j] = self.payoffs[profile][0][i], self.payoffs[profile][1][j]
            return both[0], both[1]
        if players == [2]:
            count = len(self.roles[0].strategies)
            own = np.zeros((count, count))
            for i in range(count):
                for j in range(count):
                    own[i, j] = self.payoffs[(move(_one(j, count), 1, i),)][0][i]
            return own, own.T
        raise ValueError(f"a game of two players has matrices; this one has roles of {players} players")

    def gains(self, mix: Mix) -> list[Floats]:
        """What each strategy of each role pays a player while all others mix.

        Parameters
        ----------
        mix : for each role, shares of shape (..., strategies)
            Leading axes are many mixtures at once, the same ones for every role.

        Returns
        -------
        list of ndarray of float64, shape (..., strategies)
        """
        shares = np.concatenate([np.asarray(own, float) for own in mix], axis=-1)
        found = []
        for counts, ways, payoffs in self._others:
            chances = ways * np.prod(shares[..., None, :] ** counts, axis=-1)
            possible = (
                (chances > 0.0).reshape(-1, len(ways)).any(axis=0)
            )  # what cannot happen need not have been played
            found.append(chances[..., possible] @ payoffs[possible])
        return found

    @cached_property
    def _others(self) -> list[tuple[Floats, Floats, Floats]]:
        """For each role, all profiles of everybody but one of its players, and what that one gets by each strategy.

        Counts, shape (profiles, strategies of all roles); in how many ways players can be dealt to them (multinomial
        coefficients), shape (profiles,); payoffs, shape (profiles, strategies of the role).
        """
        return [self._others_of(r) for r in range(len(self.roles))]

    def _others_of(self, r: int) -> tuple[Floats, Floats, Floats]:
        sizes = [(players - (q == r), count) for q, (players, count) in enumerate(self.sizes)]
        others = list(profiles_of(sizes))
        counts = np.array([[n for own in profile for n in own] for profile in others], float)
        ways = np.array([math.prod(ways_to(own) for own in profile) for profile in others], float)
        payoffs = [[self._joined(profile, r, k) for k in range(sizes[r][1])] for profile in others]
        return counts, ways, np.array(payoffs, float)

    def _joined(self, others: Profile, r: int, strategy: int) -> float:
        """Payoff of one more player of a role who chooses a strategy."""
        profile = (*others[:r], move(others[r], 1, strategy), *others[r + 1 :])
        return float(self.payoffs[profile][r][strategy])

    def against_others(self, r: int) -> Floats:
        """Payoffs of one player of a role, shape (profiles of all others, strategies)."""
        return self._others[r][2]

    def expected(self, mix: Mix) -> Floats:
        """What a player of each role gets when all mix, shape (roles,)."""
        return np.array([own @ np.asarray(shares, float) for own, shares in zip(self.gains(mix), mix, strict=True)])

    def regret(self, mix: Mix) -> Floats:
        """What the best deviation would gain a player of each role over what it gets, shape (roles,); never below 0."""
        gains = self.gains(mix)
        return np.array([own.max() - own @ np.asarray(shares, float) for own, shares in zip(gains, mix, strict=True)])

    def is_equilibrium(self, profile: Profile, tolerance: float = 0.0) -> bool:
        """Whether no player of a pure profile gains more than a tolerance by choosing otherwise."""
        return bool((self.best_moves(profile) <= tolerance).all())

    def best_moves(self, profile: Profile) -> Floats:
        """Most that one player of each role gains by leaving its strategy in a pure profile, shape (roles,)."""
        return np.array([self._best_move(profile, r) for r in range(len(self.roles))])

    def _best_move(self, profile: Profile, r: int) -> float:
        """Most that a player of a role gains by leaving its strategy."""
        counts, best = profile[r], -np.inf
        for held in (k for k, count in enumerate(counts) if count):
            for other in range(len(counts)):
                after = (*profile[:r], move(move(counts, -1, held), 1, other), *profile[r + 1 :])
                best = max(best, float(self.payoffs[after][r][other]) - float(self.payoffs[profile][r][held]))
        return best


def _one(strategy: int, count: int) -> Counts:
    return tuple(int(k == strategy) for k in range(count))


def _only(strategy: int, count: int, payoff: float) -> tuple[float, ...]:
    return tuple(float(payoff) if k == strategy else np.nan for k in range(count))
