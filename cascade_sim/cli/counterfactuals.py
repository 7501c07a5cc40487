"""Counterfactuals on a terminal: what if, the smallest cut, and how far attribution can be trusted."""

import math
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from cascade_sim.amounts import money
from cascade_sim.cli.tables import plain_table
from cascade_sim.contagion.words import account_names
from cascade_sim.intervention import WAYS

if TYPE_CHECKING:
    import pandas as pd

    from cascade_sim.experiments.counterfactuals.check import Check
    from cascade_sim.experiments.counterfactuals.smallest_cut import Cut
    from cascade_sim.experiments.counterfactuals.what_if import WhatIf
    from cascade_sim.results import Result

__all__ = ["print_check", "print_cut", "print_what_if"]

_NAMES = {
    "bad_debt": "bad debt",
    "topped_up": "paid in",
}


def _value(name: str, value: float) -> str:
    if value != value:
        return "-"
    if name.startswith("fall"):
        return f"{value:.1%}" if abs(value) >= 0.1 else f"{value:.2%}"
    return f"{value:,.4g}" if name == "liquidations" else money(value)


def _signed(name: str, value: float) -> str:
    return f"{'+' if value > 0 else ''}{_value(name, value)}"


def _span(name: str, low: float, high: float) -> str:
    return "-" if low != low else f"{_signed(name, low)}..{_signed(name, high)}"


def print_what_if(result: "Result", found: "WhatIf", wishes: list[str]) -> None:
    """Print what an intervention changed.

    Parameters
    ----------
    result : Result
    found : WhatIf
    wishes : list of str
        As they were asked for.
    """
    console = Console(highlight=False)
    console.print(f"[bold]What if {', '.join(wishes)}?[/bold] The same run again, everything else drawn the same.")
    if found.same_digest:
        console.print(f"Nothing came out differently: event digest {found.base['digest'].iloc[0]} both times.")
        _print_apart(console, found)
        return
    lucks = len(found.base) - 1
    table = plain_table("", "was", "is", "change", "noise", *(("on average", "95 %") if lucks else ()), gap=1)
    for name, row in found.table().iterrows():
        label = str(name)
        if row["run"] != 0 or row["changed"] != 0:
            cells = [_value(label, row["run"]), _value(label, row["changed"])]
            cells += [_signed(label, row["difference"]) + _star(row["seen"]), _value(label, row["floor"])]
            if lucks:
                span = _span(label, row["low"], row["high"])
                cells += [_signed(label, row["mean"]) + _star(row["shown"]), span]
            table.add_row(_NAMES.get(label, label), *cells)
    console.print(table)
    others = f"; on average: over {lucks} other lucks with the same accounts and positions" if lucks else ""
    zero = ", or an average whose interval leaves out zero" if lucks else ""
    console.print(
        f"[dim]noise: what a harmless order left out would stay below 19 times in 20, by {len(found.placebos)} such "
        f"runs; *: beyond noise{zero}, as one row in twenty is by chance too; anything else can't be told from chance"
        f"{others}; fall: mean over the perpetuals, changes in percentage points[/dim]"
    )
    _print_apart(console, found)
    if own := _own_part(result, found.intervention.accounts):
        console.print(own)


def _print_apart(console: Console, found: "WhatIf") -> None:
    """Say whose margin was kept apart, where that was asked for."""
    if found.intervention.isolated or found.intervention.all_isolated:
        others = "trade one market, or are makers and the like, or at a venue with spot markets, and stay as they are"
        console.print(
            f"[dim]margined apart: {found.kept_apart} accounts, each of whose markets can be liquidated by itself; the "
            f"others {others}; what is divided is the currency, for nothing else backs positions[/dim]"
            if found.kept_apart
            else f"[dim]margined apart: nobody; those named {others}[/dim]"
        )


def _own_part(result: "Result", removed: tuple[int, ...]) -> str:
    """What was liquidated of those taken out themselves: gone with them, without anybody else being spared."""
    owners = result.accounts["owner"]
    gone = set(owners.index[owners.isin(owners[list(removed)])])
    own = sum(node["closed"] for _, node in result.contagion().nodes(data=True) if node["account"] in gone)
    if own <= 0:
        return ""
    return (
        f"In the run {money(own)} USD of what was liquidated was their own and is gone with them; the rest is others'."
    )


def _star(seen: object) -> str:
    """Mark of what is more than chance."""
    return "*" if seen else " "


