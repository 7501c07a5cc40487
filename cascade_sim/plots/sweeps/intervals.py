"""Intervals as arms of error bars."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["arms"]


def arms(rows: pd.DataFrame, value: str, low: str = "low", high: str = "high") -> NDArray[np.float64]:
    """Lengths of the arms to both sides of estimates, shape (2, rows); zero where an estimate lies beyond an end.

    Parameters
    ----------
    rows : pandas.DataFrame
        With the columns that the other arguments name.
    value, low, high : str
    """
    middle, bottom, top = (rows[column].to_numpy(np.float64) for column in (value, low, high))
    return np.maximum([middle - bottom, top - middle], 0.0)  # percentiles of a bootstrap can miss the estimate
