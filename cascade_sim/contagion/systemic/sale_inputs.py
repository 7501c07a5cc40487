"""What measures of forced sales need of a run at a time: positions, what stands behind them, and depth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cascade_sim.contagion.book_on_record import market_depth
from cascade_sim.contagion.holdings import Holdings
from cascade_sim.contagion.margins import Exposures
from cascade_sim.contagion.overlaps import Overlaps

__all__ = ["SaleInputs"]


@dataclass(frozen=True)
class SaleInputs:
    """Accounts that margin is asked of, with their positions in markets that have depth.

    Attributes
    ----------
    positions : DataFrame, shape (accounts, markets)
        Signed notional, USD.
    collateral : Series
        By account, USD: of that account, for an owner's money on another venue is not there when margin is missing.
    max_leverage : Series
        By account: gross notional over maintenance margin, the leverage at which liquidation begins.
    depth : Series
        By market: USD that move the price by 100 %, from what stands within 5 % of the mid.
    """

    positions: pd.DataFrame
    collateral: "pd.Series[float]"
    max_leverage: "pd.Series[float]"
    depth: "pd.Series[float]"

    @classmethod
    def at(cls, holdings: Holdings, time: float) -> "SaleInputs":
        """Inputs at a time of a run."""
        exposures, depth = Exposures.at(holdings, time), _depths(holdings, time)
        accounts = exposures.accounts.index
        positions = pd.DataFrame(exposures.notional, accounts, exposures.markets)
        gross = positions.abs().sum(axis=1)
        own = exposures.watched & (positions[depth.index] != 0).any(axis=1)
        margin = pd.Series(exposures.maintenance().sum(axis=1), accounts)[own]
        return cls(positions.loc[own, depth.index], exposures.accounts["collateral"][own], gross[own] / margin, depth)

    def shock(self, move: float) -> "pd.Series[float]":
        """The same return in every market."""
        return pd.Series(move, self.depth.index, dtype=float)

    def indirect_contagion_index(self) -> "tuple[float, pd.Series[float]]":
        """As in `Overlaps`; nan without positions or depth."""
        if self.positions.empty:
            return np.nan, pd.Series(dtype=float, index=self.positions.index, name="index")
        return Overlaps.of(self.positions, np.asarray(self.depth, float)).indirect_contagion_index()


def _depths(holdings: Holdings, time: float) -> "pd.Series[float]":
    """Depth of every perpetual that has any."""
    found: dict[str, float] = {}
    for market in holdings.markets:
        try:
            found[market] = float(market_depth(holdings.result, time, [market])[0])
        except ValueError:
            continue  # nothing stands there; who asks finds no such market in the index
    return pd.Series(found, dtype=float)
