"""Sliders and choices beside the pictures, in groups."""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import solara

from cascade_sim.dashboard.desk import Desk
from cascade_sim.dashboard.knobs import Knob

__all__ = ["Controls"]

Turned = Callable[[float | str], None]


@solara.component
def _Slider(knob: Knob, value: float, on_turned: Turned) -> None:
    """Slider that shows each value it passes, and counts when it is let go."""
    shown, show = solara.use_state(value)
    with solara.Tooltip(knob.hint), solara.v.Html(tag="div", class_="knob-label"):
        solara.v.Html(tag="span", children=[f"{knob.label}: "])
        solara.v.Html(tag="b", children=[f"{shown:g}"])
        solara.v.Html(tag="span", children=[f" {knob.unit}"])
    slider = solara.v.Slider(
        v_model=shown,
        on_v_model=show,
        min=knob.low,
        max=knob.high,
        step=knob.step,
        hide_details=True,
        dense=True,
        class_=f"knob knob-{knob.name}",
    )
    solara.v.use_event(slider, "change", lambda widget, event, data: on_turned(round(float(data), 6)))


@solara.component
def _Choice(knob: Knob, value: str, on_turned: Turned) -> None:
    words = dict(knob.options)
    values = {text: name for name, text in words.items()}
    with solara.Tooltip(knob.hint):
        solara.Select(
            knob.label,
            values=list(values),
            value=words[value],
            on_value=lambda text: on_turned(values[text]),
            dense=True,
        )


@solara.component
def Controls(desk: Desk, on_change: Callable[[], None]) -> None:
    """All knobs of a desk, a card a group.

    Parameters
    ----------
    desk : Desk
        Its choices are changed.
    on_change : callable
        Called after each change.
    """

    def turned(knob: Knob) -> Turned:
        def turn(value: float | str) -> None:
            desk.choices[knob.name] = value
            on_change()

        return turn

    for title, group in groupby(desk.knobs, key=lambda knob: knob.group):
        with solara.Card(title, margin=0, classes=["knobs"]):
            for knob in group:
                value: Any = desk.choices[knob.name]
                (_Choice if knob.options else _Slider)(knob, value, turned(knob)).key(knob.name)
