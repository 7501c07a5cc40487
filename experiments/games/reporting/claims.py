"""Sentences that were said of a played game, each as a number that fresh luck can bear out or not.

Every sentence is a number that is above a bound where it is true: what it costs to leave an equilibrium, what the
leader's choice pays over the next one. It was found with the first seeds, so that these flatter it; the fresh seeds had
no part in it, and their interval decides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.reporting.estimate import Estimate
from cascade_sim.experiments.games.reporting.findings import Findings
from cascade_sim.experiments.games.reporting.words import (
    a_player,
    better_for_all,
    choices_in_words,
    families,
    least_gain,
    profile_in_words,
)
from cascade_sim.experiments.games.solving.domination import dominated
from cascade_sim.experiments.games.solving.equilibria import Equilibrium, equilibrium_at, equilibrium_of
from cascade_sim.experiments.games.solving.leader import Answer, followers
from cascade_sim.experiments.games.solving.margins import cost_of_leaving, lead_over_others, never_best

__all__ = ["Claim", "Said", "claims_of_payoffs"]


_NOTHING = 1e-6  # USD: who is indifferent in every run does not gain by choosing otherwise


@dataclass(frozen=True)
class Said:
    """A sentence about payoffs.

    Attributes
    ----------
    sentence : str
    number : callable
        From a game of the same roles to what must be above `least`.
    least : float
    unit : str
    """

    sentence: str
    number: Callable[[Game], float]
    least: float
    unit: str


@dataclass(frozen=True)
class Claim:
    """A sentence with the number that decides on it.

    Attributes
    ----------
    sentence : str
    first : float
        The number by the seeds that found it.
    fresh : Estimate
        The same by fresh seeds, with its 95 % interval.
    least : float
        The sentence is true where the number is above this.
    unit : str
    """

    sentence: str
    first: float
    fresh: Estimate
    least: float
    unit: str

    @classmethod
    def of(cls, said: Said, first: Game, fresh: Game, resampled: Sequence[Game]) -> "Claim":
        """Look at a sentence in a game of fresh seeds, and in games of resampled ones."""
        several = np.array([said.number(other) for other in resampled])
        return cls(said.sentence, said.number(first), Estimate.of(said.number(fresh), several), said.least, said.unit)

    @property
    def verdict(self) -> str:
        """Whether the sentence holds by fresh seeds: "holds", "does not hold", or "undecided"."""
        if self.fresh.low > self.least - _NOTHING:
            return "holds"
        return "does not hold" if self.fresh.high < self.least else "undecided"


def claims_of_payoffs(found: Findings) -> list[Said]:
    """Sentences that a game's payoffs decide, in the order in which they were said."""
    game = found.game
    if found.led:
        return list(_of_leader(found))
    said = [_dominated(game, r, k) for r, k in dominated(game)]
    tolerance = found.played.question.seeds.regret
    for one, *_ in families(game, found.equilibria):
        said += _nobody_gains(game, one, tolerance)
    return [*said, *_better(game, found.reported)]


def _dominated(game: Game, r: int, k: int) -> Said:
    name = game.roles[r].strategies[k]
    sentence = f"For {a_player(game, r)}, {name!r} is never the best choice"
    return Said(sentence, lambda other: never_best(other, r, k), 0.0, game.unit)


def _nobody_gains(game: Game, one: Equilibrium, tolerance: float, before: str = "") -> Iterator[Said]:
    """For each role, that no player gains by leaving; of lots, whose chances are known only so well, by much."""
    for r, role in enumerate(game.roles):
        if len(role.strategies) > 1:
            lots = one.profile is None and max(one.mix[r]) < 1.0
            much = f"more than {tolerance:.0%} of the range of its payoffs " if lots else ""
            least = -tolerance * float(game.range[r]) if lots else 0.0
            words = f"{before}{choices_in_words(game, one)}: {_nobody(role)} {much}by choosing otherwise"
            sentence = words[0].upper() + words[1:]
            yield Said(sentence, _cost(one, r), least, game.unit)


def _nobody(role: Role) -> str:
    return f"the {role.name} does not gain" if role.players == 1 else f"no {role.name} gains"


def _cost(one: Equilibrium, r: int) -> Callable[[Game], float]:
    return lambda other: cost_of_leaving(other, one, r)


def _better(game: Game, named: Equilibrium) -> Iterator[Said]:
    """That something else would be better for everybody, where that was said."""
    profile = better_for_all(game, named)
    if profile is not None:
        sentence = f"If {profile_in_words(game, profile)}, every player would be better off"
        yield Said(sentence, lambda other: least_gain(other, profile, _again(other, named)), 0.0, "of the range")


def _again(game: Game, one: Equilibrium) -> Equilibrium:
    """The same choices with what they pay in another game."""
    return equilibrium_of(game, one.mix) if one.profile is None else equilibrium_at(game, one.profile)


def _of_leader(found: Findings) -> Iterator[Said]:
    """That its choice pays the leader most, and that the others gain nothing by answering otherwise."""
    game, leader, led = found.game, found.leader, found.led
    best: Answer = max(led, key=lambda answer: answer.payoff)
    role = game.roles[leader]
    sentence = f"The {role.name} gets most by choosing {role.strategies[best.strategy]!r}"
    yield Said(sentence, lambda other: lead_over_others(other, leader, led, best.strategy), 0.0, game.unit)
    tolerance = found.played.question.seeds.regret
    for said in _nobody_gains(followers(game, leader, best.strategy), best.equilibrium, tolerance, "Then "):
        yield Said(said.sentence, _after(said.number, leader, best.strategy), said.least, said.unit)


def _after(number: Callable[[Game], float], leader: int, strategy: int) -> Callable[[Game], float]:
    """The same number of the game that is left to the others."""
    return lambda other: number(followers(other, leader, strategy))
