"""What becomes of a crowd in which each entrant's share grows as it earns more than the average."""

import numpy as np
import pandas as pd

from cascade_sim.experiments.games.solving.dynamics import replicator
from cascade_sim.experiments.tournament.standing import Standing

__all__ = ["GENERATIONS", "replay"]

GENERATIONS = 100


def replay(standing: Standing) -> pd.DataFrame:
    """Shares through the generations, all equal at first: replicator dynamics on the measured payoffs of pairs.

    In a generation a payoff as large as the whole range of payoffs grows a share e-fold.

    Returns
    -------
    DataFrame
        A row a generation (from 0), a column an entrant.
    """
    size = len(standing.names)
    start = [np.full(size, 1.0 / size)]
    path = replicator(standing.game(), start, time=float(GENERATIONS), steps=GENERATIONS)
    return pd.DataFrame(path, columns=standing.names, index=pd.RangeIndex(GENERATIONS + 1, name="generation"))
