"""The closed form of a game of shares as a picture, to stand beside the simulated one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.games.analytic import Analytic, Curve

if TYPE_CHECKING:
    from cascade_sim.plots.games import SharePicture

__all__ = ["beside"]

Floats = npt.NDArray[np.float64]


def beside(found: Analytic) -> "SharePicture | None":
    """Picture of a closed form that says welfare by the share of players who choose something; None of any other.

    Parameters
    ----------
    found : Analytic
        Its curve has a line of welfare, and one of what the choice pays over the other choice.
    """
    from cascade_sim.plots.games import ShareMark, SharePicture

    curve = found.curve
    if curve is None or found.game is None or len(found.game.roles[0].strategies) != 2:
        return None
    welfare = _welfare(curve.lines)
    pays = [values for values in curve.lines.values() if values is not welfare]
    if welfare is None or len(pays) != 1 or curve.x[0] < 0.0 or curve.x[-1] > 1.0:
        return None
    chosen, other = found.game.roles[0].strategies
    marks = [ShareMark(share, label="each for itself") for share in _stable_zeros(curve.x, pays[0])]
    return SharePicture(
        curves=pd.concat([_line(curve, chosen, pays[0]), _line(curve, other, 0.0 * pays[0])]),
        welfare=pd.DataFrame({"share": curve.x, "mean": welfare}),
        equilibria=marks,
        optimum=ShareMark(float(curve.x[np.nanargmax(welfare)]), label="best for all together"),
        unit=curve.y_label,
        welfare_unit="a player",
        heading="on paper",
        x=curve.x_label,
    )


def _welfare(lines: Mapping[str, Floats]) -> Floats | None:
    return next((values for label, values in lines.items() if label.startswith("welfare")), None)


def _line(curve: Curve, name: str, values: Floats) -> pd.DataFrame:
    return pd.DataFrame({"strategy": name, "share": curve.x, "mean": values})


def _stable_zeros(x: Floats, pays: Floats) -> list[float]:
    """Shares at which a choice begins to pay less than the other, and the ends that nobody wants to leave."""
    falls = np.flatnonzero((pays[:-1] > 0.0) & (pays[1:] <= 0.0))
    inner = [float(x[k] + (x[k + 1] - x[k]) * pays[k] / (pays[k] - pays[k + 1])) for k in falls]
    return [*([0.0] if pays[0] < 0.0 else []), *inner, *([1.0] if pays[-1] > 0.0 else [])]
