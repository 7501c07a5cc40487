"""What fresh seeds say of the sentences about a game, on one screen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from cascade_sim.cli.game_tables import show, show_table
from cascade_sim.cli.tables import plain_table

if TYPE_CHECKING:
    from rich.table import Table

    from cascade_sim.experiments.games.reporting.claims import Claim
    from cascade_sim.experiments.games.reporting.confirmation import Confirmation
    from cascade_sim.experiments.games.reporting.findings import Findings

__all__ = ["print_confirmed"]

_NOTHING = 1e-6  # USD, and shares: rounding

_HOW_TO_READ = """
Nothing was chosen while looking at these. Behind every sentence stands a number: what leaving a choice costs, or by how
much one thing pays more than another. The sentence is true if the number is above the bound. It holds if the whole 95 %
interval is above, it does not if the whole interval is below, and otherwise it is undecided. Of many sentences one or
another misses by luck alone.
"""


def print_confirmed(confirmed: "Confirmation", found: "Findings") -> None:
    """Print every sentence about what was found with what the fresh seeds say of it."""
    typer.echo()
    show(f"Fresh luck: the same choices with seeds {confirmed.seeds[0]} to {confirmed.seeds[-1]}", bold=True)
    show(_HOW_TO_READ)
    typer.echo()
    show_table(_claims(confirmed))
    typer.echo()
    for row in confirmed.chances.itertuples():
        now = f"{row.fresh:.1%} ({row.low:.1%} to {row.high:.1%}) now"
        show(f"Chance of {row.strategy!r} ({row.role}): {row.first:.1%} was found, {now}: {row.verdict}.")
    show(_payoffs(confirmed, found))


def _claims(confirmed: "Confirmation") -> "Table":
    table = plain_table()
    table.add_column("what was said")
    for head in ("first seeds", "fresh seeds", "bound"):
        table.add_column(head, justify="right")
    table.add_column("verdict")
    for claim in confirmed.claims:
        table.add_row(claim.sentence, *_numbers(claim), claim.verdict)
    return table


def _numbers(claim: "Claim") -> tuple[str, str, str]:
    fresh = claim.fresh
    return (
        _number(claim.first),
        f"{_number(fresh.value)} ({_number(fresh.low)} to {_number(fresh.high)})",
        _number(claim.least),
    )


def _number(value: float) -> str:
    if abs(value) < _NOTHING:
        return "0"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _payoffs(confirmed: "Confirmation", found: "Findings") -> str:
    """How many payoffs are not what they were."""
    from cascade_sim.experiments.games.questions.labels import labelled_table
    from cascade_sim.experiments.games.reporting.words import profile_in_words

    payoffs = labelled_table(found.played.question, found.game, confirmed.payoffs)
    other = payoffs[payoffs["differs"]]
    if other.empty:
        return f"Payoffs: none of {len(payoffs)} differs from the first seeds' by more than luck explains."
    rows: Iterable[Any] = other.itertuples()
    named = "; ".join(
        f"{row.strategy!r} ({row.role}) if {profile_in_words(found.game, row.profile)}: "
        f"{_number(row.first)} before, {_number(row.fresh)} now"
        for row in rows
    )
    return f"Payoffs: {len(other)} of {len(payoffs)} differ from the first seeds' by more than luck explains. {named}."
