"""Where the liquidations of a market lay, on a grid of times and prices."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm
from numpy.typing import NDArray

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["LiquidationHeat", "liquidation_heat", "thinned"]

_PRICE_BANDS = 140
_MOST_MAPS = 2_000

Floats = NDArray[np.float64]


def thinned(rows: pd.DataFrame) -> pd.DataFrame:
    """Every so many of the maps: more of them than a figure has columns of dots would take gigabytes to draw.

    Parameters
    ----------
    rows : DataFrame
        With ``time``.
    """
    times = np.sort(rows["time"].unique())
    return rows[rows["time"].isin(times[:: 1 + len(times) // _MOST_MAPS])]


@dataclass(frozen=True)
class LiquidationHeat:
    """Notional that is liquidated at each price, through time.

    Attributes
    ----------
    times : ndarray of float64, shape (columns + 1,)
        Edges, seconds.
    prices : ndarray of float64, shape (bands + 1,)
        Edges, USD.
    usd : ndarray of float64, shape (columns, bands)
    """

    times: Floats
    prices: Floats
    usd: Floats

    def norm(self) -> LogNorm:
        """Scale of colours, from what is usual to the most."""
        low = max(float(np.quantile(self.usd[self.usd > 0], 0.2)), 1.0) if (self.usd > 0).any() else 1.0
        return LogNorm(vmin=low, vmax=max(self.usd.max(), 2 * low))


def liquidation_heat(result: "Result", market: str) -> LiquidationHeat | None:
    """Map of a market within reach of its price; none if nobody could be liquidated.

    Parameters
    ----------
    result : Result
    market : str
    """
    rows = thinned(result.liquidation_map[result.liquidation_map["market"] == market])
    if rows.empty:
        return None
    mid = result.market(market)["mid"]
    start = mid.iloc[0]
    reach = max(0.06, 1.3 * abs(mid / start - 1).max())
    prices = np.linspace(start * (1 - reach), start * (1 + min(reach, 0.1)), _PRICE_BANDS)
    times = np.sort(rows["time"].unique())
    width = times[1] - times[0] if len(times) > 1 else 1.0
    edges = np.append(times - width / 2, times[-1] + width / 2)
    usd, _, _ = np.histogram2d(rows["time"], rows["price"], bins=[edges, prices], weights=rows["notional"])
    return LiquidationHeat(edges, prices, usd)
