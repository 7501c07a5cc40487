"""What the tree of a cascade says in words: its headline, its rows and its largest liquidations."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from cascade_sim.plots.contagion.swarm import Swarm
from cascade_sim.plots.contagion.wave import Wave
from cascade_sim.plots.style import GREY, money

__all__ = ["INSIDE", "headline", "mark_largest", "row_names"]

_MOST_NAMES = 6
_ONLY = "stay away without forced trades"
_BY_THEN = "needed earlier ones to come when they did"
_READING = (
    "A bubble is a liquidation; its area is what the account held. Lines lead to it from those whose forced trades "
    "cost it money: solid from\nwhat cost it most, faint from others; width: how much, colour: in which market. "
    "Rows: how many forced trades in a row it needed to come then."
)
_GROUPS = "a market, generation and stretch of time each, with its number."
INSIDE = 26.0  # points; larger bubbles have their name inside
_COVERED = 4.0  # points; smaller bubbles may be written over
_SIDES = (
    (0, 1, "center", "bottom"),
    (0, -1, "center", "top"),
    (1, 0, "left", "center"),
    (-1, 0, "right", "center"),
    (0.7, 0.7, "left", "bottom"),
    (-0.7, 0.7, "right", "bottom"),
    (0.7, -0.7, "left", "top"),
    (-0.7, -0.7, "right", "top"),
)


def _in_words(nodes: pd.DataFrame) -> str:
    return f"{nodes['count'].sum():,}, {money(nodes['notional'].sum())} USD"


def row_names(axes: Any, wave: Wave, swarm: Swarm) -> None:
    """Name each row at the left edge, with what is in it, and rule lines between them."""
    names = {(0, 0): "needed no\nforced trade", (1, 1): "one forced trade\nbefore it"}
    ticks = []
    for place, (_, own) in enumerate(wave.nodes.groupby("row")):
        first, last = int(own["generation"].min()), int(own["last_generation"].max())
        numbers = f"{first} forced trades\nin a row" if first == last else f"{first} to {last} forced\ntrades in a row"
        ticks.append(f"{names.get((first, last), numbers)}\n({_in_words(own)})")
        axes.axhline(swarm.rows[place, 1], color="#dddddd", lw=0.8, zorder=0)
    axes.set_yticks(swarm.rows.mean(axis=1), ticks, fontsize=7.5)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)


def _largest_tree(wave: Wave) -> tuple[int, str]:
    """Row of the root that the most notional hangs from, -1 if none, and its tree in words."""
    hanging = wave.nodes.assign(root=wave.roots)[wave.hangs_from >= 0]
    if hanging.empty:
        return -1, "None of them hangs from another one."
    sums = hanging.groupby("root")["notional"].sum()
    row = int(sums.index.to_numpy(int)[sums.to_numpy().argmax()])
    root: Any = wave.nodes.iloc[row]
    own = hanging[hanging["root"] == row]
    more = f"{len(own):,} more liquidation{'s' if len(own) > 1 else ''}"
    return row, (
        f"From account {root['account']} ({root['role']}, {money(root['notional'])} USD) "
        f"hang{'' if len(own) > 1 else 's'} {more}, {money(own['notional'].sum())} USD."
    )


def headline(figure: Figure, wave: Wave, drawn: Wave) -> None:
    """Say how many were brought down by others, what the largest tree is, and how the figure is to be read.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    wave : Wave
        Of single liquidations.
    drawn : Wave
        What is drawn, the same or groups of it.
    """
    nodes = wave.nodes
    knows = bool(nodes["anyway"].notna().all())
    others = nodes[nodes["anyway"].eq(False)] if knows else nodes[nodes["generation"] > 0]
    share = others["notional"].sum() / max(nodes["notional"].sum(), 1e-12)
    title = (
        f"{len(others):,} of {len(nodes):,} liquidations {_ONLY if knows else _BY_THEN}: "
        f"{money(others['notional'].sum())} of {money(nodes['notional'].sum())} USD held ({share:.0%})"
    )
    figure.suptitle(title, x=0.01, y=0.985, ha="left", fontsize=12.5, fontweight="bold")
    figure.text(0.01, 0.93, _pulled_forward(nodes, knows) + _largest_tree(wave)[1], fontsize=9, va="center")
    if len(drawn.nodes) < len(nodes):
        reading = f"{len(drawn.nodes):,} bubbles: {_GROUPS} {_READING}"
    else:
        reading = _READING
    figure.text(0.01, 0.01, reading, fontsize=7.5, color=GREY, va="bottom")


def _pulled_forward(nodes: pd.DataFrame, knows: bool) -> str:
    """How many came early, where the title says how many would have stayed away; the rows show the first of the two."""
    return f"{nodes['generation'].gt(0).sum():,} {_BY_THEN}. " if knows else ""


def _name(node: Any) -> str:
    if "account" not in node:
        return f"{node['count']:,} liquidation{'s' if node['count'] > 1 else ''}\n{money(node['notional'])} USD"
    return f"account {node['account']}, {node['role']}\n{money(node['notional'])} USD"


def _chosen(wave: Wave, swarm: Swarm) -> list[int]:
    """Rows to be named: the root of the largest tree, and the largest bubbles."""
    largest = [int(k) for k in np.argsort(-swarm.radius, kind="stable")[:_MOST_NAMES]]
    root = _largest_tree(wave)[0] if "account" in wave.nodes else -1
    return list(dict.fromkeys(([root] if root >= 0 else []) + largest))


def mark_largest(axes: Any, wave: Wave, swarm: Swarm) -> None:
    """Name the largest bubbles, where a name covers neither another one nor a large bubble.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        With its limits final.
    wave : Wave
    swarm : Swarm
    """
    axes.figure.draw_without_rendering()
    taken = _large_boxes(axes, swarm)
    for k in _chosen(wave, swarm):
        at, radius, name = (swarm.x[k], swarm.y[k]), swarm.radius[k], _name(wave.nodes.iloc[k])
        if radius > INSIDE:
            axes.text(*at, name.replace(", ", "\n"), color="white", ha="center", va="center", fontsize=7.5, zorder=6)
        else:
            taken += _written_beside(axes, at, radius, name, taken)


def _large_boxes(axes: Any, swarm: Swarm) -> list[Bbox]:
    """Squares of pixels that hardly leave the bubbles that must not be covered."""
    centres = axes.transData.transform(np.column_stack([swarm.x, swarm.y]))
    reach = (swarm.radius * axes.figure.dpi / 72)[:, None] * 0.8
    large = swarm.radius > _COVERED
    return [Bbox([low, high]) for low, high in zip((centres - reach)[large], (centres + reach)[large], strict=True)]


def _written_beside(axes: Any, at: tuple[float, float], radius: float, name: str, taken: list[Bbox]) -> list[Bbox]:
    """Write a name at the first side of a bubble where there is room; its box, or none."""
    look: dict[str, Any] = {"fontsize": 7.5, "zorder": 6, "path_effects": [withStroke(linewidth=2, foreground="white")]}
    for right, up, ha, va in _SIDES:
        away = (right * (radius + 2), up * (radius + 2))
        note = axes.annotate(name, at, away, textcoords="offset points", ha=ha, va=va, **look)
        box = note.get_window_extent()
        inside = axes.bbox.x0 < box.x0 and box.x1 < axes.bbox.x1 and axes.bbox.y0 < box.y0 and box.y1 < axes.bbox.y1
        if inside and not box.count_overlaps(taken):
            return [box]
        note.remove()
    return []
