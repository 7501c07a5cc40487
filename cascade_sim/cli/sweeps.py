"""Many runs: `cascade-sim sweep`, `merge`, `report`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cascade_sim.cli.app import Debug, UsageError, announce_compilation, app, explained
from cascade_sim.progress import bars

if TYPE_CHECKING:
    import pandas as pd

    from cascade_sim.experiments.sweeps.cluster import Cluster
    from cascade_sim.experiments.sweeps.stored import Sweep

_KEPT = "finished runs are kept; the same command goes on where it stopped"


@app.command(
    epilog="Example: cascade-sim sweep --scenario one-market --grid news.0.move=-0.02,-0.05 --seeds 9 --out small"
)
def sweep(
    study: Annotated[
        str | None, typer.Argument(help="Name of a shipped study, or path of a sweep file; see --list.")
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="Scenario instead of the study's.")] = None,
    grid: Annotated[list[str] | None, typer.Option(metavar="PATH=A,B,C", help="Axis with listed values.")] = None,
    range_: Annotated[
        list[str] | None, typer.Option("--range", metavar="PATH=LOW:HIGH:COUNT", help="Axis from low to high.")
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Fix a setting.")] = None,
    sample: Annotated[
        str | None, typer.Option(help="grid, latin-hypercube, sobol, saltelli or morris; all but grid need --cells.")
    ] = None,
    cells: Annotated[int | None, typer.Option(help="Cells of a sample.", min=1)] = None,
    seeds: Annotated[int | None, typer.Option(help="Seeds in every cell.", min=1)] = None,
    half_width: Annotated[
        float | None, typer.Option(help="Go on in a cell until its 95 % interval is this tight; needs --most-seeds.")
    ] = None,
    most_seeds: Annotated[int | None, typer.Option(help="Seeds in a cell at most, with --half-width.", min=1)] = None,
    outcome: Annotated[
        str | None, typer.Option(help="Outcome, or event, whose interval --half-width is about.")
    ] = None,
    event: Annotated[str | None, typer.Option(help="What counts as a cascade, e.g. 'cascade > 0.01'.")] = None,
    twin: Annotated[
        bool | None, typer.Option("--twin/--no-twin", help="Run each again without the impact of liquidations.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder; one of the same sweep is gone on with.")] = None,
    workers: Annotated[int | None, typer.Option(help="Tasks at a time; default: one a core.", min=1)] = None,
    executor: Annotated[str, typer.Option(help="local, or dask with --scheduler.")] = "local",
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")] = None,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Run only the i-th of n parts; see merge.")] = "1/1",
    resume: Annotated[bool, typer.Option(help="Go on with a folder that exists.")] = True,
    retries: Annotated[int, typer.Option(help="Further attempts when a worker dies.", min=0)] = 2,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try failed runs again.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the shipped studies and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    debug: Debug = False,
) -> None:
    """Run a scenario over a design; stop it when you like, the same command goes on."""
    with explained(debug, _KEPT):
        if list_:
            _list_studies()
            return
        from cascade_sim.experiments.sweeps.design import make_design
        from cascade_sim.experiments.sweeps.question import read_question
        from cascade_sim.experiments.sweeps.runner import run_sweep

        more = {"half_width": half_width, "at_most": most_seeds, "outcome": outcome}
        changes = _changes(scenario, set_ or [], sample, cells, {"at_least": seeds} | more, event, twin)
        source = study if study or grid or range_ else "leverage-maintenance"
        question = read_question(source, grid or [], range_ or [], changes)
        design = make_design(question)
        folder = out or Path(question.name)
        announce_compilation()
        with _cluster(executor, scheduler) as cluster, bars(quiet) as progress:

            def report(done: int, failed: int, whole: int) -> None:
                if progress is not None:
                    progress("runs", done + failed, whole, f"{failed} failed" if failed else "")

            found = run_sweep(
                design,
                folder,
                executor=cluster,
                workers=workers or (cluster.workers if cluster is not None else None),
                resume=resume,
                retries=retries,
                retry_failed=retry_failed,
                shard=_shard(shard),
                report=report,
            )
        if not quiet:
            _summarise(found)
        if len(found.failures):
            raise typer.Exit(1)


def _changes(
    scenario: str | None,
    settings: list[str],
    sample: str | None,
    cells: int | None,
    seeds: dict[str, Any],
    event: str | None,
    twin: bool | None,
) -> dict[str, Any]:
    """Options as changes of the question."""
    given = {"scenario": scenario, "sample": sample, "cells": cells, "event": event, "twin": twin}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    chosen = {name: value for name, value in seeds.items() if value is not None}
    if chosen:
        changes["seeds"] = chosen
    if settings:
        import yaml

        pairs = [text.partition("=") for text in settings]
        wrong = [text for text, (path, equals, _) in zip(settings, pairs, strict=True) if not path or not equals]
        if wrong:
            raise UsageError(f"--set {wrong[0]}: must look like path=value, for example news.0.move=-0.1")
        changes["settings"] = {path: yaml.safe_load(value) for path, _, value in pairs}
    return changes


def _shard(text: str) -> tuple[int, int]:
    part, slash, parts = text.partition("/")
    if not (slash and part.isdigit() and parts.isdigit()):
        raise UsageError(f"--shard {text}: must look like 2/8, the second of eight parts")
    return int(part), int(parts)


@contextlib.contextmanager
def _cluster(kind: str, scheduler: str | None) -> Iterator["Cluster | None"]:
    """Connection to a Dask cluster; none for processes of this machine."""
    if kind not in ("local", "dask"):
        raise UsageError(f"--executor {kind}: must be local or dask")
    if (kind == "dask") != (scheduler is not None):
        raise UsageError("--executor dask and --scheduler ADDRESS belong together, e.g. --scheduler tcp://host:8786")
    if scheduler is None:
        yield None
        return
    from cascade_sim.experiments.sweeps.cluster import Cluster

    _hush("distributed")
    with Cluster(scheduler) as cluster:
        yield cluster


def _hush(library: str) -> None:
    """Leave it to us to say what a sweep can't cope with; Dask logs all it copes with too, tracebacks and all."""
    import importlib
    import logging

    with contextlib.suppress(ImportError):
        importlib.import_module(library)  # sets the levels of its loggers
    for name in logging.getLogger().manager.loggerDict:
        if name.startswith(library):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _list_studies() -> None:
    from rich.console import Console
    from rich.table import Table

    from cascade_sim.experiments.sweeps.question import read_question, study_names

    table = Table(box=None, pad_edge=False)
    table.add_column("study", no_wrap=True)
    table.add_column("what it asks")
    for name in study_names():
        table.add_row(name, read_question(name).question)
    Console().print(table)


