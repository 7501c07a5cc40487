"""Files of a tournament: the page and its tables; and the examples and the exercise sheet to begin with."""

import json
from importlib.resources import as_file, files
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.tournament.page import tournament_page
from cascade_sim.experiments.tournament.standing import Standing
from cascade_sim.folders import whole_folder

__all__ = ["PAGE", "save", "write_examples"]

PAGE = "tournament.html"


def save(standing: Standing, shares: pd.DataFrame, folder: Path) -> Path:
    """Write page and tables into a folder; gives the place of the page.

    ``ranking.csv``, ``matrix.csv``, ``evolution.csv``, ``matches.csv`` (a row a match and seat) and ``digest.json``.
    """
    with whole_folder(folder) as half:
        (half / PAGE).write_text(tournament_page(standing, shares), encoding="utf-8")
        standing.table.to_csv(half / "ranking.csv", index=False)
        standing.matrix.to_csv(half / "matrix.csv", index_label="earns")
        shares.to_csv(half / "evolution.csv")
        _matches(standing).to_csv(half / "matches.csv", index=False)
        words = {
            "digest": standing.tournament.digest,
            "excluded": {e.name: e.problem for e in standing.tournament.excluded},
        }
        (half / "digest.json").write_text(json.dumps(words, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder / PAGE


def _matches(standing: Standing) -> pd.DataFrame:
    """A row a match and seat."""
    held, rows = standing.tournament, []
    for match, outcome in zip(held.matches, held.outcomes, strict=True):
        for seat, entrant in enumerate(match.seats):
            other = match.seats[1 - seat].name if len(match.seats) == 2 else ""
            row = {"seed": match.seed, "seat": seat + 1, "entrant": entrant.name, "against": other}
            row |= {"profit": outcome.profits[seat], "trades": outcome.trades[seat]}
            rows.append(row | {"liquidated": outcome.liquidated[seat], "digest": outcome.digest})
    return pd.DataFrame(rows)


def write_examples(folder: Path) -> list[Path]:
    """Write the worked examples and the exercise sheet into a folder; gives their places."""
    names = []
    with (
        as_file(files("cascade_sim.experiments.tournament").joinpath("examples")) as source,
        whole_folder(folder) as half,
    ):
        for file in sorted(source.iterdir()):
            if file.suffix in (".py", ".md"):
                (half / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
                names.append(file.name)
    return [folder / name for name in names]
