"""The games on paper by name."""

from importlib import import_module
from inspect import signature

from cascade_sim.experiments.games.analytic.answer import Analytic

__all__ = ["analytic", "analytic_names"]

_NAMES = (
    "joint-hunt",
    "pre-emption",
    "quote-or-withdraw",
    "leverage-commons",
    "keeper-entry",
    "adl-run",
    "margin-designer",
    "oracle-push",
    "global-game",
    "transparency",
)


def analytic_names() -> list[str]:
    """Games that can be solved on paper, in the order in which they are best taught."""
    return list(_NAMES)


def analytic(name: str, **parameters: float) -> Analytic:
    """Solve a game on paper.

    Parameters
    ----------
    name : str
        One of `analytic_names()`.
    **parameters : float
        Instead of its own.

    Raises
    ------
    ValueError
        Where there is no such game or parameter, or a parameter is out of range.
    """
    if name not in _NAMES:
        raise ValueError(f"there is no game {name!r} on paper; there are {', '.join(_NAMES)}")
    module = import_module(f"{__package__}.{name.replace('-', '_')}")
    known = list(signature(module.solve).parameters)
    for unknown in (key for key in parameters if key not in known):
        raise ValueError(f"{name} has no parameter {unknown!r}; it has {', '.join(known)}")
    answer: Analytic = module.solve(**parameters)
    return answer
