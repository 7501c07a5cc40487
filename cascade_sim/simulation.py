"""A run: a world, its agents, and everything that happened so far."""

import hashlib
from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.agents.custom import Guest, View, write_wishes
from cascade_sim.engine.assembly import assemble
from cascade_sim.engine.capacity import GROWING, rows_wanted
from cascade_sim.engine.loop import BROKEN, DECIDE, DONE, FULL, LEFT_LADDER, TALKATIVE, advance
from cascade_sim.engine.population import Population
from cascade_sim.engine.rulebook import micros
from cascade_sim.engine.waking import follow_up_custom
from cascade_sim.intervention import Intervention
from cascade_sim.intervention.plan import treat_from_now
from cascade_sim.market.constants import LEVELS, OUTBOX
from cascade_sim.market.invariants import VIOLATIONS
from cascade_sim.market.roles import ROLE_NAMES
from cascade_sim.market.rows import stack
from cascade_sim.market.streams import lucky
from cascade_sim.market.tables import World
from cascade_sim.market.world import EVENT_TABLES, copy_world, drain, grow
from cascade_sim.scenario.scenario import Scenario

__all__ = ["InvariantError", "Records", "RunError", "Simulation"]


class Records:
    """Event tables as they were drained.

    The digest of a table does not depend on how often it was drained.
    """

    def __init__(self) -> None:
        self._parts: dict[str, list[NDArray[Any]]] = {name: [] for name in EVENT_TABLES}
        self._bytes = 0

    def add(self, name: str, rows: NDArray[Any]) -> None:
        """Append drained rows to a table."""
        if len(rows):
            self._parts[name].append(rows)
            self._bytes += rows.nbytes

    def table(self, name: str) -> NDArray[Any]:
        """All rows of a table so far."""
        parts = self._parts[name]
        if len(parts) > 1:
            self._parts[name] = parts = [stack(EVENT_TABLES[name], parts)]
        return parts[0] if parts else np.zeros(0, EVENT_TABLES[name])

    def size(self) -> int:
        """Bytes of all rows so far."""
        return self._bytes

    def digest(self) -> str:
        """Hexadecimal digest of everything that happened."""
        whole = hashlib.blake2b(digest_size=16)
        for name in sorted(EVENT_TABLES):
            rows = hashlib.blake2b(digest_size=16)
            for part in self._parts[name]:
                rows.update(part.data)
            whole.update(name.encode() + rows.digest())
        return whole.hexdigest()


class RunError(RuntimeError):
    """A run can't go on; the message says why, and what to change."""


class InvariantError(AssertionError):
    """Something that always holds does not: a bug in this package.

    Attributes
    ----------
    invariant : str
    time : int
        Microseconds since the start.
    """

    def __init__(self, invariant: str, time: int) -> None:
        super().__init__(f"{invariant}, at {time / 1e6:.6f} s; please report it with the scenario and the seed")
        self.invariant = invariant
        self.time = time


