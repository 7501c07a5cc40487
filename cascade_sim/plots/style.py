"""The look of all figures: one style sheet, one colour and line style a market, money in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import matplotlib as mpl

from cascade_sim.amounts import money

__all__ = ["BLUE", "GREEN", "GREY", "MARKS", "ORANGE", "PURPLE", "SKY", "VERMILION", "colour_of", "money", "style"]

BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
GREY = "#7f7f7f"
MARKS = [(BLUE, "-"), (VERMILION, "--"), (GREEN, "-."), (PURPLE, ":"), (ORANGE, "-"), (SKY, "--")]


@contextmanager
def style() -> Iterator[None]:
    """Draw with the package's style sheet (colour-blind-safe Okabe and Ito colours)."""
    with mpl.rc_context(fname=str(files("cascade_sim.plots").joinpath("cascade.mplstyle"))):
        yield


def colour_of(names: list[str]) -> dict[str, dict[str, Any]]:
    """Colour and line style of each name, in order."""
    return {name: dict(zip(("color", "linestyle"), MARKS[k % len(MARKS)], strict=True)) for k, name in enumerate(names)}
