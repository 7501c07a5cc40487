"""What profiles are called on figures, and how payoffs and shares are written."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cascade_sim.plots.sweeps.words import amount_of, wrapped

if TYPE_CHECKING:
    from cascade_sim.experiments.games.normal_form import Game, Role
    from cascade_sim.experiments.games.profiles import Counts, Profile

__all__ = ["amounts_of", "choices_of", "label_with", "meeting", "name_of", "pair_of", "shortened"]

_LONGEST = 36


def shortened(text: str, width: int = _LONGEST) -> str:
    """Text of at most so many letters.

    Examples
    --------
    >>> shortened("a very long strategy", 10)
    'a very lo…'
    """
    return text if len(text) <= width else f"{text[: width - 1]}…"


def choices_of(role: "Role", counts: "Counts") -> str:
    """Who of a role chooses what: "deep" of one player, "all deep", or "3 deep, 2 thin"."""
    chosen = [(count, shortened(name)) for count, name in zip(counts, role.strategies, strict=True) if count]
    if role.players == 1:
        return chosen[0][1]
    if len(chosen) == 1:
        return f"all {chosen[0][1]}"
    return ", ".join(f"{count} {name}" for count, name in chosen)


def name_of(game: "Game", profile: "Profile") -> str:
    """What everybody does, role by role.

    Examples
    --------
    >>> from cascade_sim.experiments.games.normal_form import Game
    >>> game = Game.of_matrices(["deep"], ["attack", "wait"], [[1, 2]], [[3, 4]], names=("maker", "hunter"))
    >>> name_of(game, ((1,), (0, 1)))
    'maker deep, hunter wait'
    """
    if len(game.roles) == 1:
        return choices_of(game.roles[0], profile[0])
    named = [f"{role.name} {choices_of(role, counts)}" for role, counts in zip(game.roles, profile, strict=True)]
    return (", " if all(role.players == 1 for role in game.roles) else "; ").join(named)


def amounts_of(game: "Game") -> Callable[[float], str]:
    """How payoffs of a game are written; what nobody gets is a dash."""
    write = amount_of(game.unit)
    return lambda value: write(round(float(value), 9) + 0.0) if value == value else "-"


def label_with(text: str, unit: str, width: int = 48) -> str:
    """Label with its unit, where there is one."""
    return wrapped(f"{text} ({unit})" if unit else text, width)


def meeting(game: "Game", cell: tuple[int, int]) -> "Profile":
    """The profile in which the first of two players chooses a row and the second a column."""
    if len(game.roles) == 1:
        count = len(game.roles[0].strategies)
        return (tuple(int(k == cell[0]) + int(k == cell[1]) for k in range(count)),)
    return tuple(tuple(int(k == own) for k in range(size)) for own, (_, size) in zip(cell, game.sizes, strict=True))


def pair_of(game: "Game") -> tuple[str, str]:
    """What the two players of a game of two are called."""
    first, last = shortened(game.roles[0].name), shortened(game.roles[-1].name)
    return (f"{first}: one player", f"{first}: the other") if len(game.roles) == 1 else (first, last)
