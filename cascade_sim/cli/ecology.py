"""Predators and prey through time: `cascade-sim ecology`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cascade_sim.cli.app import Debug, announce_compilation, app, explained, new_place
from cascade_sim.progress import bars

if TYPE_CHECKING:
    from cascade_sim.experiments.ecology.findings import Findings
    from cascade_sim.experiments.ecology.history import History


@app.command(epilog="Example: cascade-sim ecology predators-and-prey --episodes 60 --seeds 8 --out ecology")
def ecology(
    source: Annotated[
        str, typer.Argument(metavar="[FILE|NAME]", help="Name of a shipped ecology, or path of a YAML file.")
    ] = "predators-and-prey",
    episodes: Annotated[int | None, typer.Option(help="Episodes one after another; default: the file's.")] = None,
    seeds: Annotated[int | None, typer.Option(help="Lucks side by side; default: the file's.")] = None,
    out: Annotated[Path | None, typer.Option(help="New folder for tables, figures and words.")] = None,
    workers: Annotated[int | None, typer.Option(help="Histories at a time; default: one a core.", min=1)] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the shipped ecologies and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Let hunters, liquidators, makers and leveraged traders live through many episodes, money carried over.

    Every luck is lived twice, with hunters and without them, with the same news. Says how populations go, who leads
    whom, and what hunters change.
    """
    with explained(debug):
        if list_:
            _list()
            return
        new_place(out)
        _live(source, episodes, seeds, out, workers, quiet)


def _list() -> None:
    from cascade_sim.experiments.ecology.question import ecology_names, read_ecology

    for name in ecology_names():
        typer.echo(f"{name}: {read_ecology(name).title}")


def _live(
    source: str, episodes: int | None, seeds: int | None, out: Path | None, workers: int | None, quiet: bool
) -> None:
    from cascade_sim.experiments.ecology import live, read_ecology
    from cascade_sim.experiments.ecology.findings import findings
    from cascade_sim.experiments.ecology.words import in_words

    chosen = read_ecology(source, episodes=episodes, seeds=seeds)
    announce_compilation()
    with bars(quiet) as progress:
        history = live(chosen, workers=workers, progress=progress)
    found = findings(history)
    words = in_words(history, found)
    if out is not None:
        _save(history, found, words, out)
    typer.echo(f"{chosen.title or chosen.name}: {chosen.episodes} episodes, {chosen.seeds} lucks.\n")
    typer.echo("\n".join(words))
    if chosen.discussion and episodes is None and seeds is None:
        typer.echo(f"\nWhat was found with this file:\n{chosen.discussion.strip()}")
    if out is not None:
        typer.echo(f"\nTables and figures are in {out}.")


def _save(history: "History", found: "Findings", words: list[str], out: Path) -> None:
    """Tables for everybody and for programs, figures and words, all of them or none."""
    import yaml

    from cascade_sim.experiments.ecology.history import ARMS
    from cascade_sim.folders import whole_folder
    from cascade_sim.plots.ecology import plot_lead_lag, plot_phase, plot_populations

    chosen = history.ecology
    wanted = {name: chosen.populations[name].leverage or 1.0 for name in chosen.of_role("prey")}
    first = int(history.populations["seed"].min())
    plain: dict[str, Any] = {"metadata": {"Software": None}}
    with whole_folder(out) as half:
        history.populations.to_csv(half / "populations.csv", index=False)
        history.populations.to_parquet(half / "populations.parquet", index=False)
        history.episodes.to_csv(half / "episodes.csv", index=False)
        found.changes.to_csv(half / "what-hunters-change.csv", index_label="what")
        found.courses.to_csv(half / "courses.csv")
        (half / "in-words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
        text = yaml.safe_dump(chosen.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
        (half / "ecology.yaml").write_text(text, encoding="utf-8")
        figure = plot_populations(history.populations, found.series, wanted, ARMS, first)
        figure.savefig(half / "populations.png", **plain)
        plot_phase(found.series, ARMS[0]).savefig(half / "predators-and-prey.png", **plain)
        found.response.to_csv(half / "what-hunters-earn.csv", index_label="leverage")
        if found.lead is not None and found.growth is not None:
            found.lead.table.to_csv(half / "lead-lag.csv")
            found.growth.table.to_csv(half / "lead-lag-of-returns.csv")
            figure = plot_lead_lag(found.lead.table, found.growth.table, chosen.seeds)
            figure.savefig(half / "who-leads.png", **plain)
