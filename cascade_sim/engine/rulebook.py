"""From rules to rows: assets, feeds, markets, tiers and venues of a scenario in the units of the tables."""

import math
from typing import Any

import numpy as np

from cascade_sim.agents.roster import Roster
from cascade_sim.market import auto_deleveraging, forced_selling, mark_price, matching
from cascade_sim.market import funding as funding_rules
from cascade_sim.market.constants import LEVELS, MAX_LOTS, MAX_NOTIONAL, PERPETUAL, PRICE_UNIT, SECOND, SPOT
from cascade_sim.market.tables import World
from cascade_sim.scenario.scenario import ASSET_UNITS, CURRENCY, MONEY_UNITS, Scenario
from cascade_sim.scenario.venues import Market, Tier, VenueRules

__all__ = ["YEAR", "fill_assets", "fill_oracles", "fill_venues", "first_counted", "micros", "money"]

YEAR = 365 * 86_400
_MARK_RULES = {
    "last": mark_price.LAST,
    "mid": mark_price.MID,
    "index": mark_price.INDEX_PRICE,
    "median": mark_price.MEDIAN,
    "hyperliquid": mark_price.HYPERLIQUID_MEDIAN,
}
_LIQUIDATION_RULES = {
    "full": forced_selling.FULL,
    "partial": forced_selling.PARTIAL,
    "fraction": forced_selling.FRACTION,
}
_LIMITS = {"none": forced_selling.UNLIMITED, "bankruptcy": forced_selling.BANKRUPTCY, "backed": forced_selling.BACKED}
_ADL_RULES = {
    "none": auto_deleveraging.NO_ADL,
    "binance": auto_deleveraging.BINANCE,
    "bitmex": auto_deleveraging.BITMEX,
    "hyperliquid": auto_deleveraging.HYPERLIQUID,
    "pro-rata": auto_deleveraging.PRO_RATA,
}
_SELF_TRADE = {"cancel-resting": matching.CANCEL_RESTING, "cancel-taker": matching.CANCEL_TAKER}
_PAID_ON = {"mark": funding_rules.ON_MARK, "index": funding_rules.ON_INDEX}


def micros(seconds: float) -> int:
    """Whole microseconds."""
    return round(seconds * SECOND)


def first_counted(burn_in: float) -> int:
    """Microsecond from which what happens belongs to the run: just after the burn-in, or time zero without one."""
    start = micros(burn_in)
    return start + 1 if start > 0 else 0


def ppm(share: float) -> int:
    """Whole parts per million."""
    return round(share * 1_000_000)


def money(usd: float) -> int:
    """Whole units of the currency."""
    return round(usd * MONEY_UNITS)


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        row[name] = value


def _diffusion(scenario: Scenario) -> tuple[dict[str, float], Any]:
    """Share of each asset's volatility that is left to chance, and the Cholesky factor of what is left.

    An asset that follows a price file has no chance of its own, and the others share its path already: they keep
    what is independent of it (the conditional normal distribution).
    """
    names, followed, rho = list(scenario.assets), scenario.followed, scenario.correlation
    correlation = np.full((len(names), len(names)), rho)
    if followed is None:
        np.fill_diagonal(correlation, 1.0)
        return dict.fromkeys(names, 1.0), np.linalg.cholesky(correlation)
    row = names.index(followed)
    correlation[:] = rho / (1.0 + rho)  # (rho - rho^2) / (1 - rho^2)
    correlation[row] = correlation[:, row] = 0.0
    np.fill_diagonal(correlation, 1.0)
    left = dict.fromkeys(names, math.sqrt(1.0 - rho * rho))
    return left | {followed: 0.0}, np.linalg.cholesky(correlation)


def fill_assets(world: World, scenario: Scenario, roster: Roster) -> None:
    """Fundamental values, their correlation, and the feeds."""
    world.assets["units"][roster.assets[CURRENCY]] = MONEY_UNITS
    world.assets["fundamental"][0] = 0.0
    left, world.loadings[2:, 2:] = _diffusion(scenario)
    for name, asset in scenario.assets.items():
        row = roster.assets[name]
        follows = name == scenario.followed
        _set(
            world.assets[row],
            {
                "fundamental": asset.price,
                "drift": 0.0 if follows else asset.drift / YEAR,
                "volatility": left[name] * asset.volatility / math.sqrt(YEAR),
                "jump_rate": 0.0 if follows else asset.jumps.per_day / 86_400,
                "jump_mean": asset.jumps.mean,
                "jump_sd": asset.jumps.sd,
                "units": ASSET_UNITS,
            },
        )
        world.feeds["price"][row] = round(asset.price * PRICE_UNIT)


def fill_oracles(world: World, scenario: Scenario, roster: Roster) -> None:
    """Feeds and their sources."""
    s = 1
    start = scenario.burn_in
    for name, oracle in scenario.oracles.items():
        row = roster.assets[name]
        price = round(scenario.assets[name].price * PRICE_UNIT)
        _set(
            world.feeds[row],
            {
                "promised": price,
                "max_age": micros(oracle.max_age),
                "threshold_ppm": ppm(oracle.threshold),
                "heartbeat": micros(oracle.heartbeat),
                "latency": micros(oracle.latency),
                "first_source": s,
                "sources": len(oracle.sources),
            },
        )
        for source in oracle.sources:
            outage = source.outage
            _set(
                world.sources[s],
                {
                    "asset": row,
                    "market": roster.markets[source.market] if source.market else 0,
                    "noise": source.noise,
                    "interval": micros(source.interval),
                    "lag": micros(source.lag),
                    "outage_start": micros(start + outage.start) if outage else 0,
                    "outage_end": micros(start + outage.end) if outage else 0,
                    "weight": source.weight,
                    "price": price,
                },
            )
            s += 1


