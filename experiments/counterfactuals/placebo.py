"""The noise floor: what it changes that one order, which harmed nobody, was not sent.

A market in which everybody answers everybody is sensitive: any change, however small, makes later events fall
differently. What a placebo does to an outcome is therefore the least that an intervention must do to it to be seen.
"""

import numpy as np
import pandas as pd

from cascade_sim.intervention import Intervention
from cascade_sim.results import Result

__all__ = ["harmless_orders", "noise_floor"]

LEVEL = 0.95  # of placebos that stay below the floor


def harmless_orders(
    result: Result, count: int, after: float = 0.0, before: float | None = None, seed: int = 0
) -> list[Intervention]:
    """Interventions that suppress one small order each of a trader who is never liquidated.

    Parameters
    ----------
    result : Result
    count : int
        How many, drawn without replacement; fewer where there are not as many.
    after, before : float, optional
        Seconds between which they lie; default, from the start to the first liquidation, or the end without one.
    seed : int
        Of the choice.
    """
    trades, accounts = result.trades, result.accounts
    breaches = result.events.get("breach")
    if before is None:
        before = float(breaches["time"].min()) if breaches is not None else np.inf
    safe = accounts.index[(accounts["liquidations"] == 0) & (accounts["role"] == "trader")]
    paid = trades["price"] * trades["size"].abs()
    own = trades["taker"].isin(safe) & (trades["origin"] == "trader") & trades["time"].between(after, before)
    small = own & (paid <= paid[own].median())
    orders = trades.loc[small, ["taker", "time"]].drop_duplicates()
    chosen = orders.sample(min(count, len(orders)), random_state=seed)
    burn_in = result.scenario.burn_in
    times = ((chosen["time"] + burn_in) * 1e6).round().astype(np.int64)
    return [Intervention(orders=(pair,)) for pair in zip(chosen["taker"].tolist(), times.tolist(), strict=True)]


def noise_floor(base: pd.Series, placebos: pd.DataFrame) -> pd.Series:
    """Change of every outcome that nineteen of twenty placebos stay below.

    Parameters
    ----------
    base : Series
        Outcomes of the run.
    placebos : DataFrame
        Outcomes of the runs with one harmless order suppressed, a row each.
    """
    floor: pd.Series = (placebos[base.index] - base).abs().quantile(LEVEL)
    return floor
