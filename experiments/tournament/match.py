"""One run of a scenario with one or two entrants in it, and what each earned through the exchange."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cascade_sim.agents.custom import write_wishes
from cascade_sim.engine.rulebook import micros
from cascade_sim.engine.waking import follow_up_custom
from cascade_sim.experiments.tournament.entrants import Entrant
from cascade_sim.experiments.tournament.referee import Fault, Limits, Referee
from cascade_sim.experiments.tournament.sight import Sight, read_only
from cascade_sim.market.invariants import VIOLATIONS, find_violation
from cascade_sim.recording.accounts import account_worth
from cascade_sim.recording.recorder import Recorder
from cascade_sim.scenario.load import load_scenario
from cascade_sim.simulation import Simulation

__all__ = ["Match", "Outcome", "Terms", "play"]

SEATS = 2


@dataclass(frozen=True)
class Terms:
    """What all matches have in common.

    Attributes
    ----------
    scenario : mapping
        Resolved, as plain data.
    venue, market : str
        Where everybody has its account, and the perpetual that is shown and made.
    deposit : float
        USD, of every entrant.
    most_leverage : float
        Largest that a student may choose.
    limits : Limits
    """

    scenario: Mapping[str, Any]
    venue: str
    market: str
    deposit: float
    most_leverage: float
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Match:
    """Who plays, on which luck.

    Attributes
    ----------
    seats : tuple of Entrant
        One or two, in the order of their seats.
    seed : int
    sitting_out : tuple of int
        Seats whose agents are not asked: an earlier attempt of the match ended with their process.
    shown : bool
        Whether prices and trades are kept.
    """

    seats: tuple[Entrant, ...]
    seed: int
    sitting_out: tuple[int, ...] = ()
    shown: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a match brought.

    Attributes
    ----------
    profits : tuple of float
        USD by seat: worth at the end, at mark, less the deposit.
    trades : tuple of int
        By seat.
    liquidated : tuple of bool
        By seat.
    faults : tuple of Fault
    digest : str
        Of everything that happened.
    violation : str
        What should always hold and does not; nothing as it should be.
    price : ndarray of float64, shape (2, samples)
        Seconds and USD, where it is shown.
    marks : tuple of ndarray of float64, shape (3, trades)
        By seat: seconds, price, signed size, where it is shown.
    """

    profits: tuple[float, ...]
    trades: tuple[int, ...]
    liquidated: tuple[bool, ...]
    faults: tuple[Fault, ...]
    digest: str
    violation: str = ""
    price: npt.NDArray[np.float64] | None = None
    marks: tuple[npt.NDArray[np.float64], ...] = field(default=())


class _Idle:
    """Nobody in a seat, or somebody who does nothing."""

    latency, interval, leverage = 1.0, 1e6, 1.0

    def __init__(self, venue: str, deposit: float) -> None:
        self.venue, self.deposit, self.holdings = venue, deposit, dict[str, float]()

    def decide(self, view: Any) -> Sequence[Any]:
        """Nothing, ever."""
        return []


class _Refereed(Simulation):
    """A simulation whose students' agents can spoil nothing but their own result."""

    _fenced: tuple[Any, dict[str, Any]] | None = None

    def _let_decide(self, row: int) -> None:
        referee = self.guests[row - 1]
        if isinstance(referee, Referee):
            self._give_turn(referee, int(self.population.customs["account"][row]))
        follow_up_custom(self.world, self.population, row)

    def _give_turn(self, referee: Referee, account: int) -> None:
        if self._fenced is None or self._fenced[0] is not self.world:
            self._fenced = self.world, read_only(self.world)
        wishes = referee.turn(Sight(self._fenced[1], self.roster, account), list(self.roster.markets))
        try:
            write_wishes(self.world, self.roster, account, wishes)
        except Exception as error:  # a wish may hold anything
            self.world.pools["outbox"] = 0
            referee.refuse(self.now / 1e6, error)


