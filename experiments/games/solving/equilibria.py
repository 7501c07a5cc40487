"""Equilibria of a game: choices that nobody regrets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.normal_form import Game, Mix
from cascade_sim.experiments.games.profiles import Counts, Profile
from cascade_sim.experiments.games.solving.basins import basins
from cascade_sim.experiments.games.solving.gain_roots import gain_roots
from cascade_sim.experiments.games.solving.many_starts import descended_from_many_starts, mixed_from_many_starts
from cascade_sim.experiments.games.solving.two_players import two_player_equilibria

__all__ = [
    "Equilibrium",
    "all_alike",
    "equilibria",
    "equilibrium_at",
    "equilibrium_of",
    "pure_equilibria",
    "regret_of",
    "reported",
]

Floats = npt.NDArray[np.float64]

_SAME = 1e-6  # shares closer than this are one equilibrium


@dataclass(frozen=True)
class Equilibrium:
    """Choices that nobody gains by leaving alone.

    Attributes
    ----------
    mix : tuple of tuple of float
        For each role a share for each strategy: its chance, or the share of players in a pure profile.
    payoffs : tuple of float
        Expected by a player of each role (the mean over its players), in the unit of the game.
    regret : tuple of float
        What the best deviation would gain a player of each role; zero but for rounding.
    kind : str
        "pure" (nobody draws lots) or "mixed".
    profile : Profile or None
        How many players of each role choose each strategy, where it is pure; those of one role may choose differently.
    """

    mix: tuple[tuple[float, ...], ...]
    payoffs: tuple[float, ...]
    regret: tuple[float, ...]
    kind: str
    profile: Profile | None = None

    @property
    def support(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the strategies that are played, for each role."""
        return tuple(tuple(k for k, share in enumerate(own) if share > _SAME) for own in self.mix)


def equilibria(game: Game, tolerance: float = 1e-9) -> list[Equilibrium]:
    """Nash equilibria of a game, pure ones first.

    All pure profiles. Mixed ones in which players of a role play alike: of two players by enumeration of supports (all
    of them, unless the game is degenerate: then those at the ends of each continuum); of like players all
    that mix two strategies (roots of the gain from one over the other); of any other game those that a search from
    many starts reaches.

    Parameters
    ----------
    game : Game
    tolerance : float
        Largest regret, as a share of the range of payoffs of the role.

    Returns
    -------
    list of Equilibrium
        In an order that depends on the game alone.
    """
    allowed = tolerance * np.where(game.range > 0.0, game.range, 1.0)
    found = pure_equilibria(game, tolerance)
    for mix in _mixes(game):
        candidate = equilibrium_of(game, mix)
        is_new = all(_distance(candidate, known) > _SAME for known in found if all_alike(known))
        if is_new and (np.array(candidate.regret) <= allowed).all():
            found.append(candidate)
    return found


def pure_equilibria(game: Game, tolerance: float = 1e-9) -> list[Equilibrium]:
    """All profiles that no player gains more than a share of the range of its payoffs by leaving alone."""
    allowed = tolerance * np.where(game.range > 0.0, game.range, 1.0)
    return [equilibrium_at(game, profile) for profile in game.profiles if (game.best_moves(profile) <= allowed).all()]


def equilibrium_of(game: Game, mix: Mix) -> Equilibrium:
    """A mixture with what it pays and what is regretted in it, whether it is an equilibrium or not.

    Shares below 1e-6 are set to zero where that lowers regret.
    """
    shares = [np.asarray(own, float) for own in mix]
    cleaned = [np.where(own > _SAME, own, 0.0) / own[own > _SAME].sum() for own in shares]
    if game.regret(cleaned).max() <= game.regret(shares).max():
        shares = cleaned
    pure = all(own.max() == 1.0 for own in shares)
    counts = tuple(
        _all_on(int(own.argmax()), role.players, len(own)) for own, role in zip(shares, game.roles, strict=True)
    )
    return Equilibrium(
        tuple(tuple(own.tolist()) for own in shares),
        tuple(game.expected(shares).tolist()),
        tuple(np.maximum(game.regret(shares), 0.0).tolist()),
        "pure" if pure else "mixed",
        counts if pure else None,
    )


