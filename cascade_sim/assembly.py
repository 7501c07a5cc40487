"""From a scenario to a world at time zero: rules into rows, agents into tables, the first entries due."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from cascade_sim.agents.arbitrageurs import arbitrageur_t, arbitrageurs_of
from cascade_sim.agents.hunters import hunter_t, hunters_of
from cascade_sim.agents.investors import investor_t, investors_of
from cascade_sim.agents.liquidators import liquidator_t, liquidators_of
from cascade_sim.agents.makers import maker_t, makers_of, shape, shape_t
from cascade_sim.agents.roster import Roster
from cascade_sim.agents.traders import trader_t, traders_of
from cascade_sim.engine import Population, schedule_first_wakes, send_at, start_clockwork
from cascade_sim.market import auto_deleveraging, exchange, liquidation, mark_price, matching
from cascade_sim.market import funding as funding_rules
from cascade_sim.market import tables as t
from cascade_sim.market.tables import World
from cascade_sim.market.world import Sizes, allocate
from cascade_sim.scenario.scenario import ASSET_UNITS, CURRENCY, MONEY_UNITS, Scenario
from cascade_sim.scenario.venues import Market, Tier, VenueRules

__all__ = ["assemble"]

YEAR = 365 * 86_400
_MARK_RULES = {
    "last": mark_price.LAST,
    "mid": mark_price.MID,
    "index": mark_price.INDEX_PRICE,
    "median": mark_price.MEDIAN,
    "hyperliquid": mark_price.HYPERLIQUID_MEDIAN,
}
_LIQUIDATION_RULES = {"full": liquidation.FULL, "partial": liquidation.PARTIAL, "fraction": liquidation.FRACTION}
_LIMITS = {"none": liquidation.UNLIMITED, "bankruptcy": liquidation.BANKRUPTCY, "backed": liquidation.BACKED}
_ADL_RULES = {
    "none": auto_deleveraging.NO_ADL,
    "binance": auto_deleveraging.BINANCE,
    "bitmex": auto_deleveraging.BITMEX,
    "hyperliquid": auto_deleveraging.HYPERLIQUID,
}
_SELF_TRADE = {"cancel-resting": matching.CANCEL_RESTING, "cancel-taker": matching.CANCEL_TAKER}
_ORDER_KINDS = {
    "limit": exchange.LIMIT,
    "market": exchange.MARKET,
    "immediate": exchange.IMMEDIATE,
    "fill-or-kill": exchange.FILL_OR_KILL,
    "post-only": exchange.POST_ONLY,
    "cancel-all": exchange.CANCEL_ALL,
}
_PAID_ON = {"mark": funding_rules.ON_MARK, "index": funding_rules.ON_INDEX}


def micros(seconds: float) -> int:
    """Whole microseconds."""
    return round(seconds * t.SECOND)


def ppm(share: float) -> int:
    """Whole parts per million."""
    return round(share * 1_000_000)


def money(usd: float) -> int:
    """Whole units of the currency."""
    return round(usd * MONEY_UNITS)


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        row[name] = value


def _fill_assets(world: World, scenario: Scenario, roster: Roster) -> None:
    """Fundamental values, their correlation, and the feeds."""
    world.assets["units"][roster.assets[CURRENCY]] = MONEY_UNITS
    world.assets["fundamental"][0] = 0.0
    n = len(world.assets) - 1
    correlation = np.full((n - 1, n - 1), scenario.correlation)
    np.fill_diagonal(correlation, 1.0)
    world.loadings[2:, 2:] = np.linalg.cholesky(correlation)
    for name, asset in scenario.assets.items():
        row = roster.assets[name]
        _set(
            world.assets[row],
            {
                "fundamental": asset.price,
                "drift": asset.drift / YEAR,
                "volatility": asset.volatility / math.sqrt(YEAR),
                "jump_rate": asset.jumps.per_day / 86_400,
                "jump_mean": asset.jumps.mean,
                "jump_sd": asset.jumps.sd,
                "units": ASSET_UNITS,
            },
        )
        world.feeds["price"][row] = round(asset.price * t.PRICE_UNIT)


def _fill_oracles(world: World, scenario: Scenario, roster: Roster) -> None:
    """Feeds and their sources."""
    s = 1
    start = scenario.burn_in
    for name, oracle in scenario.oracles.items():
        row = roster.assets[name]
        price = round(scenario.assets[name].price * t.PRICE_UNIT)
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
            "tick_price": round(market.tick * t.PRICE_UNIT),
            "taker_ppm": ppm(rules.fees.taker),
            "maker_ppm": ppm(rules.fees.maker),
            "venue": v,
            "column": column,
            "asset": asset,
            "currency": roster.assets[CURRENCY],
            "kind": t.PERPETUAL if perpetual else t.SPOT,
            "max_lots": min(t.MAX_LOTS, t.MAX_NOTIONAL // (t.LEVELS * tick_value)),
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
            "remainder_to_fund": int(liquidate.remainder_to_fund),
            "adl_rule": _ADL_RULES[waterfall.adl],
            "adl_price": int(waterfall.adl_price == "mark"),
            "socialises": int(waterfall.socialises),
            "has_impact": int(liquidate.has_impact),
        },
    )


def _open_venue_accounts(roster: Roster) -> dict[str, tuple[int, int]]:
    """The insurance fund's account and the absorber's, for every venue."""
    rows = {}
    for name, venue in roster.scenario.venues.items():
        fund = np.array([money(venue.rules.waterfall.insurance_fund)])
        first = roster.open(name, t.FUND, "insurance fund", roster.new_owners(1), {CURRENCY: fund})
        second = roster.open(name, t.ABSORBER, "absorber", roster.new_owners(1), {})
        rows[name] = (int(first[0]), int(second[0]))
    return rows


def _open_named_accounts(roster: Roster) -> dict[str, int]:
    """Rows of the scenario's named accounts."""
    rows = {}
    for name, account in roster.scenario.accounts.items():
        purse = {CURRENCY: np.array([money(account.deposit)])}
        for asset, amount in account.holdings.items():
            purse[asset] = np.array([round(amount * roster.units(asset))])
        opened = roster.open(account.venue, t.CUSTOM, name, roster.new_owners(1), purse, account.leverage)
        rows[name] = int(opened[0])
    return rows


