"""Who trades: cohorts of each agent type, each trait a law that individuals are drawn from."""

from pydantic import Field

from cascade_sim.scenario.agents.arbitrageurs import Arbitrageurs, Pair
from cascade_sim.scenario.agents.hunters import Hunters
from cascade_sim.scenario.agents.investors import Investors
from cascade_sim.scenario.agents.liquidators import Liquidators
from cascade_sim.scenario.agents.makers import Makers
from cascade_sim.scenario.agents.traders import Traders
from cascade_sim.scenario.agents.traits import Trait
from cascade_sim.scenario.base import Model

__all__ = ["Agents", "Arbitrageurs", "Hunters", "Investors", "Liquidators", "Makers", "Pair", "Traders", "Trait"]


class Agents(Model):
    """All agents: named cohorts of each type."""

    traders: dict[str, Traders] = Field(default_factory=dict)
    makers: dict[str, Makers] = Field(default_factory=dict)
    liquidators: dict[str, Liquidators] = Field(default_factory=dict)
    hunters: dict[str, Hunters] = Field(default_factory=dict)
    arbitrageurs: dict[str, Arbitrageurs] = Field(default_factory=dict)
    investors: dict[str, Investors] = Field(default_factory=dict)
