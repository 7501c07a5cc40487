"""How far an order may go and how large it may be: on the ladder, as the book bears, as the account can pay."""

import math

import numpy as np

from cascade_sim.market.constants import LEVELS
from cascade_sim.market.depth import depth_within, mid_level
from cascade_sim.market.kernel import kernel

__all__ = ["NEAREST", "NEXT_BELOW", "affordable", "bearable", "limit_level", "on_ladder"]

# Which level stands for a price between two; what is added before rounding down.
NEXT_BELOW, NEAREST = 0.0, 0.5


@kernel
def on_ladder(level):
    """The level itself, or the first or last one that an order may have."""
    return min(max(level, 1), LEVELS - 1)


@kernel
def limit_level(w, m, side, distance, rounding):
    """Level at a relative distance beyond the mid (negative: short of it), inside the ladder."""
    return on_ladder(np.int64(math.floor(mid_level(w, m) * (1.0 + np.float64(side) * distance) + rounding)))


@kernel
def bearable(w, m, side, slippage, participation):
    """Lots of an order that takes no more than a share of what stands within its slippage, rounded up."""
    standing = np.float64(depth_within(w, m, side, 0.0, slippage))
    return np.int64(math.ceil(participation * standing))


@kernel
def affordable(w, a, m, side, level):
    """Lots that an account's free money buys at a level of a spot market, or that its free stock sells."""
    market = w.markets[m]
    if side > 0:
        purse = w.balances[a, market.currency]
        lots = (purse.amount - purse.reserved) // (level * market.tick_value)
    else:
        stock = w.balances[a, market.asset]
        lots = (stock.amount - stock.reserved) // market.lot_units
    return lots
