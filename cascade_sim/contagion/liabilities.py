"""The network of unpaid variation margin: from accounts to their venue, from the venue to those who go without.

As a matrix of nominal liabilities it is what clearing needs (Eisenberg and Noe, 2001, "Systemic risk in financial
systems", Management Science 47(2), 236-249): owners owe venues, venues owe winners, and what an owner has on other
venues is its outside asset. Owners are joined across venues, so that a debt here can meet equity there.
"""

from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from cascade_sim.contagion.holdings import Source, holdings_of
from cascade_sim.contagion.unpaid_margin import borne_by, owed_by, worst_moment

__all__ = ["Liabilities", "liabilities"]


@dataclass(frozen=True)
class Liabilities:
    """Unpaid variation margin at a time.

    Attributes
    ----------
    time : float
        Seconds.
    edges : DataFrame
        ``debtor``, ``creditor``, ``amount`` (USD), of which ``recorded`` (bad debt by then) and ``open``.
    assets : Series
        Outside assets, USD, indexed by node: what an owner's (or account's) accounts with something left are worth;
        0 for venues, whose funds are creditors among others.
    kinds : dict of str to str
        "owner", "account" or "venue" by node.
    """

    time: float
    edges: pd.DataFrame
    assets: pd.Series
    kinds: dict[str, str]

    @property
    def labels(self) -> list[str]:
        """Nodes, in the order of the matrix."""
        return list(self.kinds)

    def matrix(self) -> sp.csr_array:
        """Nominal liabilities, USD: row owes column."""
        place = {name: k for k, name in enumerate(self.kinds)}
        ends = self.edges["debtor"].map(place), self.edges["creditor"].map(place)
        return sp.csr_array((self.edges["amount"].to_numpy(float), ends), shape=(len(place), len(place)))

    def outside_assets(self) -> NDArray[np.float64]:
        """Assets in the order of the matrix, USD."""
        return self.assets.reindex(self.labels).to_numpy(float)

    def graph(self) -> "nx.DiGraph[str]":
        """The same as a graph: nodes with ``kind`` and ``assets``, edges with ``amount``, ``recorded`` and ``open``."""
        graph: nx.DiGraph[str] = nx.DiGraph(time=self.time)
        for name, kind in self.kinds.items():
            graph.add_node(name, kind=kind, assets=float(self.assets[name]))
        row: Any
        for row in self.edges.itertuples():
            graph.add_edge(
                row.debtor, row.creditor, amount=float(row.amount), recorded=float(row.recorded), open=float(row.open)
            )
        return graph


def _to_venue(parts: pd.DataFrame, names: pd.Series, venues: pd.Series) -> pd.DataFrame:
    """Parts of all accounts summed by name and venue, without empty ones."""
    summed = parts.groupby([names.rename("who"), venues.rename("venue")]).sum().reset_index()
    summed["amount"] = summed["recorded"] + summed["open"]
    return summed[summed["amount"] > 0]


def liabilities(result: Source, time: float | None = None, by: str = "owner") -> Liabilities:
    """Who owes whom variation margin that was not paid.

    Parameters
    ----------
    result : Result or Holdings
    time : float, optional
        Seconds; the worst moment when left out.
    by : {"owner", "account"}
        Owners are joined across venues.

    Returns
    -------
    Liabilities
        What owners owe venues sums to the bad debt on record plus what accounts are below zero; what venues owe is
        less by what nobody but the venue itself lost.
    """
    holdings = holdings_of(result)
    time = worst_moment(holdings.result) if time is None else time
    state = holdings.at(time)
    numbers = state["owner"] if by == "owner" else state.index.to_series()
    names = by + " " + numbers.astype(str)
    venues = "venue " + state["venue"].astype(str)
    debts = _to_venue(owed_by(holdings, time), names, venues).rename(columns={"who": "debtor", "venue": "creditor"})
    claims = _to_venue(borne_by(holdings, time), names, venues).rename(columns={"venue": "debtor", "who": "creditor"})
    edges = pd.concat([debts, claims], ignore_index=True)[["debtor", "creditor", "amount", "recorded", "open"]]
    worth = state["equity"].clip(lower=0.0).groupby(names).sum()
    people = sorted(set(debts["debtor"]) | set(claims["creditor"]), key=lambda name: int(name.split()[1]))
    kinds = dict.fromkeys(people, by) | dict.fromkeys(sorted(set(venues)), "venue")
    return Liabilities(time, edges, worth.reindex(list(kinds), fill_value=0.0), kinds)
