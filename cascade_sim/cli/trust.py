"""The simulator against theory and against real events: `cascade-sim validate-theory`, `calibrate`."""

from pathlib import Path
from typing import Annotated

import typer

from cascade_sim.cli.app import Debug, UsageError, announce_compilation, app, explained, new_place
from cascade_sim.progress import bars


@app.command()
def validate_theory(
    studies: Annotated[list[str] | None, typer.Argument(help="Names of studies; default: all.")] = None,
    small: Annotated[bool, typer.Option("--small", help="Fewer repetitions: a look, not a verdict to quote.")] = False,
    out: Annotated[Path | None, typer.Option(help="New CSV file for the lines.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the studies and stop.")] = False,
    debug: Debug = False,
) -> None:
    """Reproduce published and closed-form results: target, simulated, tolerance, verdict.

    All send their orders through the exchange, but for those of systemic risk, which check formulas without a market.
    """
    with explained(debug):
        from cascade_sim.experiments.validation.studies import STUDIES, about, run_study
        from cascade_sim.experiments.validation.verdict import Line, as_frame

        names = studies or list(STUDIES)
        unknown = [name for name in names if name not in STUDIES]
        if unknown:
            raise UsageError(f"study {unknown[0]!r} is not one of {', '.join(STUDIES)}")
        if list_:
            for name in names:
                typer.echo(f"{name:22} {about(name)}")
            return
        new_place(out)
        announce_compilation()
        lines: list[Line] = []
        for name in names:
            typer.echo(f"{name}: {about(name)}")
            found = run_study(name, small)
            for line in found:
                met = "met" if line.met else "NOT MET"
                numbers = f"target {line.wanted:.6g}, simulated {line.simulated:.6g} (tolerance {line.tolerance})"
                typer.echo(f"  {met:7}  {line.quantity}: {numbers}" + (f"; {line.reason}" if line.reason else ""))
            lines += found
        missed = [line for line in lines if not line.met]
        typer.echo(f"{len(lines) - len(missed)} of {len(lines)} targets met.")
        if out is not None:
            as_frame(lines).to_csv(out, index=False)
        if missed:
            raise typer.Exit(1)


@app.command()
def calibrate(
    file: Annotated[Path, typer.Argument(help="Calibration file: what is fitted to which events.")],
    out: Annotated[Path, typer.Option(help="Folder; one of the same calibration is continued.")],
    seeds: Annotated[int | None, typer.Option(help="In place of the file's number of seeds.")] = None,
    evaluations: Annotated[int | None, typer.Option(help="In place of the file's number of points.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; default: one a core.", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no report.")] = False,
    debug: Debug = False,
) -> None:
    """Fit settings to facts of real events, and say how far off an event is that was held out."""
    with explained(debug):
        from cascade_sim.experiments.calibration.command import calibrate as fit

        announce_compilation()
        with bars(quiet) as progress:
            text = fit(file, out, seeds, evaluations, workers, progress)
        if not quiet:
            typer.echo(text)
