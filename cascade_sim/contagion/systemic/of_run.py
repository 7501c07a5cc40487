"""Measures of systemic risk of a run at a time: the matrices they need, and what comes out, by name.

Each was made for banks. What it says about accounts in a derivatives market, and where it says nothing:

- **DebtRank**, by owner. The impact of i on j is no loan but a mark: the share of j's equity that is lost if i's
  positions are closed into the books as they stand. What some lose others win; only losers count. Somebody on the other
  side of a market than most (a large short in a crash) ranks high for a squeeze that may never come.
- **Clearing**, by owner and venue. Debts are variation margin that was not paid: owners owe their venue, the venue owes
  those who went without. Before anybody is below zero nobody owes anything, so it can't predict. Afterwards `recovery`
  says which part could be had if venues could reach what owners have elsewhere: zero where they have nothing.
- **Vulnerable Banks**, by account. Everybody is taken to restore its leverage after any loss. Traders here do not: they
  hold on until their margin is broken. It is an order of who holds much of what many hold, and no forecast of sales.
  ``systemicness`` nets gains against losses and vanishes where positions sum to zero; ``loss_to_others`` does not.
- **Fire sales**, by account: the nearest to a margin rule. Nobody sells above maintenance margin, below it as much as
  restores it. A venue that closes whole accounts sells more. Collateral is that of the account: an owner's money on
  another venue does not save it.
- **Branching of positions**, by account: see `position_branching`.
- **Spiral radius**: of rounds of sales by leverage targeters into a depth that is never refilled. Above one these
  rounds would not end; that markets do not vanish then is the work of makers who come back, and of those who hold on.

Depth is what stood within 5 % of the mid. Where nothing stood, a market is left out of all but DebtRank and branching,
and named in ``without_depth``: no impact can be told there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cascade_sim.contagion.book_on_record import book_time
from cascade_sim.contagion.holdings import Holdings, Source, holdings_of
from cascade_sim.contagion.impact_weights import impact_weights
from cascade_sim.contagion.liabilities import liabilities
from cascade_sim.contagion.systemic.measures import SystemicMeasures, systemic_measures
from cascade_sim.contagion.systemic.names import names_of, with_names
from cascade_sim.contagion.systemic.position_branching import position_branching
from cascade_sim.contagion.systemic.sale_inputs import SaleInputs
from cascade_sim.contagion.unpaid_margin import worst_moment

__all__ = ["RunMeasures", "systemic_measures_of"]

_BY_OWNER = ("debtrank", "clearing")  # the other tables are by account, for margin is


@dataclass(frozen=True)
class RunMeasures(SystemicMeasures):
    """Measures of a run at a time; all tables begin with ``name``, ``role``, ``cohort`` and ``accounts``.

    Attributes
    ----------
    time : float
        Seconds.
    shock : float
        Return of all markets that vulnerability and fire sales start from.
    overlaps : DataFrame
        By account: ``index`` (the indirect contagion index of Cont and Schaanning, 2019: with which weight it takes
        part in the largest common position; longs and shorts have opposite signs), largest first, without regard to
        sign.
    largest_overlap : float
        Largest eigenvalue of liquidity-weighted overlaps, USD; nan where no market has depth.
    branching : DataFrame
        By account: who brings down whom, see `position_branching`; who brings down most first.
    branching_radius : float
        See `position_branching`.
    without_depth : list of str
        Perpetuals whose book was empty within 5 % of the mid.
    book_time : float
        Seconds: of the books that DebtRank and branching close positions into. They are on record once a
        ``map_interval``; before the first time that is later than ``time``.
    """

    time: float
    shock: float
    overlaps: pd.DataFrame
    largest_overlap: float
    branching: pd.DataFrame
    branching_radius: float
    without_depth: list[str]
    book_time: float


def systemic_measures_of(
    result: Source, time: float | None = None, shock: float = -0.1, largest: int = 1000
) -> RunMeasures:
    """All measures of systemic risk of a run at a time.

    Parameters
    ----------
    result : Result or Holdings
    time : float, optional
        Seconds; the worst moment when left out. Nothing later is used if a book is on record by then.
    shock : float
        Return of all markets whose losses and sales are told by ``vulnerability`` and ``fire_sale``.
    largest : int
        How many owners, by gross notional, DebtRank is about.

    Returns
    -------
    RunMeasures
    """
    holdings = holdings_of(result)
    time = worst_moment(holdings.result) if time is None else time
    sales, branching = SaleInputs.at(holdings, time), position_branching(holdings, time)
    largest_overlap, overlaps = sales.indirect_contagion_index()
    found = _from_matrices(holdings, time, sales, shock, largest)
    tables = vars(found) | {
        "overlaps": overlaps.to_frame().sort_values("index", key=abs, ascending=False, kind="stable"),
        "branching": branching.table.sort_values("notional_down", ascending=False, kind="stable"),
    }
    if sales.depth.empty:
        tables["spiral_radius"] = np.nan
    return RunMeasures(
        **_named(tables, holdings.result.accounts),
        time=time,
        shock=shock,
        largest_overlap=largest_overlap,
        branching_radius=branching.radius,
        without_depth=[name for name in holdings.markets if name not in sales.depth],
        book_time=book_time(holdings.result, time),
    )


def _from_matrices(holdings: Holdings, time: float, sales: SaleInputs, shock: float, largest: int) -> SystemicMeasures:
    """The measures that take matrices of whatever origin, on those of the run."""
    weights, debts = impact_weights(holdings, time, largest=largest), liabilities(holdings, time)
    return systemic_measures(
        impact=weights.weights,
        values=weights.equity,
        labels=weights.labels,
        liabilities=debts.matrix(),
        external=debts.outside_assets(),
        debtors=pd.Index(debts.labels),
        positions=sales.positions,
        equity=sales.collateral,
        depth=sales.depth,
        shock=sales.shock(shock),
        max_leverage=sales.max_leverage,
    )


def _named(tables: dict[str, Any], accounts: pd.DataFrame) -> dict[str, Any]:
    """Tables with what owners and accounts are called; numbers as they are."""
    names = {by: names_of(accounts, by) for by in ("owner", "account")}
    return {
        key: with_names(table, names["owner" if key in _BY_OWNER else "account"])
        if isinstance(table, pd.DataFrame)
        else table
        for key, table in tables.items()
    }
