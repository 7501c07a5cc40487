"""Games that are solved on paper: tables and figures."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cascade_sim.experiments.games.analytic import Analytic, Curve
from cascade_sim.experiments.games.reporting.closed_form import beside
from cascade_sim.experiments.games.reporting.findings import equilibrium_rows
from cascade_sim.experiments.games.reporting.pictures import Evidence, draw
from cascade_sim.experiments.games.solving.equilibria import equilibria
from cascade_sim.folders import whole_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["save_solved", "solved_figures"]


def solved_figures(found: Analytic) -> dict[str, "Figure"]:
    """All pictures that fit, by name; of a game of shares the one of any number of players."""
    from cascade_sim.plots.games import closed_form_curve, payoffs_by_share

    shares, curve = beside(found), found.curve
    if shares is not None and curve is not None:
        return {"payoffs-by-share": payoffs_by_share([shares], curve.x_label)}
    figures = draw(found.game, equilibria(found.game), Evidence()) if found.game is not None else {}
    if curve is not None:
        figures["curve"] = closed_form_curve(curve.x, curve.lines, curve.x_label, curve.y_label, _title(curve))
    return figures


def _title(curve: Curve) -> str:
    """What is shown by what, without what the labels of the axes add in brackets."""
    what = next(iter(curve.lines)) if len(curve.lines) == 1 else curve.y_label
    return f"{what[:1].upper()}{what[1:]}, by {curve.x_label.partition(' (')[0]}"


def save_solved(found: Analytic, folder: Path) -> None:
    """Write facts, equilibria and figures; all of them or none."""
    figures = solved_figures(found)
    with whole_folder(folder) as half:
        pd.DataFrame([vars(fact) for fact in found.facts]).to_csv(half / "facts.csv", index=False)
        if found.game is not None:
            equilibrium_rows(found.game, equilibria(found.game)).to_csv(half / "equilibria.csv", index=False)
        for name, figure in figures.items():
            figure.savefig(half / f"{name}.png", metadata={"Software": None})
