"""Measures of systemic risk on networks small enough for pencil and paper.

Clearing payments (Eisenberg and Noe 2001), DebtRank (Battiston et al. 2012; linear: Bardoscia et al. 2015), Vulnerable
Banks (Greenwood, Landier and Thesmar 2015) and one-sided constraints (Cont and Schaanning 2017), each against fractions
worked out by hand, and against a second way to the same number where there is one.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from cascade_sim.contagion.systemic.clearing import clearing_by_iteration, clearing_payments, equity_after_clearing
from cascade_sim.contagion.systemic.debtrank import debtrank, distress, linear_distress, linear_limit
from cascade_sim.contagion.systemic.fire_sales import fire_sale, leverage_after, targeting_sales, threshold_shock
from cascade_sim.contagion.systemic.spectrum import spectral_radius
from cascade_sim.contagion.systemic.vulnerable_banks import deleveraging_round, spiral, spiral_limit, spiral_matrix
from cascade_sim.experiments.validation.verdict import Line, inside

__all__ = ["study"]

_STUDY = "systemic-measures"
_EXACT = 1e-9

_CLEARING = "clearing payments of Eisenberg and Noe (2001)"
_LIABILITIES = np.array([[0, 6, 4], [2, 0, 5], [3, 1, 0]], float)
_EXTERNAL = np.array([1, 1, 5], float)
_CHAIN = np.array([[0, 10, 0], [0, 0, 10], [0, 0, 0]], float)
_CASH = np.array([4, 3, 0], float)

_DEBTRANK = "DebtRank of Battiston et al. (2012)"
_LINEAR = "linear DebtRank of Bardoscia et al. (2015)"
_IMPACT = np.array([[0, 0.4, 0.2], [0.3, 0, 0.5], [0.1, 0.2, 0]])
_VALUES, _FIRST = np.array([0.5, 0.3, 0.2]), np.array([0.5, 0, 0])
_RADIUS = 0.2 * (1 + np.sqrt(3))  # the matrix has the eigenvalues 0.2 (1 +- sqrt 3) and -0.4

_BANKS = "Vulnerable Banks of Greenwood, Landier and Thesmar (2015)"
_ASSETS, _WEIGHTS = np.array([100, 50.0]), np.array([[0.6, 0.4], [0.2, 0.8]])
_HOLDINGS = _ASSETS[:, None] * _WEIGHTS
_DEBT, _DEPTH_INVERSE = np.array([9, 4.0]), np.array([1e-3, 2e-3])
_SHOCK, _EQUITY = np.array([-0.05, 0]), np.array([10, 10.0])

_ONE_SIDED = "one-sided leverage constraint of Cont and Schaanning (2017)"
_RATIO, _LIMIT = 0.05, 25.0


def _each(target: str, what: str, wanted: ArrayLike, found: ArrayLike) -> Iterator[Line]:
    """A line for each entry."""
    for k, (number, other) in enumerate(zip(np.ravel(wanted), np.ravel(found), strict=True), start=1):
        yield inside(_STUDY, target, f"{what} {k}", float(number), float(other), _EXACT)


def _clearing() -> Iterator[Line]:
    payments = clearing_payments(_LIABILITIES, _EXTERNAL)
    yield from _each(_CLEARING, "payment of bank", [160 / 29, 154 / 29, 4], payments)
    yield from _each(_CLEARING, "recovery of the debt of bank", [16 / 29, 22 / 29, 1], payments / [10, 7, 4])
    equity = equity_after_clearing(_LIABILITIES, _EXTERNAL, payments)
    yield from _each(_CLEARING, "equity after clearing of bank", [0, 0, 7], equity)
    repeated = clearing_by_iteration(_LIABILITIES, _EXTERNAL)
    yield from _each(_CLEARING, "payment by fixed-point iteration of bank", payments, repeated)
    chained = clearing_payments(_CHAIN, _CASH)
    yield from _each(_CLEARING, "chain of two debts of 10 and cash 4, 3, 0: payment of bank", [4, 7, 0], chained)
    left = equity_after_clearing(_CHAIN, _CASH, chained)
    yield inside(_STUDY, _CLEARING, "equity at the end of the chain", 7, float(left[2]), _EXACT)


def _debtrank() -> Iterator[Line]:
    once = distress(_IMPACT, _FIRST)
    yield from _each(_DEBTRANK, "distress after one pass, member", [0.57, 0.22, 0.20], once)
    yield inside(_STUDY, _DEBTRANK, "DebtRank", 0.141, float(debtrank(once, _FIRST, _VALUES)), _EXACT)
    closed = linear_limit(_IMPACT, _FIRST)
    yield from _each(_LINEAR, "linear distress in closed form, member", [225 / 364, 55 / 182, 25 / 91], closed)
    yield from _each(_LINEAR, "linear distress by iteration, member", closed, linear_distress(_IMPACT, _FIRST))
    yield inside(_STUDY, _LINEAR, "spectral radius of the impact", _RADIUS, spectral_radius(_IMPACT), _EXACT)
    for radius, wanted in ((0.95, 0.0), (1.05, 1.0)):
        ends = linear_distress(_IMPACT * (radius / _RADIUS), 1e-9 * _FIRST)
        what = f"largest distress after one of 5e-10, spectral radius {radius:g}"
        yield inside(_STUDY, _LINEAR, what, wanted, float(ends.max()), 1e-7)


def _vulnerable_banks() -> Iterator[Line]:
    bank = (_HOLDINGS, _DEBT, _DEPTH_INVERSE, _SHOCK)
    first = deleveraging_round(*bank)
    yield from _each(_BANKS, "direct loss of bank", [3.0, 0.5], first.direct)
    yield from _each(_BANKS, "sales of asset", [16.6, 12.4], first.sold)
    yield from _each(_BANKS, "price move of asset", [-0.0166, -0.0248], first.moves)
    yield from _each(_BANKS, "second-round loss of bank", [1.988, 1.158], first.losses)
    aggregate = float(first.losses.sum() / _EQUITY.sum())
    yield inside(_STUDY, _BANKS, "aggregate vulnerability", 0.1573, aggregate, _EXACT)
    whole = _WEIGHTS @ np.diag(_DEPTH_INVERSE) @ _WEIGHTS.T @ np.diag(_DEBT * _ASSETS)
    half, product = np.trace(whole) / 2, np.linalg.det(whole)
    wanted = half + np.sqrt(half**2 - product)
    radius = spectral_radius(spiral_matrix(*bank[:3]))
    yield inside(_STUDY, _BANKS, "spectral radius of the spiral", float(wanted), radius, _EXACT)
    what = "fall at the end of the spiral, by 200 rounds and in closed form, asset"
    yield from _each(_BANKS, what, spiral_limit(*bank), spiral(*bank, rounds=200))


def _sold(shock: float) -> float:
    """What one bank with assets of 100 sells in a market without impact."""
    sale = fire_sale([[100.0]], [100 * _RATIO], [math.inf], [-shock], max_leverage=_LIMIT)
    return float(sale.sold.sum())


def _one_sided() -> Iterator[Line]:
    limit = threshold_shock(_RATIO, _LIMIT)
    yield inside(_STUDY, _ONE_SIDED, "shock at which sales begin", 1 / 96, limit, _EXACT)
    yield inside(_STUDY, _ONE_SIDED, "leverage after that shock", _LIMIT, float(leverage_after(limit, _RATIO)), _EXACT)
    below, above = _sold(limit * (1 - 1e-9)), _sold(limit * 1.1)
    yield inside(_STUDY, _ONE_SIDED, "sales of 100 just below it", 0, below, 0)
    wanted = 100 * (1 - 1.1 * limit) - _LIMIT * 100 * (_RATIO - 1.1 * limit)
    yield inside(_STUDY, _ONE_SIDED, "sales of 100 a tenth above it", wanted, above, _EXACT)
    target = "leverage targeting sells at any shock (Greenwood, Landier and Thesmar 2015)"
    sales = float(targeting_sales(100.0, 100 * _RATIO, limit / 100))
    yield inside(_STUDY, target, "sales of 100 at a hundredth of it", 19 * limit, sales, _EXACT)


def study(small: bool = False) -> Sequence[Line]:
    """Every number worked out by hand; the small version is the whole one."""
    return [*_clearing(), *_debtrank(), *_vulnerable_banks(), *_one_sided()]
