"""Who paid whom: profit by role, and what covered the losses that liquidation left."""

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, GREY, VERMILION, money, style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["plot_payers"]

_NAMES = {
    "trader": "leveraged traders",
    "maker": "market makers",
    "liquidator": "liquidators",
    "hunter": "cluster hunters",
    "arbitrageur": "basis arbitrageurs",
    "investor": "slow investors",
    "fund": "insurance fund",
    "absorber": "absorber",
    "custom": "others",
    "fees": "venues (fees)",
}


def _derivatives_profit(result: "Result") -> dict[str, float]:
    """Profit by role on the venues of perpetuals, with the venues' fees: adds up to zero."""
    venues = {venue for venue, market in result.scenario.markets.values() if market.kind == "perpetual"}
    accounts = result.accounts[result.accounts["venue"].isin(sorted(venues))]
    profit = accounts.groupby("role")["profit"].sum()
    by_role = {str(role): float(amount) for role, amount in profit.items() if abs(amount) >= 1}
    return by_role | {"fees": -sum(by_role.values())}


def _flows(axes: Any, profit: dict[str, float]) -> None:
    """Waterfall from the losers to the winners; it ends at zero."""
    steps = sorted(profit.items(), key=lambda item: item[1])
    level = 0.0
    for k, (_, amount) in enumerate(steps):
        axes.bar(k, amount, bottom=level, color=VERMILION if amount < 0 else BLUE, width=0.7)
        axes.annotate(
            ("+" if amount > 0 else "") + money(amount),
            (k, min(level, level + amount)),
            xytext=(0, -3),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=8,
        )
        level += amount
        if k < len(steps) - 1:
            axes.plot([k - 0.35, k + 1.35], [level, level], color=GREY, lw=0.7)
    axes.axhline(0, color="black", lw=0.8)
    axes.use_sticky_edges = False  # bars stick to 0 otherwise, and the labels below them leave the axes
    axes.margins(y=0.12)
    axes.set_xticks(range(len(steps)), [_NAMES.get(role, role) for role, _ in steps], rotation=25, ha="right")
    axes.yaxis.set_major_formatter(lambda value, _: money(value))
    axes.set_ylabel("USD, running total")
    axes.set_title("On the derivatives venue: who lost (down), who won (up)")


def _coverage(axes: Any, paid: dict[str, float]) -> None:
    """Who paid for what liquidated accounts were below zero."""
    parts = {
        "winners, by being\ndeleveraged": paid["deleveraged"],
        "insurance fund": paid["insurance_fund"],
        "winners, by\nsocialised loss": paid["socialised"],
        "venue": paid["venue"],
    }
    names = list(parts)[::-1]
    axes.barh(names, [parts[name] for name in names], color=BLUE)
    for k, name in enumerate(names):
        axes.annotate(money(parts[name]), (parts[name], k), xytext=(3, 0), textcoords="offset points", va="center")
    axes.set_xlabel("USD")
    axes.xaxis.set_major_formatter(lambda value, _: money(value))
    axes.margins(x=0.15)
    axes.set_title(f"Who covered {money(paid['bad_debt'])} of bad debt")


def plot_payers(result: "Result") -> Figure:
    """Waterfall of profits by role, and the loss waterfall.

    Parameters
    ----------
    result : Result
    """
    with style():
        figure = Figure(figsize=(10, 4.6), layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1.7, 1))
        _flows(left, _derivatives_profit(result))
        _coverage(right, result.summary["paid"])
    return figure
