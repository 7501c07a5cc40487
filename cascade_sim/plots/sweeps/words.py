"""The words on a figure: titles that fit, labels without their units, numbers as people read them."""

import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cascade_sim.plots.style import money

__all__ = ["amount_of", "explain", "figures_of", "headline", "label_of", "plain", "show_money", "wrapped"]

_INK = "#404040"


def label_of(labels: Mapping[str, str], column: str, width: int = 40) -> str:
    """Label of a column with its unit, over as many lines as it needs; the column's name where there is none."""
    return wrapped(labels.get(column, column), width)


def wrapped(text: str, width: int) -> str:
    """Text in lines of at most so many letters."""
    return textwrap.fill(text, width)


def plain(labels: Mapping[str, str], column: str, first: bool = False) -> str:
    """Label of a column without its unit, with a small letter unless it comes first in a sentence.

    Examples
    --------
    >>> plain({"leverage": "Median leverage of traders (1)"}, "leverage")
    'median leverage of traders'
    """
    text = re.sub(r"\s*\([^()]*\)\s*$", "", labels.get(column, column))
    is_word = len(text) > 1 and text[1].islower()
    if is_word:
        return text[0].upper() + text[1:] if first else text[0].lower() + text[1:]
    return text


def headline(figure: Figure, text: str) -> None:
    """What is seen, in bold over the whole figure, which grows by the lines it needs."""
    title = wrapped(text, int(9.2 * figure.get_figwidth()))
    figure.set_figheight(figure.get_figheight() + 0.2 * title.count("\n"))
    figure.suptitle(title, fontsize=12, fontweight="bold", x=0.01, ha="left")


def explain(figure: Figure, axes: Axes, text: str) -> None:
    """How to read the figure, in a sentence or two below its headline, above the only or uppermost axes."""
    words = wrapped(text, int(13.5 * figure.get_figwidth()))
    figure.set_figheight(figure.get_figheight() + 0.16 * (1 + words.count("\n")))
    axes.set_title(words, loc="left", x=0.0, fontsize=8.5, fontweight="normal", color=_INK)


def figures_of(value: float) -> str:
    """Number in three figures, without exponents where it can be read without.

    Examples
    --------
    >>> figures_of(0.00123), figures_of(1234.5), figures_of(20.0), figures_of(2e6)
    ('0.00123', '1234', '20', '2 M')
    """
    if abs(value) >= 1e5:
        return money(value)
    return f"{value:.0f}" if abs(value) >= 1e3 else f"{value:.3g}"


def amount_of(label: str) -> Callable[[float], str]:
    """How numbers under a label are written: 1.2 M if it says USD, else in three figures."""
    return money if "USD" in label else figures_of


def show_money(axis: Any, label: str) -> None:
    """Amounts as 1.2 M at an axis whose label says USD."""
    if "USD" in label:
        axis.set_major_formatter(lambda value, _: money(value))
