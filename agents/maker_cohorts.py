"""How market makers come into a market: a cohort's rows, the shape of its quotes, its accounts with money and stock."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.makers import maker_t, shape_t
from cascade_sim.agents.roster import Roster, header
from cascade_sim.market.roles import MAKER
from cascade_sim.market.rows import stack
from cascade_sim.scenario.agents import Makers
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS

__all__ = ["makers_of", "shape"]

Balances = dict[str, NDArray[np.int64]]

_COLUMNS = (
    "half_spread",
    "anchor",
    "skew",
    "volatility_scale",
    "spread_response",
    "direction_scale",
    "loss_limit",
    "recovery",
    "hedge_share",
    "hedge_band",
    "hedge_slippage",
    "noise",
    "obligation",
    "obligation_relief",
    "obligation_spread",
)


def shape(levels: int, nearest: float, reach: float, exponent: float) -> NDArray[Any]:
    """Distances and shares of depth of a maker's levels on one side.

    Parameters
    ----------
    levels : int
        Number of levels.
    nearest, reach : float
        Relative distance of the second and of the last level from the first.
    exponent : float
        Depth within a distance x grows as ``x ** exponent``.

    Returns
    -------
    ndarray of shape_t, shape (levels,)
    """
    rows = np.zeros(levels, shape_t)
    if levels > 1:
        rows["distance"][1:] = np.geomspace(nearest, reach, levels - 1)
    edges = np.append(rows["distance"][1:], reach * 1.2) if levels > 1 else np.array([reach])
    share = np.diff(np.append(0.0, edges**exponent))
    rows["share"] = share / share.sum()
    return rows


def _wallets(cohort: Makers, roster: Roster, names: tuple[str, ...], stocked: tuple[str, ...]) -> Balances:
    """Money for the markets `names`, and stock of the assets of those in `stocked`, for every maker."""
    usd = {name: cohort.capital * cohort.markets[name] / cohort.count for name in names}
    wallets = {CURRENCY: np.full(cohort.count, int(sum(usd.values()) * MONEY_UNITS))}
    for name in stocked:
        asset = roster.market(name).asset
        wallets[asset] = np.full(cohort.count, int(usd[name] / roster.price(name) * roster.units(asset)))
    return wallets


def _gap(cohort: Makers) -> float:
    """Ratio of the distances of two neighbouring levels."""
    return float((cohort.reach / cohort.nearest) ** (1.0 / max(cohort.levels - 2, 1)))


def makers_of(cohort: Makers, name: str, roster: Roster) -> NDArray[Any]:
    """Rows of a cohort, one a maker and market, with their accounts opened.

    Parameters
    ----------
    cohort : Makers
    name : str
    roster : Roster
    """
    owners = roster.new_owners(cohort.count)
    markets = tuple(cohort.markets)
    spot = tuple(market for market in markets if roster.market(market).kind == "spot")
    wallets = _wallets(cohort, roster, markets, spot)
    account = roster.open(cohort.venue, MAKER, name, owners, wallets, cohort.leverage)
    hedge = _open_hedge(cohort, name, roster, owners) if cohort.hedge else 0
    margined = sum(usd for market, usd in cohort.markets.items() if market not in spot)
    parts = []
    for market in markets:
        own = roster.addresses(MAKER, f"{name} in {market}", cohort.count)
        rows = np.zeros(cohort.count, maker_t)
        for column in _COLUMNS:
            rows[column] = roster.draw(MAKER, own, column, getattr(cohort, column))
        latency = roster.draw(MAKER, own, "latency", cohort.latency)
        header(rows, own, latency, roster.draw(MAKER, own, "interval", cohort.interval), account)
        lots = cohort.markets[market] / cohort.count / roster.price(market) / roster.market(market).lot
        rows["market"] = roster.markets[market]
        rows["depth"] = lots
        rows["inventory"] = cohort.inventory * lots
        rows["levels"] = cohort.levels
        rows["stretch"] = _gap(cohort) ** (np.arange(cohort.count) / max(cohort.count, 1) - 0.5)
        rows["share"] = cohort.markets[market] / margined if market not in spot else 0.0
        rows["bid_factor"] = 1.0
        rows["ask_factor"] = 1.0
        if market in spot or market in cohort.hedge:
            rows["target"] = _wallets(cohort, roster, (market,), (market,))[roster.market(market).asset]
        if market in cohort.hedge:
            rows["hedge_market"] = roster.markets[cohort.hedge[market]]
            rows["hedge_account"] = hedge
        parts.append(rows)
    return stack(maker_t, parts)


def _open_hedge(cohort: Makers, name: str, roster: Roster, owners: NDArray[np.int64]) -> NDArray[np.uint32]:
    """An account for each maker on the spot venue, with money and stock to hedge all its markets."""
    venue = roster.scenario.markets[next(iter(cohort.hedge.values()))][0]
    wallets = _wallets(cohort, roster, tuple(cohort.hedge), tuple(cohort.hedge))
    return roster.open(venue, MAKER, name, owners, wallets)
