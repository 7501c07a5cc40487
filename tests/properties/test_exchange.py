"""Whatever is sent to the exchange, in whatever order: the invariants hold after every message."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cascade_sim.engine.loop import DONE, advance
from cascade_sim.market.constants import LINK, QUOTE_BLOCK
from cascade_sim.market.event_queue import MESSAGE, push
from cascade_sim.market.exchange import REPLACE_QUOTES, SET_LEVERAGE, TAKE_OVER, TRANSFER_COLLATERAL
from cascade_sim.market.kernel import entry, kernel
from cascade_sim.market.matching import order_id
from cascade_sim.market.roles import ROLES
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation
from tests.conftest import PERPETUALS, small_scenario, unpaid

EXAMPLES = 1000
MESSAGES_EACH = 1000
WIDTH = 8  # bytes a message is made from
PEOPLE = 12
RULES = {
    "full": {"liquidation": {"rule": "full"}, "waterfall": {"insurance_fund": 50}},
    "partial": {
        "liquidation": {"rule": "partial", "fee": 0.01, "slippage": 0.02, "latency": 0.001, "buffer": 0.01},
        "waterfall": {"insurance_fund": 100, "adl": "binance"},
    },
    "fraction": {
        "liquidation": {"rule": "fraction", "small_notional": 100, "window": 0.002, "discount": 0.01, "reward": 0.5},
        "waterfall": {"insurance_fund": 500, "fund_capacity": 5, "backstop": 0.66, "adl": "hyperliquid"},
    },
    "mark": {
        "liquidation": {"rule": "full", "slippage": 0.01, "max_attempts": 2, "remainder_to_fund": True},
        "waterfall": {"adl": "bitmex", "adl_price": "mark"},
    },
    "no impact": {"liquidation": {"has_impact": False}},
}


@kernel
def fill(w, message, c, accounts):
    """Make a message from eight bytes: most of them sensible, some not."""
    a = LINK(accounts[c[1] % PEOPLE])
    m = LINK(3) if w.accounts[a].venue == 2 else LINK(1 + c[2] % 2)
    own = w.positions[a, w.markets[m].column].orders
    if c[2] >= 250:
        m = LINK(c[2] % 5)
    message.kind = LINK(c[0] % 13)
    message.account = a
    message.market = m
    message.options = LINK(200 <= c[2] < 250)
    message.price = np.int64(c[3]) - 128 + (500 if m == 2 else 10_000)
    message.lots = np.int64(c[4]) - 128
    message.reference = order_id(w, own) + c[5] // 250
    message.count = LINK(0)
    message.cause = LINK(0)
    message.role = LINK(c[7] % ROLES)
    if message.kind == REPLACE_QUOTES:
        message.reference = np.int64(w.pools[0].free_quotes) * QUOTE_BLOCK
        w.pools[0].free_quotes = LINK(w.quotes[LINK(message.reference)].lots)
        w.pools[0].blocks += 1
        message.count = LINK(c[5] % 9)
        for j in range(message.count):
            quote = w.quotes[LINK(message.reference + j)]
            side = 1 if (c[6] >> (j % 8)) & 1 else -1
            quote.lots = side * (1 + np.int64(c[7]) % 20)
            quote.level = message.price - side * np.int64(c[3] % 7 + j)
    elif message.kind == TRANSFER_COLLATERAL:
        message.lots *= 1_000_000
    elif message.kind == SET_LEVERAGE:
        message.lots = np.int64(c[4]) * 1000
    if c[1] >= 252:  # what no message may carry
        message.lots = np.int64(-(2**63)) if c[6] % 3 == 0 else np.int64(2**62) + np.int64(c[6] % 3 - 1) * (2**61)
    if message.kind >= TAKE_OVER:
        message.reference = np.int64(w.venues[1].pending) + c[5] // 250


@entry
def send_stream(w, population, code, accounts, first):
    """Send a message every millisecond and run the engine in between; returns the message reached."""
    i = first
    status = DONE
    while i < code.shape[0] // WIDTH and status == DONE:
        slot = w.pools[0].free_message
        message = w.messages[slot]
        w.pools[0].free_message = message.next
        w.pools[0].messages += 1
        fill(w, message, code[i * WIDTH : (i + 1) * WIDTH], accounts)
        push(w, w.clock[0].now + 1, MESSAGE, np.int64(slot), np.int64(0), np.uint64(0))
        status = advance(w, population, np.int64(1000) * (i + 1))
        i += 1
    return i, status


def people() -> dict[str, dict[str, object]]:
    """Ten traders on the derivatives venue, four of them with little, and two on the spot venue."""
    perps = {
        f"p{k}": {"venue": "perps", "deposit": 40 if k < 4 else 20_000, "leverage": 50, "holdings": {}}
        for k in range(10)
    }
    spot = {f"s{k}": {"venue": "spot", "deposit": 20_000, "holdings": {"A": 500}} for k in range(2)}
    return perps | spot


def run(code: bytes, rules: dict[str, object]) -> Simulation:
    """Send a stream to a market with these rules, checking every invariant after every message."""
    merged = PERPETUALS["rules"] | {"liquidation": PERPETUALS["rules"]["liquidation"] | rules["liquidation"]}
    merged |= {"waterfall": rules.get("waterfall", {})}
    venues = {"perps": PERPETUALS | {"rules": merged}, "spot": small_scenario()["venues"]["spot"]}
    scenario = Scenario.model_validate(small_scenario(venues=venues, accounts=people()))
    simulation = Simulation(scenario, seed=1, checks=True)
    w = simulation.world
    rows = np.arange(len(w.accounts) - PEOPLE, len(w.accounts), dtype=np.uint32)
    w.accounts["owner"][rows[5]] = w.accounts["owner"][rows[4]]
    stream = np.frombuffer(code, np.uint8)
    reached = 0
    while reached < len(stream) // WIDTH:
        reached, _ = send_stream(simulation.world, simulation.population, stream, rows, reached)
        simulation.run_until(1000 * reached)
    simulation.run(0.1)
    return simulation


@pytest.mark.parametrize("rules", RULES)
@settings(max_examples=EXAMPLES // len(RULES), suppress_health_check=list(HealthCheck))
@given(code=st.binary(min_size=WIDTH * MESSAGES_EACH, max_size=WIDTH * MESSAGES_EACH))
def test_invariants_hold_after_every_message(rules: str, code: bytes) -> None:
    assert unpaid(run(code, RULES[rules])) == {}
