"""Games: who plays, what they can choose, what it pays, and what they choose when nobody regrets it.

>>> from cascade_sim.experiments.games.normal_form import Game, Role
>>> chicken = Game.of_matrices(("attack", "wait"), ("attack", "wait"), [[-1, 4], [0, 0]], [[-1, 0], [4, 0]])
>>> chicken.regret(([0.8, 0.2], [0.8, 0.2])).round(12).max()
np.float64(0.0)
"""

if __name__ != "cascade_sim.experiments.games":
    raise ImportError(f"import cascade_sim.experiments.games, not {__name__}")
