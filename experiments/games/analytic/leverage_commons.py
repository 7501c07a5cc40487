"""Leverage as a commons: what each takes for itself makes cascades worse for everybody."""

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check, whole
from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.solving.dynamics import replicate

__all__ = ["adoption", "path", "planned", "solve"]

Floats = npt.NDArray[np.float64]

_STORY = (
    "Every trader chooses high or low leverage (trading with borrowed money). High leverage brings a gain. But one "
    "forced sale moves the price and forces others: the branching ratio R says how many more each one causes. The "
    "more traders use high leverage the larger R, and the more a cascade costs each of them."
)
_LESSON = (
    "Everybody adds leverage until the gain is eaten up by the cascades that all cause together: in the end nobody "
    "is better off than without. With fewer at high leverage all would gain. A higher margin, or a fee that rises with "
    "the branching ratio, gets there; good will does not, for each alone gains by taking more."
)

_COPYING = "Taylor and Jonker (1978), Mathematical Biosciences 40, 145-156"


def solve(gain: float = 3.0, cost: float = 1.0, base: float = 0.2, slope: float = 0.7, players: float = 10) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    gain : float
        g, what high leverage brings.
    cost : float
        c: a cascade costs a trader of high leverage c / (1 - R).
    base, slope : float
        Branching ratio R = base + slope h, where a share h of traders uses high leverage; below 1 when all do.
    players : float
        Traders in the game of a few, a whole number.

    Returns
    -------
    Analytic
    """
    check("gain", gain, 0.0)
    check("cost", cost, 0.0)
    check("base", base, -1e-12, 1.0)
    check("slope", slope, 0.0, 1.0 - base)
    count = whole("players", players, 2, 40)

    def pays(share: npt.ArrayLike) -> Floats:
        return np.asarray(gain - cost / (1.0 - base - slope * np.asarray(share, float)))

    own, best = adoption(gain, cost, base, slope), planned(gain, cost, base, slope)
    facts = (
        Fact("share at high leverage when each chooses for itself", own, "", "pays the same as low leverage"),
        Fact("branching ratio there", base + slope * own, "", "R = 1 - c / g"),
        Fact("total fall for each unit of news there", 1.0 / (1.0 - base - slope * own), "times", "1 / (1 - R)"),
        Fact("welfare there", own * float(pays(own)), "", "h (g - c / (1 - R))"),
        Fact("share at high leverage that is best for all", best, "", "1 - R = sqrt(c (1 - R0) / g)"),
        Fact("welfare at that share", best * float(pays(best))),
        Fact("fee on high leverage that gets there", max(0.0, float(pays(best)))),
        Fact("where replicator dynamics from 0.05 end", float(path(gain, cost, base, slope)[-1]), "", _COPYING),
    )
    role = Role("trader", ("high leverage", "low leverage"), count)
    game = Game.symmetric(role, lambda k, counts: 0.0 if k else float(pays(counts[0] / count)))
    at = np.linspace(0.0, 1.0, 201)
    lines = {"what high leverage pays its user": pays(at), "welfare, per trader": at * pays(at)}
    curve = Curve(at, lines, "share of traders at high leverage", "gain over low leverage")
    parameters = {"gain": gain, "cost": cost, "base": base, "slope": slope, "players": count}
    return Analytic("leverage-commons", "The leverage commons", _STORY, parameters, game, facts, _LESSON, curve)


def adoption(gain: float, cost: float, base: float, slope: float) -> float:
    """Share at which high leverage pays no more than low: R = 1 - c / g; 0 or 1 where that is out of reach."""
    return float(np.clip((1.0 - cost / gain - base) / slope, 0.0, 1.0))


def planned(gain: float, cost: float, base: float, slope: float) -> float:
    """Share with the largest h (g - c / (1 - R)): its derivative is zero where (1 - R)^2 = c (1 - base) / g."""
    return float(np.clip((1.0 - np.sqrt(cost * (1.0 - base) / gain) - base) / slope, 0.0, 1.0))


def path(gain: float, cost: float, base: float, slope: float, start: float = 0.05, time: float = 60.0) -> Floats:
    """Share at high leverage through time, shape (401,), as traders copy what pays more (replicator dynamics)."""

    def gains(mix: list[Floats]) -> list[Floats]:
        return [np.array([gain - cost / (1.0 - base - slope * mix[0][0]), 0.0])]

    return replicate(gains, [[start, 1.0 - start]], time)[:, 0]
