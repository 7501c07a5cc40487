"""What a population carries from one episode to the next."""

from dataclasses import dataclass, replace

from cascade_sim.experiments.ecology.question import Ecology, Population

__all__ = ["State", "first_states"]


@dataclass(frozen=True)
class State:
    """A population between two episodes.

    Attributes
    ----------
    capital : float
        USD of all members.
    members : int
    leverage : float
        Of prey; nan for others.
    trend : float
        Return an episode that people follow: an average in which the last episode weighs most.
    waiting : float
        Members who are about to come (above 0) or to go (below 0) and are not yet a whole one.
    """

    capital: float
    members: int
    leverage: float = float("nan")
    trend: float = 0.0
    waiting: float = 0.0

    @property
    def stake(self) -> float:
        """Capital of a member, USD."""
        return self.capital / self.members if self.members else 0.0

    def without(self, members: int, capital: float) -> "State":
        """The population with some members less, and what they take along."""
        return self.plus(-members, -capital)

    def plus(self, members: int, capital: float) -> "State":
        """The population with some members more, and what they bring."""
        return replace(self, members=self.members + members, capital=self.capital + capital)


def _first(population: Population) -> State:
    leverage = float("nan") if population.leverage is None else population.leverage
    return State(population.capital, population.members, leverage, population.outside)


def first_states(ecology: Ecology) -> dict[str, State]:
    """Every population before the first episode; nobody has a reason to come or go yet."""
    return {name: _first(population) for name, population in ecology.populations.items()}