def _hold_named_positions(roster: Roster, rows: dict[str, int]) -> None:
    """Positions that named accounts hold at the start."""
    for name, account in roster.scenario.accounts.items():
        for market_name, position in account.positions.items():
            market = roster.market(market_name)
            lots = round(position.size / market.lot)
            cost = lots * round(position.entry / market.tick * roster.tick_value(market_name))
            roster.hold(market_name, np.array([rows[name]], np.uint32), np.array([lots]), np.array([cost]))


def _send_scripted_orders(world: World, roster: Roster, rows: dict[str, int]) -> None:
    """Messages of named accounts, on their way to arrive when the scenario says."""
    for k, item in enumerate(roster.scenario.orders):
        market = roster.market(item.market)
        row = world.outbox[0]
        row["kind"] = _ORDER_KINDS[item.type]
        row["account"] = rows[item.account]
        row["market"] = roster.markets[item.market]
        row["lots"] = round(item.size / market.lot)
        row["price"] = round((item.price or market.tick) / market.tick)
        row["options"] = exchange.REDUCE_ONLY if item.reduce_only else 0
        world.pools["outbox"] = 1
        send_at(world, t.CUSTOM, micros(roster.scenario.burn_in + item.at), k)


def _population(roster: Roster) -> Population:
    """Tables of all agents; their accounts are opened on the way."""
    agents = roster.scenario.agents

    def rows_of(kind: str, make: Callable[..., Any]) -> list[Any]:
        return [make(cohort, name, k, roster) for k, (name, cohort) in enumerate(getattr(agents, kind).items())]

    makers = rows_of("makers", makers_of)
    shapes = [shape(c.levels, c.nearest, c.reach, c.exponent) for c in agents.makers.values()]
    for k, rows in enumerate(makers):
        rows["first_shape"] = sum(len(part) for part in shapes[:k])
    # Arbitrageurs before traders: they hold a part of the shorts.
    arbitrageurs = rows_of("arbitrageurs", arbitrageurs_of)
    return Population(
        traders=t.stack(trader_t, rows_of("traders", traders_of), unused=1),
        makers=t.stack(maker_t, makers, unused=1),
        shapes=t.stack(shape_t, shapes),
        liquidators=t.stack(liquidator_t, rows_of("liquidators", liquidators_of), unused=1),
        hunters=t.stack(hunter_t, rows_of("hunters", hunters_of), unused=1),
        arbitrageurs=t.stack(arbitrageur_t, arbitrageurs, unused=1),
        investors=t.stack(investor_t, rows_of("investors", investors_of), unused=1),
    )


