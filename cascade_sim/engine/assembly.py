"""From a scenario to a world at time zero: rules into rows, agents into tables, the first entries due."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cascade_sim.agents.arbitrageurs import arbitrageur_t, arbitrageurs_of
from cascade_sim.agents.custom import Guest, custom_t, guests_of
from cascade_sim.agents.hunters import hunter_t, hunters_of
from cascade_sim.agents.investors import investor_t, investors_of
from cascade_sim.agents.liquidators import liquidator_t, liquidators_of
from cascade_sim.agents.maker_cohorts import makers_of, shape
from cascade_sim.agents.makers import maker_t, shape_t
from cascade_sim.agents.roster import Roster
from cascade_sim.agents.traders import trader_t, traders_of
from cascade_sim.engine.clockwork import start_clockwork
from cascade_sim.engine.loop import send_at
from cascade_sim.engine.population import Population
from cascade_sim.engine.rulebook import YEAR, fill_assets, fill_oracles, fill_venues, first_counted, micros, money
from cascade_sim.engine.waking import schedule_first_wakes
from cascade_sim.intervention import Intervention
from cascade_sim.intervention.plan import Link, Plan
from cascade_sim.market import exchange
from cascade_sim.market.roles import ABSORBER, CUSTOM, FUND, TRADER
from cascade_sim.market.rows import stack
from cascade_sim.market.streams import BURN_IN, lucky
from cascade_sim.market.tables import World
from cascade_sim.market.world import Sizes, allocate
from cascade_sim.scenario.positions import read_positions
from cascade_sim.scenario.prices import bridge, read_bars
from cascade_sim.scenario.scenario import CURRENCY, MONEY_UNITS, Scenario

__all__ = ["assemble"]

_ORDER_KINDS = {
    "limit": exchange.LIMIT,
    "market": exchange.MARKET,
    "immediate": exchange.IMMEDIATE,
    "fill-or-kill": exchange.FILL_OR_KILL,
    "post-only": exchange.POST_ONLY,
    "cancel-all": exchange.CANCEL_ALL,
}


def _open_venue_accounts(roster: Roster) -> dict[str, tuple[int, int]]:
    """The insurance fund's account and the absorber's, for every venue."""
    rows = {}
    for name, venue in roster.scenario.venues.items():
        fund = np.array([money(venue.rules.waterfall.insurance_fund)])
        first = roster.open(name, FUND, "insurance fund", roster.new_owners(1), {CURRENCY: fund})
        second = roster.open(name, ABSORBER, "absorber", roster.new_owners(1), {})
        rows[name] = (int(first[0]), int(second[0]))
    return rows


def _open_named_accounts(roster: Roster) -> dict[str, int]:
    """Rows of the scenario's named accounts."""
    rows = {}
    for name, account in roster.scenario.accounts.items():
        purse = {CURRENCY: np.array([money(account.deposit)])}
        for asset, amount in account.holdings.items():
            purse[asset] = np.array([round(amount * roster.units(asset))])
        opened = roster.open(account.venue, CUSTOM, name, roster.new_owners(1), purse, account.leverage)
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


def _open_positions_file(roster: Roster) -> None:
    """Accounts and positions of a file, and one rich account that holds the other side of what is left over."""
    given = roster.scenario.positions
    if given is None:
        return
    markets = roster.scenario.venues[given.venue].markets
    perpetuals = {name for name, market in markets.items() if market.kind == "perpetual"}
    held = read_positions(given.file, perpetuals)
    people = len(held.names)
    purse = {CURRENCY: (held.margin * MONEY_UNITS).astype(np.int64)}
    rows = roster.open(given.venue, TRADER, "positions file", roster.new_owners(people), purse)
    rest: dict[str, int] = {}
    for name in sorted(set(held.market)):
        own = np.array([market == name for market in held.market])
        market = roster.market(name)
        lots = np.round(held.size[own] / market.lot).astype(np.int64)
        cost = lots * np.round(held.entry[own] / market.tick).astype(np.int64) * roster.tick_value(name)
        total_lots, total_cost = np.zeros(people, np.int64), np.zeros(people, np.int64)
        np.add.at(total_lots, held.account[own], lots)
        np.add.at(total_cost, held.account[own], cost)
        roster.hold(name, rows, total_lots, total_cost)
        rest[name] = roster.held(name)
    owed = sum(abs(lots) * roster.market(name).lot * roster.price(name) for name, lots in rest.items())
    owner = roster.open(
        given.venue, CUSTOM, "other side", roster.new_owners(1), {CURRENCY: np.array([money(2 * owed)])}
    )
    for name, lots in rest.items():
        roster.hold(name, owner, np.array([-lots]))


