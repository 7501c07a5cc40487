"""The Mesa face: a model with steps, agents and a data collector over the compiled simulation."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import mesa
import numpy as np
import pandas as pd

from cascade_sim.engine.rulebook import micros
from cascade_sim.intervention import Intervention
from cascade_sim.market.streams import lucky
from cascade_sim.recording.accounts import cohort_names, opening_state
from cascade_sim.recording.individuals import Individuals
from cascade_sim.recording.recorder import Recorder
from cascade_sim.results import Result
from cascade_sim.results.summary import summarise
from cascade_sim.runner import fresh_seed
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["CascadeModel", "Cohort", "SeriesCollector"]

_TABLES = ("traders", "makers", "liquidators", "hunters", "arbitrageurs", "investors")


class Cohort(mesa.Agent):
    """A cohort of compiled agents, standing among the model's agents for all of them.

    Attributes
    ----------
    kind, name : str
        For example "traders" and "crowd".
    members : Individuals
    """

    def __init__(self, model: "CascadeModel", kind: str, name: str, members: Individuals) -> None:
        super().__init__(model)
        self.kind, self.name, self.members = kind, name, members

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        return f"<Cohort {self.name!r} of {len(self)} {self.kind}>"

    def step(self) -> None:
        """Nothing: the engine wakes agents by their own clocks, not once per step."""


class SeriesCollector(mesa.DataCollector):
    """A data collector whose model variables are the recorded series, however the steps were taken."""

    def __init__(self, model: "CascadeModel") -> None:
        super().__init__()
        self._model = model

    def collect(self, model: Any) -> None:
        """Nothing: the engine records at every sample."""

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """Series in wide form: a row a time, a column a quantity and market ("mid BTC-PERP")."""
        series = Recorder(self._model.simulation).series()
        names = [name for name in series.columns if name not in ("time", "venue", "market")]
        wide = series.pivot_table(index="time", columns="market", values=names, dropna=False)
        wide.columns = [" ".join(pair) for pair in wide.columns]
        return wide


class CascadeModel(mesa.Model):
    """A scenario as a Mesa model.

    Parameters
    ----------
    scenario : Scenario, str or mapping
        A scenario, the name of a shipped one, a file, or plain data.
    rng : int, optional
        Seed of all luck; drawn from the system's entropy and kept in ``seed_of_run`` when left out.
    seed : int, optional
        The same, under Mesa's older name.
    custom : iterable of callable
        Classes (or other callables that take the model) that make agents written in Python.
    checks : bool
        Check every invariant after everything that happens; slow.
    intervention : Intervention, optional
        What is done differently, everything else drawn the same.
    luck : int
        0: the seed's own; any other keeps accounts and opening positions and draws what happens anew.
    **settings
        Overrides of the scenario with ``__`` for dots, for example ``agents__traders__crowd__count=500``.

    Examples
    --------
    >>> model = CascadeModel("by-hand", rng=1)
    >>> model.run(20)
    >>> model.market("X-PERP").last
    93.0
    """

    # Hides a property of Mesa 3.5, which would write into the scenario.
    scenario: Scenario = None  # type: ignore[assignment]

    def __init__(
        self,
        scenario: Scenario | str | dict[str, Any] = "flash-crash",
        rng: Any = None,
        seed: Any = None,
        custom: Iterable[Callable[["CascadeModel"], Any]] = (),
        checks: bool = False,
        intervention: Intervention | None = None,
        luck: int = 0,
        **settings: Any,
    ) -> None:
        self.seed_of_run = _seed(rng if rng is not None else seed)
        super().__init__(rng=lucky(self.seed_of_run, luck))
        data = scenario.model_dump(mode="json") if isinstance(scenario, Scenario) else scenario
        overrides = [f"{path.replace('__', '.')}={_as_text(value)}" for path, value in settings.items()]
        self.scenario = load_scenario(data, overrides, trust=isinstance(scenario, Scenario))
        self.custom = tuple(custom)
        guests = [make(self) for make in self.custom]
        self.simulation = Simulation(self.scenario, self.seed_of_run, guests, checks, intervention, luck)
        self.cohorts = {cohort.name: cohort for cohort in self._make_cohorts()}
        self.datacollector = SeriesCollector(self)
        if self.scenario.burn_in > 0:
            self.simulation.run_until(micros(self.scenario.burn_in))
        self.opening = opening_state(self.simulation)
        self.tick = 0
        self.running = True

    def _make_cohorts(self) -> list[Cohort]:
        """A Mesa agent for each cohort of the scenario."""
        cohorts = []
        of_account = cohort_names(self.simulation)
        for kind in _TABLES:
            names = of_account[getattr(self.simulation.population, kind)["account"][1:]].tolist()
            for name in getattr(self.scenario.agents, kind):
                count = names.count(name)
                first = 1 + (names.index(name) if count else 0)
                cohorts.append(Cohort(self, kind, name, Individuals(self.simulation, kind, first, count)))
        return cohorts

    @property
    def traders(self) -> Individuals:
        """All leveraged traders."""
        return self._all("traders")

    @property
    def makers(self) -> Individuals:
        """All market makers, one for each market it quotes."""
        return self._all("makers")

    @property
    def liquidators(self) -> Individuals:
        """All liquidators."""
        return self._all("liquidators")

    @property
    def hunters(self) -> Individuals:
        """All cluster hunters."""
        return self._all("hunters")

    def _all(self, kind: str) -> Individuals:
        return Individuals(self.simulation, kind, 1, len(getattr(self.simulation.population, kind)) - 1)

    def market(self, name: str) -> Any:
        """A market as everybody sees it now."""
        from cascade_sim.agents.custom import View

        return View(self.simulation.world, self.simulation.roster, 0).market(name)

    @property
    def seconds(self) -> float:
        """Simulated seconds since the end of the burn-in."""
        return self.tick * self.scenario.step

    def step(self) -> None:
        """Go on by one step of the scenario; stops running at its end."""
        self._go_on(1)

    def run(self, steps: int | None = None) -> None:
        """Go on by a number of steps in one call; to the end of the scenario when left out."""
        left = round(self.scenario.duration / self.scenario.step) - self.tick
        self._go_on(max(left, 0) if steps is None else steps)

    def _go_on(self, steps: int) -> None:
        self.tick += steps
        self.simulation.run_until(micros(self.scenario.burn_in + self.tick * self.scenario.step))
        self.running = self.seconds < self.scenario.duration

    def result(self) -> Result:
        """Everything recorded so far, with its summary."""
        result = Result.of(self.simulation, self.opening)
        result.makers = self.custom
        result.summary = summarise(result)
        return result

    def close(self) -> None:
        """Let go of the agents; Mesa 3.3 keeps every model alive otherwise."""
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)


def _seed(given: Any) -> int:
    """Whole number from what Mesa calls a seed: an integer, a generator, or nothing."""
    if given is None:
        return fresh_seed()
    if isinstance(given, int | np.integer):
        return int(given)
    return int(np.random.default_rng(given).integers(2**31))


def _as_text(value: Any) -> str:
    """Value as YAML reads it: text stays text, whatever it looks like."""
    return json.dumps(value, default=lambda other: other.item() if hasattr(other, "item") else str(other))
