"""How a market behaves, read off its series: steadiness in calm, and what depth does when prices move."""

import numpy as np
import pandas as pd

from cascade_sim.results import Result

__all__ = ["DEPTH_BANDS", "calm_measures", "depth_at_largest_move", "minute_returns"]

# Move over five minutes in calm standard deviations, and by what factor depth within 1 % shrinks at it:
# 1.8 million bars of a perpetual book.
DEPTH_BANDS = ((0.0, 2.0, 1.08), (4.0, 6.0, 1.23), (8.0, 12.0, 1.75), (12.0, 20.0, 2.40), (20.0, np.inf, 6.1))


def minute_returns(series: pd.DataFrame) -> pd.Series:
    """Log returns of the mid over whole minutes."""
    by_minute = series["mid"].groupby(series.index // 60).last()
    returns: pd.Series = np.log(by_minute).diff().dropna()
    return returns


def calm_measures(result: Result, market: str) -> dict[str, float]:
    """Steadiness of one market.

    Returns
    -------
    dict
        ``autocorrelation`` (lag 1, of one-minute mid returns), ``volatility`` (annual) and that of the fundamental
        value, ``spread`` (bp, median), ``spread_drift`` and ``depth_drift`` (last over first ten minutes),
        ``liquidated_share`` (of open interest; nan for spot).
    """
    series = result.market(market)
    returns = minute_returns(series)
    depth = series["bid_depth_1pc"] + series["ask_depth_1pc"]
    first, last = series.index <= 600.0, series.index > series.index[-1] - 600.0
    held = series["open_interest"].iloc[0]
    year = np.sqrt(365 * 1440)
    return {
        "autocorrelation": float(returns.autocorr(1)),
        "volatility": float(returns.std() * year),
        "fundamental_volatility": float(minute_returns(series.assign(mid=series["fundamental"])).std() * year),
        "spread": float(series["spread"].median()),
        "spread_drift": float(series.loc[last, "spread"].median() / series.loc[first, "spread"].median()),
        "depth_drift": float(depth[last].median() / depth[first].median()),
        "liquidated_share": float(series["liquidated"].iloc[-1] / held) if held > 0 else np.nan,
    }


def depth_at_largest_move(result: Result, market: str, calm: float = 600.0) -> dict[str, float]:
    """How large the largest five-minute move was, and by what factor depth within 1 % had shrunk in it.

    One event a run, as in the data: a move among ordinary ones, without its aftermath. Its size is measured in the
    volatility that the scenario states for the asset; depth, both sides together, is the median over the samples
    with at least nine tenths of the largest move, against the median over the first `calm` seconds.

    Returns
    -------
    dict
        ``deviations`` and ``depth_factor``; ``quiet_factor`` is the same over the samples below two deviations.
    """
    series = result.market(market)
    asset = result.scenario.markets[market][1].asset
    sigma = result.scenario.assets[asset].volatility * np.sqrt(300.0 / (365 * 86_400))
    step = series.index[1] - series.index[0]
    move = np.log(series["mid"]).diff(round(300.0 / step)).abs() / sigma
    depth = series["bid_depth_1pc"] + series["ask_depth_1pc"]
    largest = float(move.max())
    left = max(depth[move >= 0.9 * largest].median(), 1.0)
    usual = depth.loc[:calm].median()
    return {
        "deviations": largest,
        "depth_factor": float(usual / left),
        "quiet_factor": float(usual / depth[move < 2.0].median()),
    }
