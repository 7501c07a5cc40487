"""Many runs: `cascade-sim sweep`, `merge`, `report`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cascade_sim.cli.app import Debug, UsageError, announce_compilation, app, explained
from cascade_sim.progress import bars

if TYPE_CHECKING:
    from cascade_sim.experiments.sweeps.cluster import Cluster
    from cascade_sim.experiments.sweeps.design import Design
    from cascade_sim.experiments.sweeps.stored import Sweep

Where = Annotated[str, typer.Option(help="local, or dask with --scheduler.")]
Scheduler = Annotated[str | None, typer.Option(help="Address of a Dask scheduler.")]

KEPT = "finished runs are kept; the same command goes on where it stopped"


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
    executor: Where = "local",
    scheduler: Scheduler = None,
    shard: Annotated[str, typer.Option(metavar="I/N", help="Run only the i-th of n parts; see merge.")] = "1/1",
    resume: Annotated[bool, typer.Option(help="Go on with a folder that exists.")] = True,
    retries: Annotated[int, typer.Option(help="Further attempts when a worker dies.", min=0)] = 2,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try failed runs again.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="List the shipped studies and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no summary.")] = False,
    debug: Debug = False,
) -> None:
    """Run a scenario over a design; stop it when you like, the same command goes on."""
    with explained(debug, KEPT):
        if list_:
            _list_studies()
            return
        from cascade_sim.experiments.sweeps.design import make_design
        from cascade_sim.experiments.sweeps.question import read_question
        from cascade_sim.experiments.sweeps.runner import run_sweep

        more = {"half_width": half_width, "at_most": most_seeds, "outcome": outcome}
        changes = changes_of(scenario, set_ or [], sample, cells, {"at_least": seeds} | more, event, twin)
        source = study if study or grid or range_ else "leverage-maintenance"
        question = read_question(source, grid or [], range_ or [], changes)
        design = make_design(question)
        folder = out or Path(question.name)
        if not quiet:
            typer.echo(f"{question.title or question.name}: {_extent(design)}, in {folder}", err=True)
        announce_compilation()
        with cluster_of(executor, scheduler) as cluster, bars(quiet) as progress:

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


def _extent(design: "Design") -> str:
    """How much a design asks for."""
    cells, seeds = len(design.cells), design.question.seeds
    more = f" (up to {seeds.at_most} where it takes more)" if seeds.at_most is not None else ""
    return f"{cells:,} cells x {seeds.at_least} seeds{more} = {cells * seeds.at_least:,} runs"


def changes_of(
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
        changes["settings"] = dict(_setting(text) for text in settings)
    return changes


def _setting(text: str) -> tuple[str, Any]:
    """Path and value of an option."""
    from cascade_sim.scenario.files import parsed

    path, equals, value = text.partition("=")
    if not path or not equals:
        raise UsageError(f"--set {text}: must look like path=value, for example news.0.move=-0.1")
    try:
        return path, parsed(value)
    except ValueError as error:
        raise UsageError(f"--set {text}: {error}") from None


def _shard(text: str) -> tuple[int, int]:
    part, slash, parts = text.partition("/")
    if not (slash and part.isdigit() and parts.isdigit()):
        raise UsageError(f"--shard {text}: must look like 2/8, the second of eight parts")
    return int(part), int(parts)


@contextlib.contextmanager
def cluster_of(kind: str, scheduler: str | None) -> Iterator["Cluster | None"]:
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
    wanted = len(found.cells) * found.question.seeds.at_least
    if done + failed < wanted:
        typer.echo(f"Not finished: {wanted - done - failed} runs of {wanted} are in other shards, or still to be run.")
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
