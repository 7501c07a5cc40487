"""Impact of large orders: a square root in a book that is renewed, linear in one that is not, and how it fades.

Impact is the mid at an order's end less the mid at its start. A smaller order at the same pace is the beginning of a
larger one, so that one execution gives the impact of every size up to its own. The square root is thus one of
duration at a given pace, as minds that wander make it. How impact grows with the pace at a given duration is another
matter: at these paces nearly in proportion (`latent_theory`), and what the lines about its size hold it against.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cascade_sim.experiments.validation.latent_book import Crowd, execute
from cascade_sim.experiments.validation.latent_theory import kept, prefactor
from cascade_sim.experiments.validation.verdict import Line, above, inside, within

__all__ = ["exponent", "study"]

_NAME = "square-root-impact"
_LAW = "square-root law of impact (Toth et al. 2011, Donier and Bonart 2015)"
_THEORY = "latent order book (Donier, Bonart, Mastromatteo, Bouchaud 2015)"
_STATIC = "linear impact of a book of constant density"
_PACES = (12, 50, 100)  # lots a step: about half, two and four times what trades anyway
_SHORTEST = 20  # steps: below, impact is of the order of a tick
_FROZEN = Crowd(density=80, width=0.0, hop=0.0, reach=400, window=400)


def exponent(sizes: NDArray[np.float64], impacts: NDArray[np.float64]) -> float:
    """Slope of log impact on log size."""
    return float(np.polyfit(np.log(sizes), np.log(impacts), 1)[0])


def _mean_impact(crowd: Crowd, pace: int, steps: int, books: int) -> tuple[NDArray[np.float64], float]:
    """Impact path of an order and what follows for as long again, and the crowd's own flow: means over books."""
    done = [execute(crowd, pace, steps, k, price=(k + 0.5) / books, rest=steps) for k in range(books)]
    if any(one.bought != pace * steps for one in done):
        raise RuntimeError(f"an order for {pace} lots a step was not filled; reveal more than {crowd.window} levels")
    return np.mean([one.impact for one in done], axis=0), float(np.mean([one.flow for one in done]))


def _lines(crowd: Crowd, pace: int, steps: int, books: int) -> list[Line]:
    """Square root, size and fading of the impact at one pace."""
    impact, flow = _mean_impact(crowd, pace, steps, books)
    times = np.geomspace(_SHORTEST, steps, 12).astype(int)
    slope = exponent(pace * times / (flow * steps), impact[times - 1])
    part = pace / crowd.flow
    peak, end = float(impact[steps - 1]), float(impact[2 * steps - 1])
    wanted = prefactor(part) * math.sqrt(crowd.diffusion * steps)
    at = f"of {part:.2g} times the crowd's flow"
    return [
        inside(_NAME, _LAW, f"exponent of impact in Q / V, by duration at a pace {at}", 0.5, slope, 0.1),
        within(_NAME, _THEORY, f"impact of {pace * steps} lots at a pace {at}, ticks", wanted, peak, 0.05),
        above(_NAME, _LAW, f"share of the impact gone one lifetime after the end, pace {at}", 0.3, 1.0 - end / peak),
        within(
            _NAME,
            _THEORY,
            f"share of the impact left one lifetime after the end, pace {at}",
            kept(part, 2),
            end / peak,
            0.1,
        ),
        within(
            _NAME,
            _THEORY,
            f"lots that the crowd trades a step before an order with a pace {at}",
            crowd.flow,
            flow,
            0.05,
        ),
    ]


def _static() -> list[Line]:
    """A book that stands still: an order eats through one side, and nobody comes to fill the gap."""
    impact, _ = _mean_impact(_FROZEN, 50, 400, 1)
    times = np.geomspace(_SHORTEST, 400, 12).astype(int)
    slope = exponent(50.0 * times, impact[times - 1])
    wanted = 50 * 400 / _FROZEN.density / 2
    return [
        inside(_NAME, _STATIC, "exponent of impact in Q", 1.0, slope, 0.05),
        within(_NAME, _STATIC, "impact on the mid of Q lots, Q / (2 density), ticks", wanted, float(impact[399]), 0.02),
        inside(
            _NAME,
            _STATIC,
            "share of the impact gone one lifetime after the end",
            0.0,
            1 - impact[-1] / impact[399],
            1e-9,
        ),
    ]


def study(small: bool = False) -> Sequence[Line]:
    """Exponents at three paces, the closed form's impact and decay, and the book that is never renewed."""
    paces, steps, books = (_PACES[1:2], 1000, 8) if small else (_PACES, 2000, 16)
    return [line for pace in paces for line in _lines(Crowd(), pace, steps, books)] + _static()
