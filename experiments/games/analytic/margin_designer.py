"""An exchange that sets the margin, and traders who answer it (Stackelberg: leader and followers)."""

from dataclasses import dataclass

import numpy as np

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check
from cascade_sim.experiments.games.analytic.leverage_commons import adoption, planned

__all__ = ["Venue", "solve"]

_STORY = (
    "An exchange sets the margin: how much money a trader must lay down for a position. Less margin brings more open "
    "positions and more fees, but a fall then forces more sales, each of which forces others (the branching ratio R). "
    "Traders answer: those who find cascades too costly stay at low leverage."
)
_LESSON = (
    "The margin that earns most lies close to the point where a fall feeds itself without end, but not at it. The "
    "larger the fees, the closer. Traders' own caution can stop short of that point; then a still lower margin brings "
    "nothing more. The margin that is best for traders is much higher than either."
)


@dataclass(frozen=True)
class Venue:
    """What an exchange earns by its margin.

    Attributes
    ----------
    fee : float
        f, earned on each unit of open interest.
    demand : float
        a: open interest is h a / m at margin m, where a share h of traders uses the leverage that it allows.
    forcing : float
        k: liquidation per unit of open interest and of relative fall.
    depth : float
        Of the book, in the unit of k times open interest, so that R = k open interest / depth.
    loss : float
        Expected bad debt is loss R / (1 - R).
    """

    fee: float
    demand: float
    forcing: float
    depth: float
    loss: float

    def branching(self, margin: float, share: float = 1.0) -> float:
        """R at a margin."""
        return self.forcing * share * self.demand / (margin * self.depth)

    def earned(self, branching: float) -> float:
        """Fees less bad debt at a branching ratio; minus infinity from 1 on."""
        if branching >= 1.0:
            return -np.inf
        return self.fee * self.depth * branching / self.forcing - self.loss * branching / (1.0 - branching)

    def best_branching(self) -> float:
        """R with the largest earnings: f D / k = loss / (1 - R)^2; 0 where no position is worth its bad debt."""
        return max(0.0, 1.0 - float(np.sqrt(self.loss * self.forcing / (self.fee * self.depth))))

    def margin_of(self, branching: float) -> float:
        """Margin that gives an R if every trader uses what it allows."""
        return self.branching(1.0) / branching


def solve(
    fee: float = 1.0,
    demand: float = 10.0,
    forcing: float = 0.05,
    depth: float = 1.0,
    loss: float = 2.0,
    gain: float = 3.0,
    cost: float = 1.0,
) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    fee, demand, forcing, depth, loss : float
        Of the venue, in units without scale; see `Venue`.
    gain, cost : float
        Of the traders: using the leverage that the margin allows brings `gain` and costs `cost` / (1 - R).

    Returns
    -------
    Analytic
    """
    parameters = {"fee": fee, "demand": demand, "forcing": forcing, "depth": depth, "loss": loss}
    parameters = {name: check(name, value, 0.0) for name, value in parameters.items()}
    venue = Venue(**parameters)
    check("loss", loss, 0.0, fee * depth / forcing)  # otherwise no position is worth its bad debt
    check("cost", cost, 0.0, gain)
    naive, tolerated = venue.best_branching(), 1.0 - cost / gain
    reached = min(naive, tolerated)
    facts = (
        Fact("branching ratio that earns most", naive, "", "1 - sqrt(loss k / (f D))"),
        Fact("margin for it, if all use what it allows", venue.margin_of(naive), "", "m = k a / (D R)"),
        Fact("earnings there", venue.earned(naive)),
        Fact("branching ratio at which traders stop", tolerated, "", "R = 1 - c / g"),
        Fact("margin below which only some use what it allows", venue.margin_of(tolerated)),
        Fact("branching ratio that earns most, with traders who answer", reached),
        Fact("margin for it, the highest one", venue.margin_of(reached)),
        Fact("earnings there, with traders who answer", venue.earned(reached)),
        Fact("margin that is best for traders", venue.margin_of(1.0 - float(np.sqrt(cost / gain)))),
    )
    everything = {**parameters, "gain": gain, "cost": cost}
    curve = _curve(venue, gain, cost)
    return Analytic("margin-designer", "Designing the margin", _STORY, everything, None, facts, _LESSON, curve)


def _curve(venue: Venue, gain: float, cost: float) -> Curve:
    """Earnings and shares over margins from just above the one at which a fall has no end."""
    critical = venue.margin_of(1.0)
    margins = np.linspace(0.6 * critical, 4.0 * critical, 171)
    slopes = [venue.branching(margin) for margin in margins]
    answers = [adoption(gain, cost, 0.0, slope) for slope in slopes]
    wished = [planned(gain, cost, 0.0, slope) for slope in slopes]
    earned = [venue.earned(slope) for slope in slopes]
    # losses without bound near the critical margin would hide everything else
    floor = -venue.earned(venue.best_branching())
    lines = {
        "earnings if all use what it allows": np.array([value if value > floor else np.nan for value in earned]),
        "earnings with traders who answer": np.array(
            [venue.earned(share * slope) for share, slope in zip(answers, slopes, strict=True)]
        ),
        "earnings if traders did what is best for them": np.array(
            [venue.earned(share * slope) for share, slope in zip(wished, slopes, strict=True)]
        ),
    }
    return Curve(margins, lines, "margin (in units of the model)", "what the exchange earns (fees less bad debt)")
