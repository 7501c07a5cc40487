"""Payoffs, and chances of equilibria in which players draw lots, measured anew with fresh seeds."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.reporting.findings import Findings
from cascade_sim.experiments.games.reporting.words import families
from cascade_sim.experiments.games.solving.equilibria import Equilibrium
from cascade_sim.experiments.games.solving.robustness import equilibria_like
from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval

__all__ = ["chances_again", "payoffs_again"]

Floats = npt.NDArray[np.float64]

_RESAMPLES = 1000
_CHANCES = ["equilibrium", "role", "strategy", "first", "fresh", "low", "high", "verdict"]


def payoffs_again(found: Played, fresh: Played) -> pd.DataFrame:
    """Mean payoffs by the first seeds and by fresh ones.

    Returns
    -------
    pandas.DataFrame
        A row a profile, role and strategy: `first`, `fresh`, their `difference` with its 95 % interval `low`, `high`,
        and `differs`: whether it is more, in standard errors, than luck makes the most lucky of all rows differ in 95 %
        of all cases (the largest of many differences is large by luck alone).
    """
    first, new = found.cells.to_numpy(), fresh.cells[found.cells.columns].to_numpy()
    apart = new.mean(axis=0) - first.mean(axis=0)
    error = np.sqrt(first.var(axis=0) / len(first) + new.var(axis=0) / len(new))
    luck = _luck(new) - _luck(first)[::-1]  # both resample the same rows; turned round they are independent
    low, high = np.quantile(luck, [0.025, 0.975], axis=0)
    scale = np.where(error > 0.0, error, np.inf)
    most = float(np.quantile(np.abs(luck / scale).max(axis=1), 0.95))
    return found.cells.columns.to_frame(index=False).assign(
        first=first.mean(axis=0),
        fresh=new.mean(axis=0),
        difference=apart,
        low=apart - high,
        high=apart - low,
        differs=np.where(error > 0.0, np.abs(apart / scale) > most, apart != 0.0),
    )


def _luck(values: Floats) -> Floats:
    """How far means of resampled seeds are from the mean, shape (resamples, n)."""
    luck: Floats = bootstrap(lambda rows: rows.mean(axis=1), values, _RESAMPLES) - values.mean(axis=0)
    return luck


def chances_again(found: Findings, fresh: Game, resampled: Sequence[Game]) -> pd.DataFrame:
    """Chances of every equilibrium in which players draw lots, by the first seeds and solved anew with fresh ones.

    Parameters
    ----------
    found : Findings
    fresh : Game
        Of fresh seeds, under labels.
    resampled : sequence of Game
        The same of resampled seeds.

    Returns
    -------
    pandas.DataFrame
        A row an equilibrium, role and strategy that it draws: `first`; `fresh` with its 95 % interval `low`, `high`;
        and the `verdict`: "as found" where the luck of both explains how far they are apart, or "differs"; "gone", and
        nan, where there is no such equilibrium any longer. Without rows for a game with a leader, and for equilibria
        that many chances make (a continuum).
    """
    drawn = [one for one, *others in families(found.game, found.equilibria) if one.profile is None and not others]
    rows = []
    for number, one in enumerate([] if found.led else drawn, start=1):
        names = [(role.name, name) for role in found.game.roles for name in role.strategies]
        new, first = _mix(fresh, one), np.concatenate([np.array(own) for own in one.mix])
        several, before = (np.array([_mix(other, one) for other in games]) for games in (resampled, found.resampled))
        low, high = percentile_interval(several)
        for k in np.flatnonzero((first > 0.0) & (first < 1.0)):
            said = _verdict(new[k] - first[k], several[:, k], before[:, k])
            rows.append((number, *names[k], first[k], new[k], low[k], high[k], said))
    return pd.DataFrame(rows, columns=np.array(_CHANCES))


def _mix(game: Game, one: Equilibrium) -> Floats:
    """All shares of the nearest equilibrium in which the same strategies are played; nan where there is none."""
    mine = np.concatenate([np.array(own) for own in one.mix])
    like = [np.concatenate([np.array(own) for own in other.mix]) for other in equilibria_like(game, one)]
    return min(like, key=lambda other: float(np.abs(other - mine).max()), default=np.full(len(mine), np.nan))


def _verdict(apart: float, drawn: Floats, past: Floats) -> str:
    """Whether luck explains how far two chances are apart."""
    if not np.isfinite(apart):
        return "gone"
    error = float(np.hypot(np.nanstd(drawn), np.nanstd(past)))
    return "as found" if abs(apart) <= 1.96 * error else "differs"
