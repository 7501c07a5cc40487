"""``python -m cascade_sim.experiments``: the studies behind the tables that the project shows."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from cascade_sim.progress import bars

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Studies on top of the simulator.")
Seeds = Annotated[int, typer.Option(help="Number of seeds, counted from 0.", min=2)]
Out = Annotated[Path | None, typer.Option(help="CSV file for the table.")]
Workers = Annotated[int | None, typer.Option(help="Processes; default: one a core.", min=1)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else f"{value:.3g}"
    return "" if value is None else str(value)


def _show(frame: pd.DataFrame, out: Path | None) -> None:
    table = Table(box=None, pad_edge=False)
    for name in frame.columns:
        table.add_column(str(name), no_wrap=True)
    for row in frame.itertuples(index=False):
        table.add_row(*(_text(value) for value in row))
    Console(width=None if Console().is_terminal else 140).print(table)
    if out is not None:
        frame.to_csv(out, index=False)


@app.command()
def behaviour(seeds: Seeds = 20, out: Out = None, workers: Workers = None, scenario: str = "flash-crash") -> None:
    """Check that the default market behaves, with an interval for each check."""
    from cascade_sim.experiments.behaviour import behaviour_table

    with bars(False) as progress:
        table = behaviour_table(scenario, range(seeds), workers, progress)
    _show(table, out)
    if (table["holds"] == "no").any():
        raise typer.Exit(1)


@app.command()
def hunts(
    seeds: Seeds = 20,
    out: Out = None,
    figure: Annotated[Path | None, typer.Option(help="PNG file for the figure.")] = None,
    workers: Workers = None,
) -> None:
    """What two hunters gain by attacking together and alone, by depth of the book and size of the cluster."""
    from cascade_sim.experiments.games.playing.hunts import hunts_table

    with bars(False) as progress:
        payoffs = hunts_table(seeds, workers, progress)
    _show(payoffs[payoffs["strategy"] == "attack"], out)
    if figure is not None:
        from cascade_sim.plots.hunts import plot_hunts

        plot_hunts(payoffs).savefig(figure, dpi=150)


@app.command()
def amplification(seeds: Seeds = 100, out: Out = None, workers: Workers = None, scenario: str = "flash-crash") -> None:
    """How much of the fall is the cascade."""
    from cascade_sim.experiments.amplification import amplification as study

    with bars(False) as progress:
        _show(study(scenario, range(seeds), workers, progress).rename_axis("quantity").reset_index(), out)


@app.command()
def sensitivity(seeds: Seeds = 20, out: Out = None, workers: Workers = None, scenario: str = "flash-crash") -> None:
    """How the cascade hangs on the settings that are known least."""
    from cascade_sim.experiments.amplification import sensitivity as study

    with bars(False) as progress:
        _show(study(scenario, range(seeds), workers, progress), out)


@app.command()
def predictive_power(
    seeds: Seeds = 20, out: Out = None, workers: Workers = None, scenario: str = "flash-crash"
) -> None:
    """Whether measures of systemic risk before the news say who does the damage, better than size or leverage."""
    from cascade_sim.experiments.predictive_power import predictive_power as study

    with bars(False) as progress:
        _show(study(scenario, range(seeds), workers=workers, progress=progress).reset_index(), out)


@app.command()
def fit_news_share(
    prices: Path, seeds: Seeds = 12, out: Out = None, workers: Workers = None, scenario: str = "flash-crash"
) -> None:
    """Fit the part of a real crash that is news, so that the simulated fall is the real one on average."""
    from cascade_sim.experiments.replay import fit_news_share as fit

    share, tried = fit(scenario, prices, range(seeds), workers)
    _show(tried, out)
    typer.echo(f"news share {share:.3f}")


if __name__ == "__main__":
    app()
