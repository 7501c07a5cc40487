"""Leverage targeting makes uncorrelated assets correlated: simulated paths against the closed form.

One fund holds half its assets in each of two assets with uncorrelated news of equal variance and trades back to its
leverage one step after every return; R is the part of its own return that its trades bring in the next step. See
`cascade_sim.contagion.systemic.leverage_feedback` for the formula. A fund that only sells into falls creates less
correlation, and a drift.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cascade_sim.contagion.systemic.leverage_feedback import (
    correlation,
    feedback_matrix,
    realised_covariance,
    simulate_returns,
)
from cascade_sim.experiments.validation.verdict import Line, above, inside

__all__ = ["closed_form", "study"]

_STUDY = "endogenous-correlation"
_TARGET = "fund with constant leverage, closed form in the spirit of Cont and Wagalath (2013)"
_ONE_SIDED = "one-sided sales, in the spirit of Cont and Wagalath (2016)"
_HALVES, _ASSETS, _DEPTH = np.array([0.5, 0.5]), 1.0, 1.0
_BURN_IN = 200  # steps, after which 0.9^200 of the start is left
_TOLERANCE = 0.003

Floats = NDArray[np.float64]


def closed_form(ratio: float) -> tuple[float, float]:
    """Realised correlation, and the factor by which volatility rises."""
    x = ratio**2 / (2 * (1 - ratio**2))
    return x / (1 + x), (1 + x) ** 0.5


def _fund(ratio: float) -> tuple[Floats, float, float, float]:
    """Weights, assets, leverage and depth of a fund with this feedback."""
    return _HALVES, _ASSETS, 1 + 2 * ratio * _DEPTH / _ASSETS, _DEPTH


def _returns(ratio: float, steps: int, one_sided: bool = False) -> Floats:
    news = np.random.default_rng(round(100 * ratio)).standard_normal((steps + _BURN_IN, 2_000, 2))
    return simulate_returns(*_fund(ratio), news, one_sided)[_BURN_IN:]


def _correlation(returns: Floats) -> float:
    covariance = np.asarray(np.cov(returns.reshape(-1, 2).T))
    return float(correlation(covariance)[0, 1])


def _formula(ratio: float) -> Iterator[Line]:
    """The general solution against the closed form."""
    wanted, factor = closed_form(ratio)
    covariance = realised_covariance(feedback_matrix(*_fund(ratio)), np.eye(2))
    what = f"realised correlation at R = {ratio:g}, by the covariance equation"
    yield inside(_STUDY, _TARGET, what, wanted, float(correlation(covariance)[0, 1]), 1e-9)
    what = f"volatility over that of news at R = {ratio:g}, by the covariance equation"
    yield inside(_STUDY, _TARGET, what, factor, float(covariance[0, 0] ** 0.5), 1e-9)


def _paths(ratio: float, steps: int, tolerance: float) -> Iterator[Line]:
    wanted, factor = closed_form(ratio)
    returns = _returns(ratio, steps)
    what = f"at R = {ratio:g}, {steps * 2_000:,} returns of each asset"
    yield inside(_STUDY, _TARGET, f"realised correlation {what}", wanted, _correlation(returns), tolerance)
    volatility = float(returns.std())
    yield inside(_STUDY, _TARGET, f"volatility over that of news {what}", factor, volatility, tolerance)
    fund = returns @ _HALVES
    persistence = float((fund[1:] * fund[:-1]).mean() / fund.var())
    yield inside(_STUDY, _TARGET, f"autocorrelation of the fund's returns {what}", ratio, persistence, tolerance)


def _one_sided(ratio: float, steps: int) -> Iterator[Line]:
    returns = _returns(ratio, steps, one_sided=True)
    less = closed_form(ratio)[0] - _correlation(returns)
    what = f"by how much less correlation than with leverage targeting at R = {ratio:g}"
    yield above(_STUDY, _ONE_SIDED, what, 0.0, less)
    yield above(
        _STUDY, _ONE_SIDED, f"drift downwards per step, volatilities of news, R = {ratio:g}", 0.0, -returns.mean()
    )


def study(small: bool = False) -> Sequence[Line]:
    """Three strengths of the feedback, by formula and by simulation, two-sided and one-sided."""
    lines: list[Line] = []
    for ratio in (0.5,) if small else (0.5, 0.8, 0.9):
        steps = 100 if small else 800
        lines += _formula(ratio)
        lines += _paths(ratio, steps, 0.01 if small else _TOLERANCE)
        lines += _one_sided(ratio, steps)
    return lines
