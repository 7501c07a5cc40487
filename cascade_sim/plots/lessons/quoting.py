"""Depth that vanishes."""

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from cascade_sim.plots.style import BLUE, GREY, VERMILION, money, style

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["plot_depth_and_price"]


def plot_depth_and_price(leaving: "Result", staying: "Result", market: str) -> Figure:
    """What stood in the book below the price, and the price, with makers who leave and with makers who stay.

    Parameters
    ----------
    leaving, staying : Result
        On the same luck.
    market : str
    """
    with style():
        figure = Figure(figsize=(8.4, 5.4), layout="constrained")
        upper, lower = figure.subplots(2, 1, sharex=True)
        runs = ((staying, "makers who stay", BLUE, "--"), (leaving, "makers as they are: they leave", VERMILION, "-"))
        for result, label, colour, dashes in runs:
            series = result.market(market)
            minutes = series.index / 60
            depth = series["bid_depth_1pc"].rolling(5, min_periods=1).median()
            upper.plot(minutes, depth.clip(lower=1_000), color=colour, ls=dashes, label=label)
            lower.plot(minutes, series["mid"], color=colour, ls=dashes, label=label)
        lower.plot(minutes, series["fundamental"], color=GREY, ls=":", label="value by the news alone")
        upper.set_yscale("log")
        upper.yaxis.set_major_formatter(lambda value, _: money(value))
        upper.set_ylabel("USD, logarithmic")
        upper.set_title("Wanted within 1 % below the price")
        upper.legend()
        lower.set_ylabel("price (USD)")
        lower.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        lower.set_xlabel("minutes")
        lower.set_title("The price")
        lower.legend()
    return figure
