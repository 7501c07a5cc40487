"""A market maker who can quote a deep book or step back, and a hunter who attacks thin ones."""

import numpy as np

from cascade_sim.experiments.games.analytic.answer import Analytic, Curve, Fact, check
from cascade_sim.experiments.games.normal_form import Game

__all__ = ["solve"]

_STORY = (
    "A market maker earns the spread by standing ready to buy and sell. It can quote deep (large orders) or withdraw. "
    "A hunter can attack or stay away. Against a deep book an attack fails, but it costs the maker dear; against a "
    "thin book it succeeds."
)
_LESSON = (
    "Two worlds hold themselves up. If makers expect peace they quote deep, and peace pays. If they expect an attack "
    "they withdraw, and the attack pays. Nothing but expectation chooses between them, so depth can vanish in a "
    "minute without news. Pay a maker enough to quote in bad times, and only the deep world is left."
)


def solve(
    deep_attacked: float = -6.0,
    deep_calm: float = 3.0,
    thin_attacked: float = 0.0,
    thin_calm: float = 0.5,
    attack_deep: float = -2.0,
    attack_thin: float = 5.0,
) -> Analytic:
    """Solve the game.

    Parameters
    ----------
    deep_attacked, deep_calm, thin_attacked, thin_calm : float
        What the maker gets.
    attack_deep, attack_thin : float
        What an attack pays the hunter, below and above 0; staying away pays 0.

    Returns
    -------
    Analytic
    """
    check("attack_deep", attack_deep, -np.inf, 0.0)
    check("attack_thin", attack_thin, 0.0)
    check("deep_attacked", deep_attacked, -np.inf, thin_attacked)
    check("deep_calm", deep_calm, thin_calm)
    maker = [[deep_attacked, deep_calm], [thin_attacked, thin_calm]]
    hunter = [[attack_deep, 0.0], [attack_thin, 0.0]]
    names = ("maker", "hunter")
    game = Game.of_matrices(("quote deep", "withdraw"), ("attack", "stay away"), maker, hunter, names)
    risk, gain = thin_attacked - deep_attacked, deep_calm - thin_calm
    attacked = gain / (gain + risk)
    facts = (
        Fact("chance of a deep book in the mixed equilibrium", attack_thin / (attack_thin - attack_deep)),
        Fact("chance of an attack in the mixed equilibrium", attacked),
        Fact("chance of an attack above which makers withdraw", attacked),
        Fact("payment for quoting deep under attack that leaves only the deep world", risk),
    )
    at = np.linspace(0.0, 1.0, 101)
    lines = {
        "quote deep": deep_attacked * at + deep_calm * (1.0 - at),
        "withdraw": thin_attacked * at + thin_calm * (1.0 - at),
    }
    curve = Curve(at, lines, "chance of an attack", "what the maker gets")
    parameters = {
        "deep_attacked": deep_attacked,
        "deep_calm": deep_calm,
        "thin_attacked": thin_attacked,
        "thin_calm": thin_calm,
        "attack_deep": attack_deep,
        "attack_thin": attack_thin,
    }
    return Analytic("quote-or-withdraw", "Quote or withdraw", _STORY, parameters, game, facts, _LESSON, curve)
