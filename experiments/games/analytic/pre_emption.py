"""Two hunters of whom one is enough: a game of chicken, or a rush."""

import numpy as np

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check
from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.solving.alpha_rank import SOURCE, alpha_rank

__all__ = ["chance_of_attack", "solve"]

_STORY = (
    "One push is enough to set the cascade off. Whoever pushes pays the cost. If both push they share the "
    "prize, the faster one taking the larger part. Each would like the other to stay away."
)
_LESSON = (
    "Where pushing is cheap both rush in, and together they pay twice for what one could have had. Where it is dear, "
    "each attacks so often that on average nobody gains. A little more speed settles who comes: so hunters spend "
    "on speed, and a slower market (a batch auction, a delay of the oracle) takes away the reason."
)


def solve(value: float = 10.0, cost: float = 6.0, first_share: float = 0.5) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    value : float
        What the cascade pays.
    cost : float
        Of a push, for everybody who pushes.
    first_share : float
        Of the prize that goes to the first hunter if both push, from 0 to 1; one half if both are equally fast.

    Returns
    -------
    Analytic
    """
    check("value", value, 0.0)
    check("cost", cost, 0.0)
    check("first_share", first_share, -1e-12, 1.0 + 1e-12)
    alone, shares = value - cost, (first_share * value - cost, (1.0 - first_share) * value - cost)
    names = ("attack", "wait")
    first, second = [[shares[0], alone], [0.0, 0.0]], [[shares[1], 0.0], [alone, 0.0]]
    game = Game.of_matrices(names, names, first, second, ("first hunter", "second hunter"))
    ranks = alpha_rank(game, alpha=0.1, population=50)
    facts = (
        Fact("chance of attacking of each, if equally fast", chance_of_attack(value, cost), "", "2 (V - c) / V"),
        Fact("chance that nobody attacks, if equally fast", (1.0 - chance_of_attack(value, cost)) ** 2),
        Fact("share of time at the first alone, by alpha-rank", ranks[((1, 0), (0, 1))], "", SOURCE),
        Fact("share of time at the second alone, by alpha-rank", ranks[((0, 1), (1, 0))], "", SOURCE),
        Fact("lost if both attack instead of one", cost),
        Fact("share of the prize from which the faster always attacks", min(1.0, cost / value)),
    )
    costs = np.linspace(0.01, 1.1, 110) * value
    lines = {"chance of attacking": np.array([chance_of_attack(value, own) for own in costs])}
    curve = Curve(costs, lines, "cost of a push (the prize is " + f"{value:g})", "chance")
    parameters = {"value": value, "cost": cost, "first_share": first_share}
    return Analytic("pre-emption", "Who pushes first", _STORY, parameters, game, facts, _LESSON, curve)


def chance_of_attack(value: float, cost: float) -> float:
    """Of equally fast hunters: both attack where half the prize pays for the push; (1 - p) V + p V / 2 = c beyond."""
    return float(np.clip(2.0 * (value - cost) / value, 0.0, 1.0))
