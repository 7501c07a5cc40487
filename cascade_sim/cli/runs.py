"""One scenario at a time: `cascade-sim run`, `scenarios`, `show`, `validate`, `plot`, `bench`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cascade_sim.cli.app import (
    Debug,
    ScenarioName,
    Settings,
    UsageError,
    announce_compilation,
    app,
    explained,
    load,
    new_place,
)
from cascade_sim.progress import bars


@app.command()
def run(
    scenario: ScenarioName = "flash-crash",
    set_: Settings = None,
    seed: Annotated[
        int | None, typer.Option(help="Of all luck; the same seed gives the same run.", min=0, max=2**63 - 1)
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Number of steps (of 1 s, unless set) after the burn-in.", min=1)
    ] = None,
    prices: Annotated[Path | None, typer.Option(help="CSV of one-minute bars that fundamental value follows.")] = None,
    news_share: Annotated[
        float | None, typer.Option(help="Part of the file's moves taken as news.", min=0.0, max=1.0)
    ] = None,
    positions: Annotated[Path | None, typer.Option(help="CSV of positions held at the start.")] = None,
    out: Annotated[Path | None, typer.Option(help="New folder for tables, events and figures.")] = None,
    counterfactual: Annotated[bool, typer.Option(help="Run again without the impact of liquidations.")] = True,
    figures: Annotated[bool, typer.Option(help="Draw figures into the folder.")] = True,
    replays: Annotated[
        int,
        typer.Option(
            help="With --prices, unless --news-share is given: seeds to score the replays with; 0: none.", min=0
        ),
    ] = 50,
    events: Annotated[bool, typer.Option("--events", help="Print the run step by step; for small scenarios.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    debug: Debug = False,
) -> None:
    """Run a scenario and say what happened: how far markets fell, why, who was liquidated, who paid."""
    with explained(debug):
        new_place(out)
        settings = [*_options(steps, prices, news_share, positions, scenario, set_ or []), *(set_ or [])]
        chosen = load(scenario, settings)
        from cascade_sim.memory import check_size
        from cascade_sim.runner import fresh_seed
        from cascade_sim.runner import run as run_scenario

        seed = fresh_seed() if seed is None else seed
        check_size(chosen)  # `run` does too, but nobody should wait for a compilation to be refused
        announce_compilation()
        with bars(quiet) as progress:
            result = run_scenario(chosen, seed, counterfactual, progress)
            if prices is not None and news_share is None and replays > 0:
                from cascade_sim.experiments.replay import score_both

                first = min(seed, 2**63 - replays)
                result.scores = score_both(chosen, range(first, first + replays), progress=progress)
        if out is not None:
            result.save(out, figures=figures)
        if not quiet:
            from cascade_sim.cli.run_report import print_chronicle, print_summary

            if events:
                print_chronicle(result)
            print_summary(result, out)


def _options(
    steps: int | None,
    prices: Path | None,
    news_share: float | None,
    positions: Path | None,
    scenario: str,
    given: list[str],
) -> list[str]:
    """Options of `run` as settings."""
    settings = []
    if prices is not None:
        settings += [f"prices.file={json.dumps(str(prices))}", "news=[]"]
        if not any(item.startswith("duration=") for item in given) and steps is None:
            settings.append("duration=null")
    if news_share is not None:
        if prices is None:
            raise UsageError("--news-share needs --prices: it says which part of the file's moves is news")
        settings.append(f"prices.news_share={news_share}")
    if positions is not None:
        from cascade_sim.scenario.load import derivatives_venue

        settings += [f"positions.file={json.dumps(str(positions))}", f"positions.venue={derivatives_venue(scenario)}"]
    if steps is not None:
        step = load(scenario, given).step
        settings.append(f"duration={steps * step}")
    return settings


@app.command()
def scenarios() -> None:
    """List the shipped scenarios and venue rule files."""
    from rich.console import Console
    from rich.table import Table

    from cascade_sim.scenario.load import load_scenario, preset_names, venue_names, venue_rules

    table = Table(box=None, pad_edge=False)
    table.add_column("scenario")
    table.add_column("what it is")
    for name in preset_names():
        table.add_row(name, load_scenario(name).title)
    table.add_section()
    for name in venue_names():
        rules = venue_rules(name)
        table.add_row(f"venue rules: {name}", f"{rules['title']} ({rules['date']})")
    Console().print(table)


@app.command()
def show(scenario: ScenarioName, set_: Settings = None, debug: Debug = False) -> None:
    """Print a scenario with every value, its unit and its source."""
    with explained(debug):
        from cascade_sim.scenario.show import describe

        for line in describe(load(scenario, set_ or [])):
            typer.echo(line)


@app.command()
def validate(file: Annotated[Path, typer.Argument(help="Scenario file.")], debug: Debug = False) -> None:
    """Check a scenario file; say everything that is wrong with it."""
    with explained(debug):
        chosen = load(str(file), [])
        typer.echo(f"{file}: {chosen.name} can be run")


@app.command()
def plot(
    folder: Annotated[Path, typer.Argument(help="Folder that `run --out` wrote.")],
    out: Annotated[Path | None, typer.Option(help="Folder for the figures; default: figures in it.")] = None,
    gif: Annotated[bool, typer.Option("--gif", help="Write a moving picture of each perpetual too; slow.")] = False,
    debug: Debug = False,
) -> None:
    """Draw the figures of a run again."""
    with explained(debug):
        from cascade_sim.folders import whole_folder
        from cascade_sim.results import Result

        result, target = Result.load(folder), out or folder / "figures"
        with whole_folder(target) as half:
            files = result.draw(half, animated=gif)
        for file in files:
            typer.echo(target / file.name)


@app.command()
def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Small sizes: a minute instead of several.")] = False,
    sweeps: Annotated[
        int | None, typer.Option(metavar="RUNS", help="Measure sweeps instead, of so many runs of an hour.", min=2)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="New file for the figures as JSON.")] = None,
    debug: Debug = False,
) -> None:
    """Measure speed, as ratios against a naive Python book (and a C++ one) in the same run."""
    with explained(debug):
        new_place(out)
        from cascade_sim.bench.report import report, sweep_report

        typer.echo("Measuring; keep the machine idle meanwhile ...", err=True)
        announce_compilation()
        if sweeps is not None:
            sweep_report(sweeps, out)
        else:
            report(quick, out)
