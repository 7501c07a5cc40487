"""Who holds what in an exposure network, as stacks of slots that are as high as the fuller of two states."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cascade_sim.plots.contagion.ribbons import stacked

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["SIDES", "ExposureStacks", "holdings"]

SIDES = ("long", "short")
_HELD = ("position", "inventory")
_COLUMNS = ["account", "role", "cohort", "market", "side", "notional"]
_GAP = 0.025  # of what one side holds, between slots


def _positions(graph: "nx.Graph[Any]") -> pd.DataFrame:
    """A row a position: who, where, on which side, how much."""
    rows = []
    for one, other, edge in graph.edges(data=True):
        if edge.get("kind") in _HELD:
            holder, market = (other, one) if graph.nodes[one].get("kind") == "market" else (one, other)
            node, place = graph.nodes[holder], graph.nodes[market]
            if place.get("traded", "perpetual") != "perpetual":
                continue
            role, amount = str(node.get("role", "account")), float(edge["notional"])
            side = str(edge.get("side", "long" if amount >= 0 else "short"))
            account, name = (
                str(node.get("account", holder)).removeprefix("account "),
                str(place.get("market", market)).removeprefix("market "),
            )
            rows.append((account, role, str(node.get("cohort", role)), name, side, abs(amount)))
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"notional": float})


def holdings(before: "nx.Graph[Any]", after: "nx.Graph[Any]", largest: int) -> pd.DataFrame:
    """Positions of two exposure networks with the name under which each holder is drawn.

    Parameters
    ----------
    before, after : networkx.Graph
    largest : int
        So many accounts have their own name, the others that of their cohort, with how many they are.

    Returns
    -------
    DataFrame
        ``panel`` (before or after), ``holder``, ``account``, ``role``, ``cohort``, ``market``, ``side``, ``notional``
        (USD, positive).
    """
    both = pd.concat([_positions(before).assign(panel="before"), _positions(after).assign(panel="after")])
    both = both[both["notional"] > 0]
    peak = both.groupby(["account", "panel"])["notional"].sum().groupby("account").max()
    alone = both["account"].isin(set(peak.nlargest(largest).index))
    count = both[~alone].groupby("cohort")["account"].nunique()
    cohorts = [f"{name} ({count[name]:,})" if count.get(name, 1) > 1 else name for name in both["cohort"]]
    return both.assign(holder=np.where(alone, both["role"] + " " + both["account"], cohorts))


class ExposureStacks:
    """Slots of holders and markets; the same in both panels, so that what is gone leaves a gap.

    Parameters
    ----------
    table : DataFrame
        Of `holdings`, with one row at least.

    Attributes
    ----------
    holders : dict of str to Series
        By side: height of every holder's slot (USD), the largest first.
    markets : Series
        Height of every market's slot, in the order of the table.
    height : float
        Of the highest stack.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._held = table.groupby(["panel", "side", "holder", "market"])["notional"].sum().to_dict()
        sums: Any = table.groupby(["panel", "side", "market"])["notional"].sum()
        self._in_market = sums.to_dict()
        self.holders = {side: self._slots(table[table["side"] == side]) for side in SIDES}
        self.markets: pd.Series[float] = sums.groupby("market").max().reindex(table["market"].unique())
        self._gap = _GAP * max(table.groupby(["panel", "side"])["notional"].sum())
        stacks = [self.markets, *self.holders.values()]
        self.height = max(float(slots.sum()) + self._gap * (len(slots) - 1) for slots in stacks)

    @staticmethod
    def _slots(table: pd.DataFrame) -> "pd.Series[float]":
        """What each holder holds in the fuller panel."""
        own = table.groupby(["panel", "holder"])["notional"].sum()
        return own.groupby("holder").max().sort_values(ascending=False, kind="stable")

    def held(self, panel: str, side: str, holder: str, market: str) -> float:
        """Notional of one holder in one market, USD."""
        return float(self._held.get((panel, side, holder, market), 0.0))

    def in_market(self, panel: str, market: str) -> float:
        """Notional open in a market, on the side that is larger, USD."""
        return max(float(self._in_market.get((panel, side, market), 0.0)) for side in SIDES)

    def tops(self, slots: "pd.Series[float]") -> dict[str, float]:
        """Upper edge of every slot of a stack."""
        sizes = np.array(slots, dtype=np.float64)
        return dict(zip(map(str, slots.index), stacked(sizes, self._gap, self.height) + sizes, strict=True))
