"""One run of a profile, and what it was worth to everybody.

Profit is what an account has at the end over what it had at time zero, less what was paid in: fees, funding, haircuts
of auto-deleveraging and losses in liquidation are in it, for they went through the account. Other assets are valued at
fundamental value, at the end and at time zero alike, so that nobody gains by what everybody held anyway: all profits,
and what the venues took, add up to nothing.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cascade_sim.agents.custom import GuestError
from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.games.errors import GameError
from cascade_sim.experiments.games.playing.utility import utility
from cascade_sim.experiments.games.profiles import Profile, named
from cascade_sim.experiments.games.questions.guests import blamed
from cascade_sim.experiments.games.questions.players import Seat, Seating, seat
from cascade_sim.experiments.games.questions.question import OUTCOMES, GameQuestion, PlayedRole, Strategy
from cascade_sim.experiments.sweeps.outcomes import outcomes_of, samples
from cascade_sim.market import records as r
from cascade_sim.market.constants import PERPETUAL
from cascade_sim.market.roles import ABSORBER, FUND
from cascade_sim.recording.accounts import account_worth, cohort_names, fundamental_prices
from cascade_sim.scenario.scenario import MONEY_UNITS
from cascade_sim.simulation import Simulation

__all__ = ["Books", "Found", "play_once", "play_together"]

Floats = npt.NDArray[np.float64]
Found = tuple[list[dict[str, Any]], dict[str, Any]]


class Books:
    """What every account, and every venue, made of a run.

    Parameters
    ----------
    simulation : Simulation
        At time zero; `close` is called at the end.

    Attributes
    ----------
    stake : ndarray of float64, shape (accounts + 1,)
        Worth at time zero, USD.
    profit : ndarray of float64, shape (accounts + 1,)
        USD; 0 for funds and absorbers, which are the venues'.
    held : ndarray of float64, shape (accounts + 1,)
        Notional of positions at the end, USD.
    taken : dict of str to float
        What each venue took, USD: fees, what its funds earned, less what it lost.
    open_debt : float
        What accounts that nobody had closed by the end were below zero, USD: bad debt that is on no record yet.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._prices = fundamental_prices(simulation)
        self._stock = simulation.world.balances["amount"].astype(float)
        self._coffers = self._money()
        self.stake = account_worth(simulation, self._prices)

    def close(self) -> None:
        """Draw up the balance at the end."""
        simulation = self._simulation
        accounts = simulation.world.accounts
        now = fundamental_prices(simulation)
        worth = account_worth(simulation, now)
        gained = worth - self.stake - self._stock @ (now - self._prices) - self._paid_in()
        own = np.isin(accounts["role"], (FUND, ABSORBER))
        self.profit: Floats = np.where(own, 0.0, gained)
        self.open_debt = float(-np.minimum(worth[~own], 0.0).sum())
        self.held = self._notional()
        coffers = (self._money() - self._coffers) @ now  # a spot venue takes a part of its fees in the asset
        self.taken = {
            name: float(gained[own & (accounts["venue"] == v)].sum() + coffers[v])
            for name, v in simulation.roster.venues.items()
        }

    def _money(self) -> Floats:
        """Fees and funding under way less losses that nobody has paid, by venue and asset, in its smallest units."""
        funds = self._simulation.world.funds
        money: Floats = (funds["fees"] + funds["funding"] - funds["venue_loss"]).astype(float)
        return money

    def _paid_in(self) -> Floats:
        """What was paid into every account from outside, less what was taken out, USD."""
        simulation = self._simulation
        events = simulation.records.table("events")
        moved = events[events["kind"] == r.TRANSFER]
        paid = np.zeros(len(simulation.world.accounts))
        np.add.at(paid, moved["account"], moved["amount"] / MONEY_UNITS)
        return paid

    def _notional(self) -> Floats:
        world = self._simulation.world
        notional = np.zeros(len(world.accounts))
        for m in self._simulation.roster.markets.values():
            market = world.markets[m]
            if market["kind"] == PERPETUAL:
                lots = world.positions["lots"][:, int(market["column"])]
                own = world.accounts["venue"] == market["venue"]
                notional += np.where(own, np.abs(lots) * float(market["mark"]) / MONEY_UNITS, 0.0)
        return notional


@lru_cache(maxsize=256)
def _asked(question: str) -> GameQuestion:
    """Remembered, for a game is run many times."""
    return GameQuestion.model_validate_json(question)


@lru_cache(maxsize=256)
def _seating(question: str, profile: Profile) -> Seating:
    """Remembered, for a profile is run many times."""
    return seat(_asked(question), profile)


@contextlib.contextmanager
def _market(seating: Seating, seed: int) -> Iterator[Simulation]:
    """The market at time zero; agents in Python need a model to stand in."""
    if not seating.guests:
        yield Simulation(seating.scenario, seed)
        return
    from cascade_sim.model import CascadeModel  # brings Mesa, which takes a second

    try:
        model = CascadeModel(seating.scenario, rng=seed, custom=seating.guests)
    except GuestError as error:  # says which class and what
        raise GameError("an agent in Python can't take part", [str(error)]) from error
    try:
        with blamed(model.simulation):
            yield model.simulation
    finally:
        model.close()


def _accounts(simulation: Simulation, seats: Sequence[Seat]) -> list[npt.NDArray[np.int64]]:
    """Rows of every player's accounts."""
    names = cohort_names(simulation)
    guests = simulation.population.customs["account"][1:]
    return [guests[[s.guest]] if s.guest >= 0 else np.flatnonzero(names == s.cohort) for s in seats]