def _send_scripted_orders(world: World, roster: Roster, rows: dict[str, int], plan: Plan) -> None:
    """Messages of named accounts, on their way to arrive when the scenario says."""
    for k, item in enumerate(roster.scenario.orders):
        market = roster.market(item.market)
        row = world.outbox[0]
        row["kind"] = _ORDER_KINDS[item.type]
        row["account"] = plan.account_in(rows[item.account], item.market)
        row["market"] = roster.markets[item.market]
        row["lots"] = round(item.size / market.lot)
        row["price"] = round((item.price or market.tick) / market.tick)
        row["options"] = exchange.REDUCE_ONLY if item.reduce_only else 0
        world.pools["outbox"] = 1
        send_at(world, CUSTOM, micros(roster.scenario.burn_in + item.at), k)


def _population(roster: Roster, guests: Sequence[Guest]) -> Population:
    """Tables of all agents; their accounts are opened on the way."""
    agents = roster.scenario.agents
    if roster.scenario.positions is not None:
        flat = {name: cohort.model_copy(update={"open_interest": {}}) for name, cohort in agents.traders.items()}
        agents = agents.model_copy(update={"traders": flat})

    def rows_of(kind: str, make: Callable[..., Any]) -> list[Any]:
        return [make(cohort, name, roster) for name, cohort in getattr(agents, kind).items() if cohort.count > 0]

    makers = rows_of("makers", makers_of)
    shapes = [shape(c.levels, c.nearest, c.reach, c.exponent) for c in agents.makers.values() if c.count > 0]
    for k, rows in enumerate(makers):
        rows["first_shape"] = sum(len(part) for part in shapes[:k])
    # Arbitrageurs before traders: they hold a part of the shorts.
    arbitrageurs = rows_of("arbitrageurs", arbitrageurs_of)
    return Population(
        traders=stack(trader_t, rows_of("traders", traders_of), unused=1),
        makers=stack(maker_t, makers, unused=1),
        shapes=stack(shape_t, shapes),
        liquidators=stack(liquidator_t, rows_of("liquidators", liquidators_of), unused=1),
        hunters=stack(hunter_t, rows_of("hunters", hunters_of), unused=1),
        arbitrageurs=stack(arbitrageur_t, arbitrageurs, unused=1),
        investors=stack(investor_t, rows_of("investors", investors_of), unused=1),
        customs=stack(custom_t, [guests_of(guests, roster)], unused=1),
    )


def _news(scenario: Scenario, roster: Roster, script: Any) -> None:
    """Add the log moves of scheduled news to the script."""
    ticks = np.arange(len(script) + 1)
    for item in scenario.news:
        start = (scenario.burn_in + item.at) / scenario.fundamental_interval
        length = max(item.over / scenario.fundamental_interval, 1.0)
        share = np.diff(np.clip((ticks - start) / length, 0.0, 1.0))
        for name, asset in scenario.assets.items():
            if item.asset in (None, name):
                beta = asset.crash_beta if item.asset is None else 1.0
                script[:, roster.assets[name]] += share * beta * math.log1p(item.move)


def _quiet_moves(scenario: Scenario, seed: int, ticks: int) -> Any:
    """Log moves of the followed asset in the burn-in: diffusion at its usual volatility that ends where it began."""
    assert scenario.followed is not None
    size = scenario.assets[scenario.followed].volatility * math.sqrt(scenario.fundamental_interval / YEAR)
    chance = np.random.default_rng(np.random.Philox(key=[seed, BURN_IN])).standard_normal(ticks)
    return size * (chance - chance.mean()) if ticks else chance


