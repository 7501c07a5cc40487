"""What is seen of a run at this moment, read from its records."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.market.constants import LEVELS, MAP_STEP, PROFILE_BINS, PROFILE_STEP
from cascade_sim.market.records import BREACH
from cascade_sim.market.roles import CUSTOM, TRADER
from cascade_sim.model import CascadeModel
from cascade_sim.plots.dashboard import Liquidations, Snapshot
from cascade_sim.recording.accounts import account_frame, account_worth
from cascade_sim.recording.recorder import Recorder
from cascade_sim.results import Result
from cascade_sim.scenario.scenario import MONEY_UNITS

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["liquidations_of", "snapshot_of"]

Floats = NDArray[np.float64]

_BAND = 0.002  # of the price: about how high a band of the map is
_MAP_REACH = 0.12


def _prices(recorder: Recorder, m: int) -> dict[str, Any]:
    """Time, mid, mark and fundamental value of a market since the end of the burn-in."""
    rows = recorder.simulation.records.table("samples")
    rows = rows[(rows["market"] == m) & (rows["time"] >= recorder.start)]
    both = (rows["bid"] >= 0) & (rows["ask"] < LEVELS)
    mid = np.where(both, (rows["bid"] + rows["ask"]) / 2.0, rows["last"]) * recorder.tick[m]
    mark = recorder.per_unit(rows["mark"], rows["market"])
    return {"time": recorder.seconds(rows["time"]), "mid": mid, "mark": mark, "fundamental": rows["fundamental"]}


def _latest(recorder: Recorder, table: str, m: int) -> Any:
    """Rows of a market in the last picture of a table that is taken from time to time."""
    rows = recorder.simulation.records.table(table)
    return rows[(rows["time"] == rows["time"].max()) & (rows["market"] == m)] if len(rows) else rows


def _edges(price: float) -> Floats:
    """Prices between the bands of the map, at round numbers."""
    wanted = _BAND * price
    unit = 10.0 ** np.floor(np.log10(wanted))
    height = unit * max(step for step in (1.0, 2.0, 2.5, 5.0) if step * unit <= wanted)
    first, last = np.floor(price * (1 - 3 * _MAP_REACH) / height), np.ceil(price * (1 + _MAP_REACH) / height)
    edges: Floats = np.arange(first, last + 1) * height
    return edges


def _map(recorder: Recorder, m: int, edges: Floats) -> dict[str, Any]:
    """USD liquidated in each band of the price, by side."""
    rows = _latest(recorder, "clusters", m)
    mark = recorder.per_unit(rows["mark"], rows["market"])
    sides = {}
    for side, sign in (("longs", -1), ("shorts", 1)):
        price = mark * (1 + sign * (rows["distance"] + 0.5) * MAP_STEP)
        sides[side] = np.histogram(price, edges, weights=rows[side] * recorder.lot[m] * mark)[0]
    return sides


def _book(recorder: Recorder, m: int, price: float) -> dict[str, Any]:
    """USD in each band of the book, with the band's distance from the mid."""
    rows = _latest(recorder, "profiles", m)
    place = rows["place"].astype(np.int64)
    sign = np.where(place < PROFILE_BINS, -1, 1)
    return {
        "distance": sign * (place % PROFILE_BINS + 0.5) * PROFILE_STEP,
        "depth": rows["lots"] * recorder.lot[m] * price,
    }


def _branching(recorder: Recorder, m: int) -> float:
    """Longs liquidated within 0.5 % below, over the bids there; infinite where nothing is bid."""
    rows = _latest(recorder, "branchings", m)
    if not len(rows) or (rows["longs"][-1] == 0 and rows["bids"][-1] == 0):
        return float("nan")
    return float(rows["longs"][-1] / rows["bids"][-1]) if rows["bids"][-1] > 0 else float("inf")


def _traders(model: CascadeModel, recorder: Recorder) -> dict[str, Any]:
    """What traders (or, without any, accounts with a name) have left, and who was liquidated."""
    role, start = model.simulation.world.accounts["role"], model.opening["start"]
    own = np.flatnonzero((role == (TRADER if (role == TRADER).any() else CUSTOM)) & (start > 0))
    events = recorder.table("events")
    hit = np.isin(own, events["account"][events["kind"] == BREACH])
    return {"left": account_worth(model.simulation)[own] / start[own], "was_liquidated": hit}


def _money(recorder: Recorder, m: int) -> dict[str, Any]:
    """What was closed by force on the market's venue, and who is left to pay."""
    every = recorder.simulation.records.table("samples")
    rows = every[(every["venue"] == recorder.simulation.world.markets["venue"][m]) & (every["time"] >= recorder.start)]
    first, last = (rows[rows["time"] == rows["time"][k]] for k in (0, -1))
    closed = last["liquidated_notional"].sum() - first["liquidated_notional"].sum()
    return {
        "liquidated": float(closed) / MONEY_UNITS,
        "bad_debt": float(last["bad_debt"][0] - first["bad_debt"][0]) / MONEY_UNITS,
        "fund": float(last["fund"][0]) / MONEY_UNITS,
    }


def snapshot_of(model: CascadeModel, market: str, liquidations: Liquidations) -> Snapshot:
    """A run as it is now.

    Parameters
    ----------
    model : CascadeModel
    market : str
        The market it is seen from.
    liquidations : Liquidations
        `liquidations_of` it, which takes longer than all else and changes less often.
    """
    recorder, m = Recorder(model.simulation), model.simulation.roster.markets[market]
    prices = _prices(recorder, m)
    edges = _edges(float(prices["mark"][0]))
    return Snapshot(
        market=market,
        duration=model.scenario.duration,
        news=tuple((item.at, item.at + item.over) for item in model.scenario.news),
        edges=edges,
        **prices,
        **_map(recorder, m, edges),
        **_book(recorder, m, float(prices["mid"][-1])),
        **_traders(model, recorder),
        liquidations=liquidations,
        **_money(recorder, m),
        branching=_branching(recorder, m),
    )


def _longs(exposures: pd.DataFrame, number: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each liquidation had more to sell than to buy."""
    net = (exposures["size"] * exposures["mark"]).groupby(exposures["liquidation"]).sum()
    longs: NDArray[np.bool_] = net.reindex(number, fill_value=0.0).to_numpy() >= 0
    return longs


def _strongest(graph: "nx.DiGraph[int]", node: int) -> int:
    """The one that cost a liquidation most; 0, which is none's number, if no other one did."""
    return max(graph.predecessors(node), key=lambda source: float(graph.edges[source, node]["weight"]), default=0)


def liquidations_of(model: CascadeModel) -> Liquidations:
    """Who was liquidated so far, and who cost each of them most, by the graph of contagion.

    Parameters
    ----------
    model : CascadeModel
    """
    recorder, nothing = Recorder(model.simulation), pd.DataFrame()
    events = recorder.events()
    if "breach" not in events:
        return Liquidations()
    accounts = account_frame(model.simulation, model.opening, events)
    graph = Result(
        model.scenario, model.seed_of_run, nothing, events, nothing, recorder.moves(), nothing, nothing, accounts
    ).contagion()
    number = np.array(list(graph), np.int64)
    place = {node: k for k, node in enumerate(graph)}
    return Liquidations(
        time=np.array([graph.nodes[v]["time"] for v in graph]),
        generation=np.array([graph.nodes[v]["generation"] for v in graph], np.int64),
        notional=np.array([graph.nodes[v]["notional"] for v in graph]),
        is_long=_longs(events["exposure"], number),
        parent=np.array([place.get(_strongest(graph, v), -1) for v in graph], np.int64),
    )
