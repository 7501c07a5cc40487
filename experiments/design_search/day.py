"""One day of a candidate: its news, and what it was worth to everybody."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.engine.rulebook import micros
from cascade_sim.experiments.design_search.population import maker_cohort, trader_cohort
from cascade_sim.experiments.design_search.question import DesignQuestion
from cascade_sim.experiments.games.playing.payoffs import Books
from cascade_sim.experiments.games.playing.utility import utility
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.sweeps.outcomes import samples
from cascade_sim.market.roles import TRADER
from cascade_sim.recording.accounts import cohort_names
from cascade_sim.scenario.assets import News
from cascade_sim.scenario.scenario import MONEY_UNITS, Scenario
from cascade_sim.simulation import Simulation

__all__ = ["choices_run", "news_of", "run_days", "weights_of", "weights_of_days"]

_STREAM = 0x64657369  # of the draws of days, apart from all streams of a run
_NARROWING = 3.0  # the worst of eight strata of one side is a 512th of it


def news_of(question: DesignQuestion, seed: int, stratum: int) -> News:
    """News of a day: of one stratum of the law, the same one for the same seed.

    Strata are numbered from the mildest to the worst bad news, then the same for good news. The worse the news, the
    narrower the stratum, for it is in the few worst days that choices differ: days of the worst are run far more often
    than they come, each with its true probability as weight (stratified sampling: Glasserman, 2003, "Monte Carlo
    methods in financial engineering", section 4.3).
    """
    inside = np.random.Generator(np.random.Philox(key=[seed, _STREAM])).random()
    down = _down_strata(question)
    side, place, places = (0.0, stratum, down) if stratum < down else (1.0, stratum - down, _strata(question) - down)
    low, high = _edge(place, places), _edge(place + 1, places)
    return question.news.news(question.news_at, low + (high - low) * inside, side)


def _strata(question: DesignQuestion) -> int:
    return question.seeds.strata


def _down_strata(question: DesignQuestion) -> int:
    """As many strata of bad news as there is bad news, and at least one of what there is at all."""
    share, count = question.news.down_share, _strata(question)
    return min(max(round(share * count), int(share > 0.0)), count - int(share < 1.0))


def _edge(place: int, places: int) -> float:
    """Part of all news of one side that is milder than a stratum."""
    return float(1.0 - (1.0 - place / places) ** _NARROWING)


def weights_of(question: DesignQuestion) -> NDArray[np.float64]:
    """Probability of each stratum.

    >>> from cascade_sim.experiments.design_search.question import read_design
    >>> weights = weights_of(read_design("one-perpetual"))
    >>> float(weights.sum()), float(weights[7])  # an eighth of the places, cubed, of half of the news
    (1.0, 0.0009765625)
    """
    down, share = _down_strata(question), question.news.down_share
    parts = [(share, down), (1.0 - share, _strata(question) - down)]
    return np.array([part * (_edge(k + 1, n) - _edge(k, n)) for part, n in parts for k in range(n)])


def weights_of_days(question: DesignQuestion, strata: NDArray[np.int64]) -> NDArray[np.float64]:
    """Probability that each of several days stands for, of which every stratum has as many; shape (days,)."""
    return weights_of(question)[strata] * question.seeds.strata / len(strata)


def run_days(
    question: DesignQuestion,
    scenario: Scenario,
    first_seed: int,
    days: int,
    workers: int | None = 1,
) -> pd.DataFrame:
    """Run a market on so many days, each stratum of the news as often as every other.

    Returns
    -------
    DataFrame
        A row a day: ``seed``, ``stratum``, ``weight`` (its probability; they add up to one), ``move``, ``bad_debt``,
        ``revenue``, ``efficiency``, and the mean utility of each choice, as a share of what was put up (``traders-0``,
        ..., ``makers-0``, ...).
    """
    strata = _strata(question)
    jobs = [(first_seed + k, news_of(question, first_seed + k, k % strata)) for k in range(days)]
    found = pd.DataFrame(in_parallel(partial(_one, question, scenario), jobs, workers))
    stratum = np.arange(days) % strata
    about = {"seed": found.pop("seed"), "stratum": stratum, "weight": weights_of_days(question, stratum)}
    return pd.DataFrame(about).join(found)


def _one(question: DesignQuestion, scenario: Scenario, job: tuple[int, News]) -> dict[str, float]:
    seed, news = job
    simulation = Simulation(scenario.model_copy(update={"news": (news,)}), seed)
    books = Books(simulation)
    put_up = float(books.stake[simulation.world.accounts["role"] == TRADER].sum())
    simulation.run_until(micros(scenario.burn_in + scenario.duration))
    books.close()
    found = {"seed": seed, "move": news.move, "revenue": books.taken[question.venue]}
    return found | _venue(question, scenario, simulation, put_up) | _worths(question, simulation, books)


def _venue(question: DesignQuestion, scenario: Scenario, simulation: Simulation, put_up: float) -> dict[str, float]:
    rows = samples(simulation)[:, 0]
    held = float(rows["open_interest"][0] * rows["mark"][0]) / MONEY_UNITS
    fund = scenario.venues[question.venue].rules.waterfall.insurance_fund
    return {"bad_debt": float(rows["bad_debt"][-1]) / MONEY_UNITS, "efficiency": held / (put_up + fund)}


def _worths(question: DesignQuestion, simulation: Simulation, books: Books) -> dict[str, float]:
    """Mean utility of the agents of each choice."""
    names, owners = cohort_names(simulation), simulation.world.accounts["owner"]
    traders, makers = question.traders, question.makers
    found: dict[str, float] = {}
    for k in range(len(traders.leverages) + 1):
        found |= _mean(trader_cohort(k), names, owners, books, traders.risk_aversion, traders.benefit)
    for k in range(len(makers.depths)):
        found |= _mean(maker_cohort(k), names, owners, books, makers.risk_aversion, 0.0)
    return found


def _mean(
    cohort: str, names: NDArray[np.object_], owners: NDArray[np.int64], books: Books, aversion: float, benefit: float
) -> dict[str, float]:
    """Of the owners of a cohort's accounts, for a maker hedges on another one; nothing if there is no such cohort.

    Everybody counts with what it put up, as in `cascade_sim.experiments.games.playing.payoffs`: longs and shorts hold
    as much but are not as many, and to count heads would make a gain or a loss of the news out of who are more.
    """
    own = np.flatnonzero(names == cohort)
    if not len(own):
        return {}
    people, place = np.unique(owners[own], return_inverse=True)
    stake = np.bincount(place, books.stake[own], len(people))
    gain = np.bincount(place, books.profit[own] + benefit * books.held[own], len(people))
    return {cohort: float(utility(gain, stake, aversion).sum() / stake.sum())}


def choices_run(frame: pd.DataFrame, cohorts: Sequence[str]) -> NDArray[np.float64]:
    """Mean utility over days of each cohort; nan for those that were not there."""
    return np.array([frame[name] @ frame["weight"] if name in frame else np.nan for name in cohorts], float)
