"""The model behind the page: a `CascadeModel` as the desk says, made anew at every reset."""

import mesa
import numpy as np

from cascade_sim.dashboard.desk import Desk
from cascade_sim.dashboard.view import liquidations_of
from cascade_sim.market.records import BREACH
from cascade_sim.model import CascadeModel
from cascade_sim.plots.dashboard import Liquidations
from cascade_sim.simulation import RunError

__all__ = ["Lesson"]


class Lesson(mesa.Model):
    """A run under way, in the form that `mesa.visualization.SolaraViz` steps and resets.

    It holds a `CascadeModel` and is none: a model's attribute ``scenario`` must be one of Mesa's own kind there (3.5).

    Parameters
    ----------
    desk : Desk
        Read when the lesson is made; what changes on it later counts for the next one.

    Attributes
    ----------
    cascade : CascadeModel
    trouble : str
        Why it can't go on; empty if it can.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(rng=desk.seed)
        self.cascade = CascadeModel(desk.scenario, rng=desk.seed, **desk.settings())
        self.trouble = ""
        self.running = True  # always: Mesa's buttons would sleep from the end on, also when a slider starts it over
        self._liquidations = Liquidations()

    def step(self) -> None:
        """Go on by one step; nothing happens when it is over."""
        if not self.is_over:
            try:
                self.cascade.step()
            except RunError as error:
                self.trouble = str(error)

    @property
    def is_over(self) -> bool:
        """Whether the scenario is at its end, or can't go on."""
        return not self.cascade.running or bool(self.trouble)

    @property
    def liquidations(self) -> Liquidations:
        """Who was liquidated so far, by whom; found anew when there are more of them."""
        events = self.cascade.simulation.records.table("events")
        if np.count_nonzero(events["kind"] == BREACH) > len(self._liquidations):
            self._liquidations = liquidations_of(self.cascade)
        return self._liquidations

    def close(self) -> None:
        """Let go of the agents; Mesa 3.3 keeps every model alive otherwise."""
        self.cascade.close()
