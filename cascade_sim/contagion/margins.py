"""What margin positions need, and how far a price is from forcing them: the exchange's own formulas on columns.

References
----------
Maintenance of a position of notional N in tier k is ``r_k N - D_k``, with deductions D_k that make it continuous
(Binance, "Leverage and margin of USDT-margined futures"). The price move that triggers liquidation follows from the
formula of the liquidation price (Binance FAQ b3c689c1f50a44cabb3a84e663b81d93).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.holdings import Holdings
from cascade_sim.scenario.scenario import Scenario

__all__ = ["Exposures", "Tiers", "tiers_of"]

Floats = NDArray[np.float64]
_UNWATCHED = ("fund", "absorber")


@dataclass(frozen=True)
class Tiers:
    """Brackets of a market's positions: floors (USD), maintenance and initial rates, deductions (USD)."""

    floor: Floats
    maintenance: Floats
    initial: Floats
    deduction: Floats

    def maintenance_margin(self, notional: Floats) -> Floats:
        """Maintenance margin of positions, USD, by their unsigned notional."""
        k = self._tier(notional)
        return self.maintenance[k] * notional - self.deduction[k]

    def maintenance_rate(self, notional: Floats) -> Floats:
        """Maintenance margin that another dollar of notional needs, by the unsigned notional."""
        return self.maintenance[self._tier(notional)]

    def initial_margin(self, notional: Floats) -> Floats:
        """Least initial margin of positions, USD: at the tier's highest leverage (the owner may have chosen less)."""
        return self.initial[self._tier(notional)] * notional

    def fall(self, notional: Floats, free: Floats) -> Floats:
        """Relative move against positions at which liquidation begins, other prices as they are.

        Parameters
        ----------
        notional : ndarray of float64
            Signed, not zero.
        free : ndarray of float64
            Collateral less the maintenance margin of the account's other positions, USD.

        Returns
        -------
        ndarray of float64
            ``x = (free - r N + D) / (N (1 - r))`` for longs, with ``1 + r`` for shorts, in the tier that contains the
            position there; in the first tier that is (equity - maintenance) / (notional - own maintenance). Infinite
            where no price is low enough; zero or less where liquidation is due already.
        """
        size, side = np.abs(notional), np.sign(notional)
        found = np.full(len(size), np.inf)
        upper = np.append(self.floor[1:], np.inf)
        for k, rate in enumerate(self.maintenance):
            x = (free - rate * size + self.deduction[k]) / (size * (1.0 - side * rate))
            there = size * (1.0 - side * x)
            inside = ((there > self.floor[k]) | ((k == 0) & (there > 0.0))) & (there <= upper[k])
            found = np.where(inside & np.isinf(found), x, found)
        return found

    def _tier(self, notional: Floats) -> NDArray[np.int64]:
        return np.maximum(np.searchsorted(self.floor, notional, side="left") - 1, 0)


def tiers_of(scenario: Scenario, market: str) -> Tiers:
    """Brackets of a market's positions, with deductions."""
    venue, traded = scenario.markets[market]
    brackets = scenario.venues[venue].rules.tiers
    tiers = brackets.get(traded.asset) or brackets["default"]
    floor, rate = np.array([tier.floor for tier in tiers]), np.array([tier.maintenance for tier in tiers])
    deduction = np.append(0.0, np.cumsum(floor[1:] * np.diff(rate)))
    return Tiers(floor, rate, np.array([1.0 / tier.leverage for tier in tiers]), deduction)


@dataclass(frozen=True)
class Exposures:
    """Positions of all accounts at a time, as arrays: a row an account, a column a perpetual.

    Attributes
    ----------
    scenario : Scenario
    accounts : DataFrame
        As `Holdings.at` gives them.
    markets : list of str
    marks : ndarray of float64, shape (markets,)
        USD.
    notional : ndarray of float64, shape (accounts, markets)
        Signed, USD at mark.
    """

    scenario: Scenario
    accounts: pd.DataFrame
    markets: list[str]
    marks: Floats
    notional: Floats

    @classmethod
    def at(cls, holdings: Holdings, time: float) -> "Exposures":
        """Exposures at a time of a run."""
        accounts, marks = holdings.at(time), holdings.marks(time).to_numpy()
        sizes = accounts[[f"size_{name}" for name in holdings.markets]].to_numpy()
        return cls(holdings.result.scenario, accounts, holdings.markets, marks, sizes * marks)

    @property
    def collateral(self) -> Floats:
        """What margin is held against, USD, shape (accounts,)."""
        return self.accounts["collateral"].to_numpy()

    @property
    def watched(self) -> NDArray[np.bool_]:
        """Accounts that can be liquidated by their margin: all but funds and absorbers."""
        return ~self.accounts["role"].isin(_UNWATCHED).to_numpy()

    def tiers(self) -> list[Tiers]:
        """Brackets of each market."""
        return [tiers_of(self.scenario, name) for name in self.markets]

    def maintenance(self) -> Floats:
        """Maintenance margin of every position, USD; funds and absorbers need none."""
        return self._margins("maintenance_margin")

    def maintenance_rates(self) -> Floats:
        """Maintenance margin that another dollar of every position needs; funds and absorbers need none."""
        return self._margins("maintenance_rate")

    def initial(self) -> Floats:
        """Least initial margin of every position, USD."""
        return self._margins("initial_margin")

    def falls(self) -> Floats:
        """Relative move against each position, alone, that begins the account's liquidation; nan without a position."""
        maintenance = self.maintenance()
        free = self.collateral[:, None] - maintenance.sum(axis=1, keepdims=True) + maintenance
        falls = np.full(self.notional.shape, np.nan)
        for k, tiers in enumerate(self.tiers()):
            held = (self.notional[:, k] != 0) & self.watched
            falls[held, k] = tiers.fall(self.notional[held, k], free[held, k])
        return falls

    def _margins(self, kind: str) -> Floats:
        size = np.abs(self.notional)
        columns = [getattr(tiers, kind)(size[:, k]) for k, tiers in enumerate(self.tiers())]
        margins = np.column_stack(columns) if columns else np.zeros(size.shape)  # numpy stacks no empty list
        return margins * self.watched[:, None]
