"""Winners who may have to pay for losers: to stay, or to close before the others do."""

import numpy as np

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check, whole
from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.solving.gain_roots import gain_roots

__all__ = ["leavers_of_a_queue", "shared_haircut", "solve"]

_STORY = (
    "When losers cannot pay, an exchange takes the missing sum from those who have won: auto-deleveraging (ADL). A "
    "winner can stay and risk that, or close its position now at a cost. Whoever has closed pays nothing, so that "
    "those who stay share the whole sum."
)
_LESSON = (
    "Shared equally, staying is right as long as enough others stay, and wrong once they leave: a bank run, with two "
    "outcomes. With a queue (largest winner first) there is no such choice: the first in line pays and therefore "
    "leaves, then the next one is first. The rule for a bad day changes what people do the day before."
)


def solve(
    winners: float = 10, deficit: float = 30.0, chance: float = 0.5, cost: float = 2.0, profit: float = 6.0
) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    winners : float
        How many there are, a whole number.
    deficit : float
        Sum that losers will owe, if they do.
    chance : float
        That they will.
    cost : float
        Of closing early, in the unit of the deficit.
    profit : float
        Of each winner: the most that can be taken from it.

    Returns
    -------
    Analytic
    """
    count = whole("winners", winners, 2, 40)
    check("deficit", deficit, 0.0)
    check("chance", chance, 0.0, 1.0 + 1e-12)
    check("cost", cost, 0.0)
    check("profit", profit, 0.0)
    role = Role("winner", ("stay", "close early"), count)

    def pays(strategy: int, counts: tuple[int, ...]) -> float:
        return -cost if strategy else -chance * shared_haircut(counts[0], deficit, profit)

    game = Game.symmetric(role, pays)
    roots = gain_roots(game)
    facts = (
        Fact("winners who must stay so that staying pays, shared equally", chance * deficit / cost, "", "pi D / s"),
        Fact("expected haircut if all stay, shared equally", chance * shared_haircut(count, deficit, profit)),
        Fact("expected haircut of one who stays alone", chance * shared_haircut(1, deficit, profit)),
        *(Fact("chance of staying of each that tips the run", root) for root in roots[:1]),
        Fact("expected haircut of the first in a queue", chance * min(deficit, profit)),
        Fact("winners who close early under a queue", leavers_of_a_queue(count, deficit, chance, cost, profit)),
    )
    numbers = np.arange(1, count + 1)
    lines = {
        "shared equally": np.array([chance * shared_haircut(int(m), deficit, profit) for m in numbers]),
        "first in the queue": np.full(count, chance * min(deficit, profit)),
        "cost of closing early": np.full(count, cost),
    }
    curve = Curve(numbers.astype(float), lines, "winners who stay", "expected loss of one who stays")
    parameters = {"winners": count, "deficit": deficit, "chance": chance, "cost": cost, "profit": profit}
    return Analytic("adl-run", "The run before auto-deleveraging", _STORY, parameters, game, facts, _LESSON, curve)


def shared_haircut(staying: int, deficit: float, profit: float) -> float:
    """What each of those who stay loses under pro-rata rules: its share, but not more than it has won."""
    return min(deficit / staying, profit)


def leavers_of_a_queue(winners: int, deficit: float, chance: float, cost: float, profit: float) -> int:
    """How many close early when the first in line pays first: all or none, by striking dominated choices.

    The first in line of those who stay pays whatever the others do. If that is dearer than closing it leaves, the next
    one is first with the same choice, and so on to the last.
    """
    return winners if chance * min(deficit, profit) > cost else 0
