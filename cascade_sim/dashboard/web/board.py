"""What is projected: numbers in a line, price and map, and three pictures below."""

import math
from typing import Any

import solara
from mesa.visualization.utils import update_counter

from cascade_sim.amounts import money
from cascade_sim.dashboard.lesson import Lesson
from cascade_sim.dashboard.view import snapshot_of
from cascade_sim.plots.dashboard import Snapshot, as_png, plot_book, plot_equity, plot_links, plot_price

__all__ = ["Board", "draw"]

_PLOTS = {"price": plot_price, "book": plot_book, "equity": plot_equity, "links": plot_links}


def draw(lesson: Lesson, market: str, used: dict[str, Any]) -> tuple[Snapshot, dict[str, bytes]]:
    """A lesson as it is now, and its pictures as PNG by name.

    Parameters
    ----------
    lesson : Lesson
    market : str
    used : dict of str to Figure
        The pictures before these by name, empty at first; they are drawn on again.
    """
    now = snapshot_of(lesson.cascade, market, lesson.liquidations)
    for name, plot in _PLOTS.items():
        used[name] = plot(now, used.get(name))
    return now, {name: as_png(figure) for name, figure in used.items()}


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _numbers(now: Snapshot) -> list[tuple[str, str, str]]:
    """Value, what it is, and what that means."""
    ratio = (
        "not yet known" if math.isnan(now.branching) else "∞" if math.isinf(now.branching) else f"{now.branching:.2f}"
    )
    return [
        (_clock(now.now), f"of {_clock(now.duration)} minutes", "Simulated time since the start."),
        (f"{now.fall:.1%}", "largest fall", "How far the price was below its start at the worst moment so far."),
        (money(now.liquidated), "USD liquidated", "Positions closed by force so far."),
        (money(now.bad_debt), "USD bad debt", "Losses of liquidated accounts that their own money did not cover."),
        (money(now.fund), "USD insurance fund", "What the exchange has left to pay for bad debt."),
        (
            ratio,
            "branching ratio",
            "Forced sales waiting within 0.5 % below the price, for each dollar that is bid there. Above 1, each "
            "forced sale sets off more than itself: the cascade feeds itself.",
        ),
    ]


@solara.component
def Board(lesson: Lesson, market: str) -> None:
    """Pictures of a lesson; drawn anew after every step.

    Parameters
    ----------
    lesson : Lesson
    market : str
        The market it is seen from.
    """
    update_counter.get()
    used: dict[str, Any] = solara.use_memo(dict, [])
    now, pictures = solara.use_memo(lambda: draw(lesson, market, used), [id(lesson), lesson.cascade.tick, market])
    with solara.v.Html(tag="div", class_="numbers"):
        for value, what, meaning in _numbers(now):
            with solara.Tooltip(meaning), solara.v.Html(tag="div", class_="number"):
                solara.v.Html(tag="b", children=[value])
                solara.v.Html(tag="span", children=[what])
    solara.Image(pictures["price"], classes=["picture", "picture-price"])
    with solara.v.Html(tag="div", class_="pictures"):
        for name in ("book", "equity", "links"):
            solara.Image(pictures[name], classes=["picture", f"picture-{name}"])
