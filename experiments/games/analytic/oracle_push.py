"""An attacker who pushes the price an exchange looks at, and the window over which it averages."""

import numpy as np

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact
from cascade_sim.experiments.games.normal_form import Game

__all__ = ["solve", "value_of_two_by_two"]

_STORY = (
    "An exchange decides who is liquidated by an average of recent prices (an oracle). An attacker can push the price "
    "for a moment. With a short window the push works. With a long one it does not, but then real falls are "
    "noticed late. What one wins the other loses."
)
_LESSON = (
    "There is no window that is best for sure: if the attacker knew it, there would be an answer. The best the "
    "exchange can do is to be unpredictable, with just the chances that leave the attacker nothing to choose."
)


def solve(
    short_push: float = -6.0, short_wait: float = 3.0, long_push: float = 1.0, long_wait: float = -1.0
) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    short_push, short_wait, long_push, long_wait : float
        What the exchange gets (and the attacker loses) with a short or a long window, if the attacker pushes or waits.
        A short window is the better one if the attacker waits, a long one if it pushes, and the attacker likes to push
        against the short one only.

    Returns
    -------
    Analytic

    Raises
    ------
    ValueError
        Where that is not so, and one side has a best choice for sure.
    """
    pays = np.array([[short_push, short_wait], [long_push, long_wait]])
    short, push, value = value_of_two_by_two(pays)
    game = Game.of_matrices(("short window", "long window"), ("push", "wait"), pays, -pays, ("exchange", "attacker"))
    source = "von Neumann (1928), Math. Annalen 100, 295-320"
    facts = (
        Fact("chance of a short window", short, "", source),
        Fact("chance of a long window", 1.0 - short, "", source),
        Fact("chance of a push", push, "", source),
        Fact("chance of waiting", 1.0 - push, "", source),
        Fact("value to the exchange", value, "", source),
        Fact("what it can be sure of with one window for ever", float(pays.min(axis=1).max())),
    )
    at = np.linspace(0.0, 1.0, 101)
    lines = {
        "if the attacker pushes": short_push * at + long_push * (1.0 - at),
        "if the attacker waits": short_wait * at + long_wait * (1.0 - at),
    }
    curve = Curve(at, lines, "chance of a short window", "what the exchange gets")
    parameters = {
        "short_push": short_push,
        "short_wait": short_wait,
        "long_push": long_push,
        "long_wait": long_wait,
    }
    return Analytic("oracle-push", "Pushing the oracle", _STORY, parameters, game, facts, _LESSON, curve)


def value_of_two_by_two(pays: np.ndarray) -> tuple[float, float, float]:
    """Chance of the first row, chance of the first column and value of a zero-sum game without a saddle point.

    Parameters
    ----------
    pays : ndarray of float64, shape (2, 2)
        To the row player.

    Raises
    ------
    ValueError
        Where there is a saddle point.
    """
    (a, b), (c, d) = pays.tolist()
    if pays.min(axis=1).max() >= pays.max(axis=0).min():
        raise ValueError(
            f"one side has a best choice for sure with payoffs {a:g}, {b:g} / {c:g}, {d:g}; a push must hurt "
            "more with a short window, and waiting more with a long one"
        )
    total = a - b - c + d
    return (d - c) / total, (d - b) / total, (a * d - b * c) / total
