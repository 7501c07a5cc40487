"""What a lesson needs on paper: `cascade-sim worksheet`."""

from pathlib import Path
from typing import Annotated

import typer

from cascade_sim.cli.app import Debug, Settings, UsageError, announce_compilation, app, explained, load, new_place

__all__ = ["worksheet"]


@app.command(epilog="Example: cascade-sim worksheet --out worksheet.html --set orders.20.size=-15")
def worksheet(
    out: Annotated[Path, typer.Option(help="New HTML file.")] = Path("worksheet.html"),
    set_: Settings = None,
    debug: Debug = False,
) -> None:
    """Write the worksheet of the cascade by hand: a page to fill in and a page with the solution, to print on A4.

    With other settings it is another exercise; the solution is what happens with them.
    """
    with explained(debug):
        new_place(out)
        scenario = load("by-hand", set_ or [])
        announce_compilation()
        from cascade_sim.experiments.lessons.worksheet import write_worksheet

        try:
            file = write_worksheet(scenario, out)
        except ValueError as error:
            raise UsageError(str(error)) from None
        typer.echo(f"Written to {file}: open it in a browser and print it.")
