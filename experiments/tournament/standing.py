"""Who earned what against whom, with intervals, and which places can be told apart."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from cascade_sim.experiments.games.normal_form import Game, Role
from cascade_sim.experiments.games.profiles import Counts
from cascade_sim.experiments.statistics.intervals import student_interval
from cascade_sim.experiments.tournament.rounds import Tournament

__all__ = ["Standing"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """What a tournament says.

    Attributes
    ----------
    tournament : Tournament
    """

    tournament: Tournament

    @cached_property
    def names(self) -> list[str]:
        """Of the entrants that played."""
        return [entrant.name for entrant in self.tournament.entrants]

    @cached_property
    def earned(self) -> Floats:
        """Profit over deposit of one against another, mean of both seats, shape (seeds, entrants, entrants)."""
        place, size = {name: k for k, name in enumerate(self.names)}, len(self.names)
        seeds = {seed: k for k, seed in enumerate(self.tournament.seeds)}
        total = np.zeros((len(seeds), size, size))
        for match, outcome in zip(self.tournament.matches, self.tournament.outcomes, strict=True):
            if len(match.seats) == 2:
                i, j = (place[entrant.name] for entrant in match.seats)
                # Every cell gets two numbers: one from either order, or both seats of a match against a copy.
                total[seeds[match.seed], i, j] += outcome.profits[0] / 2
                total[seeds[match.seed], j, i] += outcome.profits[1] / 2
        return total / self.tournament.terms.deposit

    @cached_property
    def alone(self) -> Floats:
        """Profit over deposit with no other entrant in the market, shape (seeds, entrants)."""
        rows = [
            outcome.profits[0]
            for match, outcome in zip(self.tournament.matches, self.tournament.outcomes, strict=True)
            if len(match.seats) == 1
        ]
        return np.array(rows).reshape(len(self.tournament.seeds), len(self.names)) / self.tournament.terms.deposit

    @cached_property
    def scores(self) -> Floats:
        """Mean over all others, shape (seeds, entrants)."""
        others = ~np.eye(len(self.names), dtype=bool)
        scores: Floats = self.earned.mean(axis=2, where=others[None])
        return scores

    @cached_property
    def _better(self) -> npt.NDArray[np.bool_]:
        """Whether one is above another with all statements together 95 % sure, shape (entrants, entrants).

        Paired differences over seeds with Student's intervals, at a level that is Bonferroni's (Dunn, 1961, "Multiple
        comparisons among means", J. American Statistical Association 56) for all pairs.
        """
        size = len(self.names)
        level = 1.0 - 0.05 / max(size * (size - 1) / 2, 1)
        better = np.zeros((size, size), bool)
        for i in range(size):
            for j in range(size):
                _, low, _ = student_interval(self.scores[:, i] - self.scores[:, j], level)
                better[i, j] = i != j and low > 0.0
        return better

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row an entrant, best first; money over the deposit.

        ``place``, ``from`` and ``to`` (between which places its true one lies), ``entrant``, ``kind``, ``score`` with
        ``low`` and ``high`` (95 % over seeds), ``alone``, ``best_against`` and ``worst_against``, ``trades`` a match,
        ``liquidated`` (share of matches), ``lost_turns``, ``first_fault``.
        """
        frame = pd.DataFrame([self._row(k) for k in range(len(self.names))])
        frame = frame.sort_values(["score", "entrant"], ascending=[False, True], ignore_index=True)
        frame.insert(0, "place", np.arange(1, len(frame) + 1))
        return frame

    def _row(self, k: int) -> dict[str, object]:
        entrant = self.tournament.entrants[k]
        score, low, high = student_interval(self.scores[:, k])
        against = self.earned.mean(axis=0)[k]
        others = [other for other in range(len(self.names)) if other != k]
        kind = "student" if entrant.is_student else "built in"
        mean = dict(zip(("trades", "liquidated"), self._in_matches(entrant.name), strict=True))
        faults = [fault for o in self.tournament.outcomes for fault in o.faults if fault.entrant == entrant.name]
        words = f"{entrant.file}, {entrant.class_name}, at {faults[0].time:.1f} s: {faults[0].error}" if faults else ""
        return {
            "from": 1 + int(self._better[:, k].sum()),
            "to": len(self.names) - int(self._better[k].sum()),
            "entrant": entrant.name,
            "kind": kind,
            "score": score,
            "low": low,
            "high": high,
            "alone": float(self.alone[:, k].mean()),
            "best_against": self.names[max(others, key=lambda other: against[other])],
            "worst_against": self.names[min(others, key=lambda other: against[other])],
            **mean,
            "lost_turns": len(faults),
            "first_fault": words.replace("at nan s: ", ""),
        }

    def _in_matches(self, name: str) -> tuple[float, float]:
        """Trades a match, and share of matches in which it was liquidated."""
        trades, sold = [], []
        for match, outcome in zip(self.tournament.matches, self.tournament.outcomes, strict=True):
            for seat, entrant in enumerate(match.seats):
                if entrant.name == name:
                    trades.append(outcome.trades[seat])
                    sold.append(outcome.liquidated[seat])
        return float(np.mean(trades)), float(np.mean(sold))

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """Mean profit over deposit of the row's entrant against the column's, both in the order of the ranking."""
        order = self.table["entrant"].tolist()
        means = pd.DataFrame(self.earned.mean(axis=0), index=self.names, columns=self.names)
        return means.loc[order, order]

    def game(self) -> Game:
        """Two players who choose an entrant each, and are paid what it earned against the other's, over the deposit."""
        paid = self.earned.mean(axis=0)

        def payoff(own: int, counts: Counts) -> float:
            others = [k for k, count in enumerate(counts) for _ in range(count - (k == own))]
            return float(paid[own, others[0]])

        return Game.symmetric(Role("entrants", tuple(self.names), 2), payoff, "over the deposit")