@dataclass(frozen=True)
class _Members:
    """What a run was to each member of a player, USD: a maker's account and the one it hedges on are one member's.

    Attributes
    ----------
    worth, profit, held : ndarray of float64, shape (members,)
    """

    worth: Floats
    profit: Floats
    held: Floats

    @classmethod
    def of(cls, owners: npt.NDArray[Any], role: PlayedRole, strategy: Strategy, books: Books, rows: Any) -> "_Members":
        """Of the accounts in `rows`, with those of one owner together."""
        _, whose = np.unique(owners[rows], return_inverse=True)
        count = int(whose.max(initial=-1)) + 1
        profit, held, stake = (_summed(each[rows], whose, count) for each in (books.profit, books.held, books.stake))
        terms = role.payoff
        gain = profit + terms.benefit * held - terms.capital_cost * stake - strategy.cost
        return cls(utility(gain, stake, terms.risk_aversion), profit, held)

    def means(self, cost: float) -> tuple[float, float, float]:
        """Payoff, profit and notional held of one member, on average; who has none is not in the market."""
        if not len(self.worth):
            return -cost, 0.0, 0.0
        return float(self.worth.mean()), float(self.profit.mean()), float(self.held.mean())


def _summed(values: Floats, whose: npt.NDArray[Any], count: int) -> Floats:
    return np.bincount(whose, values, count).astype(float)


def play_once(question: str, job: tuple[Profile, int]) -> Found:
    """Run a profile with a seed.

    Parameters
    ----------
    question : str
        `GameQuestion` as JSON.
    job : tuple of Profile and int
        Profile and seed.

    Returns
    -------
    samples : list of dict
        A row for every role and strategy that somebody played: ``payoff``, ``profit``, ``held`` (USD an account, mean
        over those players; accounts of one owner, as a maker's and the one it hedges on, count as one).
    outcomes : dict
        `OUTCOMES`, ``welfare`` and what each venue ``took``.
    """
    (found,) = play_together((question,), job)
    return found


def play_together(questions: Sequence[str], job: tuple[Profile, int]) -> list[Found]:
    """Run a profile with a seed once, for several games that differ only in what a run is worth to the players.

    Parameters
    ----------
    questions : sequence of str
        `GameQuestion` as JSON, all of one market (`cascade_sim.experiments.games.questions.grid.market_of`).
    job : tuple of Profile and int
        Profile and seed.

    Returns
    -------
    list of (samples, outcomes)
        As `play_once` gives them, one for each game.
    """
    profile, seed = job
    seating = _seating(questions[0], profile)
    with _market(seating, seed) as simulation:
        books = Books(simulation)
        simulation.run_until(micros(seating.scenario.burn_in))
        worth = account_worth(simulation)
        simulation.run_until(micros(seating.scenario.burn_in + seating.scenario.duration))
        books.close()
        found = outcomes_of(simulation, worth)
        found |= {"open_interest": _open_interest(simulation), "open_debt": books.open_debt}
        return [_rated(_asked(one), job, seating.seats, simulation, books, found) for one in questions]


def _rated(
    asked: GameQuestion,
    job: tuple[Profile, int],
    seats: Sequence[Seat],
    simulation: Simulation,
    books: Books,
    found: dict[str, float],
) -> Found:
    """What a run was worth in one game."""
    at = {"profile": named(job[0]), "seed": job[1]}
    rows, welfare = _samples(asked, seats, simulation, books, found)
    outcomes = at | {name: found[name] for name in OUTCOMES} | {"welfare": welfare}
    outcomes |= {f"taken by {venue}": taken for venue, taken in books.taken.items()}
    return [at | row for row in rows], outcomes


def _open_interest(simulation: Simulation) -> float:
    """Notional of long positions at the first sample, USD."""
    first = samples(simulation)[0]
    return float((first["open_interest"] * first["mark"]).sum()) / MONEY_UNITS


def _samples(
    asked: GameQuestion, seats: Sequence[Seat], simulation: Simulation, books: Books, found: dict[str, float]
) -> tuple[list[dict[str, Any]], float]:
    """Rows by role and strategy, and welfare: what the run was worth to everybody, USD.

    Players count with their payoffs, all others with their profits, venues with what they took, less what
    their choices, and those of players without an account, cost.
    """
    roles = list(asked.roles.items())
    everybody, welfare, spent = books.profit.copy(), sum(books.taken.values()), 0.0
    rows: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for place, own in zip(seats, _accounts(simulation, seats), strict=True):
        name, role = roles[place.role]
        strategy, chosen = list(role.strategies.items())[place.strategy]
        spent += chosen.cost if role.cohort is None or not len(own) else 0.0
        if role.cohort is None:
            counts = sum(weight * found[outcome] for outcome, weight in role.payoff.counts.items())
            taken = books.taken[role.venue or ""]
            rows.setdefault((name, strategy), []).append((taken + counts - chosen.cost, taken, 0.0))
        else:
            members = _Members.of(simulation.world.accounts["owner"], role, chosen, books, own)
            everybody[own] = 0.0
            welfare += float(members.worth.sum())
            rows.setdefault((name, strategy), []).append(members.means(chosen.cost))
    means_of = {key: np.mean(several, axis=0) for key, several in rows.items()}
    samples = [
        {"role": name, "strategy": strategy, "payoff": m[0], "profit": m[1], "held": m[2]}
        for (name, strategy), m in means_of.items()
    ]
    return samples, welfare + float(everybody.sum()) - spent
