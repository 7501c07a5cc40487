"""One account on its way to liquidation, and where its money went in several cases."""

from collections.abc import Hashable, Mapping

import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, GREEN, GREY, ORANGE, PURPLE, VERMILION, style

__all__ = ["plot_account", "plot_where_it_went"]

_LINES = {"entry": (GREY, ":"), "liquidation": (ORANGE, "--"), "bankruptcy": (VERMILION, "-.")}
_PARTS = {
    "before": ("lost while the price fell", ORANGE),
    "closing": ("lost by being sold out", VERMILION),
    "fee": ("fee", PURPLE),
    "left": ("left to her", GREEN),
}


def plot_account(path: pd.DataFrame, limits: Mapping[str, float], name: str = "Ann") -> Figure:
    """Mark with the prices that matter, and equity against the margin that is asked for.

    Parameters
    ----------
    path : DataFrame
        Indexed by time in seconds: ``mark``, ``size``, ``equity``, ``maintenance``.
    limits : mapping of str to float
        ``entry``, ``liquidation``, ``bankruptcy`` prices, USD.
    name : str
    """
    with style():
        figure = Figure(figsize=(8.4, 5.6), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        upper.step(path.index, path["mark"], where="post", color="black", lw=1.8)
        for word, price in limits.items():
            colour, dashes = _LINES[word]
            upper.axhline(price, color=colour, ls=dashes)
            side = ("right", path.index[-1]) if word == "entry" else ("left", 0)  # where the mark is not
            upper.text(side[1], price, f"{word} price {price:.2f}", ha=side[0], va="bottom", color=colour)
        upper.set_ylabel("mark price (USD)")
        upper.set_title("The mark falls, one step a second")
        lower.step(path.index, path["equity"], where="post", color=BLUE, lw=1.8, label=f"equity: what {name} has")
        lower.step(path.index, path["maintenance"], where="post", color=ORANGE, ls="--", label="maintenance margin")
        lower.axhline(0, color="black", lw=0.8)
        lower.set_xlabel("seconds")
        lower.set_ylabel("USD")
        lower.set_title(_fate(path, name))
        lower.legend()
    return figure


def _fate(path: pd.DataFrame, name: str) -> str:
    below = path.index[(path["equity"] < path["maintenance"]) & (path["size"] != 0)]
    if len(below) == 0:
        return f"{name} keeps her position: her equity stays above the margin"
    left = path["equity"].iloc[-1]
    return f"After {below[0]:.0f} seconds {name} has less than is asked for; in the end {left:.2f} USD are left"


def plot_where_it_went(cases: pd.DataFrame) -> Figure:
    """What became of an account's own money, a bar a case; beyond it, others had to pay.

    Parameters
    ----------
    cases : DataFrame
        A row a case (the index says which): ``before``, ``closing``, ``fee``, ``left`` (below zero: owed), ``fund``,
        ``winners``, USD.
    """
    own = float(cases[["before", "closing", "fee", "left"]].iloc[0].sum())
    with style():
        figure = Figure(figsize=(8.4, 0.75 * len(cases) + 1.6), layout="constrained")
        axes = figure.subplots()
        ends = pd.Series(0.0, cases.index)
        for part, (words, colour) in _PARTS.items():
            amounts = cases[part].clip(lower=0.0)
            axes.barh(cases.index, amounts, left=ends, color=colour, label=words)
            for k, amount in enumerate(amounts):
                if amount >= 2.0:
                    axes.text(ends.iloc[k] + amount / 2, k, f"{amount:.1f}", ha="center", va="center", color="white")
            ends += amounts
        for k, case in enumerate(cases.to_dict("records")):
            axes.text(ends.iloc[k] + 0.5, k, _payers(case), va="center", fontsize=8)
        axes.axvline(own, color="black", lw=1.2)
        axes.set_xlim(0, 1.3 * own)
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(f"USD (black line: the {own:.0f} USD that were hers; beyond it, others pay)")
        axes.set_title("What became of her own money", pad=22)
        axes.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1.0))
    return figure


def _payers(case: Mapping[Hashable, float]) -> str:
    """Who paid, in words; nothing where nobody had to."""
    named = {"the insurance fund": case["fund"], "winners": case["winners"]}
    parts = [f"{who} pay{'s' if 'fund' in who else ''} {usd:.1f}" for who, usd in named.items() if usd >= 0.05]
    return ", ".join(parts)
