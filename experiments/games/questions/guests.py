"""Agents in Python as strategies: found by file and class, and blamed by name for what they do wrong."""

import contextlib
import importlib
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cascade_sim.agents.custom import WishError
from cascade_sim.agents.origins import module_of_file
from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.questions.question import Strategy
from cascade_sim.simulation import Simulation

__all__ = ["blamed", "maker_of"]


def maker_of(strategy: Strategy, luck: str, venues: Sequence[str]) -> Callable[[Any], Any]:
    """From a model to the strategy's agent, with its attributes set.

    Parameters
    ----------
    strategy : Strategy
        With an `agent`.
    luck : str
        Name by which the agent's luck is addressed.
    venues : sequence of str
        Where its account may be.

    Raises
    ------
    GameError
        Naming file and class, if there is no such class, or it can't be an agent.
    """
    where, own = strategy.agent or "", dict(strategy.set)
    agent_class = _class(where)
    unknown = [name for name in own if not hasattr(agent_class, name) and name != "venue"]
    if unknown:
        raise GameError(f"agent {where}", [f"set: it has no attribute {unknown[0]!r} that could be set"])
    venue = own.get("venue", getattr(agent_class, "venue", None))
    if venue not in venues:
        raise GameError(f"agent {where}", [f"venue must be one of {', '.join(venues)}; got {venue!r}"])
    return partial(
        _careful, agent_class=type(agent_class.__name__, (agent_class,), own | {"where": where, "luck": luck})
    )


def _careful(model: Any, agent_class: Any) -> Any:
    """An agent whose errors say whose they are."""
    with _named(agent_class.where, "can't be made"):
        agent = agent_class(model)
    decide = agent.decide

    def named(view: Any) -> Any:
        with _named(agent_class.where, f"decide failed {view.time:.3g} s after the start"):
            return decide(view)

    agent.decide = named
    return agent


@contextlib.contextmanager
def _named(where: str, what: str) -> Iterator[None]:
    """Turn whatever somebody else's code raises into one line with its place."""
    try:
        yield
    except Exception as error:
        lines = traceback.extract_tb(error.__traceback__)
        line = ([own for own in lines if own.filename == where.rpartition(":")[0]] or lines)[-1]
        place = f"{Path(line.filename).name}, line {line.lineno}"
        raise GameError(f"agent {where}", [f"{what}: {type(error).__name__}: {error} ({place})"]) from error


@contextlib.contextmanager
def blamed(simulation: Simulation) -> Iterator[None]:
    """Say whose wish it was that can't be sent: it was the last agent that was asked."""
    try:
        yield
    except WishError as error:
        last = simulation.guests[int(simulation.world.clock["subject"][0]) - 1]
        raise GameError(f"agent {getattr(last, 'where', type(last).__name__)}", [str(error)]) from error


def _class(where: str) -> Any:
    """Class by file or module and name."""
    source, _, name = where.rpartition(":")
    with _named(where, "can't be read"):
        if source.endswith(".py"):
            module = module_of_file(source, f"cascade_sim_game_agent_{Path(source).stem}")
        else:
            module = importlib.import_module(source)
    found = getattr(module, name, None)
    if not (isinstance(found, type) and callable(getattr(found, "decide", None))):
        ready = [own for own, value in vars(module).items() if isinstance(value, type) and hasattr(value, "decide")]
        there = f"; it has {', '.join(ready)}" if ready else ""
        what = "there is no such class" if found is None else "it is no class with a method decide"
        raise GameError(f"agent {where}", [f"{what} in {source}{there}"])
    return found
