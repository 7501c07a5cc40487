"""What every account has at a moment, and what became of it between two moments."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.market.constants import PERPETUAL, SPOT
from cascade_sim.market.roles import ROLE_NAMES
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS
from cascade_sim.simulation import Simulation

__all__ = ["account_frame", "account_worth", "cohort_names", "fundamental_prices", "opening_state"]


def fundamental_prices(simulation: Simulation) -> NDArray[np.float64]:
    """USD per smallest unit of every asset, by its fundamental value; the currency's first."""
    assets = simulation.world.assets
    prices: NDArray[np.float64] = assets["fundamental"] / np.maximum(assets["units"], 1)
    prices[1] = 1.0 / MONEY_UNITS
    return prices


def _asset_prices(simulation: Simulation) -> NDArray[np.float64]:
    """USD per smallest unit of every asset: by its spot mark, else by its fundamental value."""
    world, roster = simulation.world, simulation.roster
    prices = fundamental_prices(simulation)
    for m in roster.markets.values():
        market = world.markets[m]
        if market["kind"] == SPOT:
            prices[int(market["asset"])] = float(market["mark"]) / MONEY_UNITS / float(market["lot_units"])
    return prices


def account_worth(simulation: Simulation, prices: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """Equity of every account at mark, other assets included, in USD.

    Parameters
    ----------
    simulation : Simulation
    prices : ndarray of float64, shape (assets + 1,), optional
        USD per smallest unit of every asset, row 0 unused; default: at the mark of its spot market.

    Returns
    -------
    ndarray of float64, shape (accounts + 1,)
        Row 0 is unused.
    """
    world = simulation.world
    worth: NDArray[np.float64] = world.balances["amount"].astype(float) @ (
        _asset_prices(simulation) if prices is None else prices
    )
    for m in simulation.roster.markets.values():
        market = world.markets[m]
        own = world.accounts["venue"] == market["venue"]
        row = world.positions[:, int(market["column"])]
        profit = row["lots"] * int(market["mark"]) - row["cost"]
        profit = profit - row["lots"] * (int(market["funding"]) - row["funding"])
        worth += np.where(own, profit, 0) / MONEY_UNITS
    return worth


def _perpetuals(simulation: Simulation) -> Iterator[tuple[str, float, Any, NDArray[np.bool_], Any]]:
    """Name, lot, row, who can hold it and their positions, for every perpetual."""
    world, roster = simulation.world, simulation.roster
    for name, m in roster.markets.items():
        market = world.markets[m]
        if market["kind"] == PERPETUAL:
            own = world.accounts["venue"] == market["venue"]
            yield name, roster.market(name).lot, market, own, world.positions[:, int(market["column"])]


def opening_state(simulation: Simulation) -> dict[str, NDArray[np.float64]]:
    """What every account has now, as the columns that a frame of accounts begins with.

    Returns
    -------
    dict of str to ndarray of float64, shape (accounts + 1,)
        ``start`` (worth at mark, USD), ``start_balance`` (USD, after the funding charged so far),
        ``start_holds_<asset>`` (amount), and for each perpetual ``start_size_<market>`` (signed, in the asset) and
        ``start_cost_<market>`` (USD paid for it, signed). Row 0 is unused.
    """
    world, roster = simulation.world, simulation.roster
    owed = np.zeros(len(world.accounts), np.int64)
    columns: dict[str, NDArray[np.float64]] = {}
    for name, lot, market, own, row in _perpetuals(simulation):
        owed += np.where(own, row["lots"] * (int(market["funding"]) - row["funding"]), 0)
        columns[f"start_size_{name}"] = np.where(own, row["lots"], 0) * lot
        columns[f"start_cost_{name}"] = np.where(own, row["cost"], 0) / MONEY_UNITS
    balances = world.balances["amount"]
    currency = roster.assets[CURRENCY]
    stock = {name: balances[:, k] / roster.units(name) for name, k in roster.assets.items() if k != currency}
    return {
        "start": account_worth(simulation),
        "start_balance": (balances[:, currency] - owed) / MONEY_UNITS,
        **{f"start_holds_{name}": amount for name, amount in stock.items()},
        **columns,
    }


def account_frame(
    simulation: Simulation, start: dict[str, NDArray[np.float64]], events: dict[str, pd.DataFrame]
) -> pd.DataFrame:
    """One row an account: who it is, what it had and has, and what was forced on it.

    Parameters
    ----------
    simulation : Simulation
    start : dict of str to ndarray
        `opening_state` at the start.
    events : dict of str to DataFrame
        Since the start.
    """
    world, roster = simulation.world, simulation.roster
    venues = np.array(["", *roster.venues], dtype=object)
    frame = pd.DataFrame(
        {
            "venue": venues[world.accounts["venue"]],
            "role": np.array(ROLE_NAMES, dtype=object)[world.accounts["role"]],
            "cohort": cohort_names(simulation),
            "owner": world.accounts["owner"],
            "start": start["start"],
            "end": account_worth(simulation),
        }
    )
    frame["deposited"] = _total(events, "transfer", "account", "amount", len(frame))
    frame["profit"] = frame["end"] - frame["start"] - frame["deposited"]
    frame["fees"] = world.accounts["fees"] / MONEY_UNITS
    frame["liquidations"] = _count(events, "breach", len(frame))
    frame["deficit"] = _total(events, "default", "account", "deficit", len(frame))
    frame["loss_paid"] = _total(events, "loss", "payer", "amount", len(frame))
    frame["forgone_in_adl"] = _total(events, "adl", "counterparty", "forgone", len(frame))
    for name, lot, _, own, row in _perpetuals(simulation):
        frame[f"size_{name}"] = np.where(own, row["lots"], 0) * lot
    frame = frame.assign(**{name: column for name, column in start.items() if name != "start"})
    frame.index.name = "account"
    frame.attrs["units"] = {"start": "USD", "end": "USD", "profit": "USD", "fees": "USD since time zero"} | {
        name: "USD" for name in start if name.startswith(("start_balance", "start_cost_"))
    }
    return frame.iloc[1:]


def cohort_names(simulation: Simulation) -> NDArray[Any]:
    """Name of every account's cohort; row 0 is unused."""
    names = np.empty(len(simulation.world.accounts), dtype=object)
    names[:] = ""
    for group in simulation.roster.groups:
        names[group.first : group.first + len(group.owners)] = group.cohort
    return names


def _total(events: dict[str, pd.DataFrame], kind: str, who: str, what: str, size: int) -> NDArray[np.float64]:
    total = np.zeros(size)
    if kind in events:
        np.add.at(total, events[kind][who].to_numpy(np.int64), events[kind][what].to_numpy(float))
    return total


def _count(events: dict[str, pd.DataFrame], kind: str, size: int) -> NDArray[np.int64]:
    count = np.zeros(size, np.int64)
    if kind in events:
        np.add.at(count, events[kind]["account"].to_numpy(np.int64), 1)
    return count
