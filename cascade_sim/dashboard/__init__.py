"""The live page: Mesa's SolaraViz on a scenario, with sliders in words and pictures that move.

What the sliders mean (`knobs`), what they make (`lesson`) and what is seen of it (`view`) need nothing beyond the
package; the page itself (`web`) needs the extra ``dashboard``.
"""

from cascade_sim.dashboard.desk import Desk
from cascade_sim.dashboard.knobs import Knob, knobs_of
from cascade_sim.dashboard.lesson import Lesson
from cascade_sim.dashboard.view import snapshot_of

__all__ = ["Desk", "Knob", "Lesson", "knobs_of", "snapshot_of"]
