"""All figures of a run as files."""

from pathlib import Path
from typing import TYPE_CHECKING

from cascade_sim.plots.contagion import plot_contagion
from cascade_sim.plots.maps import plot_depth, plot_liquidation_map
from cascade_sim.plots.overview import plot_overview
from cascade_sim.plots.payers import plot_payers

if TYPE_CHECKING:
    from cascade_sim.results import Result

__all__ = ["save_figures"]


def save_figures(result: "Result", folder: Path) -> list[Path]:
    """Draw every figure of a run into a folder.

    Parameters
    ----------
    result : Result
    folder : pathlib.Path
        Made if it is not there.

    Returns
    -------
    list of pathlib.Path
        Empty if nothing has been recorded yet.
    """
    if result.series["time"].nunique() < 2:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    perpetuals = [name for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual"]
    figures = {
        "overview": plot_overview(result),
        "who-pays-whom": plot_payers(result),
        "contagion": plot_contagion(result),
    }
    for name in perpetuals:
        figures[f"liquidation-map-{name}"] = plot_liquidation_map(result, name)
        figures[f"depth-{name}"] = plot_depth(result, name)
    files = []
    for name, figure in figures.items():
        files.append(folder / f"{name}.png")
        figure.savefig(files[-1], metadata={"Software": None})
    return files
