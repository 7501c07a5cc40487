"""Market makers: quotes on many levels around a fair value, thinner when it gets dangerous.

Fair value mixes the anchor (index for a perpetual, fundamental value for the reference spot market) with
the market's own microprice, and leans against inventory (Avellaneda and Stoikov, 2008, "High-frequency
trading in a limit order book", Quantitative Finance 8(3), eq. 29: reservation price). The spread widens
with volatility. Depth shrinks with volatility, on the side that adds to inventory, on the side the price
is running into, and with losses; it goes at once and comes back slowly, and never below what an obligation asks for.
What inventory remains is hedged in the spot market, at its cost. How a cohort of them comes into a market:
`cascade_sim.agents.maker_cohorts`.
"""

import math

import numpy as np

from cascade_sim.agents.quote_limits import most_lots
from cascade_sim.agents.quoting_obligation import obliged_half_spread, obliged_share
from cascade_sim.market.constants import LEVELS, LINK, NONE, SECOND, SPOT
from cascade_sim.market.depth import mid_level
from cascade_sim.market.draws import uniforms
from cascade_sim.market.exchange import IMMEDIATE
from cascade_sim.market.kernel import kernel
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.market.order_limits import NEXT_BELOW, affordable, limit_level
from cascade_sim.market.outbox import new_quotes, order, quote
from cascade_sim.market.roles import MAKER
from cascade_sim.market.rows import AGENT, record
from cascade_sim.market.streams import DECISION
from cascade_sim.market.tape import MEDIUM, calm_volatility, fast_volatility, trend

__all__ = ["maker_t", "shape_t", "wake_maker"]

maker_t = record(
    *AGENT,
    ("hedge_account", LINK),
    ("hedge_market", LINK),
    ("first_shape", np.int64),
    ("levels", np.int64),
    ("stretch", np.float64),  # of the shape's distances, so that makers' levels interleave
    ("depth", np.float64),  # lots a side, in calm
    ("half_spread", np.float64),  # relative
    ("anchor", np.float64),  # weight of index or fundamental value in fair value
    ("skew", np.float64),  # relative shift of fair value at full inventory
    ("inventory", np.float64),  # lots that count as full
    ("share", np.float64),  # of its free margin, for what it quotes in this perpetual
    ("target", np.int64),  # spot: base units it wants to hold
    ("volatility_scale", np.float64),  # ratio of volatilities above 1 that halves depth
    ("spread_response", np.float64),
    ("direction_scale", np.float64),  # five-minute move, in calm deviations, that halves the side run into
    ("loss_limit", np.float64),  # share of capital at which it stops
    ("recovery", np.float64),  # seconds
    ("hedge_share", np.float64),  # of the excess, at each wake-up
    ("hedge_band", np.float64),  # share of full inventory that is left open
    ("hedge_slippage", np.float64),
    ("noise", np.float64),
    ("obligation", np.float64),  # share of the calm depth always shown, as far as money goes
    ("obligation_relief", np.float64),  # excess of the volatility ratio that halves it
    ("obligation_spread", np.float64),  # widest half spread of an obliged maker
    ("capital", np.float64),  # at the start, units
    ("bid_factor", np.float64),
    ("ask_factor", np.float64),
    ("seen", np.int64),
)
shape_t = record(("distance", np.float64), ("share", np.float64))


@kernel
def _microprice(w, m):
    """Mid weighted by what stands at the touch, in ticks."""
    market = w.markets[m]
    price = mid_level(w, m)
    if market.bid >= 0 and market.ask < LEVELS:
        bids = np.float64(w.levels[m, np.uint64(market.bid)].lots)
        asks = np.float64(w.levels[m, np.uint64(market.ask)].lots)
        price = (np.float64(market.bid) * asks + np.float64(market.ask) * bids) / (bids + asks)
    return price


@kernel
def _anchor(w, m):
    """What the asset is worth elsewhere, in ticks: fundamental value for spot, index for a perpetual."""
    market = w.markets[m]
    if market.kind == SPOT:
        price = w.assets[market.asset].fundamental * 1e8
    else:
        price = np.float64(w.feeds[market.asset].price)
    return price / np.float64(market.tick_price)


@kernel
def _hedge_lots(w, maker):
    """Lots of the maker's market that its hedge account holds above its target."""
    lots = np.int64(0)
    if maker.hedge_account != 0:
        market = w.markets[maker.market]
        held = w.balances[maker.hedge_account, market.asset].amount - maker.target
        lots = held // market.lot_units
    return lots


@kernel
def _inventory(w, maker):
    """Signed lots the maker is exposed to."""
    market = w.markets[maker.market]
    if market.kind == SPOT:
        lots = (w.balances[maker.account, market.asset].amount - maker.target) // market.lot_units
    else:
        lots = w.positions[maker.account, market.column].lots + _hedge_lots(w, maker)
    return np.float64(lots)


@kernel
def _spot_worth(w, a):
    """Money and stock of a spot account at mark, in units of currency."""
    venue = w.venues[w.accounts[a].venue]
    worth = np.float64(w.balances[a, venue.currency].amount)
    for k in range(venue.markets):
        market = w.markets[LINK(venue.first_market + k)]
        stock = np.float64(w.balances[a, market.asset].amount) / np.float64(market.lot_units)
        worth += stock * np.float64(market.mark)
    return worth


