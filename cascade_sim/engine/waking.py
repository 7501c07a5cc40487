"""Agents wake, decide, post what they want, and say when they wake next."""

import numpy as np

from cascade_sim.agents.arbitrageurs import wake_arbitrageur
from cascade_sim.agents.hunters import wake_hunter
from cascade_sim.agents.investors import wake_investor
from cascade_sim.agents.liquidators import wake_liquidator
from cascade_sim.agents.makers import wake_maker
from cascade_sim.agents.traders import wake_trader
from cascade_sim.market.constants import FOREVER, LINK, OUTBOX, ZERO
from cascade_sim.market.draws import uniforms, words
from cascade_sim.market.event_queue import WAKE, push
from cascade_sim.market.kernel import entry, kernel, part, prefetch, routine
from cascade_sim.market.outbox import clear, post
from cascade_sim.market.roles import ARBITRAGEUR, CUSTOM, HUNTER, INVESTOR, LIQUIDATOR, MAKER, TRADER
from cascade_sim.market.streams import DECISION, PHASE, WAKING

__all__ = ["call_liquidators", "fetch_ahead", "follow_up_custom", "schedule_first_wakes", "wake"]

_JITTER = 0.5
_COLUMNS_AHEAD = 4


@kernel
def _schedule_wake(w, role, row, address, number, wakes):
    """Put an agent's next wake-up into the queue."""
    a, b, _, _ = words(w.clock[0].seed, WAKING + np.int64(role), address, number, 0)
    push(w, wakes, WAKE + np.int64(role), np.int64(row), ZERO, (a << np.uint64(32)) | b)


@part
def _follow_up(w, role, row, agent):
    """Post what an agent wrote and schedule its next wake-up."""
    if w.pools[0].outbox > OUTBOX:
        w.clock[0].subject = np.int64(agent.account)
    post(w, role, agent.address, agent.number, agent.latency, _JITTER)
    agent.number += 1
    if agent.wakes < FOREVER:
        _schedule_wake(w, role, row, agent.address, agent.number, agent.wakes)


@part
def wake(w, population, role, row):
    """Let one agent decide."""
    clear(w)
    if role == TRADER:
        trader = population.traders[row]
        wake_trader(w, trader)
        _follow_up(w, TRADER, row, trader)
    elif role == MAKER:
        maker = population.makers[row]
        wake_maker(w, population.shapes, maker)
        _follow_up(w, MAKER, row, maker)
    elif role == LIQUIDATOR:
        liquidator = population.liquidators[row]
        wake_liquidator(w, liquidator)
        _follow_up(w, LIQUIDATOR, row, liquidator)
    elif role == HUNTER:
        hunter = population.hunters[row]
        wake_hunter(w, hunter)
        _follow_up(w, HUNTER, row, hunter)
    elif role == ARBITRAGEUR:
        arbitrageur = population.arbitrageurs[row]
        wake_arbitrageur(w, arbitrageur)
        _follow_up(w, ARBITRAGEUR, row, arbitrageur)
    elif role == INVESTOR:
        buyer = population.investors[row]
        wake_investor(w, buyer)
        _follow_up(w, INVESTOR, row, buyer)


@kernel
def _fetch_account(w, a):
    """Fetch an account, its money and its positions in the first markets of its venue."""
    prefetch(w.accounts[a])
    prefetch(w.balances[a, LINK(1)])
    for k in range(min(w.positions.shape[1], _COLUMNS_AHEAD)):
        prefetch(w.positions[a, LINK(k)])


@part
def fetch_ahead(w, population):
    """Fetch what agents who wake soon will look at: one entry of the lists of the next two buckets of time each.

    With many traders each is long out of the cache when it wakes. Its entry and its row are asked for two
    buckets before, its account one bucket before, and the loop goes on meanwhile.
    """
    pools = w.pools[0]
    entry = w.entries[pools.later]
    if entry.kind == WAKE + TRADER:
        prefetch(population.traders[entry.row])
    prefetch(w.entries[entry.next])
    pools.later = entry.next
    entry = w.entries[pools.soon]
    if entry.kind == WAKE + TRADER:
        _fetch_account(w, population.traders[entry.row].account)
    pools.soon = entry.next


@routine
def call_liquidators(w, population, v):
    """Wake the sleeping liquidators of a venue, each after its latency: there is an account on offer."""
    for row in range(1, population.liquidators.shape[0]):
        liquidator = population.liquidators[LINK(row)]
        if w.accounts[liquidator.account].venue == v and liquidator.wakes == FOREVER:
            liquidator.wakes = w.clock[0].now + liquidator.latency
            _schedule_wake(w, LIQUIDATOR, LINK(row), liquidator.address, liquidator.number, liquidator.wakes)


@kernel
def _first_wake(w, role, row, agent):
    """Schedule an agent's first wake-up at a random moment of its first interval."""
    u, _ = uniforms(w.clock[0].seed, PHASE + np.int64(role), agent.address, 1, 0)
    agent.wakes = 1 + np.int64(u * agent.interval)
    _schedule_wake(w, role, LINK(row), agent.address, agent.number, agent.wakes)


@entry
def schedule_first_wakes(w, population):
    """Schedule the first wake-up of every agent."""
    for row in range(1, population.traders.shape[0]):
        _first_wake(w, TRADER, row, population.traders[LINK(row)])
    for row in range(1, population.makers.shape[0]):
        _first_wake(w, MAKER, row, population.makers[LINK(row)])
    for row in range(1, population.hunters.shape[0]):
        _first_wake(w, HUNTER, row, population.hunters[LINK(row)])
    for row in range(1, population.arbitrageurs.shape[0]):
        _first_wake(w, ARBITRAGEUR, row, population.arbitrageurs[LINK(row)])
    for row in range(1, population.investors.shape[0]):
        _first_wake(w, INVESTOR, row, population.investors[LINK(row)])
    for row in range(1, population.customs.shape[0]):
        _first_wake(w, CUSTOM, row, population.customs[LINK(row)])
    for row in range(1, population.liquidators.shape[0]):
        population.liquidators[LINK(row)].wakes = FOREVER


@entry
def follow_up_custom(w, population, row):
    """Post what a Python agent wants and schedule its next wake-up."""
    agent = population.customs[LINK(row)]
    u, _ = uniforms(w.clock[0].seed, DECISION + np.int64(CUSTOM), agent.address, agent.number, 0)
    agent.wakes = w.clock[0].now + 1 + np.int64(agent.interval * (0.5 + u))
    _follow_up(w, CUSTOM, row, agent)
