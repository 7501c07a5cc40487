"""Positions that traders hold at time zero: bought at sampled prices, long and short, at their leverage.

Not everybody bought at the opening price. A position's entry lies a random distance from today's price, and
it is still there: the distance was not enough to liquidate it, to stop it out or to take its profit. Sizes
are scaled so that the longs of a market add up to its open interest, and the shorts to what others do not hold
short already; large positions have the leverage that the venue's tiers allow. Cohorts are filled one after another.
One with longs alone (or shorts alone) keeps its own open interest as long as a cohort after it takes the other side;
every other one has as many longs as shorts, with those before it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.roster import Roster
from cascade_sim.market.roles import TRADER
from cascade_sim.scenario.agents import Traders
from cascade_sim.scenario.laws import LogNormal, Uniform
from cascade_sim.scenario.scenario import MONEY_UNITS

__all__ = ["Opening", "opening_positions"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_UNIT = Uniform(law="uniform", low=0, high=1)
_STANDARD = LogNormal(law="lognormal", median=1, sigma=1)
_TRIES = 12
_SURVIVES = 0.8  # of the distance to liquidation: nobody starts on the brink


@dataclass
class Opening:
    """Positions of a cohort.

    Attributes
    ----------
    lots, cost : dict of str to ndarray of int64, shape (people,)
        By market.
    margin : ndarray of float64, shape (people,)
        USD put up for them.
    """

    lots: dict[str, Whole]
    cost: dict[str, Whole]
    margin: Floats


def _holds(cohort: Traders, roster: Roster, people: Whole, own: Whole, cross: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who holds which market: an isolated trader its own, a cross trader some."""
    names = list(cohort.open_interest)
    rows = np.array([roster.markets[name] for name in names])
    invested = roster.draw(TRADER, people, "invested", _UNIT) < cohort.invested
    holds: NDArray[np.bool_] = own[:, None] == rows[None, :]
    for k, name in enumerate(names):
        holds[:, k] |= cross & (roster.draw(TRADER, people, f"holds {name}", _UNIT) < cohort.breadth)
    return holds & invested[:, None]


def _allowed_leverage(roster: Roster, name: str, lots: Whole) -> Floats:
    """Largest leverage of positions of this size, by the tiers of the venue."""
    notional = np.abs(lots) * roster.market(name).lot * roster.price(name)
    tiers = roster.tiers(name)
    place = np.searchsorted([tier.floor for tier in tiers], notional, side="left") - 1
    return np.array([tier.leverage for tier in tiers])[np.maximum(place, 0)]


def _entries(
    cohort: Traders, roster: Roster, people: Whole, name: str, side: Floats, traits: dict[str, Floats]
) -> Floats:
    """Entry price over today's price; drawn again while the position would not be held any more.

    It would have been liquidated, stopped out, or taken with profit. Half the initial margin stands for the
    maintenance margin of its tier.
    """
    leverage = traits["leverage"]
    lowest = -_SURVIVES * np.minimum(0.5, traits["stop_loss"])
    highest = _SURVIVES * traits["take_profit"]
    entry = np.ones(len(people))
    missing = np.ones(len(people), bool)
    for k in range(_TRIES):
        normal = np.log(roster.draw(TRADER, people, f"entry {name} {k}", _STANDARD))
        drawn = np.exp(cohort.entry_spread * normal)
        gain = side * (1.0 - drawn) / drawn * leverage
        held = (lowest < gain) & (gain < highest)
        entry = np.where(missing & held, drawn, entry)
        missing &= ~held
    return entry


def opening_positions(
    cohort: Traders,
    roster: Roster,
    people: Whole,
    own: Whole,
    cross: NDArray[np.bool_],
    traits: dict[str, Floats],
) -> Opening:
    """Positions of a cohort at time zero.

    Parameters
    ----------
    people : ndarray of int64
        Addresses.
    own : ndarray of int64
        Row of each trader's own market.
    cross : ndarray of bool
        Who trades all markets from one account.
    traits : dict of str to ndarray of float64
        ``notional`` (sets the relative size of positions), ``leverage`` (lowered here to what is allowed),
        ``stop_loss``, ``take_profit``.
    """
    names = list(cohort.open_interest)
    holds = _holds(cohort, roster, people, own, cross)
    long = roster.draw(TRADER, people, "long", _UNIT) < cohort.long_share
    opening = Opening({}, {}, np.zeros(len(people)))
    sides = {}
    for k, name in enumerate(names):
        contrary = cross & (roster.draw(TRADER, people, f"contrary {name}", _UNIT) < cohort.contrary)
        sides[name] = np.where(long ^ contrary, 1.0, -1.0)
        share = traits["notional"] / np.maximum(holds.sum(axis=1), 1)
        total = cohort.open_interest[name] / roster.price(name) / roster.market(name).lot
        weight, one_sided = np.where(holds[:, k], share, 0.0), _leaves_a_side(cohort, roster, name)
        opening.lots[name] = _scaled(weight, sides[name], total, roster.held(name), one_sided)
    for name in names:
        np.minimum(traits["leverage"], _allowed_leverage(roster, name, opening.lots[name]), out=traits["leverage"])
    for name in names:
        entry = _entries(cohort, roster, people, name, sides[name], traits)
        paid = np.round(entry * roster.price(name) / roster.market(name).tick).astype(np.int64)
        opening.cost[name] = opening.lots[name] * paid * roster.tick_value(name)
        opening.margin += np.abs(opening.cost[name]) / MONEY_UNITS / traits["leverage"]
    return opening


def _leaves_a_side(cohort: Traders, roster: Roster, name: str) -> bool:
    """Whether all of a cohort stand on one side, and a cohort after it is there to take the other."""
    cohorts = [c for c in roster.scenario.agents.traders.values() if c.count > 0 and c.open_interest.get(name, 0.0) > 0]
    return cohort.long_share in (0.0, 1.0) and cohort is not cohorts[-1]


def _scaled(weight: Floats, side: Floats, total: float, held: int, one_sided: bool) -> Whole:
    """Signed lots: longs add up to `total`, shorts to what others do not hold short already."""
    lots = np.zeros(len(weight), np.int64)
    target = round(total)
    for sign, wanted in ((1.0, target), (-1.0, target if one_sided else target + held)):
        own = (side == sign) & (weight > 0)
        if own.any() and wanted > 0:
            lots[own] = np.round(sign * weight[own] / weight[own].sum() * wanted).astype(np.int64)
    if not one_sided:
        largest = np.argmax(np.abs(lots) * (side < 0) if (side < 0).any() else np.abs(lots))
        lots[largest] -= lots.sum() + held
    return lots
