"""Many independent cascades, one after the other down one long ladder of prices.

Positions of one size lie scattered as a Poisson process over prices; the book holds one lot at every level and is not
refilled. Selling a position fills exactly as many levels as it has lots, and so sweeps that many levels on which
nobody has been liquidated yet: its offspring is a Poisson number, independent of all before. A cascade begins with a
stranger's sale of one position's size, its first member, and ends when nobody is under water. The next one begins
where it ended: the levels below are untouched, so that cascades are independent of each other too.

A wall of bids waits as far below as `cut` members reach. What comes to it has more than `cut` members, and is caught:
how large it would still have become is not known. No cascade begins where the ladder has no room down to its wall, so
that nothing else is cut off. The exchange does the rest: orders, a mark at every trade, margin checks, and
liquidation orders of its engine.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.engine.loop import send_at
from cascade_sim.market.constants import OUTBOX
from cascade_sim.market.exchange import CANCEL_ALL, LIMIT, MARKET
from cascade_sim.market.invariants import HOLDS, VIOLATIONS, find_violation
from cascade_sim.market.records import REJECTED
from cascade_sim.market.roles import CUSTOM
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Records, Simulation

__all__ = ["BranchingLadder"]

_TOP, _BOTTOM = 260_000, 140_000  # levels; a tick is 1 USD, a lot one unit of the asset
_SIZE = 4  # lots of a position, and levels that its sale fills
_MAINTENANCE = 0.005
_LATENCY = 1e-6  # seconds from a breach to its sale
_LONGEST = 100_000  # microseconds that no cascade lasts: as many generations
_RECORDS = ("trades", "events", "moves", "samples", "clusters", "branchings", "profiles")


def _scenario(file: str) -> dict[str, Any]:
    tier = {"floor": 0, "maintenance": _MAINTENANCE, "leverage": 100}
    rules = {
        "funding": {"premium_interval": 3600},
        "mark": {"rule": "last", "interval": 0},
        "liquidation": {"rule": "full", "latency": _LATENCY},
        "waterfall": {"socialises": False, "unwind_interval": 3600},
        "tiers": {"default": [tier]},
    }
    return {
        "name": "branching ladder",
        "duration": 1e7,
        "map_interval": 0,
        "sample_interval": 3600,
        "fundamental_interval": 3600,
        "ladder_range": (_BOTTOM / _TOP, 1.0),
        "assets": {"X": {"price": _TOP}},
        "oracles": {"X": {"sources": [{"interval": 3600}]}},
        "venues": {"v": {"rules": rules, "markets": {"X": {"asset": "X", "tick": 1, "lot": 1}}}},
        "accounts": {name: {"venue": "v", "deposit": 1e12} for name in ("book", "stranger", "wall")},
        "positions": {"venue": "v", "file": file},
    }


def _simulation(positions: int) -> Simulation:
    """A venue with so many longs of one size, and room for a bid at every level."""
    row = f"X,{_SIZE},{_TOP},1\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "positions.csv"
        file.write_text("market,size,entry,margin\n" + row * positions)
        simulation = Simulation(load_scenario(_scenario(str(file))), seed=1)
    for name in ("orders", "trades", "events"):
        while len(getattr(simulation.world, name)) < 2 * (_TOP - _BOTTOM + positions):
            simulation.grow(name)
    return simulation


@dataclass
class BranchingLadder:
    """A ladder of a given branching ratio, whose positions are scattered anew whenever it has been used up.

    Parameters
    ----------
    ratio : float
        Mean number of positions on the levels that the sale of one fills.
    cut : int
        Members of the largest cascade that is followed to its end.
    rng : numpy.random.Generator
        Of the places of the positions.
    """

    ratio: float
    cut: int
    rng: np.random.Generator

    def __post_init__(self) -> None:
        expected = self.ratio * (_TOP - _BOTTOM) / _SIZE
        self._positions = round(expected + 8 * np.sqrt(expected))  # more than lie on the ladder
        self._simulation = _simulation(self._positions)
        self._rows = {group.cohort: group.first for group in self._simulation.roster.groups}
        levels = np.arange(_TOP - 1, _BOTTOM - 1, -1)
        for part in np.array_split(levels, len(levels) // OUTBOX + 1):
            self._send(["book"] * len(part), LIMIT, 1, part)
        world = self._simulation.world
        self._fresh = {name: table.copy() for name, table in world._asdict().items() if name not in _RECORDS}

    def sizes(self, cascades: int) -> NDArray[np.int64]:
        """Members of so many cascades; more than the cut means that it was caught.

        Returns
        -------
        ndarray of int64, shape (cascades,)

        Raises
        ------
        RuntimeError
            If the exchange did not sell what it counted, or an invariant of its books does not hold.
        """
        found: list[int] = []
        while len(found) < cascades:
            self._scatter()
            fresh = self._use_up(cascades - len(found))
            self._audit(sum(fresh) - len(fresh))
            found += fresh
        return np.array(found, np.int64)

    def _scatter(self) -> None:
        """Restore book and accounts, and give each position the collateral that puts it at its place."""
        world = self._simulation.world
        self._simulation.records = Records()
        for name, table in self._fresh.items():
            getattr(world, name)[...] = table
        places = _TOP - np.cumsum(self.rng.exponential(_SIZE / self.ratio, self._positions))
        # Equity ``deposit - lots * (top - p)`` equals maintenance ``mu * lots * p`` at the place p.
        money = np.round(_SIZE * (_TOP - places * (1 - _MAINTENANCE)) * 1e6).astype(np.int64)
        first = self._rows["positions file"]
        balances = world.balances["amount"][first : first + self._positions, 1]
        world.funds["deposits"][1, 1] += money.sum() - balances.sum()
        balances[...] = money

    def _use_up(self, most: int) -> list[int]:
        """Members of cascades, as many as the ladder has room for, or the most wanted."""
        found: list[int] = []
        market, clock = self._simulation.world.markets, self._simulation.world.clock
        senders, kinds = ["wall", "wall", "stranger"], [CANCEL_ALL, LIMIT, MARKET]
        lots = [0, self._positions * _SIZE, -_SIZE]
        wall = int(market["last"][1]) - self.cut * _SIZE
        while len(found) < most and wall > _BOTTOM:
            before = int(clock["liquidations"][0])
            self._send(senders, kinds, lots, wall)
            found.append(1 + int(clock["liquidations"][0]) - before)
            wall = int(market["last"][1]) - self.cut * _SIZE
        return found

    def _send(self, accounts: list[str], kinds: Any, lots: Any, levels: Any) -> None:
        """Send orders, one account each, and wait until all they lead to has happened."""
        simulation = self._simulation
        rows = simulation.world.outbox[: len(accounts)]
        rows["account"], rows["market"] = [self._rows[name] for name in accounts], 1
        rows["kind"], rows["lots"], rows["price"] = kinds, lots, levels
        simulation.world.pools["outbox"] = len(accounts)
        now = simulation.now
        send_at(simulation.world, CUSTOM, now + 1, 0)
        simulation.run_until(now + _LONGEST)

    def _audit(self, members: int) -> None:
        """Look whether all that was liquidated was sold, and whether the books balance."""
        world = self._simulation.world
        if world.venues["pending"][1] != 0 or int(world.markets["liquidated_lots"][1]) != members * _SIZE:
            raise RuntimeError("the exchange sold other lots than those of the positions it liquidated")
        if (self._simulation.records.table("events")["kind"] == REJECTED).any():
            raise RuntimeError("the exchange refused an order")
        broken = int(find_violation(world))
        if broken != HOLDS:
            raise RuntimeError(f"invariant violated: {VIOLATIONS[broken]}")
