"""A designer's trade-off: `cascade-sim design`."""

from pathlib import Path
from typing import Annotated

import typer

from cascade_sim.cli.app import Debug, announce_compilation, app, explained
from cascade_sim.progress import bars

_HOW = (
    "On fresh days with 95 % intervals; below, on the days of the search, by which they were chosen; below that, less "
    "the first candidate on equal luck."
)
_KEPT = "every candidate that was finished is kept; the same command goes on"


@app.command(epilog="Example: cascade-sim design one-perpetual --trials 32 --out designs")
def design(
    file: Annotated[str, typer.Argument(help="Shipped design (one-perpetual), or path of a YAML file.")] = (
        "one-perpetual"
    ),
    trials: Annotated[int | None, typer.Option(help="Candidates in all; default: what the file says.", min=1)] = None,
    seeds: Annotated[
        int | None,
        typer.Option(help="Days that each candidate is measured on: a multiple of the file's strata (16).", min=4),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; the same search is gone on with.")] = None,
    workers: Annotated[int | None, typer.Option(help="Candidates at a time; default: one a core.", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Search a venue's rules for those that nothing beats in bad debt, traders' welfare, revenue and efficiency.

    Traders choose their leverage and makers their depth anew under each candidate, until nobody gains much by choosing
    otherwise. What is on the frontier is measured again on fresh days, and against the first candidate on equal luck;
    then each rule is changed alone, to see what it does.
    """
    with explained(debug, _KEPT):
        from cascade_sim.experiments.design_search.question import read_design

        question = read_design(file, seeds, trials)
        announce_compilation()
        from cascade_sim.experiments.design_search.command import design as search

        with bars(quiet) as progress:
            found = search(question, out or Path(f"design-{question.name}"), workers, progress)
        for line in found.words:
            typer.echo(line)
        _print("on the frontier for", 1, found.rows)
        typer.echo(_HOW)
        if found.rules:
            typer.echo("\nWhat each rule does, one changed at a time, with everybody adjusting:")
            _print("changed|traders' leverage|makers' depth", 0, found.rules)


def _print(about: str, letters: int, rows: list[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table

    from cascade_sim.experiments.design_search.objectives import OBJECTIVES

    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_lines=True)
    for name in [""] * letters + about.split("|"):
        shown.add_column(name)
    for objective in OBJECTIVES.values():
        unit = f", {objective.unit}" if objective.unit != "1" else ""
        shown.add_column(f"{objective.label}{unit}", justify="right")
    for row in rows:
        shown.add_row(*row)
    console = Console(width=None if Console().is_terminal else 150)
    console.print(shown)
