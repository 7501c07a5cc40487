"""Two scenarios on the same luck: the effect, and what common random numbers save.

Source: Law (2015), "Simulation modeling and analysis", 5th edition, section 11.2: Var(X - Y) = Var X + Var Y -
2 Cov(X, Y), against Var X + Var Y with independent seeds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.statistics.bootstrap import bootstrap, percentile_interval

__all__ = ["PairedEffect", "effects_along", "paired_effect"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PairedEffect:
    """Mean difference of two scenarios over common seeds.

    Attributes
    ----------
    effect, low, high : float
        Mean of value - reference and its interval, in the unit of the outcome.
    correlation : float
        Of value and reference over seeds; nan where one of them does not vary.
    variance_reduction, variance_reduction_low, variance_reduction_high : float
        How many times the runs would be needed with independent seeds for the same standard error:
        (Var value + Var reference) / Var(value - reference). Infinite where the difference does not vary, nan where
        nothing does.
    pairs : int
        Seeds in which both are defined.
    """

    effect: float
    low: float
    high: float
    correlation: float
    variance_reduction: float
    variance_reduction_low: float
    variance_reduction_high: float
    pairs: int


def paired_effect(values: npt.ArrayLike, reference: npt.ArrayLike, level: float = 0.95) -> PairedEffect:
    """Effect of a change, from runs that share their luck.

    Parameters
    ----------
    values, reference : array_like of float, shape (seeds,)
        An outcome with and without the change, in the same order of seeds. A pair with nan is left out.
    level : float
        Of the percentile intervals of a bootstrap that resamples pairs.

    Returns
    -------
    PairedEffect
        With fewer than two pairs only `effect` and `pairs` are numbers.
    """
    pairs = np.column_stack([np.asarray(values, float), np.asarray(reference, float)])
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    if len(pairs) < 2:
        effect = float(pairs[0, 0] - pairs[0, 1]) if len(pairs) else np.nan
        return PairedEffect(effect, np.nan, np.nan, np.nan, np.nan, np.nan, np.nan, len(pairs))
    effect, remaining = _effect_and_remaining(pairs[None])[0]
    low, high = percentile_interval(bootstrap(_effect_and_remaining, pairs), level)
    # A share of variance that remains is bounded where its inverse is not; the ends of the interval change places.
    reduction, least, most = map(_inverse, (remaining, high[1], low[1]))
    return PairedEffect(float(effect), low[0], high[0], _correlation(pairs), reduction, least, most, len(pairs))


def _effect_and_remaining(pairs: Floats) -> Floats:
    """Mean difference, and Var(x - y) / (Var x + Var y); from shape (r, pairs, 2) to (r, 2)."""
    difference = pairs[..., 0] - pairs[..., 1]
    apart = pairs.var(axis=1).sum(axis=-1)
    remaining = np.divide(difference.var(axis=1), apart, out=np.full(len(pairs), np.nan), where=apart > 0)
    return np.stack([difference.mean(axis=1), remaining], axis=-1)


def _inverse(share: float) -> float:
    return np.inf if share == 0.0 else float(1.0 / share)


def _correlation(pairs: Floats) -> float:
    if (pairs.std(axis=0) == 0.0).any():
        return np.nan
    return float(np.corrcoef(*pairs.T)[0, 1])


def effects_along(
    runs: pd.DataFrame, outcome: str, axis: str, reference: float | str, axes: Sequence[str], level: float = 0.95
) -> pd.DataFrame:
    """Effect of every value of an axis against a reference value, all other axes as they are.

    Parameters
    ----------
    runs : DataFrame
        With columns cell, seed, the axes and the outcome.
    outcome : str
    axis : str
        The axis along which cells are compared.
    reference : float or str
        Its value in the reference cells.
    axes : sequence of str
        All axes of the sweep.
    level : float

    Returns
    -------
    DataFrame
        Sorted by cell, without the reference cells: cell, the axes, and the fields of `PairedEffect`.

    Raises
    ------
    ValueError
        Where no run has the reference value, all have, or a cell has no reference cell.
    """
    taken = runs[axis].unique().tolist()
    if reference not in taken or len(taken) < 2:
        raise ValueError(f"{axis} must take {reference!r} and another value, it takes {taken}")
    rows = _compare(runs, outcome, axis, reference, [name for name in axes if name != axis], level)
    effects = pd.DataFrame(rows).sort_values("cell", ignore_index=True)
    return effects[["cell", *axes, *PairedEffect.__dataclass_fields__]]


def _compare(
    runs: pd.DataFrame, outcome: str, axis: str, reference: float | str, others: list[str], level: float
) -> Iterator[dict[str, object]]:
    for place, group in runs.groupby(others) if others else [((), runs)]:
        table = group.pivot(index="seed", columns=axis, values=outcome)
        if reference not in table:
            raise ValueError(f"no cell with {axis} = {reference!r} at {dict(zip(others, place))}")
        cells = group.groupby(axis)["cell"].first()
        for value in table.columns[table.columns != reference]:
            effect = paired_effect(table[value], table[reference], level)
            yield {"cell": cells[value], axis: value, **dict(zip(others, place)), **asdict(effect)}
