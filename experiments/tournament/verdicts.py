"""One line for each entrant, to read out."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cascade_sim.experiments.tournament.standing import Standing

__all__ = ["could_be", "per_cent", "verdicts", "winner"]


def per_cent(share: float) -> str:
    """Signed, with one decimal.

    Examples
    --------
    >>> per_cent(-0.01234)
    '-1.2 %'
    """
    return f"{100 * share:+.1f} %"


def could_be(row: Any) -> str:
    """Place, and which others it may be as well."""
    return f"{row['place']}" if row["from"] == row["to"] else f"{row['place']} (could be {row['from']} to {row['to']})"


def _sentence(row: Any, of: int, survives: float) -> str:
    interval = f" ({per_cent(row['low'])} to {per_cent(row['high'])})" if row["low"] == row["low"] else ""
    parts = [f"place {could_be(row)} of {of}: {per_cent(row['score'])} of its money in a match{interval}"]
    if row["trades"] == 0:
        parts.append("it never traded")
    else:
        parts.append(f"best against {row['best_against']}, worst against {row['worst_against']}")
    if row["liquidated"] > 0:
        parts.append(f"liquidated in {row['liquidated']:.0%} of its matches".replace("%", " %"))
    parts.append(_fate(survives))
    if row["lost_turns"]:
        parts.append(f"lost {row['lost_turns']} turns, the first: {row['first_fault']}")
    return "; ".join(parts) + "."


def _fate(share: float) -> str:
    """What evolution makes of it."""
    if share < 0.01:
        return "dies out when losers copy winners"
    return f"ends with {100 * share:.0f} % of the crowd when losers copy winners"


def verdicts(standing: Standing, shares: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Name and sentence of every entrant in the order of the ranking, then of those who did not play."""
    table = standing.table
    for _, row in table.iterrows():
        name = str(row["entrant"])
        yield name, _sentence(row, len(table), float(shares[name].iloc[-1]))
    for entrant in standing.tournament.excluded:
        yield entrant.name, f"did not play: {entrant.where}: {entrant.problem}."


def winner(standing: Standing) -> str:
    """Who won, as far as these seeds tell."""
    table, seeds = standing.table, len(standing.tournament.seeds)
    first = table.iloc[0]
    many = f"{seeds} seed{'s' * (seeds != 1)}"
    if first["to"] == 1:
        return f"{first['entrant']} wins with {per_cent(first['score'])} of its money in a match."
    rivals = table.loc[(table["from"] == 1) & (table["place"] > 1), "entrant"].tolist()
    shown = ", ".join(rivals[:4]) + (f" and {len(rivals) - 4} more" if len(rivals) > 4 else "")
    best = f"{first['entrant']} is ahead with {per_cent(first['score'])} of its money in a match"
    return f"{best}, but {many} can't tell it from {shown}."
