"""An insider among noise traders, and a market maker who learns what flow tells: Kyle (1985).

With values of sd sv and noise of sd su, one auction has the linear equilibrium

    price = p0 + lambda flow,   lambda = sv / (2 su);   insider's order = beta (value - p0),   beta = su / sv;
    insider's expected profit = sv su / 2;   variance of the value given the price = sv^2 / 2.

Nobody is told these numbers. The maker begins with a wrong lambda and, after every batch of auctions, regresses the
values on the flows that it saw; the insider regresses the price on the flow, finds lambda', and orders
(value - p0) / (2 lambda'), its best response. Every market does this on luck of its own, and the standard errors
are those between markets: they contain what is left of the learning.

References
----------
Kyle (1985), "Continuous auctions and insider trading", Econometrica 53, 1315-1335, theorem 1.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.call_auction import TICK, UNIT, Auctions, Market
from cascade_sim.experiments.validation.verdict import Line, inside

__all__ = ["equilibrium", "learn", "study"]

_VALUE_SD, _NOISE_SD = 2.0, 5.0
_NAME = "informed-trading"
_TARGET = "insider, noise traders and a competitive market maker, Kyle (1985)"
_FIRST_IMPACT, _FIRST_BETA = 0.5, 1.0
_BATCHES = 10
_TRIED = (0.6, 0.8, 1.0, 1.2, 1.4)
_QUANTITIES = (
    "lambda: price over order flow, USD a unit",
    "beta: the insider's most profitable order for a surprise of 1 USD, units",
    "profit of the insider an auction, USD",
    "variance of the value about the price, USD^2",
)


def equilibrium(value_sd: float = _VALUE_SD, noise_sd: float = _NOISE_SD) -> tuple[float, float, float, float]:
    """Lambda, beta, the insider's profit, and the variance of the value given the price."""
    return value_sd / (2 * noise_sd), noise_sd / value_sd, value_sd * noise_sd / 2, value_sd**2 / 2


def _slope(of: NDArray[np.float64], on: NDArray[np.float64]) -> float:
    """Coefficient of a regression."""
    return float(np.cov(of, on)[0, 1] / np.var(on, ddof=1))


def _hold(market: Market, auctions: int, impact: float, beta: float) -> Auctions:
    values, noise = market.draw(auctions)
    return market.hold(values, noise, np.rint(beta * values * TICK * UNIT).astype(np.int64), impact)


def _best_beta(market: Market, auctions: int, impact: float, beta: float) -> float:
    """Peak of a parabola, zero where nothing is ordered, through profits with orders smaller and larger than beta."""
    values, noise = market.draw(auctions)
    tried = np.array(_TRIED) * beta
    orders = [np.rint(b * values * TICK * UNIT).astype(np.int64) for b in tried]
    profits = np.array([market.hold(values, noise, order, impact).profit.mean() for order in orders])
    linear, square = np.linalg.lstsq(np.column_stack([tried, tried**2]), profits, rcond=None)[0]
    return float(-linear / (2 * square))


def learn(seed: int, auctions: int) -> tuple[float, float, float, float]:
    """Let one market find its equilibrium; what is measured in it then, in the order of `equilibrium`.

    Parameters
    ----------
    seed : int
    auctions : int
        In a batch, after which both learn.
    """
    market = Market(np.random.default_rng(seed), _VALUE_SD, _NOISE_SD)
    impact, beta = _FIRST_IMPACT, _FIRST_BETA
    for _ in range(_BATCHES):
        seen = _hold(market, auctions, impact, beta)
        impact, beta = _slope(seen.value, seen.flow), 1.0 / (2.0 * _slope(seen.move, seen.flow))
    seen = _hold(market, auctions, impact, beta)
    best = _best_beta(market, auctions, impact, beta)
    error = float(np.mean((seen.value - seen.move) ** 2))
    return _slope(seen.move, seen.flow), best, float(seen.profit.mean()), error


def study(small: bool = False) -> Sequence[Line]:
    """What markets find, against the equilibrium, within three standard errors between markets."""
    markets, auctions = (8, 2_000) if small else (20, 10_000)
    found = np.array([learn(seed, auctions) for seed in range(markets)])
    errors = found.std(axis=0, ddof=1) / math.sqrt(markets)
    rows = zip(_QUANTITIES, equilibrium(), found.mean(axis=0), errors, strict=True)
    return [inside(_NAME, _TARGET, what, wanted, float(mean), 3 * float(error)) for what, wanted, mean, error in rows]
