"""Makers against the insider of Kyle (1985), and against inventory as in Avellaneda and Stoikov (2008)."""

import numpy as np
import pytest

from cascade_sim.experiments.validation.bare_market import PLENTY, perpetual_market
from cascade_sim.experiments.validation.call_auction import INSIDER, MAKER, TICK, UNIT, Market
from cascade_sim.experiments.validation.informed_trading import equilibrium
from cascade_sim.experiments.validation.message_stream import send_stream
from cascade_sim.experiments.validation.quoting import quote_paths
from cascade_sim.experiments.validation.quoting_theory import Rules, moments
from cascade_sim.experiments.validation.studies import run_study
from cascade_sim.market.exchange import LIMIT
from cascade_sim.market.invariants import HOLDS, find_violation


@pytest.mark.parametrize("name", ["informed-trading", "inventory-quotes"])
def test_small_study(name):
    assert [line.quantity for line in run_study(name, small=True) if not line.met] == []


def test_the_equilibrium_of_an_insider():
    assert equilibrium(2.0, 5.0) == pytest.approx((0.2, 2.5, 5.0, 2.0))


def test_one_auction_by_hand():
    # Noise buys 3 and sells 1, the insider buys 2: the maker sells 4 at 100 + 4 * 0.25, and all close at 103.
    market = Market(np.random.default_rng(1), 2.0, 5.0)
    noise = np.array([[3, -1, 0, 0, 0]]) * UNIT
    seen = market.hold(np.array([round(3 / TICK)]), noise, np.array([2 * UNIT]), 0.25)
    assert (seen.flow[0], seen.move[0], seen.value[0], seen.profit[0]) == pytest.approx((4.0, 1.0, 3.0, 4.0))
    gains = [market.balance(account) for account in range(1, MAKER + 1)]
    assert gains == pytest.approx([6.0, -2.0, 0.0, 0.0, 0.0, 4.0, -8.0])
    assert not market.world.positions["lots"].any()


def test_what_trades_say_is_what_the_ledger_says():
    market = Market(np.random.default_rng(2), 2.0, 5.0)
    values, noise = market.draw(20_000)
    insider = 2 * UNIT * np.sign(values)
    seen = market.hold(values, noise, insider, 0.2)
    assert seen.profit.sum() == pytest.approx(market.balance(INSIDER))
    assert seen.flow == pytest.approx((noise.sum(axis=1) + insider) / UNIT)
    assert seen.move == pytest.approx(0.2 * seen.flow, abs=TICK)
    assert sum(market.balance(account) for account in range(1, MAKER + 1)) == pytest.approx(0.0, abs=1e-6)
    assert find_violation(market.world) == HOLDS


def test_a_market_for_as_many_accounts_as_there_are_paths_has_books_that_balance():
    assert find_violation(perpetual_market(20_001, 100_000, 1_000, 10**14)) == HOLDS


def test_a_refused_message_is_an_error():
    with pytest.raises(RuntimeError, match="was refused"):
        send_stream(perpetual_market(1, 1000, 1, PLENTY), np.array([[LIMIT, 1, 0, 1000]]))


@pytest.mark.parametrize(
    ("gamma", "symmetric", "profit", "profit_sd", "inventory_sd"),
    [
        (0.1, False, 64.86, 6.52, 2.91),
        (0.1, True, 68.25, 13.47, 8.36),
        (0.5, False, 48.58, 5.93, 1.95),
        (0.5, True, 60.01, 12.36, 6.90),
        (0.01, False, 68.38, 8.92, 5.18),
    ],
)
def test_exact_moments_are_those_of_a_simulation_without_an_exchange(gamma, symmetric, profit, profit_sd, inventory_sd):
    exact = moments(Rules(gamma=gamma, symmetric=symmetric))
    assert exact.profit == pytest.approx(profit, rel=0.003)
    assert exact.profit_sd == pytest.approx(profit_sd, rel=0.015)
    assert exact.inventory_sd == pytest.approx(inventory_sd, rel=0.015)


def test_exact_moments_of_symmetric_quotes_in_closed_form():
    rules = Rules(gamma=0.1, symmetric=True)
    half = rules.spread(0.0) / 2
    chance = rules.arrivals * np.exp(-rules.k * half) / rules.steps
    exact = moments(rules)
    assert exact.profit == pytest.approx(2 * rules.steps * chance * half)
    assert exact.inventory_sd == pytest.approx(np.sqrt(2 * rules.steps * chance * (1 - chance)))


def test_profit_without_price_moves_is_the_spread_earned():
    rules = Rules(gamma=0.1, symmetric=True, sigma=0.01)
    done, exact = quote_paths(rules, 2_000, seed=3), moments(rules)
    assert done.profit.mean() == pytest.approx(exact.profit, abs=4 * exact.profit_sd / np.sqrt(2_000))
    assert (done.profit > 0).all()
