"""How a fall in one market forces sales in another, through accounts that hold both.

An account with equity e and maintenance margin MM is liquidated when the price of market i has moved against it by
``(e - MM) / (exposure_i - MM_i)``, other prices as they are. What it must then close in market j is the size that its
venue's rule says: everything, as much as restores its margin, or a fraction first; the largest position first, until
margin is restored. Sizes are taken at mark and as if they were filled whole: a first step, before any impact.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.holdings import Source, holdings_of
from cascade_sim.contagion.margins import Exposures, Tiers
from cascade_sim.scenario.venues import VenueRules

__all__ = ["forced_closing", "market_contagion"]

Floats = NDArray[np.float64]
FALLS = (0.01, 0.02, 0.05, 0.1, 0.2)
_HALVINGS = 60  # of the search for the size that restores margin: below a millionth of a cent


def _size_to_restore(tiers: Tiers, rules: VenueRules, size: Floats, equity: Floats, other: Floats) -> Floats:
    """Least notional to close so that equity covers maintenance margin, and the venue's buffer, of what remains."""
    liquidation = rules.liquidation
    low, high = np.zeros(len(size)), size.copy()
    for _ in range(_HALVINGS):
        closed = (low + high) / 2
        left = size - closed
        needed = other + tiers.maintenance_margin(left) + liquidation.buffer * left
        enough = equity - liquidation.fee * closed >= needed
        low, high = np.where(enough, low, closed), np.where(enough, closed, high)
    return high


def _closed(tiers: Tiers, rules: VenueRules, size: Floats, equity: Floats, maintenance: Floats) -> Floats:
    """Notional that the venue's rule closes of positions at the first attempt.

    Parameters
    ----------
    size, equity, maintenance : ndarray of float64
        Unsigned notional of the position; equity and maintenance margin of the whole account; USD.
    """
    liquidation = rules.liquidation
    part = size
    if liquidation.rule == "partial":
        other = maintenance - tiers.maintenance_margin(size)
        part = _size_to_restore(tiers, rules, size, equity, other)
    elif liquidation.rule == "fraction":
        part = liquidation.fraction * size
    beyond_saving = equity <= rules.waterfall.backstop * maintenance
    return np.where((size <= liquidation.small_notional) | beyond_saving, size, part)


def forced_closing(exposures: Exposures) -> Floats:
    """Notional that accounts below their maintenance margin must close now, by their venues' rules.

    Returns
    -------
    ndarray of float64, shape (accounts, markets)
        Unsigned, USD at mark.
    """
    size, equity = np.abs(exposures.notional), exposures.collateral.copy()
    maintenance, forced = exposures.maintenance(), np.zeros(exposures.notional.shape)
    tiers, markets = exposures.tiers(), exposures.scenario.markets
    largest_first = np.argsort(-size, axis=1, kind="stable")
    for k in largest_first.T:
        for m, name in enumerate(exposures.markets):
            due = np.flatnonzero((k == m) & (equity < maintenance.sum(axis=1)) & (size[:, m] > 0) & exposures.watched)
            rules = exposures.scenario.venues[markets[name][0]].rules
            closed = _closed(tiers[m], rules, size[due, m], equity[due], maintenance[due].sum(axis=1))
            forced[due, m] = closed
            maintenance[due, m] = tiers[m].maintenance_margin(size[due, m] - closed)
            equity[due] -= np.minimum(rules.liquidation.fee * closed, np.maximum(equity[due], 0.0))
    return forced


def _moved(exposures: Exposures, market: int, fall: float) -> Exposures:
    """The same accounts after one market's price has fallen by a share."""
    notional, accounts = exposures.notional.copy(), exposures.accounts
    lost = notional[:, market] * fall
    notional[:, market] -= lost
    return replace(exposures, notional=notional, accounts=accounts.assign(collateral=accounts["collateral"] - lost))


def market_contagion(result: Source, time: float, falls: Sequence[float] = FALLS) -> pd.DataFrame:
    """What a fall of one market alone forces to be closed in each market.

    Parameters
    ----------
    result : Result or Holdings
    time : float
        Seconds.
    falls : sequence of float
        Relative falls of the mark; negative for rises.

    Returns
    -------
    DataFrame
        A row for ``from_market``, ``to_market`` and ``fall``: ``forced`` (USD at the marks after the fall, closed by
        accounts that were above maintenance margin before it), ``accounts`` (how many), ``account`` (that carries most
        of it; 0: none) and ``carried`` (USD it carries).
    """
    before = Exposures.at(holdings_of(result), time)
    safe = (before.collateral >= before.maintenance().sum(axis=1))[:, None]
    rows = []
    for m, source in enumerate(before.markets):
        for fall in falls:
            forced = forced_closing(_moved(before, m, fall)) * safe
            most = forced.argmax(axis=0)
            for k, target in enumerate(before.markets):
                carried = float(forced[most[k], k])
                account = int(before.accounts.index[most[k]]) if carried > 0 else 0
                sums = float(forced[:, k].sum()), int((forced[:, k] > 0).sum())
                rows.append((source, target, float(fall), *sums, account, carried))
    columns = ["from_market", "to_market", "fall", "forced", "accounts", "account", "carried"]
    return pd.DataFrame(rows, columns=columns)