@kernel
def _worth(w, maker):
    """What the maker has on all its accounts, in units of currency."""
    worth = 0.0
    if w.markets[maker.market].kind == SPOT:
        worth = _spot_worth(w, maker.account)
    else:
        equity, _, _ = equity_and_margin(w, maker.account)
        worth = np.float64(equity)
        if maker.hedge_account != 0:
            worth += _spot_worth(w, maker.hedge_account)
    return worth


@kernel
def _follow(factor, wanted, seconds, recovery):
    """Depth goes down at once and comes back with the time constant `recovery`."""
    if wanted < factor:
        factor = wanted
    else:
        factor += (wanted - factor) * (1.0 - math.exp(-seconds / recovery))
    return factor


@kernel
def _update_factors(w, maker, fullness):
    """Shares of the calm depth the maker is willing to show on each side."""
    m = maker.market
    calm = calm_volatility(w, m) + 1e-12
    ratio = max(fast_volatility(w, m) / calm - 1.0, 0.0)
    nerve = 1.0 / (1.0 + ratio / maker.volatility_scale)
    worth = _worth(w, maker)
    if maker.capital == 0.0:
        maker.capital = worth
    loss = 1.0 - worth / maker.capital
    nerve *= min(max(1.0 - loss / maker.loss_limit, 0.0), 1.0)
    run = trend(w, m, 1) / (calm * math.sqrt(MEDIUM)) / maker.direction_scale
    falling = 1.0 / (1.0 + min(run, 0.0) * min(run, 0.0))
    rising = 1.0 / (1.0 + max(run, 0.0) * max(run, 0.0))
    seconds = np.float64(w.clock[0].now - maker.seen) / SECOND
    maker.seen = w.clock[0].now
    wish_to_buy = nerve * falling * min(max(1.0 - fullness, 0.0), 1.0)
    wish_to_sell = nerve * rising * min(max(1.0 + fullness, 0.0), 1.0)
    maker.bid_factor = _follow(maker.bid_factor, wish_to_buy, seconds, maker.recovery)
    maker.ask_factor = _follow(maker.ask_factor, wish_to_sell, seconds, maker.recovery)
    return ratio


@kernel
def _write_quotes(w, shapes, maker, fair, half, least):
    """Fill a replacement of quotes, best level first on each side; `least` is the share of depth it must show."""
    m = maker.market
    row = new_quotes(w, maker.account, m)
    bids = min(maker.depth * max(maker.bid_factor, least), most_lots(w, maker, 1, fair))
    asks = min(maker.depth * max(maker.ask_factor, least), most_lots(w, maker, -1, fair))
    for k in range(maker.levels):
        shape = shapes[LINK(maker.first_shape + k)]
        distance = half + shape.distance * maker.stretch
        lots = np.int64(bids * shape.share)
        level = np.int64(math.floor(fair * (1.0 - distance)))
        if lots > 0 and level >= 1:
            quote(w, row, lots, level)
        lots = np.int64(asks * shape.share)
        level = np.int64(math.ceil(fair * (1.0 + distance)))
        if lots > 0 and level < LEVELS:
            quote(w, row, -lots, level)


@kernel
def _hedge(w, maker, inventory):
    """Trade away a part of the inventory beyond the band, in the spot market."""
    if maker.hedge_account != 0:
        excess = abs(inventory) - maker.hedge_band * maker.inventory
        if excess > 0.0:
            side = np.int64(-1) if inventory > 0.0 else np.int64(1)
            own = w.markets[maker.market]
            there = w.markets[maker.hedge_market]
            units = excess * maker.hedge_share * np.float64(own.lot_units)
            level = limit_level(w, maker.hedge_market, side, maker.hedge_slippage, NEXT_BELOW)
            lots = np.int64(units) // there.lot_units
            lots = min(lots, affordable(w, maker.hedge_account, maker.hedge_market, side, level))
            if lots > 0:
                order(w, IMMEDIATE, maker.hedge_account, maker.hedge_market, side * lots, level, NONE)


@kernel
def wake_maker(w, shapes, maker):
    """Renew all quotes in one market and hedge; says when to look again."""
    m = maker.market
    u, v = uniforms(w.clock[0].seed, DECISION + np.int64(MAKER), maker.address, maker.number, 0)
    inventory = _inventory(w, maker)
    fullness = min(max(inventory / maker.inventory, -1.0), 1.0)
    ratio = _update_factors(w, maker, fullness)
    half = obliged_half_spread(maker, maker.half_spread * (1.0 + maker.spread_response * ratio))
    fair = maker.anchor * _anchor(w, m) + (1.0 - maker.anchor) * _microprice(w, m)
    fair *= 1.0 - maker.skew * fullness + maker.noise * maker.half_spread * (2.0 * u - 1.0)
    if w.accounts[maker.account].status == 0:
        _write_quotes(w, shapes, maker, fair, half, obliged_share(maker, ratio))
        _hedge(w, maker, inventory)
    maker.wakes = w.clock[0].now + np.int64(maker.interval * (0.5 + v))
