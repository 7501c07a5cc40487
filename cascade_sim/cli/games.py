"""Games between those who meet in a cascade, played or solved: `cascade-sim game`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cascade_sim.cli.app import Debug, Settings, UsageError, announce_compilation, app, explained, new_place
from cascade_sim.cli.game_grids import play_over
from cascade_sim.progress import bars

if TYPE_CHECKING:
    from cascade_sim.experiments.games.playing.played import Played
    from cascade_sim.experiments.games.questions.question import GameQuestion
    from cascade_sim.experiments.games.reporting.findings import Findings

_KEPT = "finished batches of seeds are kept in the folder of --out; the same command goes on there"


@app.command(epilog="Example: cascade-sim game leverage-commons --out commons; on paper and at once: add --analytic")
def game(
    name: Annotated[
        str | None, typer.Argument(help="Name of a shipped game, or path of a YAML file; without it: the list.")
    ] = None,
    analytic: Annotated[bool, typer.Option("--analytic", help="The game on paper: exact, and at once.")] = False,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", metavar="NAME=VALUE", help="A number of the game on paper.")
    ] = None,
    set_: Settings = None,
    across: Annotated[
        list[str] | None,
        typer.Option("--across", metavar="PATH=A,B,C", help="Play it for several values of a setting; up to three."),
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="NAME", help="Play it over one of its own grids of settings.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="Seeds of every profile; default: the game's.", min=2)] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Play once more with fresh seeds: does what was found still hold?")
    ] = False,
    workers: Annotated[int | None, typer.Option(help="Runs at a time; default: one a core.", min=1)] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tables and figures; one of the same game is gone on with.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the games and stop.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no answer: only --out.")] = False,
    debug: Debug = False,
) -> None:
    """Play a game in the market: who can choose what, what it pays, and where it ends if everybody looks after itself.

    Every way to choose is run with the same seeds, until it is known well enough whether anybody would choose
    otherwise.
    """
    with explained(debug, _KEPT if out is not None else "nothing was written"):
        if list_ or name is None:
            _list_games()
        elif analytic:
            market: dict[str, Any] = {"--set": set_, "--seeds": seeds, "--confirm": confirm, "--workers": workers}
            market |= {"--across": across, "--table": table}
            _refuse("--analytic", market, "the market is not run")
            _solve(name, parameter or [], out, quiet)
        else:
            _refuse("a game in the market", {"--parameter": parameter}, "add --analytic, or use --set")
            question = _question(name, set_ or [], seeds)
            if across or table:
                _refuse("a game over a grid", {"--confirm": confirm}, "play the cell that matters alone, with --set")
                play_over(question, across or [], table, workers, out, quiet)
            else:
                _play(question, workers, out, quiet, confirm)


def _refuse(what: str, options: dict[str, Any], why: str) -> None:
    for option, value in options.items():
        if value:
            raise UsageError(f"{option} does not belong to {what}: {why}")


def _pairs(option: str, texts: list[str], read: Callable[[str], Any]) -> dict[str, Any]:
    """Options of the form name=value."""
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        try:
            if not key or not equals:
                raise ValueError
            found[key] = read(value)
        except ValueError:
            example = "news.0.move=-0.1" if option == "--set" else "c=4"
            raise UsageError(f"{option} {text}: must look like {example}") from None
    return found


def _list_games() -> None:
    from cascade_sim.cli.game_tables import show_table
    from cascade_sim.cli.tables import plain_table
    from cascade_sim.experiments.games.analytic import analytic, analytic_names
    from cascade_sim.experiments.games.questions.question import game_names, read_game

    table = plain_table()
    for head in ("game", "what it is about", "market", "paper"):
        table.add_column(head, no_wrap=head != "what it is about")
    played, solved = set(game_names()), set(analytic_names())
    for name in [*analytic_names(), *sorted(played - solved)]:
        title = read_game(name).title if name in played else analytic(name).title
        table.add_row(name, title, "yes" if name in played else "", "yes" if name in solved else "")
    show_table(table)
    typer.echo("\nIn the market: cascade-sim game NAME; on paper: cascade-sim game NAME --analytic")


def _question(name: str, settings: list[str], seeds: int | None) -> "GameQuestion":
    from cascade_sim.experiments.games.analytic import analytic_names
    from cascade_sim.experiments.games.questions.question import game_names, read_game
    from cascade_sim.scenario.files import parsed

    if name not in game_names() and not Path(name).exists() and name in analytic_names():
        raise UsageError(f"game {name!r} is there on paper only; add --analytic")
    fixed = {"at_least": seeds, "at_most": seeds} if seeds is not None else None
    return read_game(name, _pairs("--set", settings, parsed) or None, fixed)


def _play(question: "GameQuestion", workers: int | None, out: Path | None, quiet: bool, confirm: bool) -> None:
    from cascade_sim.cli.game_answers import print_played
    from cascade_sim.experiments.games.playing.empirical import play
    from cascade_sim.experiments.games.reporting.findings import Findings

    announce_compilation()
    with bars(quiet) as progress:
        tell = None if quiet else (lambda text: typer.echo(text, err=True))
        played: Played = play(question, workers, progress, out, tell)
    found = Findings.of(played)
    if out is not None:
        found.save(out)
    if not quiet:
        print_played(found, out)
    if confirm:
        _confirm(found, workers, out, quiet)


def _confirm(found: "Findings", workers: int | None, out: Path | None, quiet: bool) -> None:
    """Play the game once more with fresh seeds, whose runs go into a folder in that of the game."""
    from cascade_sim.cli.game_confirmed import print_confirmed
    from cascade_sim.experiments.games.playing.empirical import play_again
    from cascade_sim.experiments.games.reporting.confirmation import Confirmation

    with bars(quiet) as progress:
        fresh = play_again(found.played, workers, progress, out / "fresh" if out is not None else None)
    confirmed = Confirmation.of(found, fresh)
    if out is not None:
        confirmed.save(out)
    if not quiet:
        print_confirmed(confirmed, found)


def _solve(name: str, parameters: list[str], out: Path | None, quiet: bool) -> None:
    from cascade_sim.cli.game_answers import print_solved
    from cascade_sim.experiments.games.analytic import analytic, analytic_names
    from cascade_sim.experiments.games.reporting.on_paper import save_solved

    if name not in analytic_names():
        raise UsageError(f"game {name!r} is not one of those on paper: {', '.join(analytic_names())}")
    chosen, known = _pairs("--parameter", parameters, float), analytic(name).parameters
    unknown = [key for key in chosen if key not in known]
    if unknown:
        raise UsageError(f"--parameter {unknown[0]}: {name} has {', '.join(f'{k}={v:g}' for k, v in known.items())}")
    new_place(out)
    try:
        found = analytic(name, **chosen)
    except ValueError as error:
        raise UsageError(f"--parameter: {error}") from None
    if out is not None:
        save_solved(found, out)
    if not quiet:
        print_solved(found, out)
