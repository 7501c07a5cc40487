"""All figures of a run as files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from matplotlib.figure import Figure

from cascade_sim.plots.contagion import plot_contagion, plot_exposures, plot_market_flow, plot_moments, save_gif
from cascade_sim.plots.maps import plot_depth, plot_liquidation_map
from cascade_sim.plots.overview import plot_overview
from cascade_sim.plots.payers import plot_payers

if TYPE_CHECKING:
    import networkx as nx

    from cascade_sim.results import Result

__all__ = ["save_figures"]


def save_figures(
    result: "Result",
    folder: Path,
    flow: pd.DataFrame | None = None,
    exposures: "tuple[nx.DiGraph[str], nx.DiGraph[str]] | None" = None,
    animated: bool = False,
) -> list[Path]:
    """Draw every figure of a run into a folder.

    Parameters
    ----------
    result : Result
    folder : pathlib.Path
        Made if it is not there.
    flow : DataFrame, optional
        Forced volume by the market of the loss (rows) and its own (columns), USD; drawn if given.
    exposures : tuple of networkx.DiGraph, optional
        Exposure networks before and after; drawn if given.
    animated : bool
        Whether to write a GIF for every perpetual market too, which takes several seconds each.

    Returns
    -------
    list of pathlib.Path
        Empty if nothing has been recorded yet.
    """
    if result.series["time"].nunique() < 2:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    perpetuals = [name for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual"]
    files = []
    for name, figure in _figures(result, perpetuals, flow, exposures):
        files.append(folder / f"{name}.png")
        figure.savefig(files[-1], metadata={"Software": None})
    if animated:
        seen = set(result.liquidation_map["market"])
        files += [save_gif(result, name, folder / f"cascade-{name}.gif") for name in perpetuals if name in seen]
    return files


def _figures(
    result: "Result",
    perpetuals: list[str],
    flow: pd.DataFrame | None,
    exposures: "tuple[nx.DiGraph[str], nx.DiGraph[str]] | None",
) -> Iterator[tuple[str, Figure]]:
    """Names and figures, one after the other."""
    yield "overview", plot_overview(result)
    yield "who-pays-whom", plot_payers(result)
    yield "contagion", plot_contagion(result)
    if perpetuals:
        yield "moments", plot_moments(result)
    if flow is not None:
        yield "market-flow", plot_market_flow(flow)
    if exposures is not None:
        yield "exposures", plot_exposures(*exposures)
    for name in perpetuals:
        yield f"liquidation-map-{name}", plot_liquidation_map(result, name)
        yield f"depth-{name}", plot_depth(result, name)
