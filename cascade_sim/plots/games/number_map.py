"""Numbers over two settings, a panel for each value of a third: written in cells whose shade says the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cascade_sim.plots.games.cells import FRAME
from cascade_sim.plots.style import BLUE, VERMILION, style
from cascade_sim.plots.sweeps.words import headline, show_money, wrapped

__all__ = ["NumberPanel", "number_map"]

Floats = npt.NDArray[np.float64]

_PALEST = 0.62  # so that black text is read on the darkest shade


@dataclass(frozen=True)
class NumberPanel:
    """One panel.

    Attributes
    ----------
    heading : str
    values : ndarray of float64, shape (rows, columns)
        The first row is drawn at the bottom.
    words : sequence of sequence of str
        What is written in each cell; the first line is large.
    framed : sequence of (int, int)
        Rows and columns of cells that are framed.
    """

    heading: str
    values: Floats
    words: Sequence[Sequence[str]]
    framed: Sequence[tuple[int, int]] = ()


def number_map(
    panels: Sequence[NumberPanel],
    ticks: tuple[Sequence[str], Sequence[str]],
    labels: tuple[str, str],
    bar: str,
    title: str,
    note: str = "",
    limits: tuple[float, float] | None = None,
    is_harm: bool = False,
    write: Callable[[float], str] | None = None,
) -> Figure:
    """Draw panels of numbers beside each other.

    Parameters
    ----------
    panels : sequence of NumberPanel
        All with the same rows and columns.
    ticks : (sequence of str, sequence of str)
        Values of the horizontal and of the vertical setting.
    labels : (str, str)
        Of the two settings, with units.
    bar : str
        What the shade says, with its unit.
    title : str
    note : str
        How a cell is read.
    limits : (float, float), optional
        Of the shades; default: of the values and zero.
    is_harm : bool
        Whether more is worse: numbers above zero are vermilion then and those below blue, else the other way round.
    write : callable, optional
        How the numbers beside the shades are written.

    Returns
    -------
    matplotlib.figure.Figure
    """
    norm, shades = _shades(np.array([panel.values for panel in panels]), limits, is_harm)
    across, up = (len(own) for own in ticks)
    with style():
        size = (1.9 + len(panels) * max(1.35 * across, 2.2), 2.0 + 0.78 * up)
        figure = Figure(figsize=size, layout="constrained")
        several = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, panel in zip(several, panels, strict=True):
            _draw(axes, panel, norm, shades)
            axes.set_xticks(range(across), ticks[0])
            axes.set_yticks(range(up), ticks[1])
        several[0].set_ylabel(wrapped(labels[1], 34))
        figure.supxlabel(wrapped(f"{labels[0]}.  {note}" if note else labels[0], int(13 * size[0])), fontsize=9)
        colours = figure.colorbar(ScalarMappable(norm, shades), ax=list(several), pad=0.01, label=wrapped(bar, 34))
        show_money(colours.ax.yaxis, bar)
        if write is not None:
            colours.ax.yaxis.set_major_formatter(lambda value, _: write(value))
        headline(figure, title)
    return figure


def _shades(values: Floats, limits: tuple[float, float] | None, is_harm: bool) -> tuple[Normalize, Colormap]:
    """Zero is white; numbers above it go to one hue, those below to another."""
    low, high = limits or (min(float(np.nanmin(values)), 0.0), max(float(np.nanmax(values)), 0.0))
    below, above = (_fade(hue) for hue in ((BLUE, VERMILION) if is_harm else (VERMILION, BLUE)))
    if low < 0.0 < high:
        most = max(-low, high)
        return Normalize(-most, most), ListedColormap(np.vstack([below[::-1], above]))
    return Normalize(low, high if high > low else low + 1.0), ListedColormap(below[::-1] if low < 0.0 else above)


def _fade(hue: str) -> Floats:
    """Colours from white to a pale form of a hue."""
    return LinearSegmentedColormap.from_list("fade", ["#ffffff", hue])(np.linspace(0.0, _PALEST, 128))


def _draw(axes: Axes, panel: NumberPanel, norm: Normalize, shades: Colormap) -> None:
    axes.grid(visible=False)
    axes.imshow(panel.values, cmap=shades, norm=norm, origin="lower", aspect="auto")
    for i, j in np.ndindex(panel.values.shape):
        first, *rest = panel.words[i][j].split("\n")
        lift = 0.11 * len(rest)
        axes.text(j, i + lift, first, ha="center", va="center", fontsize=11, fontweight="bold")
        if rest:
            axes.text(j, i + lift - 0.16, "\n".join(rest), ha="center", va="top", fontsize=7.5, linespacing=1.15)
    for i, j in panel.framed:
        axes.add_patch(Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, fill=False, ec=FRAME, lw=2.4))
    axes.set_title(wrapped(panel.heading, 34), fontsize=9.5)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
