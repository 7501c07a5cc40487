"""Every account's positions, money and equity at any time of a finished run.

They are added up from what is on record: what accounts had at the start, and every trade, fee, takeover, deleveraging,
transfer and charge since. With value `v` paid for `q` lots, equity is what is left when all that was ever paid is
counted, plus what is held at mark: ``start + sum of flows - sum of v + lots * mark``, whatever was realised on the way.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.contagion.flows import Flows, balance_flows, position_flows, whole
from cascade_sim.folders import ResultError
from cascade_sim.market.kernel import entry
from cascade_sim.market.ledger import cost_after
from cascade_sim.scenario.scenario import ASSET_UNITS, CURRENCY, MONEY_UNITS

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["Holdings", "Source", "holdings_of"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_WHO = ["venue", "role", "cohort", "owner"]


@entry
def _replay_costs(place: Whole, traded: Whole, value: Whole, lots: Whole, cost: Whole) -> None:
    """Take positions through their trades, by the exchange's own rule; changes `lots` and `cost`."""
    for i in range(len(place)):
        k = place[i]
        cost[k] = cost_after(lots[k], cost[k], traded[i], value[i])
        lots[k] += traded[i]


class Holdings:
    """What accounts held in a run.

    Parameters
    ----------
    result : Result
        Of a run, or loaded.

    Attributes
    ----------
    markets : list of str
        Perpetuals.
    assets : list of str
        Other assets than the currency.

    Raises
    ------
    ResultError
        If the result does not say what accounts had at the start.
    """

    def __init__(self, result: "Result") -> None:
        if "start_balance" not in result.accounts:
            raise ResultError("the accounts of this result do not say what they started with; run it again")
        self.result = result
        self.markets = [name for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual"]
        self.assets = list(result.scenario.assets)
        self._lot = np.array([result.scenario.markets[name][1].lot for name in self.markets])
        self._rows = len(result.accounts) + 1

    def at(self, time: float) -> pd.DataFrame:
        """Accounts at a time, when all of that microsecond has happened.

        Parameters
        ----------
        time : float
            Seconds since the end of the burn-in; before the first event: the opening state.

        Returns
        -------
        DataFrame
            Indexed by account: ``venue``, ``role``, ``cohort``, ``owner``; ``balance`` (USD, after the funding charged
            so far), ``collateral`` (USD: balance and profit at mark, which margin is held against), ``equity`` (USD:
            with other assets at their prices), ``size_<market>`` for each perpetual (signed, in the asset) and
            ``holds_<asset>``. Money is exact to a unit (1e-6 USD) as long as no account turned over 9e9 USD.
        """
        positions, balances = self._positions.until(time), self._balances.until(time)
        shape = (self._rows, len(self.markets))
        lots = self._opening("start_size_", self.markets, 1.0 / self._lot) + positions.total(positions.amount, shape)
        money = balances.total(balances.amount, (self._rows, 1 + len(self.assets)))
        costs = self._costs(positions)
        opening = self._opening("start_cost_", self.markets, MONEY_UNITS)
        paid = opening + positions.total(positions.value, shape)
        cash = self._start_balance + money[:, 0] - paid.sum(axis=1) - self._funding(positions, lots, time)
        stock = self._opening("start_holds_", self.assets, ASSET_UNITS) + money[:, 1:]
        collateral = cash + lots @ np.rint(self.marks(time).to_numpy() * self._lot * MONEY_UNITS)
        equity = collateral / MONEY_UNITS + stock @ self.prices(time).to_numpy() / ASSET_UNITS
        columns: dict[str, Any] = {
            "balance": (cash + costs.sum(axis=1)) / MONEY_UNITS,
            "collateral": collateral / MONEY_UNITS,
            "equity": equity,
        }
        columns |= {f"size_{name}": lots[:, k] * self._lot[k] for k, name in enumerate(self.markets)}
        columns |= {f"holds_{name}": stock[:, k] / ASSET_UNITS for k, name in enumerate(self.assets)}
        state = pd.DataFrame(columns).iloc[1:].set_axis(self.result.accounts.index)
        return self.result.accounts[_WHO].join(state)

    def marks(self, time: float) -> pd.Series:
        """Mark of every perpetual at a time, USD; before its first one, that one."""
        return pd.Series({name: _last(rows, "mark", time) for name, rows in self._marks.items()}, dtype=float)

    def prices(self, time: float) -> pd.Series:
        """Price of every other asset, USD: its spot mark at the last sample, else its fundamental value there."""
        return pd.Series({name: _last(rows, "price", time) for name, rows in self._prices.items()}, dtype=float)

    @cached_property
    def _positions(self) -> Flows:
        return position_flows(self.result, {name: k for k, name in enumerate(self.markets)})

    @cached_property
    def _balances(self) -> Flows:
        places = {CURRENCY: 0} | {name: k for k, name in enumerate(self.assets, 1)}
        return balance_flows(self.result, places)

    @cached_property
    def _marks(self) -> dict[str, pd.DataFrame]:
        if not self.markets:  # without a perpetual no mark is on record
            return {}
        marks = self.result.events["mark"]
        return {name: marks[marks["market"] == name] for name in self.markets}

    @cached_property
    def _prices(self) -> dict[str, pd.DataFrame]:
        """Prices of assets at the samples."""
        series, found = self.result.series, {}
        for name, (_, market) in self.result.scenario.markets.items():
            rows = series[series["market"] == name]
            if market.kind == "spot":
                found[market.asset] = rows.assign(price=rows["mark"])
            elif market.asset not in found:
                found[market.asset] = rows.assign(price=rows["fundamental"])
        untraded = pd.DataFrame({"time": [0.0], "price": [0.0]})
        return {name: found.get(name, untraded) for name in self.assets}

    @property
    def _start_balance(self) -> Floats:
        return np.append(0.0, np.rint(self.result.accounts["start_balance"] * MONEY_UNITS))

    def _opening(self, prefix: str, names: list[str], units: Any) -> Floats:
        """What accounts began with, in whole units; row 0 is empty."""
        table = self.result.accounts[[prefix + name for name in names]].to_numpy(float)
        return np.vstack([np.zeros(len(names)), np.rint(table * units)])

    def _costs(self, positions: Flows) -> Floats:
        """Cost of every position, units."""
        lots = self._opening("start_size_", self.markets, 1.0 / self._lot).astype(np.int64).ravel()
        cost = self._opening("start_cost_", self.markets, MONEY_UNITS).astype(np.int64).ravel()
        place = positions.account * len(self.markets) + positions.what
        _replay_costs(place, positions.amount, positions.value, lots, cost)
        return cost.reshape(self._rows, -1).astype(float)

    def _funding(self, positions: Flows, lots: Floats, time: float) -> Floats:
        """Funding charged to every account since the start, units: each lot from when it was bought."""
        funding = self.result.events.get("funding")
        paid = np.zeros(self._rows)
        if funding is None:
            return paid
        for k, name in enumerate(self.markets):
            rows = funding[funding["market"] == name]
            charged = np.append(0, np.cumsum(whole(rows["per_unit"] * self._lot[k], MONEY_UNITS)))
            own = positions.what == k
            before = charged[np.searchsorted(rows["time"], positions.time[own], side="right")]
            now = charged[int(np.searchsorted(rows["time"], time, side="right"))]
            paid += lots[:, k] * now - np.bincount(positions.account[own], positions.amount[own] * before, self._rows)
        return paid


Source = Union["Result", Holdings]


def holdings_of(source: Source) -> Holdings:
    """Holdings of a result, or those given: adding up a large record again takes a second."""
    return source if isinstance(source, Holdings) else Holdings(source)


def _last(rows: pd.DataFrame, column: str, time: float) -> float:
    """Last value up to a time, or the first."""
    place = int(np.searchsorted(rows["time"].to_numpy(), time, side="right")) - 1
    return float(rows[column].iloc[max(place, 0)])
