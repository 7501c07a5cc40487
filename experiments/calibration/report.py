"""The report of a calibration: tables, and in words which parameters the facts tell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from cascade_sim.experiments.calibration.fit import Fit
from cascade_sim.experiments.calibration.inference import VAGUE, JTest
from cascade_sim.experiments.calibration.plan import Calibration

__all__ = ["as_markdown", "evaluated", "parameters", "report"]

_LEVEL = 0.95


def parameters(plan: Calibration, fit: Fit) -> pd.DataFrame:
    """Fitted parameters.

    Returns
    -------
    DataFrame
        ``parameter``, its bounds ``from``, ``to``, ``start``, ``fitted`` with the 95 % interval ``low`` to ``high``
        (cut off at the bounds), ``error`` in parts of the range, and ``told``: "yes", "weakly" where the standard
        error is above that of a uniform law over the range or a flat direction has more of this parameter than of all
        others, with "at its bound" where the search ended there.
    """
    rows, reach = [], float(t.ppf((1.0 + _LEVEL) / 2.0, plan.seeds.count - 1))
    for k, (path, item) in enumerate(plan.parameters.items()):
        here, error = item.unit(fit.best[path]), float(fit.errors[k])
        low, high = (item.value(float(np.clip(here + side * reach * error, 0.0, 1.0))) for side in (-1.0, 1.0))
        flat = error > VAGUE or any(direction[k] ** 2 > 0.5 for direction in fit.weak)
        told = ("weakly" if flat else "yes") + (", at its bound" if min(here, 1.0 - here) < 1e-6 else "")
        rows.append((path, item.low, item.high, fit.start[path], fit.best[path], low, high, error, told))
    columns = ["parameter", "from", "to", "start", "fitted", "low", "high", "error", "told"]
    return pd.DataFrame(rows, columns=columns)


def evaluated(plan: Calibration, fit: Fit, names: Sequence[str]) -> pd.DataFrame:
    """Every point with its objective and its mean moments (logarithms, where those are compared)."""
    units = zip(plan.parameters.items(), fit.points.T, strict=True)
    frame = pd.DataFrame({path: [item.value(unit) for unit in column] for (path, item), column in units})
    frame["objective"] = fit.objectives
    return pd.concat([frame, pd.DataFrame(fit.means, columns=list(names))], axis=1)


def as_markdown(frame: pd.DataFrame) -> str:
    """Table of a frame, numbers with three significant digits."""
    rows = [[_text(value) for value in row] for row in frame.itertuples(index=False)]
    lines = [[str(name) for name in frame.columns], ["---"] * frame.shape[1], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:.3g}"
    return str(value)


def _verdict(test: JTest) -> str:
    if not test.restrictions or np.isnan(test.probability):
        return "As many facts as parameters: nothing is left to test the model with."
    verdict = "rejected at 5 %" if test.probability < 0.05 else "not rejected"
    return (
        f"Test of over-identifying restrictions: J = {test.statistic:.3g} with {test.freedom:.3g} degrees of freedom "
        f"({test.restrictions} facts more than parameters), p = {test.probability:.2g}: the model is {verdict}."
    )


def _told(plan: Calibration, fit: Fit, table: pd.DataFrame) -> str:
    """Which parameters are weakly identified, in words."""
    weak = table.loc[table["told"].str.startswith("weakly"), "parameter"].tolist()
    if not weak and not fit.weak:
        return "Every parameter is told by the facts: in no direction is the objective flat within the bounds."
    names = [path.removeprefix("agents.") for path in plan.parameters]
    lines = [f"Weakly identified: {', '.join(weak) or 'no single parameter, but the combinations below'}."]
    for direction in fit.weak:
        parts = [f"{part:+.2f} {name}" for part, name in zip(direction, names, strict=True) if abs(part) > 0.2]
        lines.append(f"- The objective is flat along {', '.join(parts)} (parts of the ranges).")
    return "\n".join(lines)


def report(plan: Calibration, fit: Fit, scored: pd.DataFrame, errors: pd.DataFrame) -> str:
    """All of it as Markdown.

    Parameters
    ----------
    plan : Calibration
    fit : Fit
    scored, errors : DataFrame
        See `cascade_sim.experiments.calibration.scores`.
    """
    table, seeds = parameters(plan, fit), plan.seeds
    fresh = scored[scored["point"] == "fitted"].drop(columns=["point", "source"])
    last = seeds.first + seeds.count
    parts = [
        f"# Calibration of {plan.scenario}",
        f"{len(fit.points)} points, seeds {seeds.first} to {last - 1}. Sum of squared distances "
        f"{fit.objectives[0]:.4g} at the start, {fit.objectives.min():.4g} at the best point, {len(fit.weight)} facts.",
        as_markdown(table),
        _told(plan, fit, table),
        _verdict(fit.test),
        f"## Errors on seeds {last} to {last + seeds.count - 1}, which the search has not seen",
        "Root mean square distance in standard errors; 1 is what luck alone gives.",
        as_markdown(errors),
        "## Moment by moment",
        as_markdown(fresh),
    ]
    return "\n\n".join(parts) + "\n"
