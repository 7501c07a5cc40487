"""Tiers that were chosen on some days are tried on others, and made stricter until they hold there.

A margin that was chosen because its shortfall came out below the fund came out low by luck too, so that on other days
it brings more (Smith and Winkler, 2006, "The optimizer's curse: skepticism and postdecision surprise in decision
analysis", Management Science 52, 311-322). So margins are tried on days that played no part in choosing, from the
upper end of the search's interval upwards, until the whole interval of the shortfall there lies below the fund. What is
reported of them comes from a third set of days.
"""

from dataclasses import dataclass

from cascade_sim.experiments.margin_tiers.asset import AssetFile
from cascade_sim.experiments.margin_tiers.brackets import LARGEST, rounded, tiers_of
from cascade_sim.experiments.margin_tiers.shortfall import Days, Shortfall
from cascade_sim.scenario.venues import Tier

__all__ = ["Step", "stepped_up"]

_STEP = 1.08  # from one margin to the next


@dataclass(frozen=True)
class Step:
    """A margin that was tried.

    Attributes
    ----------
    scale : float
    tiers : tuple of Tier
        Rounded, as they were run.
    shortfall : Shortfall
    holds : bool
        Whether the whole interval is below the fund.
    """

    scale: float
    tiers: tuple[Tier, ...]
    shortfall: Shortfall
    holds: bool


def stepped_up(asset: AssetFile, days: Days, scale: float) -> list[Step]:
    """Steps from a scale upwards, to the first that holds or to the end of the range.

    Parameters
    ----------
    asset : AssetFile
    days : Days
        That played no part in choosing the scale.
    scale : float
        Where to begin.

    Returns
    -------
    list of Step
        Only the last may hold.
    """
    steps: list[Step] = []
    while not steps or not (steps[-1].holds or _is_last(asset, steps[-1])):
        scale = steps[-1].scale * _STEP if steps else scale
        tiers = rounded(tiers_of(asset, scale))
        found = days.run(scale, tiers)
        steps.append(Step(scale, tiers, found, found.high < asset.fund))
    return steps


def _is_last(asset: AssetFile, step: Step) -> bool:
    """Whether there is no stricter margin in the range."""
    return step.scale * _STEP > asset.scales[1] or all(tier.maintenance >= LARGEST for tier in step.tiers)