class Simulation:
    """A scenario under way.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        From 0 to 2**63 - 1; the same scenario and seed give the same digest.
    guests : sequence of Guest
        Agents written in Python.
    intervention : Intervention, optional
        What is done differently, everything else drawn the same.
    luck : int
        0: the seed's own; any other keeps accounts, traits and opening positions and draws what happens anew.
    checks : bool
        Look for violations of the invariants after everything that happens; slow.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        guests: Sequence[Guest] = (),
        checks: bool = False,
        intervention: Intervention | None = None,
        luck: int = 0,
    ) -> None:
        if not 0 <= seed < 2**63:
            raise ValueError(f"seed must be from 0 to 2**63 - 1, got {seed}")
        self.scenario = scenario
        self.seed = seed
        self.guests = tuple(guests)
        self.records = Records()
        self.world: World
        self.population: Population
        self.world, self.population, self.roster = assemble(scenario, seed, guests, intervention, luck)
        self.world.clock["checks"] = checks
        self._drain()

    @property
    def now(self) -> int:
        """Microseconds since the start, burn-in included."""
        return int(self.world.clock["now"][0])

    def run_until(self, time: int) -> None:
        """Handle everything due up to and including a time in microseconds."""
        status = -1
        while status != DONE:
            status = advance(self.world, self.population, time)
            if status == FULL:
                self._make_room()
            elif status == DECIDE:
                self._let_decide(int(self.world.clock["subject"][0]))
            elif status == BROKEN:
                raise InvariantError(VIOLATIONS[int(self.world.clock["violation"][0])], self.now)
            elif status == TALKATIVE:
                raise RunError(self._too_many_messages(int(self.world.clock["subject"][0])))
            elif status == LEFT_LADDER:
                raise RunError(self._off_the_ladder(int(self.world.clock["subject"][0])))
        self._drain()

    def _too_many_messages(self, account: int) -> str:
        """What to say when an agent sends more than the outbox holds."""
        role = ROLE_NAMES[int(self.world.accounts["role"][account])]
        wanted = int(self.world.pools["outbox"][0])
        return (
            f"the {role} with account {account} wanted to send {wanted} messages at once, {self.now / 1e6:g} s after "
            f"the start; at most {OUTBOX} are possible"
        )

    def _off_the_ladder(self, m: int) -> str:
        """What to say when an asset is worth more or less than a market has prices for."""
        name = list(self.roster.markets)[m - 1]
        spec = self.roster.market(name)
        worth = float(self.world.assets["fundamental"][self.roster.assets[spec.asset]])
        return (
            f"market {name}: {self.now / 1e6:g} s after the start {spec.asset} is worth {worth:,.6g} USD, outside the "
            f"prices {spec.tick:,.6g} to {(LEVELS - 1) * spec.tick:,.6g} USD that its ladder holds; choose "
            f"{'a larger' if worth > spec.tick else 'a smaller'} tick, or smaller moves"
        )

    def _let_decide(self, row: int) -> None:
        """Ask one Python agent what it wants and send it."""
        account = int(self.population.customs["account"][row])
        wishes = self.guests[row - 1].decide(View(self.world, self.roster, account))
        write_wishes(self.world, self.roster, account, wishes)
        follow_up_custom(self.world, self.population, row)

    def run(self, seconds: float) -> None:
        """Go on for a number of seconds."""
        self.run_until(self.now + micros(seconds))

    def grow(self, name: str) -> None:
        """Double the capacity of a table; never changes a result."""
        self.world = grow(self.world, name)

    def fork(self, luck: int = 0, intervention: Intervention | None = None) -> "Simulation":
        """The same run from here on, on a line of its own; this one is left as it is.

        Parameters
        ----------
        luck : int
            0: the same luck; any other draws what happens from now on anew.
        intervention : Intervention, optional
            What is done differently from now on: liquidations (1: the account's next one) and orders.

        Returns
        -------
        Simulation
            Its records begin here.

        Raises
        ------
        InterventionError
            If the intervention names anything else.
        RunError
            If agents written in Python take part: what they remember can't be copied.
        """
        if self.guests:
            raise RunError("a run with agents written in Python can't be forked: run it again from its beginning")
        other = copy(self)
        other.records = Records()
        other.world = copy_world(self.world)
        other.population = Population(*(table.copy() for table in self.population))
        other.world.clock["seed"] = lucky(int(self.world.clock["seed"][0]), luck)
        if intervention is not None:
            treat_from_now(other.world, intervention)
        return other

    def _drain(self) -> None:
        for name in EVENT_TABLES:
            self.records.add(name, drain(self.world, name))

    def _make_room(self) -> None:
        """Drain the event tables; grow what is too small even so."""
        self._drain()
        for name, rows in zip(GROWING, rows_wanted(self.world, self.population), strict=True):
            while len(getattr(self.world, name)) <= rows:
                self.grow(name)
