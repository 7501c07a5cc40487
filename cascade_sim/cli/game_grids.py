"""A game over a grid of settings, on the terminal: one line a cell."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cascade_sim.amounts import money
from cascade_sim.cli.app import UsageError, announce_compilation
from cascade_sim.cli.game_tables import show, show_table
from cascade_sim.cli.tables import plain_table
from cascade_sim.progress import bars

if TYPE_CHECKING:
    from cascade_sim.experiments.games.questions.question import GameQuestion
    from cascade_sim.experiments.games.reporting.grid_findings import GridFindings

__all__ = ["play_over"]


def play_over(
    question: "GameQuestion",
    across: Sequence[str],
    table: str | None,
    workers: int | None,
    out: Path | None,
    quiet: bool,
) -> None:
    """Play a game in every cell of a grid and say what is chosen there.

    Parameters
    ----------
    question : GameQuestion
    across : sequence of str
        Axes as ``PATH=A,B,C``.
    table : str or None
        Name of one of the game's own grids, instead of `across`.
    workers : int, optional
    out : pathlib.Path, optional
        A folder of the same grid is gone on with.
    quiet : bool
    """
    from cascade_sim.experiments.games.playing.grid import play_grid
    from cascade_sim.experiments.games.questions.grid import axes_of_options, axes_of_table
    from cascade_sim.experiments.games.reporting.grid_findings import GridFindings

    if across and table:
        raise UsageError("--across does not belong to --table: a table has axes of its own; give one of the two")
    axes = axes_of_table(question, table) if table else axes_of_options(question, across)
    announce_compilation()
    with bars(quiet) as progress:
        grid = play_grid(question, axes, workers, progress, out)
    found = GridFindings.of(grid)
    if out is not None:
        found.save(out)
    if not quiet:
        _print(found, out)


def _print(found: "GridFindings", out: Path | None) -> None:
    from cascade_sim.experiments.games.questions.grid import label_of

    question = found.grid.question
    show(question.title or question.name, bold=True)
    show(f"{len(found.grid.cells)} cells, {int(found.table['seeds'].iloc[0])} seeds, the same luck in every cell.")
    for name, axis in found.grid.axes.items():
        show(f"{name}: {label_of(name, axis)}.")
    typer.echo()
    show_table(_choices(found) if found.choices is not None else _shares(found))
    show(
        "In brackets: 95 % intervals. Debt: bad debt where it ends, with what accounts that nobody closed lack, in USD."
        if found.choices is None
        else "In brackets: 95 % intervals. *: what pays most."
    )
    if "paper" in found.table:
        show("Paper: the closed form for the prize that was measured where one alone comes.")
    if out is not None:
        typer.echo(f"\nTables and figures are in {out}.")


def _shares(found: "GridFindings") -> Any:
    """A line a cell: its values, the share of the first strategy of each role, and bad debt."""
    from cascade_sim.experiments.games.reporting.grid_table import share_column

    question, table, shown = found.grid.question, found.table, plain_table()
    first = {role: next(iter(own.strategies)) for role, own in question.roles.items()}
    paper = "paper" in table
    heads = [*found.grid.axes, *(f"{role}: {key}" for role, key in first.items())]
    for head in (*heads, *(["paper"] if paper else []), "debt"):
        shown.add_column(head, justify="right")
    for _, row in table.iterrows():
        values = [_value(row[name]) for name in found.grid.axes]
        shares = [_share(row, share_column(role, key)) for role, key in first.items()]
        shown.add_row(*values, *shares, *([f"{100 * row['paper']:.0f} %"] if paper else []), _amount(row, "debt"))
    return shown


def _choices(found: "GridFindings") -> Any:
    """A line a cell and choice of the leader: what it gets, and what the others then do."""
    assert found.choices is not None
    shown, axes = plain_table(), list(found.grid.axes)
    others = [name for name in map(str, found.choices) if ": " in name]
    for head in (*axes, "choice", "it gets", *others):
        shown.add_column(head, justify="right")
    for _, rows in found.choices.groupby(axes, sort=False):
        best = rows["payoff"].idxmax()
        for k, row in rows.iterrows():
            paid = f"{money(row['payoff'])} ({money(row['low'])} to {money(row['high'])}){' *' if k == best else '  '}"
            values = [_value(row[name]) for name in axes]
            shown.add_row(*values, str(row["choice"]), paid, *(f"{100 * row[name]:.0f} %" for name in others))
    return shown


def _value(value: Any) -> str:
    if isinstance(value, bool | str):
        return str(value)
    return money(float(value)) if abs(float(value)) >= 1e4 else f"{float(value):g}"


def _share(row: Any, column: str) -> str:
    share, low, high = (100 * float(row[name]) for name in (column, f"{column} low", f"{column} high"))
    return f"{share:.0f} % ({low:.0f} to {high:.0f})"


def _amount(row: Any, column: str) -> str:
    return f"{money(row[column])} ({money(row[f'{column} low'])} to {money(row[f'{column} high'])})"
