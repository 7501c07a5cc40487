"""What a push of the price through the book and into a map of liquidations would cost, trigger and bring.

The lots that stand nearer than a cluster must be sold (or bought) through. What is forced there moves the price
on, what is forced on the way moves it further, and so on until nothing more is: the fixed point of the step map.
With q lots at an average distance a pushing the price to d, and forced lots moving it from d to x, covering in a
book that has closed up around the new price brings ``q (x - d)``; the round trip costs ``q (a + b - d)``, where b
is the average distance of q lots on the other side, and two fees. On linear impact lambda both averages are d / 2
and x - d is lambda * Q: what remains is d * Q less the fees.

References
----------
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60 (triggering another's crisis).
"""

import math

import numpy as np

from cascade_sim.market.constants import LEVELS, LINK, MAP_BINS, MAP_STEP, SECOND
from cascade_sim.market.depth import average_level, best, further, mid_level
from cascade_sim.market.draws import normals
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.margin import initial_margin
from cascade_sim.market.streams import SIGHT

__all__ = ["best_push"]

_GRAIN = 8  # bins that share one error of sight
_BLUR = 4.0  # bins of error in place for an error of 1 in log size
_OPINION = 600 * SECOND  # how long an error of sight lasts


@kernel
def _stands(w, hunter, m, against, i):
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
def _away(side, level, mid):
    """Relative distance of a level from the mid, in the direction of the push."""
    return np.float64(side) * (np.float64(level) - mid) / mid


@kernel
def _distance(w, m, side, mid, i):
    """Relative distance from the mid to the far edge of a bin of the map, wherever the price was at its drawing."""
    market = w.markets[m]
    edge = np.float64(market.map_mark) * (1.0 + np.float64(side) * np.float64(i + 1) * MAP_STEP)
    return np.float64(side) * (edge / np.float64(market.tick_value) - mid) / mid


@kernel
def _pass_through(w, m, side, mid, level, distance, lots, moved):
    """Go through all levels nearer than a distance; adds up their lots, and lots times distance."""
    while 0 <= level < LEVELS and _away(side, level, mid) < distance:
        there = w.levels[m, np.uint64(level)].lots
        lots += there
        moved += np.float64(there) * _away(side, level, mid)
        level = further(w, m, side, level)
    return level, lots, moved


@kernel
def _fall(w, m, side, level, passed, lots):
    """Level at which an order of `lots` ends, and the lots before it; the last one of a book too thin."""
    beyond = further(w, m, side, level)
    while 0 <= beyond < LEVELS and passed + w.levels[m, np.uint64(level)].lots < lots:
        passed += w.levels[m, np.uint64(level)].lots
        level = beyond
        beyond = further(w, m, side, level)
    return level, passed


@kernel
def _trigger(w, hunter, m, side, mid, distance, lots, forced, j, end, passed):
    """Follow the cascade that a push of `lots` to a distance starts, until it reaches nobody new.

    Whole bins of the map are forced when the price has passed them; `j` is the first that it has not.
    """
    against = np.int64(0) if side < 0 else np.int64(1)
    end, passed = _fall(w, m, side, end, passed, lots + np.int64(forced))
    reached = max(distance, _away(side, end, mid))
    while j < MAP_BINS and _distance(w, m, side, mid, j) <= reached:
        forced += _stands(w, hunter, m, against, j)
        j += 1
        end, passed = _fall(w, m, side, end, passed, lots + np.int64(forced))
        reached = max(reached, _away(side, end, mid))
    return forced, j, end, passed


@kernel
def _price_after(w, m, side, mid, level, passed, lots):
    """Distance of the price after an order of `lots` that ends at a level, `passed` of them before it.

    It lies between that level and the next, by the share that is gone: the price jumps from level to level,
    but where a lump stands is a matter of chance, and the estimate should not jump.
    """
    here = _away(side, level, mid)
    beyond = further(w, m, side, level)
    gap = _away(side, beyond, mid) - here if 0 <= beyond < LEVELS else 0.0
    share = np.float64(lots - passed) / np.float64(w.levels[m, np.uint64(level)].lots)
    return here + gap * min(share, 1.0)


@kernel
def _prices(w, m, side, mid, lots, moved, to, reached):
    """Value of a push in units, profit from the forced flow if nothing decays, and cost of the round trip.

    Makers are taken to close up around the new price, half a spread from the level that the push reached,
    with what stands on the other side now; where that is too little to get out again, the cost is nan. Where
    depth grows thin away from the mid, buying back would then be cheaper than the push was; the hunter does
    not count on that.
    """
    market = w.markets[m]
    mark = np.float64(market.mark)
    size = np.float64(lots)
    back = size * _away(-side, average_level(w, m, -side, lots), mid)
    centre = to - _away(side, best(w, m, side), mid)
    forced = size * (reached - to) * mark
    book = max(moved + back - size * centre, 0.0) * mark
    push = size * mark * (1.0 + max(np.float64(side), 0.0) * to)
    costs = book + 2.0 * np.float64(market.taker_ppm) * 1e-6 * push
    return push, forced, costs if back >= 0.0 else np.nan


@kernel
def _affords(w, hunter, m, push, budget, free):
    """Whether a push stays within the budget, and within what the venue lets the account open."""
    position = w.positions[hunter.account, w.markets[m].column]
    within = push <= budget
    return within and initial_margin(w, m, np.int64(push), position.initial_ppm) <= free


@routine
def best_push(w, hunter, m, side, budget, free):
    """Most profitable push of a market in one direction.

    Returns
    -------
    profit : float64
        Expected, in units; 0 when no push pays.
    forced_profit, costs : float64
        What it is made of: before decay, and for the round trip without forced flow.
    lots : int64
        To trade, unsigned.
    expected : float64
        Forced lots, of the push and of the cascade that it starts.
    distance : float64
        To push to.
    """
    mid = mid_level(w, m)
    against = np.int64(0) if side < 0 else np.int64(1)
    level = best(w, m, side)
    end = level
    standing = np.int64(0)
    passed = np.int64(0)
    moved = 0.0
    forced = 0.0
    j = np.int64(0)
    found = (0.0, 0.0, 0.0, np.int64(0), 0.0, 0.0)
    for i in range(MAP_BINS):
        distance = _distance(w, m, side, mid, i)
        if distance > hunter.reach + 0.5 * MAP_STEP:
            break
        if distance <= 0.0:
            # The price has passed it since the map was drawn.
            j = np.int64(i + 1)
            continue
        level, standing, moved = _pass_through(w, m, side, mid, level, distance, standing, moved)
        if 0 <= level < LEVELS and _stands(w, hunter, m, against, i) > 0.0:
            # One lot more than stands nearer: a price is reached by a trade at it.
            lots = standing + 1
            to = _away(side, level, mid)
            forced, j, end, passed = _trigger(w, hunter, m, side, mid, to, lots, forced, j, end, passed)
            reached = max(to, _price_after(w, m, side, mid, end, passed, lots + np.int64(forced)))
            push, gain, costs = _prices(w, m, side, mid, lots, moved, to, reached)
            profit = gain * (1.0 - hunter.decay) - costs
            if profit > max(found[0], hunter.profit * push) and _affords(w, hunter, m, push, budget, free):
                found = (profit, gain, costs, lots, forced, to)
    return found
