"""What made a fall, in a sentence a market and as cells of a table; in percentage points of the price at the start."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cascade_sim.experiments.counterfactuals.mechanisms import MECHANISMS, Mechanism

__all__ = ["cell", "sentence"]

Part = Mapping[Any, Any]  # "mean", "low", "high"


def cell(row: Part) -> str:
    """Mean of a part with its interval, as "0.50 (0.30 to 0.70)"."""
    mean, low, high = (_points(row[name]) for name in ("mean", "low", "high"))
    return mean if low == high else f"{mean} ({low} to {high})"


def _points(share: float) -> str:
    """Two digits, without a minus before a zero."""
    return f"{round(100.0 * share, 2) + 0.0:.2f}"


def _joined(items: list[str]) -> str:
    return ", ".join(items[:-1]) + f" and {items[-1]}" if len(items) > 1 else "".join(items)


def _less(row: Part) -> str:
    """A part below zero, as what it took away."""
    return cell({"mean": -row["mean"], "low": -row["high"], "high": -row["low"]})


def _has_any(row: Part) -> bool:
    return any(row[name] != 0.0 for name in ("mean", "low", "high"))


def sentence(
    table: pd.DataFrame, market: str, measure: str = "fall", mechanisms: Mapping[str, Mechanism] = MECHANISMS
) -> str:
    """Say what made the fall of one market: what added to it, what took away from it, what can't be told from zero.

    Parameters
    ----------
    table : DataFrame
        Of an `Explanation`.
    market : str
    measure : {"fall", "widest_gap"}
    mechanisms : mapping of str to Mechanism
        What the parts are called.
    """
    rows = table[(table["measure"] == measure) & (table["market"] == market)].set_index("part")
    found: dict[str, Part] = {str(part): row for part, row in rows.to_dict("index").items()}
    parts = {mechanisms[name].label: row for name, row in found.items() if name in mechanisms and _has_any(row)}
    parts = dict(sorted(parts.items(), key=lambda item: -item[1]["mean"]))
    adds = [f"{cell(row)} {label}" for label, row in parts.items() if row["low"] > 0.0]
    takes = [f"{label} took {_less(row)} off it" for label, row in parts.items() if row["high"] < 0.0]
    unclear = [f"{label} ({cell(row)})" for label, row in parts.items() if row["low"] <= 0.0 <= row["high"]]
    whole = _points(found["whole"]["mean"])
    if measure == "fall":
        news = f"{_points(found['news']['mean'])} points were news"
        said = [f"Of the {whole} % fall of {market}, {_joined([news, *adds])}"]
    else:
        made = f": {_joined(adds)}" if adds else ""
        said = [f"At the widest moment {market} was {whole} points below its price with news alone{made}"]
    said += [_joined(takes)] if takes else []
    said += [f"not to be told from zero: {_joined(unclear)}"] if unclear else []
    return "; ".join(said) + "."
