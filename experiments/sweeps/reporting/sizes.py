"""How large cascades get."""

from collections.abc import Iterator

import pandas as pd

from cascade_sim.experiments.statistics.cascade_sizes import fit_cascade_sizes
from cascade_sim.experiments.sweeps.reporting.page import Section
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import size_distribution

__all__ = ["cascade_sizes"]


def cascade_sizes(sweep: Sweep) -> Iterator[Section]:
    """How large cascades get, by how likely they are, with the law fitted to each group."""
    sizes, fits = _sizes(sweep)
    if len(sizes):
        labels = sweep.design().labels() | {"size": "Liquidated in a run (USD)"}
        text = (
            "Runs grouped by how likely a cascade is in their cell; nothing liquidated counts as zero. "
            "Where sizes are peaked instead of falling off, no law is fitted."
        )
        yield Section("How large cascades get", text, size_distribution(sizes, fits, labels), fits)


def _sizes(sweep: Sweep) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Liquidated notional by group of cells, and the law fitted to each group."""
    chance = sweep.runs["cell"].map(sweep.runs.groupby("cell")["event"].mean())
    names = ["cascades unlikely (below 0.2)", "even (0.2 to 0.8)", "likely (above 0.8)"]
    group = pd.cut(chance, [-1, 0.2, 0.8, 2], labels=names).astype(str)
    sizes = pd.DataFrame({"group": group, "size": sweep.runs["liquidated"]})
    sizes = sizes[sizes["group"].isin(names)]
    sizes = sizes.sort_values("group", key=lambda column: column.map(names.index))
    rows = []
    for name, rest in sizes.groupby("group", sort=False):
        positive = rest.loc[rest["size"] > 0, "size"]
        if len(positive) >= 50:
            smallest = float(positive.quantile(0.25))
            law = fit_cascade_sizes(positive, smallest, discrete=False).cut
            reach = 1.96 * law.exponent_error
            if law.exponent + reach < 0:  # peaked: such cascades run until little is left, and no law decays
                continue
            rows.append((name, law.exponent, law.exponent - reach, law.exponent + reach, law.cutoff, smallest))
    columns = ["group", "exponent", "exponent_low", "exponent_high", "cutoff", "smallest"]
    return (sizes if rows else sizes.iloc[:0]), pd.DataFrame(rows, columns=columns)
