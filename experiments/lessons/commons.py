"""The leverage commons for a class: the shipped game with few seeds, and with one thing about it changed."""

from cascade_sim.experiments.games.playing.empirical import play
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.questions.question import GameQuestion, Payoff, read_game

__all__ = ["commons_game", "play_commons"]


def commons_game(seeds: int, news: float | None = None, only_profit: bool = False) -> GameQuestion:
    """The game `leverage-commons` with a number of seeds.

    Parameters
    ----------
    seeds : int
        Runs of every profile; no more are added.
    news : float, optional
        As a share of the price; the game's own by default.
    only_profit : bool
        Whether money won or lost is all that counts: no benefit of having a position, no dislike of risk.
    """
    changed = {} if news is None else {"news.0.move": news}
    question = read_game("leverage-commons", changed, {"at_least": seeds, "at_most": seeds})
    if not only_profit:
        return question
    roles = {name: role.model_copy(update={"payoff": Payoff()}) for name, role in question.roles.items()}
    return question.model_copy(update={"roles": roles})


def play_commons(seeds: int, news: float | None = None, only_profit: bool = False) -> Played:
    """Play it in this process; parameters as for `commons_game`."""
    return play(commons_game(seeds, news, only_profit), workers=1)
