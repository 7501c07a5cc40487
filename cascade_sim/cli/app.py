"""The application, and what its commands share: options, and errors in words."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from cascade_sim.scenario.scenario import Scenario

__all__ = [
    "Debug",
    "ScenarioName",
    "Settings",
    "UsageError",
    "announce_compilation",
    "app",
    "explained",
    "load",
    "new_place",
]

app = typer.Typer(
    name="cascade-sim",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Agent-based market simulation of liquidation cascades.",
    epilog="Example: cascade-sim run flash-crash --seed 7 --out runs/first",
)

ScenarioName = Annotated[str, typer.Argument(help="Name of a shipped scenario, or path of a YAML, JSON or TOML file.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Override a setting, e.g. news.0.move=-0.1.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

_LESS = "choose a shorter duration, a longer sample_interval or map_interval, or fewer agents"


class UsageError(Exception):
    """The user asked for something that can't be done."""


@contextlib.contextmanager
def explained(debug: bool, kept: str = "nothing was written") -> Iterator[None]:
    """Turn what can go wrong into a message and an exit code.

    Parameters
    ----------
    debug : bool
        Let errors through, traceback and all.
    kept : str
        What became of the work so far when it is stopped.
    """
    from cascade_sim.agents.roster import RosterError
    from cascade_sim.experiments.classroom.choices import ChoicesError
    from cascade_sim.experiments.sweeps.errors import SweepError
    from cascade_sim.experiments.tournament.problems import TournamentError
    from cascade_sim.intervention import InterventionError
    from cascade_sim.results import ResultError
    from cascade_sim.scenario.load import ScenarioError
    from cascade_sim.scenario.positions import PositionsFileError
    from cascade_sim.scenario.prices import PriceFileError
    from cascade_sim.simulation import RunError

    given = (
        ChoicesError,
        TournamentError,
        ScenarioError,
        UsageError,
        InterventionError,
        PriceFileError,
        PositionsFileError,
    )
    try:
        yield
    except (*given, ResultError, RosterError, SweepError, RunError) as error:
        if debug:
            raise
        complain(str(error))
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        complain(f"stopped; {kept}")
        raise typer.Exit(130) from None
    except MemoryError as error:
        if debug:
            raise
        complain(f"the memory does not suffice{f' ({error})' if str(error) else ''}; {_LESS}; {kept}")
        raise typer.Exit(1) from None
    except OSError as error:
        if debug:
            raise
        complain(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        raise typer.Exit(1) from None


def complain(text: str) -> None:
    """Say what is wrong where errors are read."""
    typer.echo(f"cascade-sim: {text}", err=True)


def load(name: str, settings: list[str]) -> "Scenario":
    """Scenario by name or file, with settings."""
    from cascade_sim.scenario.load import load_scenario

    return load_scenario(name, settings)


def announce_compilation() -> None:
    """Say what the next half minute is for, when it is needed."""
    from cascade_sim.engine.loop import advance
    from cascade_sim.market.kernel import is_cached

    if not is_cached(advance):
        typer.echo("Compiling the simulation for this machine (once, about half a minute) ...", err=True)


def new_place(out: Path | None, option: str = "--out") -> None:
    """Refuse what exists already."""
    if out is not None and out.exists():
        raise UsageError(f"{out} exists already; choose another folder with {option}, or remove it first")


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(installed("cascade-sim"))
        raise typer.Exit