def print_cut(result: "Result", cut: "Cut") -> None:
    """Print which accounts would have stopped the cascade.

    Parameters
    ----------
    result : Result
    cut : Cut
    """
    console = Console(highlight=False)
    name, lucks = _NAMES.get(cut.outcome, cut.outcome), len(cut.base) - 1
    before = float(cut.base[cut.outcome].iloc[1:].mean())
    whole = _value(cut.outcome, before)
    console.print(f"[bold]Which account, {WAYS[cut.way]}, lowers {name} most?[/bold]")
    if cut.first.empty:
        console.print("No account had a part in it.")
        return
    best = cut.first.iloc[0]
    who = account_names(result)[int(best["account"])]
    console.print(
        f"Of {len(cut.first)} tried, {who}: {_signed(cut.outcome, best['mean'])} of {whole} "
        f"on average over {lucks} lucks (95 %: {_span(cut.outcome, best['low'], best['high'])}); measured again on "
        f"{lucks} lucks that had no part in the choice: {_signed(cut.outcome, cut.steps['difference'].iloc[0])} "
        f"({_span(cut.outcome, cut.steps['low'].iloc[0], cut.steps['high'].iloc[0])}).{_doubt(cut.steps.iloc[0])}"
    )
    console.print(f"[bold]Which smallest set leaves at most {cut.goal:.0%} of it?[/bold]")
    console.print(_steps(result, cut, before))
    size, tried = cut.size, len(cut.steps)
    least = int(cut.steps["mean"].to_numpy().argmin())
    left = f"{cut.steps['mean'].iloc[least] / before:.0%}" if before > 0 else "-"
    console.print(
        f"{size} account{'s reach' if size > 1 else ' reaches'} it."
        if size is not None
        else f"None of up to {tried} does, taken one after another; at best, with {least + 1}, {left} is left."
    )
    console.print(f"[dim]checked by running the counterfactuals; averages over {lucks} lucks held out[/dim]")


def _doubt(step: "pd.Series[float]") -> str:
    """Said where even the best may do nothing."""
    return "" if step["high"] < 0 else " So it can't be told from chance that it lowers anything."


def _steps(result: "Result", cut: "Cut", before: float) -> Table:
    paid = cut.way == "top-up"
    table = plain_table("and", "left", "of it", "difference", "95 %", *(("paid in, USD",) if paid else ()), gap=1)
    names = account_names(result)
    for _, row in cut.steps.iterrows():
        cells = [_value(cut.outcome, row["mean"]), f"{row['mean'] / before:.0%}" if before > 0 else "-"]
        cells += [_signed(cut.outcome, row["difference"]), _span(cut.outcome, row["low"], row["high"])]
        table.add_row(names[int(row["account"])], *cells, *((money(row["topped_up"]),) if paid else ()))
    return table


def print_check(check: "Check") -> None:
    """Print how far attribution and counterfactuals agree.

    Parameters
    ----------
    check : Check
    """
    console = Console(highlight=False)
    console.print("[bold]Does attribution agree with what happens without a liquidation?[/bold]")
    agreement = check.agreement()
    table = plain_table("liquidations", "number", "rank correlation", "passed on, USD", "effect, USD", gap=1)
    names = {
        "all": "all suppressed",
        "detected": "effect detected",
        "largest": "largest tenth",
        "book": "closed in the book",
        "outside": "closed outside it",
    }
    for name, row in agreement.iterrows():
        rank = "-" if row["rank_correlation"] != row["rank_correlation"] else f"{row['rank_correlation']:.2f}"
        table.add_row(names[str(name)], f"{row['count']:.0f}", rank, money(row["passed_on"]), money(row["effect"]))
    console.print(table)
    console.print(
        f"{int(check.detected.sum())} of {len(check.effects)} effects are beyond the noise of their own minute"
        f"{_noise(check)}; the others can't be told from chance one by one, and of so many compared up to "
        f"{math.ceil(0.05 * len(check.effects))} pass by chance alone."
    )
    console.print(_largest(check.effects.assign(seen=check.detected)))
    console.print(
        "[dim]passed on: losses that attribution books on a liquidation, of others liquidated within a minute; effect: "
        "what these have more in that minute without it, on average over lucks; noise: what a harmless order left out "
        "at that time would stay below 19 times in 20; *: effect beyond noise, and an interval without zero[/dim]"
    )


def _noise(check: "Check") -> str:
    """What harmless orders do, from the quietest to the most sensitive minute."""
    floor = check.effects["floor"].dropna()
    if floor.empty:
        return " (not known: nobody sent harmless orders)"
    low, high = (f"{money(size)} USD" for size in (floor.min(), floor.max()))
    return f" ({low if low == high else f'{low} to {high}'}, by {len(check.placebos)} harmless orders left out)"


def _largest(effects: "pd.DataFrame", most: int = 5) -> Table:
    """The liquidations with the largest effects."""
    table = plain_table("liquidation", "account", "notional", "passed on", "effect", "95 %", "noise", gap=1)
    for _, row in effects.nlargest(most, "effect").iterrows():
        cells = [f"{row['account']:.0f}", *(money(row[name]) for name in ("notional", "passed_on"))]
        cells += [money(row["effect"]) + _star(row["seen"]), _span("effect", row["low"], row["high"])]
        table.add_row(f"{row['liquidation']:.0f}", *cells, _value("effect", row["floor"]))
    return table
