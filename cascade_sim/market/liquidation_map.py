"""Where the liquidations lie: lots that become liquidatable at each distance of the mark.

Each position's liquidation price is taken with the other marks held where they are. Bins of five basis
points reach out to a quarter of the price; what lies further is left out.
"""

import numpy as np

from cascade_sim.market.constants import LINK, MAP_BINS, MAP_STEP, PERPETUAL
from cascade_sim.market.depth import depth_within
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.margin import liquidation_mark
from cascade_sim.market.roles import ABSORBER, FUND

__all__ = ["draw_map", "lots_within", "record_map"]

LONGS, SHORTS = 0, 1
NEAR = 0.005  # the a-priori branching ratio looks 50 bp ahead


@kernel
def _enter(w, a, m, lots):
    """Put one position into its bin."""
    mark = np.float64(w.markets[m].mark)
    limit = liquidation_mark(w, a, m)
    side = LONGS if lots > 0 else SHORTS
    distance = (mark - limit) / mark if lots > 0 else (limit - mark) / mark
    if distance < MAP_STEP * MAP_BINS:
        place = LINK(max(distance, 0.0) / MAP_STEP)
        w.maps[m, LINK(side), place] += abs(lots)


@routine
def draw_map(w, v):
    """Fill ``maps[market, side, bin]`` for every perpetual of a venue."""
    venue = w.venues[v]
    for k in range(venue.markets):
        market = w.markets[LINK(venue.first_market + k)]
        market.map_mark = market.mark
        market.map_time = w.clock[0].now
        for i in range(MAP_BINS):
            w.maps[LINK(venue.first_market + k), LINK(LONGS), LINK(i)] = 0
            w.maps[LINK(venue.first_market + k), LINK(SHORTS), LINK(i)] = 0
    for row in range(1, w.accounts.shape[0]):
        a = LINK(row)
        account = w.accounts[a]
        is_watched = account.role != FUND and account.role != ABSORBER and account.status == 0
        if account.venue == v and account.open_positions > 0 and is_watched:
            for k in range(venue.markets):
                lots = w.positions[a, LINK(k)].lots
                if lots != 0:
                    _enter(w, a, LINK(venue.first_market + k), lots)


@kernel
def lots_within(w, m, side, distance):
    """Lots liquidated when the mark moves by a relative distance against `LONGS` or `SHORTS`."""
    total = np.int64(0)
    for i in range(min(np.int64(distance / MAP_STEP + 0.5), MAP_BINS)):
        total += w.maps[m, LINK(side), LINK(i)]
    return total


@routine
def record_map(w, m):
    """Append the map of a market, and what stands in the book near the price, to the event tables."""
    pools = w.pools[0]
    market = w.markets[m]
    if market.kind == PERPETUAL:
        for i in range(MAP_BINS):
            longs = w.maps[m, LINK(LONGS), LINK(i)]
            shorts = w.maps[m, LINK(SHORTS), LINK(i)]
            if longs > 0 or shorts > 0:
                row = w.clusters[LINK(pools.clusters)]
                pools.clusters += 1
                row.time = w.clock[0].now
                row.mark = market.mark
                row.longs = longs
                row.shorts = shorts
                row.market = m
                row.distance = LINK(i)
        row = w.branchings[LINK(pools.branchings)]
        pools.branchings += 1
        row.time = w.clock[0].now
        row.longs = lots_within(w, m, LONGS, NEAR)
        row.shorts = lots_within(w, m, SHORTS, NEAR)
        row.bids = depth_within(w, m, np.int64(-1), 0.0, NEAR)
        row.asks = depth_within(w, m, np.int64(1), 0.0, NEAR)
        row.market = m
        row.spare = LINK(0)
