"""Four classes of leverage on a linear book: the waves, the fall and the bad debt are known exactly.

Open interest of 1e9 USD, depth of 5e9 USD per 100 %, maintenance 0.5 %; longs opened at one price, 10 % of them at
50x, 20 % at 20x, 30 % at 10x, 40 % at 5x. Closed form and sources: `cascade_sim.experiments.step_map`. What is
left is the grain of the book: a tick is 0.001 % of the price, and on bad debt that is up to 0.1 % of it.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from cascade_sim.experiments.step_map import step_map
from cascade_sim.experiments.validation.liquidation_ladder import Ladder, Outcome, even_bids, in_lots
from cascade_sim.experiments.validation.verdict import Line, within

__all__ = ["CLASSES", "SHOCKS", "step_cascade", "study"]

CLASSES: dict[float, float] = {50: 0.1, 20: 0.2, 10: 0.3, 5: 0.4}
SHOCKS = (0.016, 0.025, 0.026, 0.035, 0.036, 0.07, 0.077)
_OPEN_INTEREST, _DEPTH = 1e9, 5e9
_TARGET = "step map of liquidation waves with linear impact: arithmetic of four leverage classes"


def step_cascade(
    shock: float, accounts_each: int = 1, classes: Mapping[float, float] = CLASSES, maintenance: float = 0.005
) -> Outcome:
    """A shock to so many equal accounts in each class."""
    leverage = np.repeat(np.array(list(classes), float), accounts_each)
    notional = np.repeat(list(classes.values()), accounts_each) * _OPEN_INTEREST / accounts_each
    longs = np.array([in_lots(usd) for usd in notional.tolist()])
    return Ladder(
        bids=even_bids(_DEPTH, 0.3),
        longs=longs,
        deposits=notional / leverage,
        shock=in_lots(shock * _DEPTH),
        maintenance=maintenance,
    ).run()


def study(small: bool = False) -> Sequence[Line]:
    """Final fall, notional liquidated and bad debt at each shock."""
    lines = []
    for shock in SHOCKS[1:3] if small else SHOCKS:
        done = step_cascade(shock)
        fall, liquidated, bad_debt = step_map(shock, CLASSES, 0.005)
        numbers = {
            "final fall, percent": (100 * fall, 100 * done.fall),
            "liquidated, million USD": (liquidated / 1e6, done.liquidated / 1e6),
            "bad debt, million USD": (bad_debt / 1e6, done.bad_debt / 1e6),
        }
        for what, (wanted, found) in numbers.items():
            what = f"{what}, after a shock of {100 * shock:g} %"
            lines.append(within("step-map", _TARGET, what, wanted, found, 0.002))
    return lines
