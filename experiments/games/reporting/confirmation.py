"""What was said of a played game, held against fresh seeds that nobody had looked at.

Whoever sets up a game looks at some runs of it, and what is then found with the same seeds is found partly in their
luck. So the choices are kept as they were found, and the game is played once more with as many seeds that had no part
in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.games.playing.played import Played
from cascade_sim.experiments.games.questions.labels import labelled
from cascade_sim.experiments.games.reporting.again import chances_again, payoffs_again
from cascade_sim.experiments.games.reporting.claims import Claim, claims_of_payoffs
from cascade_sim.experiments.games.reporting.estimate import Estimate
from cascade_sim.experiments.games.reporting.findings import Findings
from cascade_sim.experiments.games.reporting.welfare import chances_of
from cascade_sim.experiments.games.reporting.words import profile_in_words
from cascade_sim.experiments.games.solving.margins import ahead_of_others
from cascade_sim.experiments.statistics.bootstrap import bootstrap
from cascade_sim.folders import whole_folder

__all__ = ["Confirmation"]

Floats = npt.NDArray[np.float64]

_RESAMPLES = 400


@dataclass(frozen=True)
class Confirmation:
    """Findings of a played game against fresh seeds.

    Attributes
    ----------
    seeds : range
        The fresh ones.
    claims : list of Claim
        Every sentence with what fresh seeds say.
    payoffs : pandas.DataFrame
        As of `payoffs_again`.
    chances : pandas.DataFrame
        As of `chances_again`, of all equilibria in which players draw lots; without rows for a game with a leader.
    """

    seeds: range
    claims: list[Claim]
    payoffs: pd.DataFrame
    chances: pd.DataFrame

    @classmethod
    def of(cls, found: Findings, fresh: Played) -> "Confirmation":
        """Hold findings against the same game played with fresh seeds.

        Raises
        ------
        ValueError
            If the two have a seed in common.
        """
        first = fresh.question.seeds.first
        if set(found.played.cells.index) & set(fresh.cells.index):
            raise ValueError("the seeds are not fresh: some of them were played before")
        game = labelled(fresh.question, fresh.game())
        several = [labelled(fresh.question, other) for other in fresh.resampled(_RESAMPLES)]
        claims = [Claim.of(said, found.game, game, several) for said in claims_of_payoffs(found)]
        claims += _claims_of_welfare(found, fresh)
        chances = chances_again(found, game, several)
        return cls(range(first, first + fresh.seeds), claims, payoffs_again(found.played, fresh), chances)

    def table(self) -> pd.DataFrame:
        """A row a sentence: number by the first seeds, by fresh ones with interval, bound, unit, verdict."""
        rows = [
            (c.sentence, c.first, c.fresh.value, c.fresh.low, c.fresh.high, c.least, c.unit, c.verdict)
            for c in self.claims
        ]
        names = ["sentence", "first", "fresh", "low", "high", "holds_above", "unit", "verdict"]
        return pd.DataFrame(rows, columns=np.array(names))

    def save(self, folder: Path) -> None:
        """Write the tables; all of them or none."""
        with whole_folder(folder) as half:
            self.table().to_csv(half / "confirmation.csv", index=False)
            self.payoffs.to_csv(half / "payoffs-by-fresh-seeds.csv", index=False)
            self.chances.to_csv(half / "chances-by-fresh-seeds.csv", index=False)


def _claims_of_welfare(found: Findings, fresh: Played) -> Iterator[Claim]:
    """That the best profile gives more welfare than the equilibrium, and more than any other; where that was said."""
    said = found.welfare
    if said.is_nothing or not said.lost.low > 0.0:
        return
    best, words = found.game.profiles.index(said.profile), profile_in_words(found.game, said.profile)
    chances = chances_of(found.game, found.reported)
    numbers: dict[str, Callable[[Floats], float]] = {
        f"If {words}, all accounts and funds together get more than in the end": lambda w: float(w[best] - w @ chances),
        f"If {words}, they get more than in any other profile": lambda w: ahead_of_others(w.tolist(), best),
    }
    first, new = (played.outcome("welfare") for played in (found.played, fresh))
    several: Floats = bootstrap(lambda rows: rows.mean(axis=1), new, resamples=1000)
    for sentence, number in numbers.items():
        drawn = np.array([number(row) for row in several])
        yield Claim(sentence, number(first.mean(axis=0)), Estimate.of(number(new.mean(axis=0)), drawn), 0.0, "USD")