def _fill_tiers(rows: Any, tiers: tuple[Tier, ...]) -> None:
    """Brackets of one market, with the deductions that make maintenance margin continuous."""
    deduction = 0
    for k, tier in enumerate(tiers):
        rate = ppm(tier.maintenance)
        if k:
            deduction += money(tier.floor) * (rate - ppm(tiers[k - 1].maintenance)) // 1_000_000
        values = {
            "floor": money(tier.floor),
            "maintenance_ppm": rate,
            "deduction": deduction,
            "initial_ppm": math.ceil(1e6 / tier.leverage - 1e-9),
        }
        _set(rows[k], values)


def _fill_market(world: World, m: int, v: int, column: int, market: Market, rules: VenueRules, roster: Roster) -> None:
    """One market: its units, its book at the fundamental value, its mark and funding rules."""
    asset = roster.assets[market.asset]
    price = roster.scenario.assets[market.asset].price
    tick_value = round(market.tick * market.lot * MONEY_UNITS)
    last = round(price / market.tick)
    perpetual = market.kind == "perpetual"
    _set(
        world.markets[m],
        {
            "last": last,
            "mark": last * tick_value,
            "tick_value": tick_value,
            "tick_price": round(market.tick * PRICE_UNIT),
            "taker_ppm": ppm(rules.fees.taker),
            "maker_ppm": ppm(rules.fees.maker),
            "venue": v,
            "column": column,
            "asset": asset,
            "currency": roster.assets[CURRENCY],
            "kind": PERPETUAL if perpetual else SPOT,
            "max_lots": min(MAX_LOTS, MAX_NOTIONAL // (LEVELS * tick_value)),
            "lot_units": round(market.lot * ASSET_UNITS),
        },
    )
    rule = _MARK_RULES[rules.mark.rule] if perpetual else mark_price.MID
    _set(world.marks[m], {"rule": rule, "window": rules.mark.window})
    funding = rules.funding
    _set(
        world.fundings[m],
        {
            "rule": _PAID_ON[funding.paid_on],
            "interval": micros(funding.interval),
            "premium_interval": micros(funding.premium_interval),
            "impact_notional": money(funding.impact_notional),
            "interest": funding.interest,
            "clamp": funding.clamp,
            "cap": funding.cap,
            "due": micros(roster.scenario.burn_in + (funding.first or funding.interval)),
        },
    )
    volatility = roster.scenario.assets[market.asset].volatility
    variance = max(volatility, 0.05) ** 2 / YEAR
    _set(world.tapes[m], {"variance": variance, "calm_variance": variance})
    _fill_tiers(world.tiers[m], rules.tiers.get(market.asset) or rules.tiers["default"])


def _fill_venue(world: World, v: int, rules: VenueRules, first: int, markets: int, accounts: tuple[int, int]) -> None:
    """A venue and its liquidation engine."""
    _set(
        world.venues[v],
        {
            "first_market": first,
            "markets": markets,
            "currency": 1,
            "fund_account": accounts[0],
            "absorber": accounts[1],
            "mark_interval": micros(rules.mark.interval),
            "self_trade": _SELF_TRADE[rules.self_trade],
            "pays_out_profit": int(rules.withdrawal == "equity"),
        },
    )
    liquidate, waterfall = rules.liquidation, rules.waterfall
    _set(
        world.engines[v],
        {
            "rule": _LIQUIDATION_RULES[liquidate.rule],
            "latency": micros(liquidate.latency),
            "window": micros(liquidate.window),
            "retry_interval": micros(liquidate.retry_interval),
            "max_attempts": liquidate.max_attempts,
            "limit": _LIMITS[liquidate.limit],
            "slippage_ppm": ppm(liquidate.slippage or 0.0),
            "fee_ppm": ppm(liquidate.fee),
            "discount_ppm": ppm(liquidate.discount),
            "reward_ppm": ppm(liquidate.reward),
            "buffer_ppm": ppm(liquidate.buffer),
            "small_notional": money(liquidate.small_notional),
            "fraction_ppm": ppm(liquidate.fraction),
            "backstop_ppm": ppm(waterfall.backstop),
            "fund_capacity_ppm": ppm(waterfall.fund_capacity),
            "unwind_interval": micros(waterfall.unwind_interval),
            "unwind_ppm": ppm(waterfall.unwind_share),
            "unwind_slippage_ppm": ppm(waterfall.unwind_slippage),
            "remainder_to_fund": int(liquidate.remainder_to_fund),
            "adl_rule": _ADL_RULES[waterfall.adl],
            "adl_price": int(waterfall.adl_price == "mark"),
            "socialises": int(waterfall.socialises),
            "has_impact": int(liquidate.has_impact),
        },
    )


def fill_venues(world: World, roster: Roster, accounts: dict[str, tuple[int, int]]) -> None:
    """Every venue with its markets; `accounts` are its fund's and its absorber's."""
    first = 1
    for v, (name, venue) in enumerate(roster.scenario.venues.items(), 1):
        _fill_venue(world, v, venue.rules, first, len(venue.markets), accounts[name])
        for column, market in enumerate(venue.markets.values()):
            _fill_market(world, first + column, v, column, market, venue.rules, roster)
        first += len(venue.markets)
