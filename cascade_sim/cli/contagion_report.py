"""Contagion in a run in plain words, on a terminal: how much, who brought down whom, which market infected which."""

from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from cascade_sim.amounts import money
from cascade_sim.cli.tables import plain_table
from cascade_sim.contagion.answers import (
    anyway_in_short,
    anyway_in_words,
    carrier_in_words,
    flows_in_words,
    forced_carrier_in_words,
    generations_in_words,
    what_is_unknown,
    what_made_losses,
)
from cascade_sim.contagion.attribution import losses_of
from cascade_sim.contagion.chains import chains
from cascade_sim.contagion.graph import contagion_graph
from cascade_sim.contagion.paths import NO_MARKET, carrier, forced_flow, imported, market_flows
from cascade_sim.contagion.words import account_names, chain_in_words, forced_sides, percent
from cascade_sim.results.summary import summarise

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

__all__ = ["print_carriers", "print_contagion"]


def _falls(result: "Result", summary: dict[str, Any]) -> Table:
    """Fall of every market in which somebody was liquidated, and how much of it was the cascade."""
    table = plain_table("market", "fall", "without", "cascade", "share", "widest gap", "minute", "share then")
    for name, market in summary["markets"].items():
        if market["liquidated"]:
            at = market["seconds_to_widest_gap"]
            fallen = 1.0 - result.market(name)["mid"].loc[at] / market["start"]
            table.add_row(
                name,
                *(f"{round(market[key], 3) + 0.0:.1%}" for key in ("fall", "fall_without_impact", "cascade")),
                percent(market["cascade"] / market["fall"]) if market["fall"] > 0 else "-",
                f"{market['widest_gap']:.1%}",
                f"{at / 60:.1f}",
                percent(market["widest_gap"] / fallen) if fallen > 0 else "-",
            )
    return table


_FALLS_SHORT = "without: forced sales kept out of the market, same luck; gap: at one time"
_FALLS = (
    "without: fall on the same luck with liquidations closed at mark, so that no forced order reaches the book; "
    "cascade: the difference of the two falls, low against low (below zero: the other low was deeper, if only for a "
    "moment and at another time), and its share of the fall; widest gap: between the two prices at one time, as a "
    "share of the start, and of what the price had fallen then"
)
_TINY = 0.005  # of all forced volume: less without a loss in any market has no row of its own


def _nowhere(flow: Any) -> float:
    """Forced volume of which no market's losses are the cause, USD."""
    return float(flow.loc[NO_MARKET].sum()) if NO_MARKET in flow.index else 0.0


def _infections(flow: Any, forced: Any | None = None) -> Table:
    """Forced volume of every market by where the losses were made, and what of it was imported."""
    hit = [name for name in flow.columns if flow[name].sum() > 0 or flow.loc[name].sum() > 0]
    table = plain_table("losses in \\ closed in", *hit)
    tiny = _nowhere(flow) < _TINY * flow.to_numpy().sum()
    for name in flow.index:
        if (name in hit or name not in flow.columns) and not (name == NO_MARKET and tiny):
            table.add_row(name, *(money(flow.at[name, other]) if flow.at[name, other] else "-" for other in hit))
    whole: Any = imported(flow)
    table.add_row("imported", *(percent(whole.at[name, "share"]) for name in hit), style="bold")
    if forced is not None:
        after_forced: Any = imported(forced)["imported"] / whole["forced"]
        table.add_row("after forced trades", *(percent(after_forced[name]) for name in hit))
    return table


_INFECTIONS_SHORT = "USD closed, by the market whose losses forced it; imported: from other markets"
_INFECTIONS = (
    "USD closed in each market in whatever way, by the market whose losses forced it; a market's own row is "
    "home-made, the others are imported; after forced trades: imported, and the loss was made by forced trades there. "
    "Losses count since the account's own last change, or since a minute before the wave of liquidations began"
)


def _about_nowhere(flow: Any) -> str:
    """What is closed without a loss in any market, and whether it has a row."""
    if (usd := _nowhere(flow)) <= 0:
        return ""
    row = "is in no row" if usd < _TINY * flow.to_numpy().sum() else "is the row of no market"
    return f". {money(usd)} USD closed by fees and the like, without a loss in a market since then, {row}"


def _print_head(console: Console, result: "Result", summary: dict[str, Any]) -> None:
    found = summary["liquidations"]
    console.print(
        f"[bold]Contagion in {result.scenario.title or result.scenario.name}[/bold], seed {result.seed}: "
        f"{found['liquidations']} liquidations of {found['accounts']} accounts, {money(found['notional'])} USD closed"
    )


def _print_fall(console: Console, result: "Result", summary: dict[str, Any], about: str) -> None:
    console.print("[bold]How much of the fall was the cascade?[/bold]")
    if result.without_impact is None:
        console.print("Not known: the run has no twin without impact. Run it again without --no-counterfactual.")
    else:
        console.print(_falls(result, summary))
        console.print(f"[dim]{about}[/dim]")


def _print_succession(console: Console, result: "Result", graph: "nx.DiGraph[int]", summary: dict[str, Any]) -> None:
    ratio = summary["liquidations"]["branching_ratio"]
    console.print("[bold]How did liquidations follow one another?[/bold] " + what_made_losses(graph))
    if ratio is not None:
        console.print(
            f"A liquidated dollar brought {ratio:.2f} more: what breached counts for the share of its loss that forced "
            "trades had made (measured branching ratio)."
        )
    if anyway := anyway_in_words(result, graph):
        console.print(anyway)
    if generations := generations_in_words(graph):
        console.print(generations)