def _cohort(entrant: Entrant, terms: Terms) -> dict[str, Any]:
    """Settings of a built-in entrant: the scenario's first cohort of its kind, one of them, with the deposit."""
    first = dict(next(iter(terms.scenario["agents"][entrant.kind].values())))
    own = {"venue": terms.venue, "count": 1}
    if entrant.kind == "makers":
        depth = terms.deposit / first["capital"]
        return first | own | {"markets": {terms.market: depth}, "hedge": {}, "inventory": min(first["inventory"], 1.0)}
    if entrant.kind == "hunters":
        return first | own | {"capital": {"law": "constant", "value": terms.deposit}}
    most = min(5.0, terms.most_leverage)
    leverage, notional = ({"law": "constant", "value": value} for value in (most, most * terms.deposit))
    flat = {
        "open_interest": {},
        "markets": {terms.market: 1.0},
        "cross_share": 0.0,
        "guard_share": 0.0,
        "interval": 30.0,
    }
    return first | own | flat | {"leverage": leverage, "notional": notional, "usage": 1.0}


def _seat_name(seat: int) -> str:
    return f"seat {seat}"


def play(match: Match, terms: Terms, deciding: Any = None) -> Outcome:
    """Play a match.

    Parameters
    ----------
    match : Match
    terms : Terms
    deciding : object with `value`, optional
        Where it is noted which seat's agent is at work; 0: none.
    """
    data = dict(terms.scenario) | {"agents": {kind: dict(rows) for kind, rows in terms.scenario["agents"].items()}}
    guests: list[Any] = [_Idle(terms.venue, 0.0) for _ in range(SEATS)]
    for seat, entrant in enumerate(match.seats, 1):
        if entrant.is_student and seat not in match.sitting_out:
            guests[seat - 1] = _referee(entrant, seat, match.seed, terms, deciding)
        elif entrant.kind and not entrant.is_student:
            data["agents"][entrant.kind][_seat_name(seat)] = _cohort(entrant, terms)
        else:
            guests[seat - 1] = _Idle(terms.venue, terms.deposit)
    simulation = _Refereed(load_scenario(data, trust=True), match.seed, guests)
    simulation.run_until(micros(simulation.scenario.burn_in + simulation.scenario.duration))
    return _outcome(match, terms, simulation)


def _referee(entrant: Entrant, seat: int, seed: int, terms: Terms, deciding: Any) -> Referee:
    conditions = {"venue": terms.venue, "deposit": terms.deposit, "most_leverage": terms.most_leverage}
    return Referee(entrant, seat, seed, conditions, terms.limits, deciding)


def _outcome(match: Match, terms: Terms, simulation: _Refereed) -> Outcome:
    accounts = [_account(simulation, seat, entrant) for seat, entrant in enumerate(match.seats, 1)]
    worth, recorder = account_worth(simulation), Recorder(simulation)
    trades, breaches = recorder.trades(), recorder.events().get("breach")
    sold = set() if breaches is None else set(breaches["account"].tolist())
    own = [trades[(trades["taker"] == account) | (trades["maker"] == account)] for account in accounts]
    guests: tuple[Any, ...] = simulation.guests
    faults = [fault for guest in guests if isinstance(guest, Referee) for fault in guest.faults]
    status = int(find_violation(simulation.world))
    series = recorder.series()
    start = simulation.scenario.burn_in  # as agents and the sheet count: from the first moment of the match
    price = _price(series, terms.market, start) if match.shown else None
    return Outcome(
        profits=tuple(float(worth[account]) - terms.deposit for account in accounts),
        trades=tuple(len(frame) for frame in own),
        liquidated=tuple(account in sold for account in accounts),
        faults=tuple(faults),
        digest=simulation.records.digest(),
        violation=VIOLATIONS[status] if status else "",
        price=price,
        marks=tuple(_marks(frame, account, start) for frame, account in zip(own, accounts)) if match.shown else (),
    )


def _account(simulation: Simulation, seat: int, entrant: Entrant) -> int:
    if entrant.kind and not entrant.is_student:
        return next(group.first for group in simulation.roster.groups if group.cohort == _seat_name(seat))
    return int(simulation.population.customs["account"][seat])


def _price(series: Any, market: str, start: float) -> npt.NDArray[np.float64]:
    """Seconds since the match began, and price."""
    own = series[series["market"] == market]
    return np.array([own["time"] + start, own["mid"]], float)


def _marks(trades: Any, account: int, start: float) -> npt.NDArray[np.float64]:
    """Seconds since the match began, price and signed size of an account's trades; `size` is the taker's."""
    sign = np.where(trades["taker"] == account, 1.0, -1.0)
    return np.array([trades["time"] + start, trades["price"], sign * trades["size"]], float)
