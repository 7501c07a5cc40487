"""Shape of the tiers: what a position of each size asks for, up to a factor that the search finds.

Maintenance margin must last from a breach until the position is closed. So it is a factor times what the price does in
a usual hour, plus what closing the position costs at the calm depth: with a depth that grows as a power of distance,
selling N walks to the distance ``reach (N / depth)**(1 / exponent)``, on average ``exponent / (1 + exponent)`` of it
(integral of the distance over the depth). Initial margin is twice that, as on venues (Hyperliquid documentation,
trading/margin-tiers).
"""

import math

from cascade_sim.engine.rulebook import YEAR
from cascade_sim.experiments.margin_tiers.asset import AssetFile
from cascade_sim.scenario.agents import Makers
from cascade_sim.scenario.venues import Tier

__all__ = ["LARGEST", "closing_cost", "rounded", "tiers_of"]

LARGEST = 0.5  # maintenance margin that a tier may have
_PARTS_OF_DEPTH = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
_BEYOND = 3.0  # the last bracket is judged at this many times its floor
_REACH, _EXPONENT = (float(Makers.model_fields[name].default) for name in ("reach", "exponent"))


def closing_cost(notional: float, depth: float) -> float:
    """Average distance from the price at which a position is sold into a calm book of a depth a side.

    >>> round(closing_cost(9e6, 9e6), 4)  # the whole of what stands within 6 %
    0.0322
    """
    return float(_REACH * (notional / depth) ** (1.0 / _EXPONENT) * _EXPONENT / (1.0 + _EXPONENT))


def tiers_of(asset: AssetFile, scale: float) -> tuple[Tier, ...]:
    """Tiers at a multiple of the least margin."""
    hour = asset.volatility * math.sqrt(3600.0 / YEAR)
    floors = [_round_number(part * asset.depth) for part in _PARTS_OF_DEPTH]
    tops = [*floors, _BEYOND * floors[-1]]
    rates = [min(scale * (hour + closing_cost(top, asset.depth)), LARGEST) for top in tops]
    return tuple(_tier(floor, rate) for floor, rate in zip([0.0, *floors], rates, strict=True))


def rounded(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """The same with margins that can be read out, rounded up to two digits, and whole leverage, rounded down."""
    return tuple(
        Tier(floor=tier.floor, maintenance=(rate := _two_digits_up(tier.maintenance)), leverage=_whole(0.5 / rate))
        for tier in tiers
    )


def _tier(floor: float, rate: float) -> Tier:
    return Tier(floor=floor, maintenance=rate, leverage=min(max(0.5 / rate, 1.0), 1000.0))


def _whole(leverage: float) -> float:
    return float(min(max(math.floor(leverage + 1e-9), 1), 1000))


def _two_digits_up(rate: float) -> float:
    step = 10.0 ** (math.floor(math.log10(rate)) - 1)
    return min(float(f"{math.ceil(rate / step - 1e-9) * step:.6g}"), LARGEST)


def _round_number(value: float) -> float:
    """Nearest of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return min((digit * power for digit in (1.0, 2.0, 5.0, 10.0)), key=lambda number: abs(math.log(number / value)))
