"""Measures of systemic risk on a terminal, in words a class understands, and graphs written for other programs."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from cascade_sim.amounts import money
from cascade_sim.cli.tables import plain_table

if TYPE_CHECKING:
    import pandas as pd

    from cascade_sim.contagion.systemic.of_run import RunMeasures
    from cascade_sim.results import Result

__all__ = ["print_export", "print_systemic"]


def _table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Table:
    table = plain_table(*heads, words=("owner", "account", "role"))
    for row in rows:
        table.add_row(*row)
    return table


def _records(table: "pd.DataFrame") -> list[dict[Any, Any]]:
    return table.to_dict("records")


def _owners(table: "pd.DataFrame", top: int) -> Table:
    """Whose closing costs others most."""
    rows = (
        (row["name"], row["role"], money(row["equity"]), f"{row['debtrank']:.1%}") for row in _records(table.head(top))
    )
    return _table(("owner", "role", "own equity, USD", "others lose"), rows)


def _downs(table: "pd.DataFrame", top: int) -> Table:
    """Who brings down most."""
    rows = (
        (row["name"], row["role"], f"{row['brings_down']:.0f}", money(row["notional_down"]))
        for row in _records(table[table["brings_down"] > 0].head(top))
    )
    return _table(("account", "role", "brings down accounts", "worth, USD"), rows)


def _sellers(table: "pd.DataFrame", shock: float, top: int) -> Table:
    """Who sells most after a fall."""
    rows = (
        (row["name"], row["role"], f"{row['breaking_point'] * abs(shock):.2%}", money(row["sold"]))
        for row in _records(table[table["sold"] > 0].head(top))
    )
    return _table(("account", "role", "broken by a move of", "must trade, USD"), rows)


def _unpaid(clearing: "pd.DataFrame") -> str:
    """What owners owe, and what could be had of it."""
    owners = clearing[clearing["accounts"] > 0]
    owed, paid = float(owners["owed"].sum()), float(owners["paid"].sum())
    if owed == 0:
        return "Nobody owed anything."
    count = int((owners["owed"] > 0).sum())
    return (
        f"{count} owners had left {money(owed)} USD of losses unpaid. If venues could reach what these owners have "
        f"elsewhere, {money(paid)} USD of it ({paid / owed:.0%}) could be had (clearing payments, Eisenberg and Noe)."
    )


def _limits(found: "RunMeasures") -> str:
    """Whether losses passed on would die out, each measure by its own assumptions."""
    numbers = {
        "failures brought by a failure": found.branching_radius,
        "losses passed on by marks": found.impact_radius,
        "rounds of sales if everybody kept its leverage": found.spiral_radius,
    }
    said = "; ".join(f"{what} {number:.2g}" for what, number in numbers.items() if math.isfinite(number))
    return (
        f"A number below one dies out, one above could grow: {said}. All take the books as they stood: makers who "
        "refill them are left out, so these are warnings and no forecasts."
    )


def print_systemic(result: "Result", time: float | None = None, top: int = 3) -> None:
    """Print who mattered most at a time, by measures of systemic risk.

    Parameters
    ----------
    result : Result
    time : float, optional
        Seconds; the worst moment when left out.
    top : int
        Lines of each table.
    """
    from cascade_sim.contagion.systemic.of_run import systemic_measures_of

    console = Console(highlight=False)
    found = systemic_measures_of(result, time)
    moment = " (the worst moment)" if time is None else ""
    console.print(f"[bold]Who could have brought down others {found.time:g} s after the start{moment}?[/bold]")
    if found.branching.empty:
        console.print("Nobody held a position that margin is asked of. " + _unpaid(found.clearing))
        return
    console.print("If an owner's positions were closed at once, the others would lose, of all equity (DebtRank):")
    console.print(_owners(found.debtrank, top))
    _print_accounts(console, found, top)
    if found.without_depth:
        empty = ", ".join(found.without_depth)
        console.print(f"Nothing stood within 5 % of the price in {empty}: what sales do there can't be told.")
    if found.book_time > found.time:
        console.print(f"Books are those of {found.book_time:g} s: none is on record before (see map_interval).")
    console.print("[bold]Unpaid:[/bold] " + _unpaid(found.clearing))
    console.print("[bold]Does it die out?[/bold] " + _limits(found))


def _print_accounts(console: Console, found: "RunMeasures", top: int) -> None:
    """What is told account by account, as far as there is anything to tell."""
    if (found.branching["brings_down"] > 0).any():
        console.print("If one account alone were closed at once, others would fall below their margin:")
        console.print(_downs(found.branching, top))
    else:
        console.print("No account alone could have put another below its margin.")
    if (found.fire_sale["sold"] > 0).any():
        move = f"{'fell' if found.shock < 0 else 'rose'} by {abs(found.shock):.0%}"
        console.print(
            f"If all markets {move}, margin would force these to trade most (fire sales, each by the others too):"
        )
        console.print(_sellers(found.fire_sale, found.shock, top))


def print_export(result: "Result", folder: Path, time: float | None = None) -> None:
    """Write the graphs of a run for other programs, and say what was written.

    Parameters
    ----------
    result : Result
    folder : pathlib.Path
        Made if it is not there.
    time : float, optional
        Of the exposures, seconds; the worst moment when left out.

    Raises
    ------
    ResultError
        If the files can't be written.
    """
    from cascade_sim.contagion.export import export

    target = export(result, folder, time)
    Console(highlight=False).print(
        f"Written to {target}: cascade and exposures, each as .graphml (Gephi, NetworkX) and as .parquet tables of "
        "nodes and edges; attributes.json says what every attribute means."
    )
