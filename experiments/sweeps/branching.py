"""How many liquidations a liquidation would set off: the map of liquidations over what stands in the book.

A fall by a small share x liquidates longs worth l x, and selling q moves a book of depth D (USD per unit of relative
fall) by q / D, so that a liquidation of one dollar brings l / D dollars more: the branching ratio, with linear impact
(Harris, 1963, "The theory of branching processes"; for impact Bouchaud, Farmer and Lillo, 2009, "How markets slowly
digest changes in supply and demand"). Here l and D are both taken over the next 5 % below the price.
"""

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market.constants import MAP_STEP
from cascade_sim.simulation import Simulation

__all__ = ["REACH", "branching_path"]

REACH = 0.05  # the furthest to which samples have the depth of the book


def branching_path(
    simulation: Simulation, samples: NDArray[np.void], number: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Longs ahead of the price and bids below it, whenever the map of liquidations was drawn.

    Parameters
    ----------
    simulation : Simulation
    samples : ndarray of sample_t
        Of one market, in order of time.
    number : int
        Of that market.

    Returns
    -------
    times : ndarray of int64, shape (maps,)
        Microseconds.
    longs, bids : ndarray of float64, shape (maps,)
        Lots within `REACH` of the mark, and of the mid; bids are the mean over the samples since the map before.
    """
    maps = simulation.records.table("branchings")
    times: NDArray[np.int64] = maps["time"][(maps["market"] == number) & (maps["time"] >= samples["time"][0])]
    clusters = simulation.records.table("clusters")
    own = clusters[(clusters["market"] == number) & (clusters["distance"] < round(REACH / MAP_STEP))]
    own = own[own["time"] >= samples["time"][0]]
    longs: NDArray[np.float64] = np.zeros(len(times))
    np.add.at(longs, np.searchsorted(times, own["time"]), own["longs"])
    until = np.searchsorted(samples["time"], times, side="right")
    total = np.concatenate([[0.0], np.cumsum(samples["bid_5pc"], dtype=float)])
    since = np.concatenate([[0], until[:-1]])
    since = np.where(since < until, since, np.maximum(until - 1, 0))
    bids: NDArray[np.float64] = (total[until] - total[since]) / np.maximum(until - since, 1)
    return times, longs, bids
