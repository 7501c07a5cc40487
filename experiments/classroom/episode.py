"""One run of a class through the news, and what it brought everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.classroom.market import ALONE, MARKET, class_market
from cascade_sim.recording.accounts import account_worth
from cascade_sim.recording.recorder import Recorder
from cascade_sim.scenario.scenario import MONEY_UNITS
from cascade_sim.simulation import Simulation

__all__ = ["BENEFIT", "Episode", "payoff", "play"]

Floats = npt.NDArray[np.float64]

# What a dollar of the position that is still held at the end is worth to its holder besides profit: the reason to want
# one. Assumed: well above the three per cent of the news, for with less nobody would want a position at all.
BENEFIT = 0.08


def payoff(profit: npt.ArrayLike, held: npt.ArrayLike) -> Floats:
    """Profit and the private benefit of what is still held, both over the money put down."""
    return np.asarray(profit, float) + BENEFIT * np.asarray(held, float)


@dataclass(frozen=True)
class Episode:
    """What a run brought; everything over the money that its owner put down.

    Attributes
    ----------
    profit, held : ndarray of float64, shape (students,)
        Worth at the end less worth at the beginning; value of the position still held at the end.
    fell : ndarray of bool, shape (students,)
        Whose position was sold by force, whole or in part.
    alone_profit, alone_held : ndarray of float64, shape (students, leverages of ALONE) or (students, 0)
        The same for the copies.
    fall : float
        Largest fall of the price below its beginning.
    unpaid : float
        What students were below zero and others had to pay, over the money of the class.
    """

    profit: Floats
    held: Floats
    fell: npt.NDArray[np.bool_]
    alone_profit: Floats
    alone_held: Floats
    fall: float
    unpaid: float

    @property
    def payoff(self) -> Floats:
        """Of the students, shape (students,)."""
        return payoff(self.profit, self.held)

    @property
    def alone(self) -> Floats:
        """Payoffs of the copies, shape (students, leverages)."""
        return payoff(self.alone_profit, self.alone_held)


def play(leverages: Sequence[float], seed: int, copies: bool = True) -> Episode:
    """Run a class through the news.

    Parameters
    ----------
    leverages : sequence of float, shape (students,)
    seed : int
    copies : bool
        See `class_market`.
    """
    scenario = class_market(leverages, seed, copies)
    simulation = Simulation(scenario, seed)
    began = account_worth(simulation)
    simulation.run_until(micros(scenario.duration))
    rows = {group.cohort: group.first for group in simulation.roster.groups}
    own = np.array([row for name, row in rows.items() if name.startswith("student ")])
    tiny = np.array([row for name, row in rows.items() if name.startswith("copy ")], np.int64)
    money = np.array([account.deposit for account in scenario.accounts.values()])
    profit = account_worth(simulation) - began
    held = _held(simulation)
    recorder = Recorder(simulation)
    events, series = recorder.events(), recorder.series()
    prices = series.loc[series["market"] == MARKET, "mid"]
    count, per_copy = len(own), money[len(own) : -1]
    return Episode(
        profit=profit[own] / money[:count],
        held=held[own] / money[:count],
        fell=np.isin(own, events["breach"]["account"] if "breach" in events else []),
        alone_profit=(profit[tiny] / per_copy).reshape(count, len(ALONE) if copies else 0),
        alone_held=(held[tiny] / per_copy).reshape(count, len(ALONE) if copies else 0),
        fall=float(1.0 - prices.min() / prices.iloc[0]),
        unpaid=_unpaid(events, own) / float(money[:count].sum()),
    )


def _held(simulation: Simulation) -> Floats:
    """Value at mark of every account's position, USD."""
    market = simulation.world.markets[simulation.roster.markets[MARKET]]
    lots = simulation.world.positions["lots"][:, int(market["column"])]
    value: Floats = np.abs(lots) * float(market["mark"]) / MONEY_UNITS
    return value


def _unpaid(events: dict[str, pd.DataFrame], own: npt.NDArray[np.int64]) -> float:
    """What students were below zero at their ends, USD."""
    defaults = events.get("default")
    return 0.0 if defaults is None else float(defaults.loc[defaults["account"].isin(own), "deficit"].sum())