def _replay(scenario: Scenario, roster: Roster, script: Any, seed: int) -> None:
    """Add the log moves of a price file: its asset follows it, the others by their crash betas."""
    prices = scenario.prices
    assert prices is not None
    assert scenario.followed is not None
    bars = read_bars(prices.file, prices.start, prices.end)
    path = bridge(bars, scenario.fundamental_interval, seed, prices.bridge == "high-low-close")
    start = round(scenario.burn_in / scenario.fundamental_interval)
    moves = np.append(_quiet_moves(scenario, seed, start), prices.news_share * np.diff(np.log(path)))[: len(script)]
    for name, asset in scenario.assets.items():
        beta = asset.crash_beta / scenario.assets[scenario.followed].crash_beta
        script[: len(moves), roster.assets[name]] += beta * moves


def _script(scenario: Scenario, roster: Roster, seed: int) -> Any:
    """Log moves of news and of a price file, a row a tick of fundamental value."""
    ticks = math.ceil((scenario.burn_in + scenario.duration) / scenario.fundamental_interval) + 1
    script = np.zeros((ticks, len(roster.assets) + 1))
    _news(scenario, roster, script)
    if scenario.prices is not None:
        _replay(scenario, roster, script, seed)
    return script


def _legs(population: Population, roster: Roster) -> dict[Link, Link]:
    """The other leg of everything that arbitrageurs trade in pairs."""
    names = ["", *roster.markets]
    legs: dict[Link, Link] = {}
    for row in population.arbitrageurs[1:]:
        here = int(row["account"]), names[row["market"]]
        there = int(row["spot_account"]), names[row["spot_market"]]
        legs |= {here: there, there: here}
    return legs


def assemble(
    scenario: Scenario, seed: int, guests: Sequence[Guest] = (), intervention: Intervention | None = None, luck: int = 0
) -> tuple[World, Population, Roster]:
    """World and agents at time zero.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        From 0 to 2**63 - 1.
    guests : sequence of Guest
        Agents written in Python.
    intervention : Intervention, optional
        What is done differently.
    luck : int
        0: the seed's own; any other keeps accounts, traits and opening positions and draws what happens anew.

    Returns
    -------
    World, Population, Roster
    """
    roster = Roster(scenario, seed)
    venue_accounts = _open_venue_accounts(roster)
    named = _open_named_accounts(roster)
    population = _population(roster, guests)
    _open_positions_file(roster)
    _hold_named_positions(roster, named)
    traders = population.traders
    several = set(traders["account"][traders["is_cross"] != 0].tolist())
    plan = Plan(intervention or Intervention(), roster, several, _legs(population, roster))
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
            # One resting order a trader, and a second one while there are few of them.
            orders=1
            << (
                2 * quotes + roster.accounts + min(roster.accounts, 1 << 14) + len(scenario.orders) + 1024
            ).bit_length(),
            entries=1 << (roster.accounts + min(roster.accounts, 1 << 14) + 4096 + len(scenario.orders)).bit_length(),
            messages=1 << (roster.accounts // 4 + 1024 + len(scenario.orders)).bit_length(),
            quote_blocks=256,
            trades=1 << (roster.accounts + 4 * quotes + 4096).bit_length(),
            # What deleveraging and shared losses could write at once; rows that nothing is written to take no memory.
            events=3 * roster.accounts + 8 * quotes + 8192,
            moves=1 << 13,
            samples=1 << 12,
        )
    )
    world.clock["seed"] = lucky(seed, luck)
    world = world._replace(script=_script(scenario, roster, lucky(seed, luck)))
    fill_assets(world, scenario, roster)
    fill_oracles(world, scenario, roster)
    fill_venues(world, roster, venue_accounts)
    roster.register(world)
    plan.apply(world, first_counted(scenario.burn_in))
    _send_scripted_orders(world, roster, named, plan)
    intervals = (scenario.fundamental_interval, scenario.sample_interval, scenario.map_interval)
    start_clockwork(world, *map(micros, intervals))
    schedule_first_wakes(world, population)
    return world, population, roster
