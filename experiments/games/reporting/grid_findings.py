"""What a played grid says, kept together: tables and figures, written beside what was played."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cascade_sim.experiments.games.playing.grid import PlayedGrid
from cascade_sim.experiments.games.reporting.grid_pictures import grid_figures
from cascade_sim.experiments.games.reporting.grid_table import choices_table, grid_table
from cascade_sim.folders import whole_folder

__all__ = ["GridFindings"]


@dataclass(frozen=True)
class GridFindings:
    """A played grid with everything that is said of it.

    Attributes
    ----------
    grid : PlayedGrid
    table : pandas.DataFrame
        A row a cell.
    choices : pandas.DataFrame or None
        A row a cell and choice of the leader, of a game that has one.
    """

    grid: PlayedGrid
    table: pd.DataFrame
    choices: pd.DataFrame | None

    @classmethod
    def of(cls, grid: PlayedGrid) -> "GridFindings":
        """Solve every cell."""
        led = grid.question.leader is not None
        return cls(grid, grid_table(grid), choices_table(grid) if led else None)

    def save(self, folder: Path) -> None:
        """Write ``table.csv``, ``choices.csv`` where there is a leader, and the figures; all of them or none."""
        figures = grid_figures(self.grid, self.table, self.choices)
        with whole_folder(folder) as half:
            self.table.to_csv(half / "table.csv", index=False)
            if self.choices is not None:
                self.choices.to_csv(half / "choices.csv", index=False)
            for name, figure in figures.items():
                figure.savefig(half / f"{name}.png", metadata={"Software": None})
