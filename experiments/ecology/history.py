"""Histories: many episodes one after another, on several lucks, with hunters and without."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import pandas as pd

from cascade_sim.experiments.ecology.episode import Episode, play
from cascade_sim.experiments.ecology.flows import Flow, Pairs, between
from cascade_sim.experiments.ecology.news import draw_news
from cascade_sim.experiments.ecology.question import Ecology
from cascade_sim.experiments.ecology.stage import Stage, set_stage
from cascade_sim.experiments.ecology.state import State, first_states
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.progress import Progress

__all__ = ["ARMS", "History", "live", "one_history"]

ARMS = ("with hunters", "without hunters")
Row = dict[str, Any]


@dataclass(frozen=True)
class History:
    """What happened to everybody.

    Attributes
    ----------
    ecology : Ecology
    populations : DataFrame
        One row an arm, seed, episode and population: what it had at the opening (``capital``, ``members``,
        ``leverage``, ``open_interest``), what the exchange made of it (``profit``, ``liquidations``, ``wiped``), what
        came and went afterwards (``left``, ``entered``, ``withdrawn``, ``switched``), ``capital_after`` and
        ``members_after``. Money in USD.
    episodes : DataFrame
        One row an arm, seed and episode: ``news`` (relative move), ``shock``, ``fall`` (largest, share),
        ``liquidated``, ``bad_debt``, ``volume``, ``hunts``, and profit of the ``others`` on the venue and its
        ``fees``.
    """

    ecology: Ecology
    populations: pd.DataFrame
    episodes: pd.DataFrame


def _rows(ecology: Ecology, before: dict[str, State], stage: Stage, played: Episode, after: dict[str, State],
          flows: dict[str, Flow]) -> Iterator[Row]:  # fmt: skip
    for name, state in before.items():
        have = {"capital": state.capital, "members": state.members, "leverage": state.leverage}
        have["open_interest"] = stage.open_interest.get(name, 0.0)
        then = {"capital_after": after[name].capital, "members_after": after[name].members}
        role = {"population": name, "role": ecology.populations[name].role}
        yield role | have | asdict(played.fates[name]) | asdict(flows[name]) | then


def one_history(ecology: Ecology, arm: str, seed: int) -> tuple[list[Row], list[Row]]:
    """All episodes of one luck, with hunters or without.

    Returns
    -------
    populations, episodes : list of dict
        Rows of the frames of `History`.
    """
    if arm == ARMS[1]:
        ecology = ecology.without_hunters()
    base, states, pairs = ecology.base(), first_states(ecology), Pairs()
    rows: list[Row] = []
    episodes: list[Row] = []
    for episode in range(ecology.episodes):
        news, shock = draw_news(ecology.news, seed, episode)
        stage = set_stage(ecology, base, states, seed, episode, news)
        played = play(ecology, stage)
        after, pairs, flows = between(ecology, states, played.fates, pairs)
        address: Row = {"arm": arm, "seed": seed, "episode": episode}
        rows += [address | row for row in _rows(ecology, states, stage, played, after, flows)]
        market = {"news": news.move, "shock": shock, "others": played.others, "fees": played.fees}
        episodes.append(address | market | played.outcomes)
        states = after
    return rows, episodes


def _job(ecology: Ecology, job: tuple[str, int]) -> tuple[list[Row], list[Row]]:
    return one_history(ecology, *job)


def live(
    ecology: Ecology,
    arms: Iterable[str] = ARMS,
    workers: int | None = None,
    progress: Progress | None = None,
) -> History:
    """Let an ecology live: episodes in their order, lucks side by side.

    Parameters
    ----------
    ecology : Ecology
    arms : iterable of str
        Some of `ARMS`; both have the same news, and agents of the same kind the same luck.
    workers : int, optional
        Processes; default one a core. What comes out does not depend on it.
    progress : callable, optional
    """
    jobs = [(arm, seed) for seed in range(ecology.seeds) for arm in arms]
    found = in_parallel(partial(_job, ecology), jobs, workers, progress, "histories")
    populations = pd.DataFrame([row for rows, _ in found for row in rows])
    episodes = pd.DataFrame([row for _, rows in found for row in rows])
    return History(ecology, populations, episodes)
