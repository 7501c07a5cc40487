"""Which pictures fit a game."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cascade_sim.experiments.games.normal_form import Game

__all__ = ["pictures_for"]

_WIDEST = 6  # strategies that fit into a table


def pictures_for(game: "Game") -> list[str]:
    """Names of the pictures that can be drawn of a game, the most telling one first.

    Parameters
    ----------
    game : Game

    Returns
    -------
    list of str
        Of "payoff-matrix" (two players), "choice-against-others" and "payoffs-by-share" (one role of many),
        "best-responses" (two players or roles of two strategies), "phase-line", "phase-square", "phase-triangle"
        (populations), and "payoff-bars" where no table or curve fits.
    """
    counts = [len(role.strategies) for role in game.roles]
    players = [role.players for role in game.roles]
    two = players in ([1, 1], [2])
    chosen = ["payoff-matrix"] if two and max(counts) <= _WIDEST else []
    if counts == [2] and players != [1]:
        chosen = ["payoffs-by-share"] if players[0] > 2 else [*chosen, "best-responses"]
        chosen.append("phase-line")
    elif len(counts) == 1 and 1 < counts[0] <= _WIDEST and players[0] > 2:
        chosen.append("choice-against-others")
    if counts == [3] and players != [1]:
        chosen.append("phase-triangle")
    if counts == [2, 2]:
        chosen += ["best-responses", "phase-square"]
    telling = {"payoff-matrix", "choice-against-others", "payoffs-by-share"}
    return chosen if telling & set(chosen) else ["payoff-bars", *chosen]
