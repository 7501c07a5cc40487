"""Checks for agents that you write yourself."""

import time
from collections.abc import Callable
from typing import Any

from cascade_sim.agents.custom import GuestError, WishError
from cascade_sim.model import CascadeModel

__all__ = ["AgentError", "check_agent"]

_SLOW = 0.005  # seconds a decision


class AgentError(AssertionError):
    """An agent does not behave; the message says how."""


def _market() -> dict[str, Any]:
    """A small market to try agents in."""
    return {
        "name": "trial",
        "duration": 60,
        "assets": {"BTC": {"price": 60_000, "volatility": 0.6}},
        "oracles": {"BTC": {"sources": [{"market": "BTC-SPOT"}]}},
        "venues": {
            "spot": {
                "rules": {"fees": {"taker": 0.0005}, "mark": {"rule": "mid"}},
                "markets": {"BTC-SPOT": {"asset": "BTC", "kind": "spot", "tick": 0.5, "lot": 0.0001}},
            },
            "perps": {
                "rules": {"file": "binance-usdm"},
                "markets": {"BTC-PERP": {"asset": "BTC", "tick": 0.5, "lot": 0.001}},
            },
        },
        "agents": {
            "traders": {"crowd": {"venue": "perps", "count": 50, "interval": 10}},
            "makers": {
                "spot": {"venue": "spot", "count": 2, "markets": {"BTC-SPOT": 5e6}},
                "perps": {"venue": "perps", "count": 3, "markets": {"BTC-PERP": 5e6}},
            },
        },
    }


def _watched(make: Callable[[Any], Any], spent: list[float]) -> Callable[[Any], Any]:
    """The same maker of agents, with the time of every decision noted."""

    def watched(model: Any) -> Any:
        agent = make(model)
        decide = agent.decide

        def timed(view: Any) -> Any:
            began = time.perf_counter()
            wishes = decide(view)
            spent.append(time.perf_counter() - began)
            return wishes

        agent.decide = timed
        return agent

    return watched


def _try(make: Callable[[Any], Any], scenario: Any, spent: list[float]) -> tuple[str, str]:
    """Event digest of a run with the agent, and what of its messages was refused most."""
    try:
        model = CascadeModel(scenario, rng=1, custom=[_watched(make, spent)], checks=True)
        model.run()
    except (GuestError, WishError) as error:
        raise AgentError(str(error)) from None
    rejected = model.result().events.get("rejected")
    row = int(model.simulation.population.customs["account"][1])
    own: Any = rejected[rejected["account"] == row]["reason"] if rejected is not None else []
    digest = model.simulation.records.digest()
    model.close()
    return digest, (str(own.mode()[0]) if len(own) > 0.5 * max(len(spent), 1) else "")


def check_agent(make: Callable[[Any], Any], scenario: Any = None) -> dict[str, float]:
    """Try an agent in a small market and say whether it behaves.

    Parameters
    ----------
    make : callable
        The class of the agent, or another callable that takes a model and gives an agent.
    scenario : Scenario, str or mapping, optional
        Where to try it; a small market of one perpetual and its spot by default.

    Returns
    -------
    dict
        ``decisions``, and ``seconds_per_decision``.

    Raises
    ------
    AgentError
        If it can't take part, never decides, wants something that can't be sent, does not repeat itself on the same
        luck, is slower than five milliseconds a decision, or has most of its messages refused.
    """
    scenario = _market() if scenario is None else scenario
    spent: list[float] = []
    first, refused = _try(make, scenario, spent)
    if not spent:
        raise AgentError("the agent was never woken; its interval must be shorter than the scenario")
    mean = sum(spent) / len(spent)
    decisions = len(spent)
    second, _ = _try(make, scenario, [])
    if first != second:
        raise AgentError(
            "two runs on the same luck differ; use self.model.rng or self.model.random for chance, and keep no state "
            "outside the agent"
        )
    if refused:
        raise AgentError(f"most of its messages were refused: {refused}")
    if mean > _SLOW:
        raise AgentError(f"a decision takes {mean * 1e3:.1f} ms on average; five are the limit")
    return {"decisions": decisions, "seconds_per_decision": mean}
