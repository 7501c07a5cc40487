"""Tails of returns against the leverage of value funds, without and with a bank that fears volatility.

The levels are those of an own implementation of the paper's equations (three runs of 400,000 periods each), because
the paper shows its own as figures. The paper says of the bank that it makes large risks larger; at these parameters
that implementation finds thinner tails where leverage is low and no benefit where it is high, and so it is checked.

References
----------
Thurner, Farmer, Geanakoplos (2012), "Leverage causes fat tails and clustered volatility", Quantitative Finance 12.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.statistics.tails import hill_estimates
from cascade_sim.experiments.validation.value_funds import Bank, run
from cascade_sim.experiments.validation.verdict import Line, above, inside, within

__all__ = ["Statistics", "statistics", "study"]

_NAME = "leverage-fat-tails"
_TAILS = "leverage and fat tails (Thurner, Farmer, Geanakoplos 2012)"
_RULE = "leverage limited by volatility (Thurner, Farmer, Geanakoplos 2012, section on regulation)"
_PERIODS, _SEEDS = 400_000, 3
_SMALL = 200_000, 1
_WARM = 1_000
_CAUTION = 100.0


@dataclass(frozen=True)
class Statistics:
    """Of log returns.

    Attributes
    ----------
    deviation : float
        Standard deviation.
    kurtosis : float
        Excess.
    falls, rises : float
        Hill exponents of the largest hundredth of the negative and of the positive returns.
    defaults : float
        In 100,000 periods.
    """

    deviation: float
    kurtosis: float
    falls: float
    rises: float
    defaults: float


# By lambda_max, and the spread of the kurtosis from run to run.
_TABLE = {
    1: Statistics(0.0321, 0.22, 8.49, 8.53, 4.7),
    2: Statistics(0.0296, 0.85, 7.79, 7.99, 11.6),
    3: Statistics(0.0292, 1.12, 7.26, 7.89, 54),
    5: Statistics(0.0292, 3.3, 5.28, 7.64, 405),
    7: Statistics(0.0293, 8.7, 4.20, 7.08, 606),
    10: Statistics(0.0294, 11.8, 3.82, 6.65, 656),
    20: Statistics(0.0293, 12.4, 3.80, 6.51, 654),
}
_KURTOSIS_SPREAD = {1: 0.02, 2: 0.07, 3: 0.1, 5: 0.5, 7: 3.0, 10: 3.0, 20: 3.0}
_Measured = dict[int, Statistics]


def _hill(sizes: NDArray[np.float64]) -> float:
    """Tail exponent of positive sizes by the largest hundredth of them (Hill 1975)."""
    return float(hill_estimates(sizes, [len(sizes) // 100])["tail_index"].iloc[0])


def statistics(prices: NDArray[np.float64], defaults: int) -> Statistics:
    """Of one path, after the funds have found their size."""
    moves = np.diff(np.log(prices[_WARM:]))
    score = (moves - moves.mean()) / moves.std()
    kurtosis = float(np.mean(score**4) - 3.0)
    share = defaults / len(prices) * 1e5
    return Statistics(float(moves.std()), kurtosis, _hill(-moves[moves < 0]), _hill(moves[moves > 0]), share)


def _measure(leverage: int, caution: float, periods: int, seeds: int) -> Statistics:
    """Means over runs; the noise of a seed is the same for every bank."""
    bank = Bank(leverage=leverage, caution=caution)
    paths = [run(bank, np.random.default_rng(seed).standard_normal(periods)) for seed in range(1, seeds + 1)]
    found = [statistics(path.prices, path.defaults) for path in paths]
    return Statistics(*(float(np.mean([getattr(one, f.name) for one in found])) for f in fields(Statistics)))


def _levels(leverage: int, found: Statistics, runs: float) -> list[Line]:
    """Numbers of one leverage against the table; what is rare or heavy-tailed within three standard errors.

    Where these are more than the number itself, none would not be refuted either, and nothing is said.
    """
    wanted = _TABLE[leverage]
    at = f"at leverage {leverage}"
    # Of a difference of two means, one of the table's three runs and one of these.
    shares = 1 / _SEEDS + 1 / runs
    kurtosis = max(0.15 * wanted.kurtosis, 3 * _KURTOSIS_SPREAD[leverage] * math.sqrt(shares))
    per_run = _PERIODS / 1e5
    defaults = max(0.15 * wanted.defaults, 3 * math.sqrt(wanted.defaults / per_run * shares))
    rare = {
        "excess kurtosis": (wanted.kurtosis, found.kurtosis, kurtosis),
        "defaults in 100,000 periods": (wanted.defaults, found.defaults, defaults),
    }
    return [
        within(_NAME, _TAILS, f"standard deviation of returns {at}", wanted.deviation, found.deviation, 0.03),
        within(_NAME, _TAILS, f"Hill exponent of falls {at}", wanted.falls, found.falls, 0.15),
        within(_NAME, _TAILS, f"Hill exponent of rises {at}", wanted.rises, found.rises, 0.15),
        *(inside(_NAME, _TAILS, f"{what} {at}", *row) for what, row in rare.items() if row[2] < row[0]),
    ]


def _order(found: _Measured) -> list[Line]:
    """Tails grow fatter with leverage up to 10, on the side of falls, and no further."""
    steps = [leverage for leverage in found if leverage <= 10]
    lines = [
        above(_NAME, _TAILS, f"fall of Hill(falls) from leverage {a} to {b}", 0.0, found[a].falls - found[b].falls)
        for a, b in itertools.pairwise(steps)
    ]
    lines += [
        above(_NAME, _TAILS, f"Hill(rises) - Hill(falls) at leverage {k}", 1.5, one.rises - one.falls)
        for k, one in found.items()
        if k >= 5
    ]
    more = found[20].falls - found[10].falls
    calm = 1.0 - found[5].deviation / found[1].deviation
    return [
        *lines,
        above(_NAME, _TAILS, "Hill(falls) at leverage 1 over that at 10", 2.0, found[1].falls / found[10].falls),
        inside(_NAME, _TAILS, "change of Hill(falls) from leverage 10 to 20", 0.0, more, 0.15),
        above(_NAME, _TAILS, "fall of the standard deviation from leverage 1 to 5, share", 0.0, calm),
    ]


def _rule(plain: _Measured, cautious: _Measured) -> list[Line]:
    """What the fearful bank changes, by region of leverage."""
    lines = []
    for leverage, with_rule in cautious.items():
        without = plain[leverage]
        if leverage <= 7:
            changes = {
                "rise of Hill(falls)": with_rule.falls - without.falls,
                "fall of the excess kurtosis": without.kurtosis - with_rule.kurtosis,
                "fall of defaults in 100,000 periods": without.defaults - with_rule.defaults,
            }
            lines += [
                above(_NAME, _RULE, f"{k} by the rule at leverage {leverage}", 0.0, v) for k, v in changes.items()
            ]
        else:
            # No benefit: from run to run of 400,000 periods the ratio spreads by 0.011.
            ratio = with_rule.defaults / without.defaults
            lines.append(
                above(_NAME, _RULE, f"defaults with over without the rule at leverage {leverage}", 0.97, ratio)
            )
    return lines


def study(small: bool = False) -> Sequence[Line]:
    """Levels against the table, their order, and the sign of what the rule does by region."""
    size = _SMALL if small else (_PERIODS, _SEEDS)
    leverages = (1, 5, 10, 20) if small else tuple(_TABLE)
    plain = {leverage: _measure(leverage, 0.0, *size) for leverage in leverages}
    cautious = {leverage: _measure(leverage, _CAUTION, *size) for leverage in leverages if leverage not in (1, 10)}
    runs = size[0] * size[1] / _PERIODS
    levels = [line for leverage, found in plain.items() for line in _levels(leverage, found, runs)]
    return [*levels, *_order(plain), *_rule(plain, cautious)]
