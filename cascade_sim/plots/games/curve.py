"""Lines of a closed form over one axis."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cascade_sim.plots.style import style
from cascade_sim.plots.sweeps.looks import look_of
from cascade_sim.plots.sweeps.words import headline, wrapped

__all__ = ["closed_form_curve"]


def closed_form_curve(
    x: NDArray[np.float64], lines: Mapping[str, NDArray[np.float64]], x_label: str, y_label: str, title: str
) -> Figure:
    """Lines of exact numbers.

    Parameters
    ----------
    x : ndarray of float64, shape (points,)
    lines : mapping of label to ndarray of float64, shape (points,)
        At most six; nan where a line is not defined.
    x_label, y_label : str
        With units.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    with style():
        figure = Figure(figsize=(7.6, 4.2), layout="constrained")
        axes = figure.subplots()
        for number, (label, values) in enumerate(lines.items()):
            look = look_of(number)
            axes.plot(x, values, color=look["color"], ls=look["linestyle"], lw=2.4, label=wrapped(label, 44))
        for axis, label in ((axes.xaxis, x_label), (axes.yaxis, y_label)):
            if label.startswith(("chance", "share")):
                axis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.axhline(0.0, color="black", lw=0.9)
        axes.set_xlabel(wrapped(x_label, 70))
        axes.set_ylabel(wrapped(y_label if len(lines) > 1 else next(iter(lines)), 40))
        if len(lines) > 1:
            figure.legend(loc="outside lower left", ncols=2)
        headline(figure, title)
    return figure