def _print_list(console: Console, title: str, lines: list[str], none: str) -> None:
    console.print(f"[bold]{title}[/bold]" + ("" if lines else f" {none}"))
    for k, line in enumerate(lines, 1):
        console.print(f"{k}. {line}")


_CARRIERS = (
    "lost: USD in {source} since the account's own last change; by force: what forced trades made of it; closed: of "
    "its position in {target}; carried: what of that is put down to the loss in {source}, by its share of all it lost"
)


def print_contagion(
    result: "Result", top: int | None = None, console: Console | None = None, long: bool = False
) -> None:
    """Print who brought down whom in a run, on one screen or with everything that can and can't be said about it.

    Parameters
    ----------
    result : Result
    top : int, optional
        How many of the largest paths, and of the largest flows between markets; default 1, or 3 if `long`.
    console : rich.console.Console, optional
    long : bool
        Whether to explain every number, and to say what they do not say.
    """
    console = console or Console(highlight=False)
    summary = result.summary or summarise(result)
    _print_head(console, result, summary)
    if not summary["liquidations"]["liquidations"]:
        console.print("Nobody was liquidated, so no loss was passed on by force.")
        return
    losses = losses_of(result)
    graph, flows = contagion_graph(result, losses), market_flows(result, losses)
    tell = _print_long if long else _print_short
    tell(console, result, graph, flows, top or (3 if long else 1), summary)


def _print_long(
    console: Console,
    result: "Result",
    graph: "nx.DiGraph[int]",
    flows: pd.DataFrame,
    top: int,
    summary: dict[str, Any],
) -> None:
    """Everything."""
    flow = forced_flow(result, flows)
    names, sides = account_names(result), forced_sides(result)
    _print_fall(console, result, summary, _FALLS)
    _print_succession(console, result, graph, summary)
    console.print("[bold]Which market infected which?[/bold]")
    console.print(_infections(flow, forced_flow(result, flows, "carried_forced")))
    console.print(f"[dim]{_INFECTIONS}{_about_nowhere(flow)}[/dim]")
    through = list(flows_in_words(result, flows, names, top))
    _print_list(console, "Through whom?", through, _NO_FLOW)
    paths = [f"{chain_in_words(chain, names, sides)}." for chain in chains(graph, top)]
    _print_list(console, "Who brought down whom?", paths, _NO_PATH)
    _print_list(console, "What can't be said", list(what_is_unknown(result, graph)), "")


def _print_short(
    console: Console,
    result: "Result",
    graph: "nx.DiGraph[int]",
    flows: pd.DataFrame,
    top: int,
    summary: dict[str, Any],
) -> None:
    """The answers alone."""
    names, sides = account_names(result), forced_sides(result)
    _print_fall(console, result, summary, _FALLS_SHORT)
    if anyway := anyway_in_short(graph):
        console.print(anyway)
    console.print("[bold]Which market infected which?[/bold] " + _INFECTIONS_SHORT)
    console.print(_infections(forced_flow(result, flows)))
    for line in list(flows_in_words(result, flows, names, top, short=True)) or [_NO_FLOW]:
        console.print(line)
    paths = [f"{chain_in_words(chain, names, sides)}." for chain in chains(graph, top)] or [_NO_PATH]
    console.print("[bold]Who brought down whom?[/bold] " + "\n".join(paths))
    console.print(
        f"[dim]One draw of luck, seed {result.seed}. What numbers mean and can't say, more paths: --long[/dim]"
    )


_NO_FLOW = "Nobody: no loss forced sales elsewhere."
_NO_PATH = "Nobody: no forced trade made a loss of another one."


def print_carriers(
    result: "Result", from_market: str, to_market: str, top: int = 10, console: Console | None = None
) -> None:
    """Print through which accounts losses in one market forced sales in another.

    Parameters
    ----------
    result : Result
    from_market, to_market : str
    top : int
        Accounts at most.
    console : rich.console.Console, optional
    """
    console = console or Console(highlight=False)
    flows, names = market_flows(result), account_names(result)
    found = carrier(result, from_market, to_market, flows)
    console.print(f"[bold]How did {from_market} infect {to_market}?[/bold] Seed {result.seed}.")
    if found.empty:
        console.print(f"Not at all: nobody who had lost in {from_market} had a position in {to_market} closed.")
        return
    whole = forced_flow(result, flows)[to_market].sum()
    first: Any = next(found.itertuples())
    how = carrier_in_words(first, names[first.account], from_market, to_market)
    console.print(
        f"{money(found['carried'].sum())} of the {money(whole)} USD that were closed in {to_market} are put down to "
        f"losses in {from_market}, {percent(first.share)} of it through {how}. {forced_carrier_in_words(found, names)}"
    )
    table = plain_table("account", "minute", "lost", "by force", "closed", "carried", "of all")
    row: Any
    for row in found.head(top).itertuples():
        amounts = [money(usd) for usd in (row.loss, row.forced_loss, row.sold, row.carried)]
        table.add_row(names[row.account], f"{row.time / 60:.1f}", *amounts, percent(row.share))
    console.print(table)
    console.print(f"[dim]{_CARRIERS.format(source=from_market, target=to_market)}[/dim]")
    if len(found) > top:
        console.print(f"{len(found) - top} more accounts carried {percent(found['share'].iloc[top:].sum())}; --top N.")