def reported(game: Game, found: Sequence[Equilibrium] | None = None) -> Equilibrium:
    """The equilibrium that a report names.

    Regret is zero but for rounding in all of them, so that it does not decide. The one with the largest basin under
    replicator dynamics is taken: of two like players with two strategies each that is the risk-dominant one
    (Harsanyi and Selten, 1988; basins: Kandori, Mailath and Rob, 1993, Econometrica 61, 29-56). Profiles in which
    players of one role choose differently cannot be reached by a role whose players are drawn from one
    population, and are named only where there is nothing else. Of equal basins the first counts. Where no equilibrium
    was found (there always is one, but of games of many players a search may miss it), what is regretted least is
    reported, with its regret.

    Parameters
    ----------
    game : Game
    found : sequence of Equilibrium, optional
        Of the game, where they are known already.
    """
    known = list(equilibria(game) if found is None else found) or [_least_regretted(game)]
    alike = [one for one in known if all_alike(one)] or known
    if len(alike) == 1:
        return alike[0]
    return alike[int(np.argmax(basins(game, [one.mix for one in alike])))]


def _least_regretted(game: Game) -> Equilibrium:
    """Of all pure profiles, and of the ends of a search for less regret."""
    unit = np.where(game.range > 0.0, game.range, 1.0)
    ends = [equilibrium_of(game, mix) for mix in descended_from_many_starts(game)]
    tried = [*(equilibrium_at(game, profile) for profile in game.profiles), *ends]
    return min(tried, key=lambda one: float((np.array(one.regret) / unit).max()))


def _mixes(game: Game) -> Iterator[Mix]:
    players = [role.players for role in game.roles]
    if players == [1, 1]:
        yield from two_player_equilibria(*game.matrices()) or mixed_from_many_starts(game)
    elif players == [2]:
        pairs = two_player_equilibria(*game.matrices())
        yield from ([own] for own, other in pairs if np.abs(own - other).max() < _SAME)
    elif len(players) == 1:
        yield from _mixes_of_pairs(game)
        if len(game.roles[0].strategies) > 2:
            yield from mixed_from_many_starts(game)
    else:
        yield from mixed_from_many_starts(game)


def _mixes_of_pairs(game: Game) -> Iterator[Mix]:
    """Where players of the only role are indifferent between two strategies, and play no other."""
    count = len(game.roles[0].strategies)
    for pair in combinations(range(count), 2):
        for share in gain_roots(game, pair):
            mix = np.zeros(count)
            mix[list(pair)] = share, 1.0 - share
            yield [mix]


def equilibrium_at(game: Game, profile: Profile) -> Equilibrium:
    """A pure profile with what it pays and what is regretted in it, whether it is an equilibrium or not."""
    counts = [np.array(own, float) for own in profile]
    paid = [np.nansum(own * np.array(game.payoffs[profile][r], float)) / own.sum() for r, own in enumerate(counts)]
    mix = tuple(tuple((own / own.sum()).tolist()) for own in counts)
    regret = np.maximum(game.best_moves(profile), 0.0)
    return Equilibrium(mix, tuple(float(p) for p in paid), tuple(regret.tolist()), "pure", profile)


def regret_of(game: Game, equilibrium: Equilibrium) -> Floats:
    """What an equilibrium's best deviation would gain a player of each role in a game of the same roles.

    Of a pure profile in which players of a role differ it is the gain of the one who gains most.

    Returns
    -------
    ndarray of float64, shape (roles,)
        Never below 0.
    """
    if equilibrium.profile is not None:
        return np.maximum(game.best_moves(equilibrium.profile), 0.0)
    return np.maximum(game.regret(equilibrium.mix), 0.0)


def all_alike(equilibrium: Equilibrium) -> bool:
    """Whether players of a role play alike."""
    return equilibrium.profile is None or all(max(own) == sum(own) for own in equilibrium.profile)


def _distance(one: Equilibrium, other: Equilibrium) -> float:
    return max(float(np.abs(np.subtract(a, b)).max()) for a, b in zip(one.mix, other.mix, strict=True))


def _all_on(strategy: int, players: int, count: int) -> Counts:
    return tuple(players if k == strategy else 0 for k in range(count))
