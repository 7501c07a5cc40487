"""Everything on record that changed what somebody holds, in whole lots and units of money.

Amounts are whole numbers of the smallest unit, as in the exchange itself, so that they add up in any order. Only
two things depend on the order within one microsecond: the cost of a position, and what funding it owes. Trades come
before what is handed over outside the book there, and charges of funding before both, as the exchange's clock has it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.scenario.scenario import ASSET_UNITS, MONEY_UNITS

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["Flows", "balance_flows", "position_flows", "whole"]

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = tuple[Any, Any, Any, Any, Any]


def whole(amount: Any, unit: Any) -> Whole:
    """Number of smallest units in amounts; `unit` is how many there are in one."""
    units: Whole = np.rint(np.asarray(amount, float) * unit).astype(np.int64)
    return units


def _looked_up(names: pd.Series, values: dict[str, Any]) -> NDArray[Any]:
    """Value of each name, looked up once for every different one."""
    codes, different = pd.factorize(names)
    return np.array([values[name] for name in different])[codes]


@dataclass(frozen=True)
class Flows:
    """Changes in order of time.

    Attributes
    ----------
    time : ndarray of float64
        Seconds.
    account : ndarray of int64
    what : ndarray of int64
        Place of a perpetual, or of an asset (0: the currency).
    amount : ndarray of int64
        Lots bought (of a balance: units received), signed.
    value : ndarray of int64
        Units of currency paid for the lots, with their sign; zero for balances.
    """

    time: Floats
    account: Whole
    what: Whole
    amount: Whole
    value: Whole

    @classmethod
    def of(cls, parts: list[Columns]) -> "Flows":
        """Flows of several tables; at one time in the order of the tables."""
        columns = [np.concatenate([np.asarray(part[k]) for part in parts]) for k in range(5)]
        order = np.argsort(columns[0], kind="stable")
        whole_numbers = [column[order].astype(np.int64) for column in columns[1:]]
        return cls(columns[0][order].astype(float), *whole_numbers)

    def until(self, time: float) -> "Flows":
        """Those up to and including a time."""
        end = int(np.searchsorted(self.time, time, side="right"))
        return Flows(self.time[:end], self.account[:end], self.what[:end], self.amount[:end], self.value[:end])

    def total(self, weights: NDArray[Any], shape: tuple[int, int]) -> Floats:
        """Sum of weights for every account and thing; exact for whole numbers whose sums stay below 2**53."""
        place = self.account * shape[1] + self.what
        return (
            np.bincount(place, weights, shape[0] * shape[1]).astype(float).reshape(shape)
        )  # int64 if nothing is there


def _side(frame: pd.DataFrame, who: str, what: Any, lots: Whole, value: Whole) -> Columns:
    """Columns of one side of a trade or transfer."""
    return frame["time"], frame[who], what, lots, value


def _both(frame: pd.DataFrame, gets: str, gives: str, what: Any, lots: Whole, value: Whole) -> list[Columns]:
    """Both sides of a trade, in one table so that no side of the next trade comes between them."""
    first, second = _side(frame, gets, what, lots, value), _side(frame, gives, what, -lots, -value)
    return [tuple(np.column_stack(pair).ravel() for pair in zip(first, second, strict=True))]  # type: ignore[list-item]


def _handed_over(frame: pd.DataFrame | None, taker: str, place: dict[str, int], lot: dict[str, float]) -> list[Columns]:
    """Positions that changed hands outside the book."""
    if frame is None:
        return []
    lots = whole(frame["size"], 1.0 / _looked_up(frame["market"], lot))
    what = _looked_up(frame["market"], place)
    return _both(frame, taker, "account", what, lots, whole(frame["value"], MONEY_UNITS))


def position_flows(result: "Result", place: dict[str, int]) -> Flows:
    """What changed the positions in perpetuals: trades, takeovers and deleveraging.

    Parameters
    ----------
    result : Result
    place : dict of str to int
        Place of every perpetual.
    """
    lot = {name: market.lot for name, (_, market) in result.scenario.markets.items()}
    trades = result.trades[result.trades["market"].isin(place)]
    lots = whole(trades["size"], 1.0 / _looked_up(trades["market"], lot))
    value = whole(trades["size"] * trades["price"], MONEY_UNITS)
    parts = _both(trades, "taker", "maker", _looked_up(trades["market"], place), lots, value)
    parts += _handed_over(result.events.get("takeover"), "taker", place, lot)
    parts += _handed_over(result.events.get("adl"), "counterparty", place, lot)
    return Flows.of(parts)


def _paid(frame: pd.DataFrame, who: str, what: Any, units: Whole) -> Columns:
    """Balances that change without a position."""
    return frame["time"], frame[who], np.broadcast_to(what, len(frame)), units, np.zeros(len(frame))


def _fees(trades: pd.DataFrame, who: str, asset: Any, buys: Any) -> Columns:
    """Fees in the asset each pays with: what buyers in spot markets receive, else the currency."""
    in_asset = (asset > 0) & buys
    units = whole(trades[f"{who}_fee"], np.where(in_asset, ASSET_UNITS, MONEY_UNITS))
    return _paid(trades, who, np.where(in_asset, asset, 0), -units)


def _spot(trades: pd.DataFrame, asset: Any) -> list[Columns]:
    """Asset against currency."""
    value, amount = whole(trades["size"] * trades["price"], MONEY_UNITS), whole(trades["size"], ASSET_UNITS)
    return [
        _paid(trades, "taker", 0, -value),
        _paid(trades, "maker", 0, value),
        _paid(trades, "taker", asset, amount),
        _paid(trades, "maker", asset, -amount),
    ]


def balance_flows(result: "Result", assets: dict[str, int]) -> Flows:
    """What changed balances otherwise: fees, spot trades, penalties, losses shared and covered, transfers.

    Parameters
    ----------
    result : Result
    assets : dict of str to int
        Place of every asset, the currency's being 0.
    """
    markets, trades = result.scenario.markets, result.trades
    spot = {name: assets[market.asset] if market.kind == "spot" else 0 for name, (_, market) in markets.items()}
    asset = _looked_up(trades["market"], spot)
    bought = trades["size"].to_numpy() > 0
    parts = [_fees(trades, "taker", asset, bought), _fees(trades, "maker", asset, ~bought)]
    parts += _spot(trades[asset > 0], asset[asset > 0])
    for kind, gives, gets in (
        ("liquidation_fee", "account", "receiver"),
        ("loss", "payer", "account"),
        ("transfer", "", "account"),
    ):
        frame = result.events.get(kind)
        if frame is not None:
            units = whole(frame["amount"], MONEY_UNITS)
            parts += [_paid(frame, gets, 0, units)] + ([_paid(frame, gives, 0, -units)] if gives else [])
    return Flows.of(parts)
