"""Margin tiers of an asset: `cascade-sim tiers`."""

from pathlib import Path
from typing import Annotated

import typer

from cascade_sim.cli.app import Debug, announce_compilation, app, explained, new_place
from cascade_sim.progress import bars


@app.command(epilog="Example: cascade-sim tiers btc-like --out tiers")
def tiers(
    asset: Annotated[str, typer.Argument(help="Shipped asset (btc-like, thin-altcoin), or path of a YAML file.")],
    out: Annotated[Path | None, typer.Option(help="New folder for tiers, tables and the figure.")] = None,
    workers: Annotated[int | None, typer.Option(help="Days at a time; default: one a core.", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Find the smallest margins that keep the worst days' bad debt below the insurance fund.

    The worst days are those of the expected shortfall, by default the worst 1 %: they are run through the exchange with
    news drawn from the law that the file states. Margins chosen so are then tried on other days, and stepped up until
    they hold there too.
    """
    with explained(debug):
        new_place(out)
        from cascade_sim.experiments.margin_tiers.asset import read_asset

        chosen = read_asset(asset)
        announce_compilation()
        from cascade_sim.experiments.margin_tiers.command import find_tiers, save
        from cascade_sim.experiments.margin_tiers.words import in_words, table

        with bars(quiet) as progress:
            found = find_tiers(chosen, workers, progress)
        words = in_words(found)
        if out is not None:
            save(found, words, out)
        for line in words:
            typer.echo(line)
        if found.chosen:
            _print(table(found))
        if out is not None:
            typer.echo(f"Tables and the figure are in {out}.")


def _print(rows: list[tuple[str, str, str, str]]) -> None:
    from rich.console import Console

    from cascade_sim.cli.tables import plain_table

    shown = plain_table("position from", "maintenance", "leverage", "by the search alone", words=())
    for row in rows:
        shown.add_row(*row)
    Console(width=None if Console().is_terminal else 100).print(shown)