def _script(scenario: Scenario, roster: Roster) -> Any:
    """Log moves of scheduled news, a row a tick of fundamental value."""
    ticks = math.ceil((scenario.burn_in + scenario.duration) / scenario.fundamental_interval) + 1
    script = np.zeros((ticks, len(roster.assets) + 1))
    for item in scenario.news:
        start = (scenario.burn_in + item.at) / scenario.fundamental_interval
        length = max(item.over / scenario.fundamental_interval, 1.0)
        edges = np.clip((np.arange(ticks + 1) - start) / length, 0.0, 1.0)
        share = np.diff(edges)
        for name, asset in scenario.assets.items():
            if item.asset in (None, name):
                beta = asset.crash_beta if item.asset is None else 1.0
                script[:, roster.assets[name]] += share * beta * math.log1p(item.move)
    return script


def assemble(scenario: Scenario, seed: int) -> tuple[World, Population, Roster]:
    """World and agents at time zero.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        From 0 to 2**63 - 1.

    Returns
    -------
    World, Population, Roster
    """
    roster = Roster(scenario, seed)
    venue_accounts = _open_venue_accounts(roster)
    named = _open_named_accounts(roster)
    population = _population(roster)
    makers = population.makers
    quotes = int(2 * makers["levels"].sum())
    world = allocate(
        Sizes(
            assets=len(roster.assets),
            venues=len(roster.venues),
            markets=len(roster.markets),
            columns=max(len(venue.markets) for venue in scenario.venues.values()),
            accounts=roster.accounts,
            sources=sum(len(oracle.sources) for oracle in scenario.oracles.values()),
            orders=1 << (2 * quotes + 2 * roster.accounts + len(scenario.orders) + 1024).bit_length(),
            entries=1 << (2 * roster.accounts + 4096 + len(scenario.orders)).bit_length(),
            messages=1 << (roster.accounts // 4 + 1024 + len(scenario.orders)).bit_length(),
            quote_blocks=256,
            trades=1 << (roster.accounts + 4 * quotes + 4096).bit_length(),
            events=1 << (2 * roster.accounts + 4 * quotes + 4096).bit_length(),
            moves=1 << 13,
            samples=1 << 12,
        )
    )
    world = world._replace(script=_script(scenario, roster))
    world.clock["seed"] = seed
    _fill_assets(world, scenario, roster)
    _fill_oracles(world, scenario, roster)
    first = 1
    for v, (name, venue) in enumerate(scenario.venues.items(), 1):
        _fill_venue(world, v, venue.rules, first, len(venue.markets), venue_accounts[name])
        for column, market in enumerate(venue.markets.values()):
            _fill_market(world, first + column, v, column, market, venue.rules, roster)
        first += len(venue.markets)
    _hold_named_positions(roster, named)
    roster.register(world)
    _send_scripted_orders(world, roster, named)
    intervals = (scenario.fundamental_interval, scenario.sample_interval, scenario.map_interval)
    start_clockwork(world, *map(micros, intervals))
    schedule_first_wakes(world, population)
    return world, population, roster