def _summarise(found: "Sweep") -> None:
    """Say what was done and where it is."""
    from cascade_sim.experiments.sweeps.folder import folder_digest

    done, failed = len(found.runs), len(found.failures)
    typer.echo(
        f"{done} runs of {len(found.cells)} cells in {found.folder}" + (f", {failed} failed:" if failed else ".")
    )
    for row in found.failures.head(5).itertuples():
        typer.echo(f"  cell {row.cell}, seed {row.seed}: {row.error}")
    if failed:
        typer.echo("Try them again with --retry-failed.")
    typer.echo(f"Digest of the results {folder_digest(found.folder)}.")
    typer.echo(f"See them with: cascade-sim report {found.folder}")


@app.command()
def merge(
    parts: Annotated[list[Path], typer.Argument(help="Folders that sweep --shard wrote.")],
    out: Annotated[Path, typer.Option(help="Folder for the whole sweep.")],
    debug: Debug = False,
) -> None:
    """Put the parts of a sweep together that ran as shards."""
    with explained(debug):
        from cascade_sim.experiments.sweeps.shards import merge as put_together

        _summarise(put_together(parts, out))


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="Folder that sweep wrote.")],
    out: Annotated[Path | None, typer.Option(help="File; default: report.html in the folder.")] = None,
    figures: Annotated[Path | None, typer.Option(help="Folder for the figures as files too.")] = None,
    debug: Debug = False,
) -> None:
    """Write what a sweep found as one page: question, figures, tables, and the command that repeats it."""
    with explained(debug):
        from cascade_sim.experiments.sweeps.reporting.report import write_report
        from cascade_sim.experiments.sweeps.stored import load

        typer.echo(write_report(load(folder), out or folder / "report.html", figures))


@app.command()
def critical(
    study: Annotated[str | None, typer.Argument(help="Shipped study or sweep file with the axes.")] = None,
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Find where half of the runs cascade: check that the chance rises or falls throughout, then bisect."""
    with explained(debug, _KEPT):
        from cascade_sim.experiments.sweeps.critical import find_boundary
        from cascade_sim.experiments.sweeps.question import read_question
        from cascade_sim.experiments.sweeps.reporting.boundary import describe, save_figure

        changes = _changes(scenario, set_ or [], None, None, {"at_least": seeds}, event, None)
        source = study if study or grid or range_ else "leverage-maintenance"
        question = read_question(source, grid or [], range_ or [], changes, searched=True)
        axis, folder = along or next(iter(question.axes)), out or Path(f"{question.name}-critical")
        announce_compilation()
        with bars(quiet) as progress:

            def tell(done: int, failed: int, whole: int) -> None:
                if progress is not None:
                    progress("runs", done, whole)

            found = find_boundary(
                question, axis, folder, over, width=width, most_seeds=most_seeds, workers=workers, report=tell
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
    with explained(debug, _KEPT):
        from cascade_sim.experiments.sweeps.compare import compare as run_both
        from cascade_sim.experiments.sweeps.compare import comparison
        from cascade_sim.experiments.sweeps.question import read_question

        axis = {"label": "Changed", "values": [0, 1], "set": "seed"}
        changes = {"name": "compare", "scenario": scenario, "axes": {"changed": axis}, "seeds": {"at_least": seeds}}
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
    from rich.table import Table

    from cascade_sim.experiments.sweeps.outcomes import OUTCOMES

    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("outcome", "before", "after", "effect", "95 % interval", "variance saved"):
        shown.add_column(name, justify="left" if name == "outcome" else "right", no_wrap=True)
    for outcome, row in table.iterrows():
        saved = "" if row["variance_reduction"] != row["variance_reduction"] else f"x {row['variance_reduction']:.1f}"
        label = f"{OUTCOMES[str(outcome)].label}" + (" (USD)" if OUTCOMES[str(outcome)].unit == "USD" else "")
        numbers = [f"{row[name]:,.4g}" for name in ("before", "after", "effect")]
        shown.add_row(label, *numbers, f"{row['low']:,.4g} to {row['high']:,.4g}", saved)
    console = Console(width=None if Console().is_terminal else 120)
    console.print(shown)
    console.print(f"{seeds} seeds, the same before and after; variance saved: independent seeds over equal ones.")
