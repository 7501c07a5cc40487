"""What a hunter sees of the map of liquidations: how much stands where, as seen from today's mid."""

import math

import numpy as np

from cascade_sim.market.constants import LINK, MAP_BINS, MAP_STEP, SECOND
from cascade_sim.market.draws import normals
from cascade_sim.market.kernel import kernel
from cascade_sim.market.streams import SIGHT

__all__ = ["away", "bin_distance", "passed_bins", "stands"]

_GRAIN = 8  # bins that share one error of sight
_BLUR = 4.0  # bins of error in place for an error of 1 in log size
_OPINION = 600 * SECOND  # how long an error of sight lasts


@kernel
def stands(w, hunter, m, against, i):
    """Lots that the hunter believes to stand in a bin of the map.

    A noisy view errs in size by a factor of mean 1, and in place, the same for neighbouring bins and for some
    time: an opinion, not a flicker from which the truth could be averaged.
    """
    place = i
    factor = 1.0
    if hunter.error > 0.0:
        period = np.int64(w.clock[0].now // _OPINION)
        grain = np.int64(m) * 4096 + against * 2048 + i // _GRAIN
        z, y = normals(w.clock[0].seed, SIGHT, hunter.address, period, grain)
        factor = math.exp(hunter.error * z - 0.5 * hunter.error * hunter.error)
        place = i + np.int64(math.floor(hunter.error * y * _BLUR + 0.5))
    there = 0.0
    if 0 <= place < MAP_BINS:
        there = np.float64(w.maps[m, LINK(against), LINK(place)]) * factor
    return there


@kernel
def away(side, level, mid):
    """Relative distance of a level from the mid, in the direction of the push."""
    return np.float64(side) * (np.float64(level) - mid) / mid


@kernel
def bin_distance(w, m, side, mid, i):
    """Relative distance from the mid to the far edge of a bin of the map, wherever the price was at its drawing."""
    market = w.markets[m]
    edge = np.float64(market.map_mark) * (1.0 + np.float64(side) * np.float64(i + 1) * MAP_STEP)
    return np.float64(side) * (edge / np.float64(market.tick_value) - mid) / mid


@kernel
def passed_bins(w, m, side, mid):
    """Bins of the map that the mark has passed since it was drawn."""
    mark = np.float64(w.markets[m].mark) / np.float64(w.markets[m].tick_value)
    j = np.int64(0)
    while j < MAP_BINS and bin_distance(w, m, side, mid, j) <= away(side, mark, mid):
        j += 1
    return j
