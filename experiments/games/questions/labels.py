"""A game under the names that people read: labels of roles and strategies instead of their keys."""

import pandas as pd

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import named
from cascade_sim.experiments.games.questions.question import GameQuestion

__all__ = ["labelled", "labelled_table", "labels_of"]


def labels_of(question: GameQuestion) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Labels of roles by name, and of strategies by (role, strategy); names where labels are missing or not unique."""
    roles = _unique({name: _lowered(role.label) for name, role in question.roles.items()})
    strategies = {
        (name, key): label
        for name, role in question.roles.items()
        for key, label in _unique({key: strategy.label for key, strategy in role.strategies.items()}).items()
    }
    return roles, strategies


def _lowered(label: str) -> str:
    """With a small letter, as inside a sentence; ADL stays ADL."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _unique(labels: dict[str, str]) -> dict[str, str]:
    filled = {name: label or name for name, label in labels.items()}
    return filled if len(set(filled.values())) == len(filled) else {name: name for name in labels}


def labelled(question: GameQuestion, game: Game) -> Game:
    """The same payoffs under labels.

    Parameters
    ----------
    question : GameQuestion
    game : Game
        Its roles and strategies, in its order.
    """
    roles, strategies = labels_of(question)
    shown = tuple(
        Role(roles[role.name], tuple(strategies[role.name, s] for s in role.strategies), role.players)
        for role in game.roles
    )
    return Game(shown, game.payoffs, game.unit)


def labelled_table(question: GameQuestion, game: Game, table: pd.DataFrame) -> pd.DataFrame:
    """Payoffs with intervals under labels, profiles as counts.

    Parameters
    ----------
    question : GameQuestion
    game : Game
    table : pandas.DataFrame
        Columns `profile` (as a word), `role`, `strategy` and any others.
    """
    roles, strategies = labels_of(question)
    profiles = {named(profile): profile for profile in game.profiles}
    pairs = zip(table["role"], table["strategy"], strict=True)
    return table.assign(
        strategy=[strategies[pair] for pair in pairs],
        role=[roles[name] for name in table["role"]],
        profile=pd.Series([profiles[name] for name in table["profile"]], table.index, dtype=object),
    )
