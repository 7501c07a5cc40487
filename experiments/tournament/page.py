"""The page of a tournament, in one file."""

from typing import Any

import pandas as pd

from cascade_sim.experiments.sweeps.reporting.page import Section, page
from cascade_sim.experiments.tournament.evolution import GENERATIONS
from cascade_sim.experiments.tournament.standing import Standing
from cascade_sim.experiments.tournament.verdicts import could_be, per_cent, verdicts, winner
from cascade_sim.plots.tournament import plot_evolution, plot_matrix, plot_ranking, plot_trading

__all__ = ["tournament_page"]

_RULES = """\
Everybody begins every match with {deposit} USD on {venue} and trades in the scenario {scenario} until its end. A match
is between two; the seats are swapped, and every pair meets on the same {seeds} seeds (the same luck). The score is the
profit through the exchange: what is left at the end, with positions at the mark price, less the deposit, over the
deposit. Fees, funding and what a liquidation cost are in it.

Python agents are asked once a second at most, and their orders take a tenth of a second. A turn that raises an error,
wants what can't be sent, keeps the view, or takes longer than {seconds} s is lost; after ten lost turns, or an endless
one, the agent sits out the rest of the match.

Intervals are 95 % over seeds. Two places are told apart where the paired difference is above zero with all such
statements together 95 % sure; otherwise the table says which places an entrant could have.

Digest of everything that happened: {digest}. The same files, scenario and seeds give the same digest.
"""


def _ranking(standing: Standing) -> pd.DataFrame:
    """The table as people read it."""
    rows = []
    for _, row in standing.table.iterrows():
        interval = f"{per_cent(row['low'])} to {per_cent(row['high'])}" if row["low"] == row["low"] else "-"
        words = {
            "place": could_be(row),
            "entrant": row["entrant"],
            "who": row["kind"],
            "a match": per_cent(row["score"]),
        }
        words |= {"95 % interval": interval, "alone": per_cent(row["alone"]), "trades": f"{row['trades']:.0f}"}
        rows.append(words | {"liquidated": f"{row['liquidated']:.0%}", "lost turns": str(row["lost_turns"])})
    for entrant in standing.tournament.excluded:
        rows.append(dict.fromkeys(rows[0], "-") | {"entrant": entrant.name, "who": "student", "place": "did not play"})
    frame = pd.DataFrame(rows)
    return frame[["entrant", *(name for name in frame.columns if name != "entrant")]]


def _seats(standing: Standing) -> dict[str, tuple[Any, Any]]:
    """Price and own trades of every student who traded, alone in the market, on the first seed."""
    shown = {}
    for match, outcome in zip(standing.tournament.matches, standing.tournament.outcomes, strict=True):
        if outcome.price is not None and outcome.trades[0] > 0:
            shown[match.seats[0].name] = outcome.price, outcome.marks[0]
    return shown


def _rules(standing: Standing) -> str:
    held = standing.tournament
    terms = held.terms
    return _RULES.format(
        deposit=f"{terms.deposit:,.0f}",
        venue=terms.venue,
        scenario=terms.scenario["name"],
        seeds=len(held.seeds),
        seconds=f"{terms.limits.decision:g}",
        digest=held.digest,
    )


def tournament_page(standing: Standing, shares: pd.DataFrame) -> str:
    """HTML of the page; nothing in it is fetched from elsewhere."""
    lines = "\n\n".join(f"{name}: {words}" for name, words in verdicts(standing, shares))
    sections = [
        Section("Ranking", figure=plot_ranking(standing.table), table=_ranking(standing)),
        Section("One line for each", lines),
        Section(
            "Who earns what against whom",
            "Each row is an entrant, each column whom it met; the numbers are per cent of its money in a match.",
            plot_matrix(standing.matrix),
        ),
        Section(
            "If losers copied winners",
            f"All begin with equal shares of a crowd. For {GENERATIONS} generations each share grows as far as it "
            "earns more than the average of the crowd it meets (replicator dynamics on the measured payoffs).",
            plot_evolution(shares),
        ),
    ]
    seats = _seats(standing)
    if seats:
        words = "Each student's agent with no other entrant in the market, on the first seed: where it bought and sold."
        sections.append(Section("What they did", words, plot_trading(seats, standing.tournament.terms.market)))
    sections.append(Section("The rules", _rules(standing)))
    return page("Tournament", winner(standing), sections)
