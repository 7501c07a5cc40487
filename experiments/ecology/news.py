"""News of an episode, drawn at the address (seed, episode): the same for all who live through it."""

import math

import numpy as np

from cascade_sim.experiments.ecology.question import NewsLaw
from cascade_sim.scenario.assets import News

__all__ = ["draw_news", "episode_seed"]

_NEWS = 1  # what else is drawn at the address has another number


def episode_seed(seed: int, episode: int) -> int:
    """Seed of the run of an episode."""
    return int(np.random.SeedSequence((seed, episode)).generate_state(1, np.uint64)[0] >> 1)


def draw_news(law: NewsLaw, seed: int, episode: int) -> tuple[News, bool]:
    """News of an episode, and whether it is a shock.

    Parameters
    ----------
    law : NewsLaw
    seed : int
        Of the luck.
    episode : int
        From 0.
    """
    rng = np.random.default_rng((seed, episode, _NEWS))
    is_shock, quiet, loud = rng.random() < law.chance, *rng.standard_normal(2)
    move = -law.median * math.exp(law.sigma * loud) if is_shock else law.mean + law.sd * quiet
    return News(at=law.at, over=law.over, move=min(max(move, -law.most), law.most)), bool(is_shock)
