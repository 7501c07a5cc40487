"""Two hunters who can bring a cluster of positions down only together: a stag hunt."""

import numpy as np

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check
from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.solving.alpha_rank import SOURCE, alpha_rank

__all__ = ["needed_chance", "solve"]

_STORY = (
    "A cluster of traders would be liquidated if the price fell far enough. Two hunters can push the price there by "
    "selling, but only if both sell. Together they share what the cascade brings; who sells alone pays the whole "
    "cost of the push and gets nothing. Who waits neither wins nor loses."
)
_LESSON = (
    "A map of other people's positions that everybody sees lets hunters act together. Where each doubts whether the "
    "other comes, they wait, although both would gain by attacking. A deeper book makes the push dearer and the doubt "
    "stronger, until nobody hunts."
)

_ENOUGH = "chance of the other's attack from which attacking pays"


def solve(value: float = 10.0, cost: float = 4.0, depth: float = 1.0) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    value : float
        What the cascade pays both hunters together.
    cost : float
        Of pushing the price to the cluster, at depth 1; shared if both push.
    depth : float
        Of the book, as a multiple. The push needs that many times the orders, whose cost (fees, spread) grows with
        them, while what the cascade pays does not hang on depth.

    Returns
    -------
    Analytic
    """
    check("value", value, 0.0)
    check("depth", depth, 0.0)
    push = check("cost", cost, 0.0) * depth
    both = (value - push) / 2.0
    role = Role("hunter", ("attack", "wait"), 2)
    game = Game.symmetric(role, lambda k, counts: 0.0 if k else (both if counts[0] == 2 else -push))
    facts = [Fact("chance of attacking in the mixed equilibrium", needed_chance(value, push), "", "2c / (V + c)")]
    if push < value:
        facts += _of_two_equilibria(game, both, push)
    facts += [
        Fact("value above which hunters with slightly different private maps attack", 3.0 * push, "", _GLOBAL),
        Fact("depth from which nobody hunts", value / cost, "times"),
    ]
    depths = np.linspace(0.05, 1.25 * value / cost, 121)
    chances = np.array([needed_chance(value, cost * times) for times in depths])
    curve = Curve(depths, {_ENOUGH: chances}, "depth of the book (1: as in the table)", "chance")
    parameters = {"value": value, "cost": cost, "depth": depth}
    return Analytic("joint-hunt", "The joint hunt", _STORY, parameters, game, tuple(facts), _LESSON, curve)


_GLOBAL = "Carlsson and van Damme (1993), Econometrica 61, 989-1018: half of the others are expected to attack"


def needed_chance(value: float, push: float) -> float:
    """Chance that the other attacks from which attacking pays: p (V - c) / 2 = (1 - p) c; 1 where it never does."""
    return min(1.0, 2.0 * push / (value + push))


def _of_two_equilibria(game: Game, both: float, push: float) -> list[Fact]:
    """Which of attacking and waiting is the safer."""
    ranks = alpha_rank(game, alpha=0.1, population=50)
    source = "Harsanyi and Selten (1988): the larger product of losses by leaving is risk-dominant"
    return [
        Fact("gain of each if both attack", both),
        Fact("loss by leaving when both attack, squared", both**2, "", source),
        Fact("loss by leaving when both wait, squared", push**2, "", source),
        Fact("share of time at both waiting, by alpha-rank", ranks[((0, 2),)], "", SOURCE),
    ]
