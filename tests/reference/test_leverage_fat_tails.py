"""Leveraged value funds at the exchange, against the same model once more in floating point and without one."""

import math

import numpy as np
import pytest

from cascade_sim.experiments.validation.bare_market import CURRENCY, PLENTY, STOCK
from cascade_sim.experiments.validation.studies import run_study
from cascade_sim.experiments.validation.value_funds import SHARES, Bank, run
from cascade_sim.market.invariants import find_violation


def test_study():
    lines = run_study("leverage-fat-tails", small=True)
    assert [line.quantity for line in lines if not line.met] == []
    # Of 200,000 periods the kurtosis is known at low leverage only: lines that nothing could miss are left out.
    judged = [line.quantity for line in lines if line.quantity.startswith("excess kurtosis")]
    assert judged == ["excess kurtosis at leverage 1", "excess kurtosis at leverage 5"]


class Paper:
    """The paper's equations, period by period, with prices and shares as real numbers."""

    def __init__(self, leverage: float, caution: float = 0.0) -> None:
        self.most, self.caution = leverage, caution
        self.beta = 5.0 * np.arange(1, 11)
        self.cash, self.shares = np.full(10, 2.0), np.zeros(10)
        self.before, self.performance = np.full(10, 2.0), np.zeros(10)
        self.closed = np.zeros(10, int)
        self.log_xi, self.moves, self.prices, self.defaults = math.log(SHARES), [], [1.0], 0

    def money(self, price: float, limit: float) -> np.ndarray:
        """Value that each fund wants to have in shares."""
        wealth = np.maximum(self.cash + self.shares * price, 0.0)
        return np.clip(self.beta * (1.0 - price), 0.0, limit) * wealth * (self.closed == 0)

    def limit(self) -> float:
        if self.caution == 0.0 or len(self.moves) <= 10:
            return self.most
        return max(1.0, self.most / (1.0 + self.caution * np.var(self.moves[-10:])))

    def clear(self, xi: float, limit: float) -> float:
        low, high = 0.0, 5.0
        while high - low > 1e-9:
            price = 0.5 * (low + high)
            if xi + self.money(price, limit).sum() > SHARES * price:
                low = price
            else:
                high = price
        return high

    def step(self, chance: float) -> None:
        self.log_xi = 0.99 * self.log_xi + 0.035 * chance + 0.01 * math.log(SHARES)
        limit = self.limit()
        price = self.clear(math.exp(self.log_xi), limit)
        wealth = self.cash + self.shares * price
        self.shares = self.money(price, limit) / price
        self.cash = wealth - self.shares * price
        self.moves.append(math.log(price / self.prices[-1]))
        self.prices.append(price)
        for h in range(10):
            self.settle(h, wealth[h])

    def settle(self, h: int, wealth: float) -> None:
        if self.closed[h]:
            self.closed[h] -= 1
            if self.closed[h] == 0:
                self.cash[h], self.shares[h], self.before[h], self.performance[h] = 2.0, 0.0, 2.0, 0.0
            return
        self.performance[h] = 0.9 * self.performance[h] + 0.1 * (wealth / self.before[h] - 1.0)
        if wealth <= 0.2:
            self.closed[h], self.defaults = 100, self.defaults + 1
        else:
            flow = max(0.15 * (self.performance[h] - 0.005), -1.0) * wealth
            self.cash[h], self.before[h] = self.cash[h] + flow, wealth + flow


@pytest.mark.parametrize(("leverage", "caution"), [(1, 0), (5, 0), (10, 0), (5, 100)])
def test_every_price_is_that_of_the_paper(leverage, caution):
    # Ten ticks. Long after the first defaults the paths part, when a fund stays just above a tenth of its first
    # wealth in one of them and falls just below in the other.
    chances = np.random.default_rng(4).standard_normal(1500)
    paper = Paper(leverage, caution)
    for chance in chances:
        paper.step(chance)
    found = run(Bank(leverage=leverage, caution=caution), chances)
    assert found.prices == pytest.approx(paper.prices[1:], rel=2e-4)
    assert found.defaults == paper.defaults
    assert paper.defaults > 0 or leverage == 1


def test_shares_money_and_orders_are_accounted_for():
    world = run(Bank(leverage=7), np.random.default_rng(5).standard_normal(5000)).world
    stock = world.balances["amount"][:, STOCK]
    assert stock.sum() == SHARES * 100_000
    assert (stock >= 0).all()
    assert world.markets["orders"][1] == 0
    assert find_violation(world) == 0


def test_funds_borrow_from_the_bank_in_a_slump():
    found = run(Bank(leverage=10), np.full(30, -0.5))
    own = found.world.balances["amount"][1:11, CURRENCY] - PLENTY
    assert found.prices[-1] < 1
    assert own.min() < -2 * 50_000 * 100_000
    assert found.missed < 1e-4
