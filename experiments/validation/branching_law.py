"""Sizes of cascades as sizes of families: the laws of a branching process.

Where positions of one size lie as a Poisson process over prices and impact is linear, each liquidation triggers a
Poisson number of others, R on average. The members of a cascade that one begins then follow the Borel law,

    P(n) = exp(-R n) (R n)^(n - 1) / n!,    mean 1 / (1 - R),    variance R / (1 - R)^3,

which at R = 1 falls as n^(-3/2); above it, a cascade dies out with the probability q that solves q = exp(R (q - 1)).

References
----------
Borel (1942), Comptes Rendus 214; Harris (1963), "The theory of branching processes", chapter I; Sornette and
Helmstetter (2003), Physica A 318, for the critical exponent in self-exciting processes.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.statistics.cascade_sizes import fit_cascade_sizes
from cascade_sim.experiments.validation.branching_ladder import BranchingLadder
from cascade_sim.experiments.validation.verdict import Line, inside

__all__ = ["borel_at_least", "extinction", "study"]

_STUDY = "branching-law"
_BOREL = "Borel law of family sizes with Poisson offspring (Borel 1942)"
_CRITICAL = "critical branching: size law falls with exponent 3/2 (Harris 1963)"
_EXTINCTION = "extinction of a super-critical branching process (Harris 1963)"
_CUT = 10_000
_CUTS = {1.1: 1000, 1.5: 200, 2.0: 100}  # what is larger dies out with a chance below 1e-4, 1e-8 and 1e-13
_TAIL = (10, _CUT)
_AT_LEAST = (10, 100, 1000)
_RARE = 25  # cascades that must be expected for their number to be judged by a standard error

Sizes = NDArray[np.int64]


def _borel(ratio: float, size: int) -> float:
    return math.exp(-ratio * size + (size - 1) * math.log(ratio * size) - math.lgamma(size + 1))


def borel_at_least(ratio: float, size: int) -> float:
    """Chance of a cascade of so many members or more."""
    return 1.0 - sum(_borel(ratio, n) for n in range(1, size))


def extinction(ratio: float) -> float:
    """Chance that a cascade dies out."""
    chance = 0.0
    for _ in range(10_000):
        chance = math.exp(ratio * (chance - 1.0))
    return chance


def _sizes(ratio: float, cascades: int) -> Sizes:
    return BranchingLadder(ratio, _CUTS.get(ratio, _CUT), np.random.default_rng(round(1000 * ratio))).sizes(cascades)


def _share(target: str, what: str, ratio: float, chance: float, hits: NDArray[np.bool_]) -> Line:
    """Line for how many of the cascades do something, within three standard errors."""
    error = math.sqrt(chance * (1 - chance) / len(hits))
    what = f"{what} at R = {ratio:g}, of {len(hits):,} cascades (3 standard errors)"
    return inside(_STUDY, target, what, chance, float(hits.mean()), 3 * error)


def _size_law(ratio: float, sizes: Sizes) -> list[Line]:
    lines = [_share(_BOREL, "share without offspring", ratio, _borel(ratio, 1), sizes == 1)]
    for size in _AT_LEAST:
        chance = borel_at_least(ratio, size)
        if chance * len(sizes) >= _RARE:
            lines.append(_share(_BOREL, f"share of {size} members or more", ratio, chance, sizes >= size))
    if ratio < 1:
        error = math.sqrt(ratio / (1 - ratio) ** 3 / len(sizes))
        what = f"mean members at R = {ratio:g}, of {len(sizes):,} cascades (3 standard errors)"
        lines.append(inside(_STUDY, _BOREL, what, 1 / (1 - ratio), float(sizes.mean()), 3 * error))
    return lines


def _exponent(sizes: Sizes) -> Line:
    what = f"exponent of the size law at R = 1 on {_TAIL[0]} to {_TAIL[1]:,} members"
    return inside(_STUDY, _CRITICAL, what, 1.5, fit_cascade_sizes(sizes, *_TAIL).pure.exponent, 0.03)


def study(small: bool = False) -> Sequence[Line]:
    """Size law up to the critical ratio, its exponent there, and extinction above it."""
    lines: list[Line] = []
    for ratio in (0.8,) if small else (0.5, 0.8, 0.9, 0.95):
        lines += _size_law(ratio, _sizes(ratio, 3_000 if small else 100_000))
    if not small:
        critical = _sizes(1.0, 100_000)
        lines += [*_size_law(1.0, critical), _exponent(critical)]
    for ratio in (1.5,) if small else _CUTS:
        cut = _CUTS[ratio]
        dies = _sizes(ratio, 1_000 if small else 20_000) <= cut
        what = f"share that dies out (cut at {cut:,} members)"
        lines.append(_share(_EXTINCTION, what, ratio, extinction(ratio), dies))
    return lines
