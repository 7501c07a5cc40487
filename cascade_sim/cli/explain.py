"""Why it happened, over many seeds: `cascade-sim explain`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cascade_sim.cli.app import Debug, ScenarioName, Settings, announce_compilation, app, explained, load, new_place
from cascade_sim.progress import bars

if TYPE_CHECKING:
    import pandas as pd

    from cascade_sim.experiments.counterfactuals.what_made_the_fall import Explanation
    from cascade_sim.scenario.scenario import Scenario

_TITLES = {
    "fall": "Largest fall, points (hundredths of the price at the start), with 95 % intervals of means over seeds",
    "widest_gap": "Widest distance below the price with news alone, points",
}


@app.command(epilog="Example: cascade-sim explain flash-crash --seeds 30 --out why")
def explain(
    scenario: ScenarioName = "flash-crash",
    set_: Settings = None,
    seeds: Annotated[int, typer.Option(help="Number of seeds, counted from 0; each is run 16 times.", min=2)] = 30,
    out: Annotated[Path | None, typer.Option(help="New folder for the tables and the figure.")] = None,
    workers: Annotated[int | None, typer.Option(help="Seeds at a time; default: one a core.", min=1)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Say what made the fall: news, liquidations' impact, hunters, makers' withdrawal, arbitrage feedback.

    Every seed is run with each of the four on or off, on the same luck. What is left with all off is the part of the
    news; the rest is divided by Shapley values.
    """
    with explained(debug):
        new_place(out)
        chosen = load(scenario, set_ or [])
        announce_compilation()
        from cascade_sim.experiments.counterfactuals.fall_in_words import sentence
        from cascade_sim.experiments.counterfactuals.what_made_the_fall import what_made_the_fall

        with bars(quiet) as progress:
            found = what_made_the_fall(chosen, range(seeds), workers, progress)
        if out is not None:
            _save(found, chosen, out)
        for measure in _TITLES:
            _print_table(found.table, measure)
        for market in _shown(chosen):
            typer.echo(f"{sentence(found.table, market)} {sentence(found.table, market, 'widest_gap')}\n")
        typer.echo(f"{seeds} seeds; news: all four off, with what ordinary trading makes of the news.")


def _shown(scenario: "Scenario") -> list[str]:
    """Perpetuals; all markets where there are none."""
    perpetuals = [name for name, (_, market) in scenario.markets.items() if market.kind == "perpetual"]
    return perpetuals or list(scenario.markets)


def _print_table(table: "pd.DataFrame", measure: str) -> None:
    from rich.console import Console
    from rich.table import Table

    from cascade_sim.experiments.counterfactuals.fall_in_words import cell
    from cascade_sim.experiments.counterfactuals.mechanisms import MECHANISMS

    heads = {"whole": "in all", "fundamental": "value's fall", "news": "news"}
    heads |= {name: mechanism.label for name, mechanism in MECHANISMS.items()}
    rows = table[table["measure"] == measure].set_index(["market", "part"])
    parts = [
        part
        for part in heads
        if part in set(rows.index.get_level_values("part")) and (measure == "fall" or part != "news")
    ]
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=_TITLES[measure], title_justify="left")
    shown.add_column("market", no_wrap=True)
    for part in parts:
        shown.add_column(heads[part], justify="right")
    for market in rows.index.unique("market"):
        shown.add_row(str(market), *(cell(rows.loc[(market, part)]).replace(" (", "\n(") for part in parts))
    console = Console(width=None if Console().is_terminal else 144)
    console.print(shown)
    console.print()


def _save(found: "Explanation", scenario: "Scenario", out: Path) -> None:
    """Tables for everybody and for programs, and the figure, all of them or none."""
    from cascade_sim.experiments.counterfactuals.mechanisms import MECHANISMS
    from cascade_sim.folders import whole_folder
    from cascade_sim.plots import plot_mechanisms

    labels = {name: mechanism.label for name, mechanism in MECHANISMS.items()}
    perpetuals = found.table[found.table["market"].isin(_shown(scenario)[:6])]
    with whole_folder(out) as half:
        found.table.to_csv(half / "what-made-the-fall.csv", index=False)
        found.parts.to_parquet(half / "parts.parquet", index=False)
        found.worths.to_parquet(half / "worths.parquet", index=False)
        plot_mechanisms(perpetuals, labels).savefig(half / "what-made-the-fall.png", metadata={"Software": None})
