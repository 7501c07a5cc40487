"""What one hunter earns on one cluster, against the closed form of `predation` (own derivation)."""

from collections.abc import Sequence

from cascade_sim.experiments.validation.predation import Market, break_even, hunt, theory_profit
from cascade_sim.experiments.validation.verdict import Line, within

__all__ = ["study"]

_CLUSTERS = ((2.0, 300.0), (2.0, 150.0), (3.0, 300.0))
_SMALL = _CLUSTERS[:1]
_TARGET = "hunting with linear permanent impact, closed form in the spirit of Brunnermeier and Pedersen (2005)"


def study(small: bool = False) -> Sequence[Line]:
    """Profit of a hunt, and that nobody hunts a cluster too small to pay."""
    lines = []
    for distance, size in _SMALL if small else _CLUSTERS:
        wanted = theory_profit(distance, size, 0.001, 0.0005)
        found = hunt(Market(clusters={distance: size})).profit
        what = f"net profit, USD: {size:g} units at {distance:g} USD"
        lines.append(within("cluster-hunting", _TARGET, what, wanted, found, 0.05))
    least = break_even(2.0, 0.001, 0.0005)
    for factor in (0.8, 1.25):
        hunts = hunt(Market(clusters={2.0: factor * least})).hunts
        what = f"hunts of a cluster of {factor:g} times the break-even size"
        wanted = float(factor > 1.0)
        lines.append(within("cluster-hunting", _TARGET, what, wanted, float(hunts > 0), 0.0))
    return lines
