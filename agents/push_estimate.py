"""What a push of the price through the book and into a map of liquidations would cost, trigger and bring.

The lots that stand nearer than a cluster must be sold (or bought) through. Forced is what the mark then passes,
by the venue's own rule: that moves the price on, and the mark with it, until nothing more is forced. With q lots at
an average distance a pushing the price to d, and forced lots moving it from d to x, the round trip costs
``q (a + b)`` and two fees, where b is the average distance of q lots on the other side; what the impact brings,
if nothing of it decays before the hunter covers in a book that has closed up around the new price, is ``q x``.
On linear impact lambda both averages are d / 2 and x - d is lambda * Q: what remains is d * Q less the fees.

References
----------
Brunnermeier and Pedersen (2005), "Predatory trading", J. Finance 60 (triggering another's crisis).
"""

import numpy as np

from cascade_sim.agents.mark_forecast import forecast_mark
from cascade_sim.agents.sight import away, bin_distance, passed_bins, stands
from cascade_sim.market.constants import LEVELS, MAP_BINS, MAP_STEP
from cascade_sim.market.depth import average_level, best, further, mid_level
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.margin import initial_margin

__all__ = ["best_push"]


@kernel
def _pass_through(w, m, side, mid, level, distance, lots, moved):
    """Go through all levels nearer than a distance; adds up their lots, and lots times distance."""
    while 0 <= level < LEVELS and away(side, level, mid) < distance:
        there = w.levels[m, np.uint64(level)].lots
        lots += there
        moved += np.float64(there) * away(side, level, mid)
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
def _marked(w, hunter, m, side, mid, reached):
    """Relative distance from the mid that the mark will come to when the price has reached a distance."""
    stays = 1.0 - min(max(hunter.decay, 0.0), 1.0)
    price = mid * (1.0 + np.float64(side) * reached)
    left = mid * (1.0 + np.float64(side) * reached * stays)
    return away(side, forecast_mark(w, m, price, left, hunter.patience), mid)


@kernel
def _trigger(w, hunter, m, side, mid, distance, lots, forced, j, end, passed):
    """Follow the cascade that a push of `lots` to a distance starts, until it reaches nobody new.

    Whole bins of the map are forced when the mark has passed them; `j` is the first that it has not.
    """
    against = np.int64(0) if side < 0 else np.int64(1)
    end, passed = _fall(w, m, side, end, passed, lots + np.int64(forced))
    reached = max(distance, away(side, end, mid))
    marked = _marked(w, hunter, m, side, mid, reached)
    while j < MAP_BINS and bin_distance(w, m, side, mid, j) <= marked:
        forced += stands(w, hunter, m, against, j)
        j += 1
        end, passed = _fall(w, m, side, end, passed, lots + np.int64(forced))
        reached = max(reached, away(side, end, mid))
        marked = _marked(w, hunter, m, side, mid, reached)
    return forced, j, end, passed


@kernel
def _price_after(w, m, side, mid, level, passed, lots):
    """Distance of the price after an order of `lots` that ends at a level, `passed` of them before it.

    It lies between that level and the next, by the share that is gone: the price jumps from level to level,
    but where a lump stands is a matter of chance, and the estimate should not jump.
    """
    here = away(side, level, mid)
    beyond = further(w, m, side, level)
    gap = away(side, beyond, mid) - here if 0 <= beyond < LEVELS else 0.0
    share = np.float64(lots - passed) / np.float64(w.levels[m, np.uint64(level)].lots)
    return here + gap * min(share, 1.0)


@kernel
def _prices(w, m, side, mid, lots, moved, to, reached):
    """Value of a push in units, what it would bring if nothing decayed, and what it would cost if everything did.

    Makers that close up around the new price do so half a spread from the level that was reached, with what
    stands on the other side now; where that is too little to get out again, the cost is nan. Where depth grows
    thin away from the mid, buying back would then be cheaper than the push was; the hunter does not count on that.
    """
    market = w.markets[m]
    mark = np.float64(market.mark)
    size = np.float64(lots)
    walk = moved + size * away(-side, average_level(w, m, -side, lots), mid)
    centre = to - away(side, best(w, m, side), mid)
    gain = (size * (reached - to) + min(size * centre, walk)) * mark
    push = size * mark * (1.0 + max(np.float64(side), 0.0) * to)
    return push, gain, walk * mark + 2.0 * np.float64(market.taker_ppm) * 1e-6 * push


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
    gain, costs : float64
        What it is made of: what the impact brings before decay, and the round trip if all of it decays.
    lots : int64
        To trade, unsigned.
    expected : float64
        Forced lots, of the push and of the cascade that it starts.
    distance : float64
        To push to.
    """
    mid = mid_level(w, m)
    level = best(w, m, side)
    end = level
    standing = np.int64(0)
    passed = np.int64(0)
    moved = 0.0
    forced = 0.0
    j = passed_bins(w, m, side, mid)
    found = (0.0, 0.0, 0.0, np.int64(0), 0.0, 0.0)
    for i in range(MAP_BINS):
        distance = bin_distance(w, m, side, mid, i)
        if distance > hunter.reach + 0.5 * MAP_STEP:
            break
        if distance <= 0.0:
            continue
        level, standing, moved = _pass_through(w, m, side, mid, level, distance, standing, moved)
        if 0 <= level < LEVELS:
            # One lot more than stands nearer: a price is reached by a trade at it.
            lots = standing + 1
            to = away(side, level, mid)
            known = forced
            forced, j, end, passed = _trigger(w, hunter, m, side, mid, to, lots, forced, j, end, passed)
            reached = max(to, _price_after(w, m, side, mid, end, passed, lots + np.int64(forced)))
            push, gain, costs = _prices(w, m, side, mid, lots, moved, to, reached)
            profit = gain * (1.0 - hunter.decay) - costs
            pays = forced > known and profit > max(found[0], hunter.profit * push)
            if pays and _affords(w, hunter, m, push, budget, free):
                found = (profit, gain, costs, lots, forced, to)
    return found
