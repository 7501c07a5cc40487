"""Answers about contagion in words: what made the losses, what one market carried into another, what is not known."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from cascade_sim.amounts import money
from cascade_sim.contagion.closings import closed_positions
from cascade_sim.contagion.paths import carrier, cross_margin_paths
from cascade_sim.contagion.words import percent

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

__all__ = [
    "anyway_in_short",
    "anyway_in_words",
    "carrier_in_words",
    "flows_in_words",
    "forced_carrier_in_words",
    "generations_in_words",
    "what_is_unknown",
    "what_made_losses",
]

_IN_BOOK = ("book", "closer")
_LAST_GENERATION = 6  # that is shown; what comes later is in it


def _minute(seconds: float) -> str:
    return f"minute {seconds / 60:.1f}"


def what_made_losses(graph: "nx.DiGraph[int]") -> str:
    """What consumed the buffers of the liquidated, in order of size.

    Parameters
    ----------
    graph : networkx.DiGraph
        Of the liquidations.
    """
    whole = sum(node["lost"] for _, node in graph.nodes(data=True))
    by: dict[str, float] = {}
    for _, node in graph.nodes(data=True):
        for key, usd in node.items():
            if key.startswith("lost_to_"):
                name = key.removeprefix("lost_to_").replace("_", " ")
                by[name] = by.get(name, 0.0) + usd
    if whole <= 0:
        return "They had lost nothing before."
    ordered = sorted(by.items(), key=lambda item: -abs(item[1]))
    parts = ", ".join(f"{name} {percent(usd / whole)}" for name, usd in ordered if abs(usd) >= 0.0005 * whole)
    return f"They had lost {money(whole)} USD before, to: {parts} (below zero: these moved prices in their favour)."


def generations_in_words(graph: "nx.DiGraph[int]") -> str:
    """How many liquidations were so many steps away from one that no forced trade was needed for.

    Parameters
    ----------
    graph : networkx.DiGraph
        Of the liquidations; nothing is said where its nodes have no ``generation``.
    """
    rows = pd.DataFrame([node for _, node in graph.nodes(data=True) if "generation" in node])
    if rows.empty:
        return ""
    own = rows["generation"].clip(upper=_LAST_GENERATION).astype(int)
    parts = []
    for number, notional in rows["notional"].groupby(own):
        name = f"{number} and later" if number == _LAST_GENERATION else str(number)
        parts.append(f"{name}: {len(notional)} with {money(notional.sum())} USD")
    return f"To come when they did they needed so many forced trades in a row: {'; '.join(parts)}."


def anyway_in_words(result: "Result", graph: "nx.DiGraph[int]") -> str:
    """How many liquidations there would not have been without impact, and how much earlier the others came.

    Parameters
    ----------
    result : Result
    graph : networkx.DiGraph
        Of the liquidations; nothing is said where the run has no twin without impact.
    """
    nodes = pd.DataFrame([node for _, node in graph.nodes(data=True) if "anyway" in node])
    if nodes.empty:
        return ""
    only = nodes[~nodes["anyway"]]
    first = nodes[nodes["anyway"]].drop_duplicates("account").set_index("account")["time"]
    earlier = (result.accounts["liquidated_without_impact"] - first).dropna().median()
    others = f"{len(nodes) - len(only)} come without it too"
    if len(first):
        others += f", half of them {f'at most {earlier:.0f} s later' if earlier >= 0.5 else 'no later than here'}"
    part = only["notional"].sum() / max(nodes["notional"].sum(), 1e-12)
    return (
        f"{len(only)} of {len(nodes)} liquidations, {money(only['notional'].sum())} of the "
        f"{money(nodes['notional'].sum())} USD held at the breaches ({percent(part)}), "
        f"stay{'s' * (len(only) == 1)} away in the run without impact; {others}.{_drifted(only)}"
    )


def anyway_in_short(graph: "nx.DiGraph[int]") -> str:
    """How many liquidations there would not have been without impact.

    Parameters
    ----------
    graph : networkx.DiGraph
        Of the liquidations; nothing is said where the run has no twin without impact.
    """
    nodes = pd.DataFrame([node for _, node in graph.nodes(data=True) if "anyway" in node])
    if nodes.empty:
        return ""
    only, held = nodes[~nodes["anyway"]], nodes["notional"].sum()
    part = only["notional"].sum()
    odd = _unneeding(only)["notional"].sum()
    traced = f"; {money(odd)} of it the trace does not put down to forced trades" if odd > 0 else ""
    return (
        f"{len(only)} of {len(nodes)} liquidations, {money(part)} of {money(held)} USD held "
        f"({percent(part / max(held, 1e-12))}), stay{'s' * (len(only) == 1)} away without impact{traced}."
    )


def _unneeding(only: pd.DataFrame) -> pd.DataFrame:
    """Liquidations that stay away without impact although the trace finds no forced trade that they needed."""
    return only[only["generation"] == 0] if "generation" in only else only.iloc[:0]


def _drifted(only: pd.DataFrame) -> str:
    """How many of those the trace does not explain, as a sentence."""
    odd = _unneeding(only)
    if odd.empty:
        return ""
    which = f"{len(odd)} of the {len(only)}" if len(only) > 1 else "this one"
    return (
        f" For {which}, {money(odd['notional'].sum())} USD, the trace finds no forced trade that was needed: by then "
        "others acted otherwise too, so here the two runs say little about the cascade."
    )


def carrier_in_words(row: Any, name: str, from_market: str, to_market: str) -> str:
    """What one account carried from one market into another.

    Parameters
    ----------
    row : named tuple
        Of `carrier`.
    name : str
        Of the account.
    from_market, to_market : str
    """
    made = percent(row.forced_loss / row.loss) if row.forced_loss > 0 else "none"
    return (
        f"{name}, which by {_minute(row.time)} had lost {money(row.loss)} USD in {from_market} ({made} of it by forced "
        f"trades); {money(row.sold)} of its {to_market} were closed, {money(row.carried)} put down to that loss"
    )


def flows_in_words(
    result: "Result", flows: pd.DataFrame, names: "pd.Series[str]", top: int, short: bool = False
) -> Iterator[str]:
    """The largest flows between two markets, each with the account that carried most of it.

    Parameters
    ----------
    result : Result
    flows : DataFrame
        Of `market_flows`.
    names : Series of str
        Of `account_names`.
    top : int
        How many at most.
    short : bool
        Whether to give the account's name alone, without how it came to be.
    """
    for source, target, usd in _largest_flows(result, flows, top):
        first: Any = next(carrier(result, source, target, flows).itertuples())
        whom = names[first.account]
        how = whom if short else carrier_in_words(first, whom, source, target)
        yield f"{source} into {target}: {money(usd)} USD, {percent(first.share)} of it through {how}."


def _largest_flows(result: "Result", flows: pd.DataFrame, top: int) -> Iterator[tuple[str, str, float]]:
    """Market of the losses, market of the closings, and USD."""
    paths = cross_margin_paths(result, flows)
    across: Any = paths.groupby(["from_market", "to_market"], as_index=False)["carried"].sum()
    pair: Any
    for pair in across.nlargest(top, "carried").itertuples():
        yield pair.from_market, pair.to_market, pair.carried


def forced_carrier_in_words(found: pd.DataFrame, names: "pd.Series[str]") -> str:
    """Who carried most if only losses made by forced trades count.

    Parameters
    ----------
    found : DataFrame
        Of `carrier`.
    names : Series of str
        Of `account_names`.
    """
    whole = found["carried_forced"].sum()
    if whole <= 0:
        return "None of these losses was made by forced trades."
    most: Any = next(found.nlargest(1, "carried_forced").itertuples())
    share = percent(most.carried_forced / whole)
    return f"If only losses by forced trades count, it is {money(whole)}, {share} of it through {names[most.account]}."


def what_is_unknown(result: "Result", graph: "nx.DiGraph[int]") -> Iterator[str]:
    """What the numbers of one run do not say.

    Parameters
    ----------
    result : Result
    graph : networkx.DiGraph
        Of its liquidations.
    """
    yield (
        "What would have happened without somebody: shares add up along this one history; without an account others "
        "would have acted otherwise, and only a run without it tells."
    )
    yield f"What usually happens: this is one draw of luck, seed {result.seed}; look at others before you quote it."
    yield (
        "Which of several losses forced a sale: who lost in two markets was brought down by both, and what was closed "
        "is put down to them by size. What is not made by forced trades, as news, often hits all markets at once."
    )
    closed = closed_positions(result)
    outside = closed.loc[~closed["way"].isin(_IN_BOOK), "notional"].sum()
    if outside > 0:
        yield (
            f"What {money(outside)} USD closed outside the book (takeovers, ADL, at mark) did to others: they count as "
            "forced volume, but moved no price by themselves, so no path of losses starts there."
        )
    lost = sum(abs(node["lost"]) for _, node in graph.nodes(data=True))
    unexplained = sum(abs(node.get("lost_to_unexplained", 0.0)) for _, node in graph.nodes(data=True))
    if unexplained > 0 and lost > 0:
        yield f"Who made {percent(unexplained / lost)} of the losses: no record explains them, and nobody is blamed."
