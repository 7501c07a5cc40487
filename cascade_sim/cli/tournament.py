"""Students' agents against each other: `cascade-sim tournament`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cascade_sim.cli.app import Debug, Settings, UsageError, announce_compilation, app, explained, load, new_place
from cascade_sim.progress import bars

if TYPE_CHECKING:
    import pandas as pd

    from cascade_sim.experiments.tournament.standing import Standing
    from cascade_sim.scenario.scenario import Scenario

_EVERYBODY = "Trader,Hunter,Maker,Rest"


@app.command(epilog="Example: cascade-sim tournament --new mine, then cascade-sim tournament mine --out result")
def tournament(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Students' files or folders. Their code is executed on this machine, with your rights: read it first."
        ),
    ] = None,
    new: Annotated[
        Path | None, typer.Option("--new", metavar="FOLDER", help="Write examples and the exercise sheet there.")
    ] = None,
    scenario: Annotated[str, typer.Option(help="Where they trade: name or file.")] = "one-market",
    set_: Settings = None,
    seeds: Annotated[int, typer.Option(help="Number of seeds; every pair plays each of them twice.", min=1)] = 10,
    against: Annotated[str, typer.Option(help="Built-in entrants, with commas; none: only students.")] = _EVERYBODY,
    deposit: Annotated[float, typer.Option(help="USD that everybody begins with.")] = 200_000.0,
    limit: Annotated[float, typer.Option(help="Seconds of real time that a match may take.", min=1.0)] = 120.0,
    out: Annotated[Path | None, typer.Option(help="New folder for the page and the tables.")] = None,
    workers: Annotated[int | None, typer.Option(help="Matches at a time; default: one a core.", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Let students' agents play each other and built-in ones, in a round robin on equal luck.

    A file holds one or more subclasses of cascade_sim.agents.Agent with a method `decide`. Whoever makes mistakes or is
    too slow loses turns, and the others play on. The files are executed, each match in a process of its own; this is no
    sandbox: run only code that you would run anyway.
    """
    with explained(debug):
        if new is not None:
            _begin(new)
            return
        if not files:
            raise UsageError("which agents? Give Python files, or write some to begin with by --new FOLDER")
        new_place(out)
        standing, shares = _hold(files, against, load(scenario, set_ or []), seeds, deposit, limit, workers, quiet)
        if out is not None:
            from cascade_sim.experiments.tournament.files import save

            page = save(standing, shares, out)
        _report(standing, shares)
        if out is not None:
            typer.echo(f"Open {page} in a browser; it needs no network.")


def _begin(folder: Path) -> None:
    from cascade_sim.experiments.tournament.files import write_examples

    new_place(folder, "--new")
    for file in write_examples(folder):
        typer.echo(file)
    typer.echo(f"Now read {folder}/exercise-sheet.md, and play (a minute or two):")
    typer.echo(f"  cascade-sim tournament {folder} --seeds 3 --out result")


def _hold(
    files: list[Path],
    against: str,
    scenario: "Scenario",
    seeds: int,
    deposit: float,
    limit: float,
    workers: int | None,
    quiet: bool,
) -> "tuple[Standing, pd.DataFrame]":
    from cascade_sim.experiments.tournament.entrants import built_in, read_entrants

    names = [name.strip() for name in against.split(",") if name.strip() not in ("", "none")]
    entrants = [*read_entrants(files), *built_in(names)]
    announce_compilation()
    from cascade_sim.experiments.tournament.evolution import replay
    from cascade_sim.experiments.tournament.referee import Limits
    from cascade_sim.experiments.tournament.rounds import hold, terms_of
    from cascade_sim.experiments.tournament.standing import Standing

    with bars(quiet) as progress:
        terms = replace(terms_of(scenario, deposit), limits=Limits(run=limit))
        held = hold(entrants, scenario, range(seeds), workers=workers, progress=progress, terms=terms)
    standing = Standing(held)
    return standing, replay(standing)


def _report(standing: "Standing", shares: "pd.DataFrame") -> None:
    from cascade_sim.experiments.tournament.verdicts import verdicts, winner

    for name, words in verdicts(standing, shares):
        typer.echo(f"{name}: {words}")
    typer.echo(f"\n{winner(standing)}\nDigest {standing.tournament.digest}")
