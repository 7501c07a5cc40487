"""How groups in one figure are told apart, in colour and in print: colour, line style and marker."""

from typing import Any

from cascade_sim.plots.style import MARKS

__all__ = ["MOST_GROUPS", "look_of"]

_MARKERS = "osD^vP"
MOST_GROUPS = len(_MARKERS)


def look_of(number: int) -> dict[str, Any]:
    """Colour, line style and marker of a group, by its number from 0.

    Raises
    ------
    ValueError
        If there are more groups than a person tells apart.
    """
    if number >= MOST_GROUPS:
        raise ValueError(f"at most {MOST_GROUPS} groups can be told apart in one figure; choose some of them first")
    colour, line = MARKS[number]
    return {"color": colour, "linestyle": line, "marker": _MARKERS[number]}
