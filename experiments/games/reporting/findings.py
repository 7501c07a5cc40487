"""What a played game says: equilibria, how well they are known, welfare, tables and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cascade_sim.experiments.games.analytic import analytic, analytic_names
from cascade_sim.experiments.games.normal_form import Game
from cascade_sim.experiments.games.playing.history import regret_history
from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.questions.labels import labelled, labelled_table
from cascade_sim.experiments.games.reporting.closed_form import beside
from cascade_sim.experiments.games.reporting.led import choices_frame, shares_frames
from cascade_sim.experiments.games.reporting.pictures import Evidence, draw
from cascade_sim.experiments.games.reporting.welfare import Welfare, resampled_welfare, welfare_of
from cascade_sim.experiments.games.solving.equilibria import Equilibrium, equilibria
from cascade_sim.experiments.games.solving.leader import Answer
from cascade_sim.experiments.games.solving.solution import Solution
from cascade_sim.folders import whole_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Findings", "equilibrium_rows"]

_COLUMNS = ["equilibrium", "kind", "reported", "role", "strategy", "share", "payoff", "regret"]


@dataclass(frozen=True)
class Findings:
    """A played game with everything that is said of it.

    Attributes
    ----------
    played : Played
    game : Game
        Mean payoffs, under labels.
    table : pandas.DataFrame
        Payoffs with intervals, under labels; profiles as counts.
    equilibria : list of Equilibrium
        If everybody chooses without seeing the others.
    reported : Equilibrium
        Where it ends; with a leader, after its best choice.
    welfare : Welfare
        There, against the best profile.
    led : list of Answer
        What follows each choice of the leader; nothing without one.
    """

    played: Played
    game: Game
    table: pd.DataFrame
    equilibria: list[Equilibrium]
    reported: Equilibrium
    welfare: Welfare
    led: list[Answer] = field(default_factory=list)

    @classmethod
    def of(cls, played: Played) -> "Findings":
        """Solve a played game."""
        question = played.question
        game = labelled(question, played.game())
        found = equilibria(game)
        table = labelled_table(question, game, played.table())
        solution = Solution.of(game, played.leader, found)
        chosen = solution.equilibrium
        return cls(played, game, table, found, chosen, welfare_of(played, game, chosen), list(solution.answers))

    @property
    def leader(self) -> int:
        """Number of the leader's role; the first where nobody leads."""
        return self.played.leader or 0

    @cached_property
    def resampled(self) -> list[Game]:
        """Games of resampled seeds, under labels."""
        return [labelled(self.played.question, other) for other in self.played.resampled()]

    @cached_property
    def choices(self) -> pd.DataFrame:
        """What the leader gets by each choice, with intervals."""
        return choices_frame(self.game, self.leader, self.led, self.resampled)

    @cached_property
    def evidence(self) -> Evidence:
        """What pictures need beside the payoffs."""
        mean, several = resampled_welfare(self.played, len(self.resampled))
        theory = self.played.question.theory
        closed = beside(analytic(theory)) if theory in analytic_names() else None
        if self.welfare.is_nothing:
            return Evidence(self.table, self.resampled, beside=closed)
        return Evidence(self.table, self.resampled, mean, several, closed)

    def figures(self) -> dict[str, "Figure"]:
        """All pictures that fit, by name."""
        from cascade_sim.plots.games import leader_choices, regret_by_seeds

        figures: dict[str, Figure] = {}
        if self.led:
            shares = shares_frames(self.game, self.leader, self.led)
            leader = self.game.roles[self.leader].name
            figures["leader"] = leader_choices(self.choices, shares, leader, self.game.unit)
        # what nobody would leave if all chose at once is not where a game with a leader ends: nothing is framed there
        figures |= draw(self.game, [] if self.led else self.equilibria, self.evidence)
        if self.led:  # bars of every profile say less than what follows each choice
            figures.pop("payoff-bars", None)
        history = regret_history(self.played)
        if len(history) > 1:
            figures["regret"] = regret_by_seeds(history, self.played.question.seeds.regret)
        return figures

    def save(self, folder: Path) -> None:
        """Write tables and figures beside what `play` wrote there; all of them or none."""
        known = self.reported in self.equilibria
        listed = self.equilibria if known else [*self.equilibria, self.reported]
        rows = equilibrium_rows(self.game, listed, self.reported)
        figures = self.figures()
        with whole_folder(folder) as half:
            rows.to_csv(half / "equilibria.csv", index=False)
            self.played.table().to_parquet(half / "payoffs.parquet", index=False)
            for name, figure in figures.items():
                figure.savefig(half / f"{name}.png", metadata={"Software": None})


def equilibrium_rows(game: Game, found: Sequence[Equilibrium], chosen: Equilibrium | None = None) -> pd.DataFrame:
    """A row an equilibrium, role and strategy: share of the players, payoff, regret.

    Parameters
    ----------
    game : Game
    found : sequence of Equilibrium
    chosen : Equilibrium, optional
        The reported one.
    """
    rows = [
        (number, one.kind, one == chosen, role.name, name, share, one.payoffs[r], one.regret[r])
        for number, one in enumerate(found, start=1)
        for r, role in enumerate(game.roles)
        for name, share in zip(role.strategies, one.mix[r], strict=True)
    ]
    return pd.DataFrame(rows, columns=np.array(_COLUMNS))
