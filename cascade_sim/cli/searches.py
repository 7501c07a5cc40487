"""Questions about two points or many: `cascade-sim critical`, `compare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cascade_sim.cli.app import Debug, announce_compilation, app, explained
from cascade_sim.cli.sweeps import KEPT, Scheduler, Where, changes_of, cluster_of
from cascade_sim.progress import bars

if TYPE_CHECKING:
    import pandas as pd


@app.command(epilog="Example: cascade-sim critical leverage-maintenance --along leverage --over maintenance")
def critical(
    study: Annotated[
        str | None,
        typer.Argument(
            help="Shipped study or sweep file with the axes; default: leverage-maintenance, unless axes are given."
        ),
    ] = None,
    along: Annotated[str | None, typer.Option(help="Axis that is searched; default: the first.")] = None,
    over: Annotated[str | None, typer.Option(help="Axis for each of whose values it is searched.")] = None,
    scenario: Annotated[str | None, typer.Option(help="Scenario instead of the study's.")] = None,
    range_: Annotated[
        list[str] | None, typer.Option("--range", metavar="PATH=LOW:HIGH", help="Axis from low to high.")
    ] = None,
    grid: Annotated[list[str] | None, typer.Option(metavar="PATH=A,B,C", help="Axis with listed values.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Fix a setting.")] = None,
    event: Annotated[str | None, typer.Option(help="What counts as a cascade, e.g. 'cascade > 0.01'.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Seeds at every point to begin with.", min=2)] = None,
    most_seeds: Annotated[int, typer.Option(help="Seeds at one point at most.", min=2)] = 256,
    width: Annotated[float, typer.Option(help="Bracket that is narrow enough, as a share of the axis.")] = 0.02,
    out: Annotated[Path | None, typer.Option(help="Folder; the same search is gone on with.")] = None,
    workers: Annotated[int | None, typer.Option(help="Tasks at a time; default: one a core.", min=1)] = None,
    executor: Where = "local",
    scheduler: Scheduler = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Find where half of the runs cascade: check that the chance rises or falls throughout, then bisect."""
    with explained(debug, KEPT):
        from cascade_sim.experiments.sweeps.critical import find_boundary
        from cascade_sim.experiments.sweeps.question import read_question
        from cascade_sim.experiments.sweeps.reporting.boundary import describe, save_figure

        changes = changes_of(scenario, set_ or [], None, None, {"at_least": seeds}, event, None)
        source = study if study or grid or range_ else "leverage-maintenance"
        question = read_question(source, grid or [], range_ or [], changes, searched=True)
        axis, folder = along or next(iter(question.axes)), out or Path(f"{question.name}-critical")
        announce_compilation()
        with cluster_of(executor, scheduler) as cluster, bars(quiet) as progress:

            def tell(done: int, failed: int, whole: int) -> None:
                if progress is not None:
                    progress("runs", done, whole, "further points may follow")

            found = find_boundary(
                question,
                axis,
                folder,
                over,
                width=width,
                most_seeds=most_seeds,
                executor=cluster,
                workers=workers or (cluster.workers if cluster is not None else None),
                report=tell,
            )
        for line in describe(question, axis, over, found):
            typer.echo(line)
        typer.echo(save_figure(question, axis, over, found, folder / "boundary.png"))


@app.command(epilog="Example: cascade-sim compare one-market --with venues.perps.rules.liquidation.rule=full")
def compare(
    scenario: Annotated[str, typer.Argument(help="Scenario that both are made of.")] = "one-market",
    with_: Annotated[
        list[str] | None, typer.Option("--with", metavar="PATH=VALUE", help="What the second has.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Of both.")] = None,
    seeds: Annotated[int, typer.Option(help="Seeds, the same for both.", min=2)] = 30,
    out: Annotated[Path | None, typer.Option(help="Folder for the runs; default: compare-SCENARIO.")] = None,
    workers: Annotated[int | None, typer.Option(help="Tasks at a time; default: one a core.", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Compare two scenarios on equal luck: effect on every outcome, interval, variance saved by pairing."""
    with explained(debug, KEPT):
        from cascade_sim.experiments.sweeps.compare import compare as run_both
        from cascade_sim.experiments.sweeps.compare import comparison
        from cascade_sim.experiments.sweeps.question import read_question

        paths = [text.partition("=")[0] for text in with_ or [""]]
        axis = {"label": "Changed", "values": [0, 1], "set": paths}
        changes = changes_of(scenario, set_ or [], None, None, {"at_least": seeds}, None, None)
        changes |= {"name": "compare", "axes": {"changed": axis}}
        design = comparison(read_question(None, changes=changes), tuple(set_ or ()), tuple(with_ or ()))
        announce_compilation()
        with bars(quiet) as progress:

            def tell(done: int, failed: int, whole: int) -> None:
                if progress is not None:
                    progress("runs", done + failed, whole)

            table = run_both(design, out or Path(f"compare-{Path(scenario).stem}"), workers, tell)
        _print_effects(table, seeds)


def _print_effects(table: "pd.DataFrame", seeds: int) -> None:
    from rich.console import Console

    from cascade_sim.cli.tables import plain_table
    from cascade_sim.experiments.sweeps.outcomes import OUTCOMES

    shown = plain_table("outcome", "before", "after", "effect", "95 % interval", "variance saved")
    for outcome, row in table.iterrows():
        saved = "" if row["variance_reduction"] != row["variance_reduction"] else f"x {row['variance_reduction']:.1f}"
        label = f"{OUTCOMES[str(outcome)].label}" + (" (USD)" if OUTCOMES[str(outcome)].unit == "USD" else "")
        numbers = [f"{row[name]:,.4g}" for name in ("before", "after", "effect")]
        shown.add_row(label, *numbers, f"{row['low']:,.4g} to {row['high']:,.4g}", saved)
    console = Console(width=None if Console().is_terminal else 120)
    console.print(shown)
    console.print(f"{seeds} seeds, the same before and after; variance saved: independent seeds over equal ones.")
