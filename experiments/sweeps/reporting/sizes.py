"""How large cascades get."""

from collections.abc import Iterator

import pandas as pd

from cascade_sim.experiments.statistics.cascade_sizes import fit_cascade_sizes
from cascade_sim.experiments.statistics.tails import expected_shortfall, hill_estimates
from cascade_sim.experiments.sweeps.reporting.page import Section
from cascade_sim.experiments.sweeps.stored import Sweep
from cascade_sim.plots.sweeps import size_distribution

__all__ = ["cascade_sizes"]


_GROUPS = ("cascades unlikely (below 0.2)", "even (0.2 to 0.8)", "likely (above 0.8)")
_FEWEST = 50  # runs with liquidations that a law is fitted to
_TAIL = 0.99
_LARGEST = 0.1  # part of the runs that the tail index is taken from


def cascade_sizes(sweep: Sweep) -> Iterator[Section]:
    """How large cascades get, by how likely they are, with the law fitted to each group, and the worst of them."""
    runs = sweep.runs.assign(group=_groups(sweep))
    sizes = runs[["group", "liquidated"]].rename(columns={"liquidated": "size"}).sort_values("group")
    sizes = sizes.astype({"group": "str"})
    fits = _laws(sizes)
    if len(fits):
        labels = sweep.question.labels() | {"size": "Liquidated in a run (USD)"}
        text = (
            "Runs grouped by how likely a cascade is in their cell; nothing liquidated counts as zero. "
            "Where sizes are peaked instead of falling off, no law is fitted."
        )
        yield Section("How large cascades get", text, size_distribution(sizes, fits, labels), fits)
    text = (
        "Expected shortfall: mean bad debt in USD of the worst hundredth of runs, with its 95 % interval. Tail index: "
        "Hill's, of what is liquidated, from the largest tenth of runs, with its standard error."
    )
    yield Section("The worst runs", text, table=_tails(runs))


def _groups(sweep: Sweep) -> pd.Series:
    """Group of every run: how likely a cascade is in its cell."""
    chance = sweep.runs["cell"].map(sweep.runs.groupby("cell")["event"].mean())
    return pd.cut(chance, [-1, 0.2, 0.8, 2], labels=list(_GROUPS))


def _laws(sizes: pd.DataFrame) -> pd.DataFrame:
    """Power law with cut-off of every group whose sizes fall off."""
    rows = []
    for name, rest in sizes.groupby("group", sort=False):
        positive = rest.loc[rest["size"] > 0, "size"]
        if len(positive) >= _FEWEST:
            smallest = float(positive.quantile(0.25))
            law = fit_cascade_sizes(positive, smallest, discrete=False).cut
            reach = 1.96 * law.exponent_error
            if law.exponent + reach > 0:  # otherwise peaked: such cascades run until little is left
                rows.append((name, law.exponent, law.exponent - reach, law.exponent + reach, law.cutoff, smallest))
    return pd.DataFrame(rows, columns=["group", "exponent", "exponent_low", "exponent_high", "cutoff", "smallest"])


def _tails(runs: pd.DataFrame) -> pd.DataFrame:
    """Expected shortfall of bad debt and tail index of sizes, by group."""
    rows = []
    for name, rest in runs.groupby("group", observed=True):
        worst = expected_shortfall(rest["bad_debt"], _TAIL)
        hill = hill_estimates(rest["liquidated"], [int(_LARGEST * len(rest))]).iloc[0]
        rows.append((str(name), len(rest), *worst, hill["tail_index"], hill["standard_error"]))
    columns = ["group", "runs", "expected_shortfall", "low", "high", "tail_index", "standard_error"]
    return pd.DataFrame(rows, columns=columns)
