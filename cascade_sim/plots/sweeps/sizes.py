"""How large cascades get: the complementary distribution of sizes on logarithmic axes, with the fitted law."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from cascade_sim.plots.style import style
from cascade_sim.plots.sweeps.looks import look_of
from cascade_sim.plots.sweeps.words import amount_of, headline, label_of, show_money, wrapped

__all__ = ["law_survival", "size_distribution"]

_MOST_POINTS = 45


def law_survival(at: NDArray[np.float64], exponent: float, smallest: float, cutoff: float) -> NDArray[np.float64]:
    """Chance of at least a size, given at least the smallest, by a power law with exponential cut-off.

    Parameters
    ----------
    at : ndarray of float64
        Sizes, none below `smallest`.
    exponent : float
        Of the density.
    smallest : float
        Where the law begins, positive.
    cutoff : float
        Size at which the exponential sets in; nan or infinite for a pure power law.

    Notes
    -----
    The density is proportional to s**-exponent * exp(-s / cutoff) (Clauset, Shalizi and Newman 2009, table 2.1). Its
    integral is an incomplete gamma function, here summed over the logarithm of size.
    """
    if not np.isfinite(cutoff):
        return np.asarray((at / smallest) ** (1 - exponent))
    size = np.geomspace(1.0, max(np.max(at) / smallest, 1 + 40 * cutoff / smallest), 5_000)
    density = size ** (1 - exponent) * np.exp(-(size - 1) * smallest / cutoff)
    pieces = (density[1:] + density[:-1]) / 2 * np.diff(np.log(size))
    beyond = np.append(np.cumsum(pieces[::-1])[::-1], 0.0)
    return np.asarray(np.interp(at / smallest, size, beyond / beyond[0]))


def _survival(sizes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of all sizes that are at least as large as each positive one, thinned evenly by the share's logarithm."""
    ordered = np.sort(sizes)[::-1]
    ranks = np.unique(np.geomspace(1, max(len(ordered), 1), _MOST_POINTS).round().astype(int)) - 1
    size = np.unique(ordered[ranks]) if len(ordered) else ordered
    size = size[size > 0]
    return size, np.searchsorted(-ordered, -size, side="right") / max(len(ordered), 1)


def _draw_law(axes: Axes, sizes: NDArray[np.float64], law: Any, look: dict[str, Any]) -> None:
    """The law over the fitted range, and a drop line at its cut-off."""
    tail = float(np.mean(sizes >= law.smallest)) if len(sizes) else 0.0
    if tail == 0 or not np.isfinite(law.exponent):
        return
    at = np.geomspace(law.smallest, max(sizes.max(), law.smallest * 1.01), 200)
    axes.plot(at, tail * law_survival(at, law.exponent, law.smallest, law.cutoff), lw=2, **{**look, "marker": ""})
    if np.isfinite(law.cutoff):
        height = tail * law_survival(np.array([max(law.cutoff, law.smallest)]), law.exponent, law.smallest, law.cutoff)
        axes.plot([law.cutoff] * 2, [0, height[0]], color=look["color"], lw=1.6, ls=(0, (1, 1.2)))


def _draw_sizes(axes: Axes, sizes: NDArray[np.float64], law: Any, look: dict[str, Any]) -> None:
    """Measured sizes: hollow outside the fitted range."""
    size, share = _survival(sizes)
    fitted = size >= (0.0 if law is None else law.smallest)
    bare = {**look, "linestyle": ""}
    axes.plot(size[fitted], share[fitted], markersize=5, **bare)
    axes.plot(size[~fitted], share[~fitted], markersize=5, markerfacecolor="white", **bare)


def _described(group: str, sizes: NDArray[np.float64], law: Any, amount: Any) -> str:
    if law is None or not np.isfinite(law.exponent):
        return wrapped(f"{group}: n = {len(sizes)}, no law fitted", 100)
    known = hasattr(law, "exponent_low") and np.isfinite(law.exponent_low)
    interval = f" ({law.exponent_low:.2f} to {law.exponent_high:.2f})" if known else ""
    cut = f"cut-off {amount(law.cutoff)}" if np.isfinite(law.cutoff) else "no cut-off"
    return wrapped(f"{group}: n = {len(sizes)}, exponent {law.exponent:.2f}{interval}, {cut}", 100)


def _dress(axes: Axes, labels: Mapping[str, str], fitted: bool) -> None:
    axes.set_xlabel(label_of(labels, "size", 80))
    axes.set_ylabel("Share at least this large (1)")
    show_money(axes.xaxis, labels.get("size", ""))
    if fitted:
        key = "Lines: fitted law. Filled: fitted range. Dotted, down to the axis: cut-off."
        axes.set_title(key, fontsize=9, fontweight="normal")


def size_distribution(
    sizes: pd.DataFrame, fit: pd.DataFrame | None, labels: Mapping[str, str], *, title: str | None = None
) -> Figure:
    """Share of cascades of at least each size, on logarithmic axes, with the fitted power laws with cut-off.

    Parameters
    ----------
    sizes : pandas.DataFrame
        One row a cascade. Columns: `group` (text; at most six groups) and `size`; sizes of zero count in the share
        but have no place on the axis.
    fit : pandas.DataFrame or None
        One row a group. Columns: `group`, `exponent` of the density, `smallest` size fitted, `cutoff` (nan or infinite
        for none) and, if known, the 95 % interval `exponent_low`, `exponent_high`.
    labels : mapping of str to str
        Label with unit of "size".
    title : str, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        If there are more than six groups.
    """
    laws = {} if fit is None else {law.group: law for law in fit.itertuples(index=False)}
    amount = amount_of(labels.get("size", ""))
    keys: list[Any] = []
    with style():
        figure = Figure(figsize=(8, 5.6), layout="constrained")
        axes = figure.subplots()
        axes.set(xscale="log", yscale="log")
        for number, (group, rows) in enumerate(sizes.groupby("group", sort=False)):
            look, law = look_of(number), laws.get(group)
            values = rows["size"].to_numpy(np.float64)
            _draw_sizes(axes, values, law, look)
            if law is not None:
                _draw_law(axes, values, law, look)
            keys.append(Line2D([], [], **look, label=_described(str(group), values, law, amount)))
        _dress(axes, labels, fitted=bool(laws))
        figure.legend(handles=keys, loc="outside lower left")
        headline(figure, title or "How large cascades get")
    return figure
