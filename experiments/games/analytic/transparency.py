"""The map of positions public, noisy or hidden: how well hunters can act together."""

import numpy as np
import numpy.typing as npt

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check
from cascade_sim.experiments.games.analytic.global_game import CRITICAL, Crowd

__all__ = ["chance_of_fall", "expected_profit", "solve"]

Floats = npt.NDArray[np.float64]

_STORY = (
    "Many hunters watch a cluster of positions. It falls if enough of them attack at once, and then each who attacked "
    "gains; otherwise each loses the cost. A map of everybody's positions may be public and exact, public but "
    "blurred, or hidden, so that each has only a guess of its own."
)
_LESSON = (
    "A public map does more than inform: everybody knows that all others have seen it. If it is exact, one market may "
    "be hunted by all or left alone by all, and nothing but mood decides. Blur it, and what happens hangs on what the "
    "map happens to show. Hide it, and there is one strength below which a market falls, whatever the mood; hunters "
    "gain less than in a bold mood, for not all of them find the moment."
)
_SOURCE = "Morris and Shin (2003), chapter 3, section 3; averaged over what the map may show"
_FIGURES = 4000


def solve(
    strength: float = 0.5, private: float = 1.0, noisy: float = 1.0, exact: float = 100.0, cost: float = 0.4
) -> Analytic:
    """Solve the game.

    The market gives way if a share of hunters of at least its strength attacks. The map shows strength plus normal
    noise, the same for all; each hunter's own guess has noise of its own. Nobody knows anything else beforehand (a
    flat prior), and nobody sees others act. Costs and gains are shares of what a successful attack pays.

    Parameters
    ----------
    strength : float
        Of the market in truth, in (0, 1).
    private : float
        Precision of own guesses (one over the variance of their noise).
    noisy, exact : float
        Precision of the blurred and of the sharp public map.
    cost : float
        Of an attack, in (0, 1).

    Returns
    -------
    Analytic
    """
    check("strength", strength, 0.0, 1.0)
    check("private", private, 0.0)
    check("noisy", noisy, 0.0)
    check("exact", exact, noisy)
    check("cost", cost, 0.0, 1.0)
    crowds = {"hidden": Crowd(0.0, private, cost), "noisy": Crowd(noisy, private, cost)}
    sharp = Crowd(exact, private, cost)
    facts = [Fact("precision of the map up to which there is one answer", CRITICAL * np.sqrt(private), "", _SOURCE)]
    for name, crowd in crowds.items():
        facts += _facts(f"map {name}", crowd, strength)
    if sharp.is_unique:
        facts += _facts("map exact", sharp, strength)
    else:
        facts += _facts("map exact, in a bold mood", sharp, strength, True)
        facts += _facts("map exact, in a timid mood", sharp, strength, False)
    parameters = {"strength": strength, "private": private, "noisy": noisy, "exact": exact, "cost": cost}
    curve = _curve(strength, private, cost)
    return Analytic("transparency", "Who sees the map?", _STORY, parameters, None, tuple(facts), _LESSON, curve)


def expected_profit(crowd: Crowd, strength: float, fear: bool = True) -> float:
    """Of a hunter before it sees anything, in a market of a strength: share attacking x (1 if it falls, less the cost).

    Averaged over equally likely values of the public map.
    """
    thresholds = crowd.chosen(_figures(crowd, strength), fear)
    return float((crowd.attacking(thresholds, strength) * ((strength <= thresholds) - crowd.cost)).mean())


def chance_of_fall(crowd: Crowd, strength: float, fear: bool = True) -> float:
    """That the map shows something at which a market of a strength gives way."""
    return float((strength <= crowd.chosen(_figures(crowd, strength), fear)).mean())


def _figures(crowd: Crowd, strength: float) -> Floats:
    from scipy.special import ndtri

    if crowd.public == 0.0:
        return np.array([strength])
    return np.asarray(strength + ndtri((np.arange(_FIGURES) + 0.5) / _FIGURES) / np.sqrt(crowd.public))


def _facts(label: str, crowd: Crowd, strength: float, fear: bool = True) -> list[Fact]:
    return [
        Fact(f"chance that the market falls, {label}", chance_of_fall(crowd, strength, fear), "", _SOURCE),
        Fact(f"expected profit of a hunter, {label}", expected_profit(crowd, strength, fear), "", _SOURCE),
    ]


def _curve(strength: float, private: float, cost: float) -> Curve:
    times = np.linspace(0.05, 6.0, 120)
    crowds = [Crowd(float(own) * CRITICAL * np.sqrt(private), private, cost) for own in times]
    moods = {"bold: each expects the others to attack": True, "timid: each expects the others to wait": False}
    lines = {
        mood: np.array([expected_profit(crowd, strength, fear) for crowd in crowds]) for mood, fear in moods.items()
    }
    label = "precision of the public map (above 1 there is more than one equilibrium, and the mood decides)"
    return Curve(times, lines, label, "expected profit of a hunter")
