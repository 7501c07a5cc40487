"""Quoting obligation: the least depth a maker shows, and the widest it may quote, however it feels.

Exchanges that oblige their makers ask for less in stress, so that the obligation is kept and not walked away from
(Commission Delegated Regulation (EU) 2017/578, articles 2, 3 and 6: size and spread, and less of both in stressed
conditions). Here the floor is ``share / (1 + excess / relief)`` of the calm depth, where the excess is how much the
volatility of the last minute is above the calm one, in units of the calm one. What money is left bounds it: nobody can
be obliged to quote what they can't pay for.
"""

from cascade_sim.market.kernel import kernel

__all__ = ["obliged_half_spread", "obliged_share"]


@kernel
def obliged_share(maker, excess):
    """Share of the calm depth that the maker must show on each side at an excess of volatility."""
    return maker.obligation / (1.0 + excess / maker.obligation_relief)


@kernel
def obliged_half_spread(maker, half):
    """Half spread that the maker wants, or the widest allowed, if it is obliged at all."""
    if maker.obligation > 0.0:
        half = min(half, maker.obligation_spread)
    return half
