"""The summary of a run in words and tables, on a terminal."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from cascade_sim.amounts import money
from cascade_sim.cli.tables import plain_table
from cascade_sim.market.roles import ROLE_NAMES
from cascade_sim.results.chronicle import chronicle

if TYPE_CHECKING:
    import pandas as pd

    from cascade_sim.results import Result

__all__ = ["print_chronicle", "print_summary"]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _markets(summary: dict[str, Any]) -> Table:
    heads = ("market", "start", "low", "after", "fall", "value", "without", "cascade", "gap", "liquidated")
    table = plain_table(*heads, gap=1)
    for name, market in summary["markets"].items():
        table.add_row(
            name,
            f"{market['start']:,.6g}",
            f"{market['low']:,.6g}",
            f"{market['seconds_to_low'] / 60:.1f} min",
            _share(market["fall"]),
            _share(market["fall_of_fundamental"]),
            _share(market.get("fall_without_impact")),
            _share(market.get("cascade")),
            _share(market.get("widest_gap")),
            money(market["liquidated"]) if market["liquidated"] else "-",
        )
    return table


_EXPLANATION = (
    "fall: of the price; value: of the fundamental value; without: of the price on the same luck with liquidations "
    "closed at mark; cascade: the difference of the two falls; gap: the widest between the two prices at any one time, "
    "as a share of the start; liquidated: USD"
)


def _several(name: str) -> str:
    """Plural of a role; the name of a single account as it is."""
    return "named accounts" if name == "custom" else f"{name}s" if name in ROLE_NAMES else name


def _liquidated(summary: dict[str, Any]) -> str:
    found = summary["liquidations"]
    if not found["liquidations"]:
        return "Nobody was liquidated."
    ways = {
        "book": "closed in the book by the venue",
        "closer": "closed in the book by liquidators for a reward",
        "liquidator": "taken over by liquidators",
        "fund": "taken over by the insurance fund",
        "deleveraged": "closed against winners (ADL)",
        "absorber": "closed at mark",
    }
    parts = [f"{money(usd)} {ways.get(way, way)}" for way, usd in found["notional_by_way"].items() if usd > 0]
    roles = ", ".join(f"{count} {_several(role)}" for role, count in found["accounts_by_role"].items())
    return (
        f"{found['liquidations']} liquidations of {found['accounts']} accounts ({roles}), {money(found['notional'])} "
        f"USD in all: {'; '.join(parts)}. Longs were {_share(found['long_share_of_exposure'])} of it. Forced trades "
        f"triggered {_share(found['branching_ratio'])} of what breached: each position counts for the share of its "
        "loss that they had made (measured branching ratio)."
    )


def _passed_on(summary: dict[str, Any]) -> str:
    paths = summary["contagion"]["paths"]
    if not paths:
        return "Nobody: no forced trade made a loss of another account that was liquidated."
    found = "; ".join(f"({k}) {path['words']}" for k, path in enumerate(paths, 1))
    return f"The largest path{'s' if len(paths) > 1 else ''} of loss: {found}."


def _rose(usd: float) -> str:
    return f"{'rose' if usd > 0 else 'fell'} by {money(abs(usd))}"


def _paid(summary: dict[str, Any]) -> str:
    paid = {name: money(value) if isinstance(value, float) else value for name, value in summary["paid"].items()}
    if not summary["liquidations"]["liquidations"]:
        return "Nobody had to."
    return (
        f"Liquidated accounts ended {paid['bad_debt']} USD below zero (bad debt): {paid['insurance_fund']} paid by "
        f"the insurance fund, {paid['deleveraged']} given up by deleveraged winners, {paid['socialised']} shared by "
        f"accounts in profit, {paid['venue']} lost by the venue. In all the fund "
        f"{_rose(summary['paid']['fund_change'])}. {paid['deleveraged_accounts']} accounts were deleveraged; where the "
        f"other side still had something, they gained {paid['gained_in_adl']} against the mark. Liquidated accounts "
        f"paid {paid['fees_of_liquidated']} in fees."
    )


def _profited(summary: dict[str, Any]) -> str:
    parts = [
        f"{_several(name)} {'+' if usd > 0 else ''}{money(usd)}"
        for name, usd in summary["profit"].items()
        if abs(usd) >= 1
    ]
    return "Profit by role, all accounts at their last prices, USD: " + ", ".join(parts) + "."


_REPLAYS = {
    "imposed": "The real hour imposed: its whole move is news, so fall and rebound are inputs and not scored",
    "part as news": "{share:.0%} of the real move as news: fall, time to the low and rebound are outcomes",
}


def _number(value: float) -> str:
    return "never" if math.isinf(value) else f"{value:.3g}"


def _scores(scores: "pd.DataFrame", has_room: bool) -> Table:
    source = ("source",) if has_room else ()
    heads = ("quantity", "real", "median", "9 runs in 10", "met", *source)
    table = plain_table(*heads, words=("quantity", "met", *source))
    row: Any
    for row in scores.itertuples():
        real = _number(row.real_low)
        if math.isinf(row.real_high):
            real = f"at least {real}"
        elif row.real_high != row.real_low:
            real += f" to {_number(row.real_high)}"
        span = f"{_number(row.low)} to {_number(row.high)}"
        table.add_row(row.label, real, _number(row.median), span, row.met, *((str(row.source),) if has_room else ()))
    return table


def _print_scores(console: Console, scores: "pd.DataFrame") -> None:
    """Each replay held against the real hour, and where it is off."""
    for name, part in scores.groupby("replay", sort=False):
        console.print(f"[bold]{_REPLAYS[str(name)].format(share=part['news_share'].iloc[0])}.[/bold]")
        console.print(_scores(part, has_room=console.width >= 125))
        missed = part.loc[part["met"] == "no", "label"].tolist()
        at_edge = part.loc[part["met"] == "edge", "label"].tolist()
        console.print(f"Mis-calibrated in: {', '.join(missed)}." if missed else "None of these is missed.")
        if at_edge:
            console.print(f"At the edge, the median outside the band: {', '.join(at_edge)}.")


_COLUMNS = {"time": "s", "who": "", "what": "", "market": "", "size": "", "mean_price": "mean", "last_price": "last"}
_COLUMNS |= {"equity": "equity", "maintenance": "maint.", "usd": "USD"}


def print_chronicle(result: "Result", most: int = 200) -> None:
    """Print a run step by step.

    Parameters
    ----------
    result : Result
    most : int
        Lines at most.
    """
    lines = chronicle(result)
    heads = (head or name for name, head in _COLUMNS.items())
    table = plain_table(*heads, words=("who", "what", "market"), gap=1)
    for row in lines.head(most)[list(_COLUMNS)].fillna("").itertuples(index=False):
        table.add_row(*(f"{value:.7g}" if isinstance(value, float) else value for value in row))
    console = Console(highlight=False)
    console.print("[bold]Step by step[/bold] (size in units, mean and last price of the order, equity at the breach)")
    console.print(table)
    if len(lines) > most:
        console.print(f"{len(lines) - most} more; all are in trades.parquet and events with --out.")


def print_summary(result: "Result", out: Path | None = None) -> None:
    """Print what happened in a run.

    Parameters
    ----------
    result : Result
    out : pathlib.Path, optional
        Folder it was written to.
    """
    console = Console(highlight=False)
    summary = result.summary
    console.print(f"[bold]{result.scenario.title or result.scenario.name}[/bold], seed {result.seed}")
    console.print("[bold]How far did the markets fall, and how much of it was the cascade?[/bold]")
    console.print(_markets(summary))
    console.print(f"[dim]{_EXPLANATION}[/dim]")
    console.print("[bold]Who was liquidated?[/bold] " + _liquidated(summary))
    if summary["liquidations"]["liquidations"]:
        console.print("[bold]Who brought down whom?[/bold] " + _passed_on(summary))
    console.print("[bold]Who paid?[/bold] " + _paid(summary))
    console.print("[bold]Who profited?[/bold] " + _profited(summary))
    if result.scores is not None:
        _print_scores(console, result.scores)
    if out is not None:
        figures = ", figures" if (out / "figures").is_dir() else ""
        console.print(f"Written to {out}: tables, events, contagion.graphml{figures}.")
    console.print(f"Repeat with --seed {result.seed}. Event digest {result.manifest['event_digest']}.")
