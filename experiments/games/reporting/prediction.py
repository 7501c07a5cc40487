"""What a closed form predicts for a measured game, where it can take the same settings."""

from collections.abc import Callable

from cascade_sim.experiments.games.analytic.keeper_entry import entry
from cascade_sim.experiments.games.playing.played import Played

__all__ = ["predicted"]


def predicted(played: Played) -> dict[str, float]:
    """Numbers by name: ``paper``, the share of players on the first strategy, and what it was reckoned from.

    Nothing for a game whose closed form has not the settings of the simulated one.

    Parameters
    ----------
    played : Played
    """
    way = _WAYS.get(played.question.theory or "")
    return way(played) if way is not None else {}


def _of_entry(played: Played) -> dict[str, float]:
    """Entry for the prize that a lone keeper was measured to earn, and the cost as it is.

    ``prize_of_one`` and ``prize_of_all`` are what keepers earn together before costs if one comes and if all do. The
    closed form takes the two for equal; where they are not, it can't hold.
    """
    roles = list(played.question.roles.values())
    if len(roles) != 1 or len(roles[0].strategies) != 2 or roles[0].players < 2:
        return {}
    players, cost = roles[0].players, next(iter(roles[0].strategies.values())).cost
    game = played.game()
    lone = float(game.payoffs[((1, players - 1),)][0][0]) + cost
    together = players * (float(game.payoffs[((players, 0),)][0][0]) + cost)
    share = entry(players, lone, cost) if lone > cost > 0.0 else float(lone > cost)
    return {"paper": share, "prize_of_one": lone, "prize_of_all": together}


_WAYS: dict[str, Callable[[Played], dict[str, float]]] = {"keeper-entry": _of_entry}
