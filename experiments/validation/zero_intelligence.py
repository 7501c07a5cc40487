"""Spread and depth of a book fed by chance alone, and that only the ratio of its rates matters (Smith et al.)."""

from collections.abc import Sequence

import numpy as np

from cascade_sim.experiments.validation.verdict import Line, inside, within
from cascade_sim.experiments.validation.zero_intelligence_book import Averages, Rates, run

__all__ = ["study"]

_NAME = "zero-intelligence"
_SPREADS = "zero-intelligence book (Smith, Farmer, Gillemot, Krishnamurthy 2003), own Gillespie book"
_UNITS = "zero-intelligence book (Smith, Farmer, Gillemot, Krishnamurthy 2003), dimensional analysis"
# Spread in mu / alpha, by delta / mu.
_TABLE = {0.01: 0.2479, 0.015: 0.2595, 0.03: 0.2854, 0.1: 0.3811, 0.2: 0.4974}
# alpha, mu, delta, tick: the same two books in other units of price and of time.
_SCALED = (Rates(limit=2, market=10, cancel=0.3), Rates(limit=1, market=20, cancel=0.6))
_REFERENCE = Rates(limit=1, market=10, cancel=0.3)


def _mean(rates: Rates, books: int, messages: int, first: int = 1) -> Averages:
    """Averages over books of different chance."""
    found = [run(rates, messages, first + k) for k in range(books)]
    return Averages(float(np.mean([a.spread for a in found])), float(np.mean([a.depth for a in found])))


def _table(small: bool) -> list[Line]:
    """Spread at each ratio of cancellations to market orders, and depth where no market order comes."""
    lines = []
    for ratio, wanted in list(_TABLE.items())[:: 2 if small else 1]:
        found = _mean(Rates(cancel=ratio), *((2, 2_000_000) if small else (4, 5_000_000)))
        what = f"at delta / mu = {ratio:g}"
        lines.append(within(_NAME, _SPREADS, f"mean spread {what}, mu / alpha", wanted, found.spread, 0.03))
        lines.append(within(_NAME, _UNITS, f"depth far from the quotes {what}, alpha / delta", 1.0, found.depth, 0.02))
    return lines


def _collapse(small: bool) -> list[Line]:
    """Books in other units: alike with the same chance, and nearly so with other chance and another tick."""
    books, messages = (1, 2_000_000) if small else (4, 5_000_000)
    wanted = _mean(_REFERENCE, books, messages).spread
    lines = []
    for rates in _SCALED:
        name = f"(alpha, mu, delta) = ({rates.limit:g}, {rates.market:g}, {rates.cancel:g}) against (1, 10, 0.3)"
        same = _mean(rates, books, messages).spread
        lines.append(inside(_NAME, _UNITS, f"scaled spread, {name}, same chance", wanted, same, 1e-12))
    coarse = Rates(limit=2, market=10, cancel=0.3, tick=_REFERENCE.grain)
    other = _mean(coarse, books, messages, first=101).spread
    what = "scaled spread, (2, 10, 0.3) against (1, 10, 0.3), same tick in price, other chance"
    return [*lines, within(_NAME, _UNITS, what, wanted, other, 0.03)]


def study(small: bool = False) -> Sequence[Line]:
    """Spreads against the table, depth against alpha / delta, and the collapse onto one number."""
    return [*_table(small), *_collapse(small)]
