"""Who brought down whom in a run: `cascade-sim contagion`."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cascade_sim.cli.app import Debug, UsageError, announce_compilation, app, explained, new_place
from cascade_sim.intervention import LOWERED, WAYS, WISHES
from cascade_sim.progress import bars

if TYPE_CHECKING:
    from cascade_sim.results import Result


_AGAIN = "Running it again"


@app.command(epilog="Example: cascade-sim contagion runs/first --what-if account=1534 --lucks 8")
def contagion(
    folder: Annotated[Path, typer.Argument(help="Folder that `run --out` wrote.")],
    top: Annotated[
        int | None,
        typer.Option(help="How many of the largest paths or accounts; default: 1 (3 with --long), or 10.", min=1),
    ] = None,
    long: Annotated[
        bool, typer.Option("--long", help="Explain every number, show more paths, say what can't be said.")
    ] = False,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="MARKET", help="Market of the loss; with --to.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="MARKET", help="Market it forced sales in; with --from.")] = None,
    systemic: Annotated[
        bool, typer.Option("--systemic", help="Published measures of who was systemically important.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option(help="New folder for the graphs: GraphML, Parquet, attributes.")
    ] = None,
    at: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="With --systemic or --export: when; default: when most bad debt came, else at the low.",
        ),
    ] = None,
    what_if: Annotated[
        list[str] | None,
        typer.Option(
            "--what-if",
            metavar="WISH",
            help=f"Repeat the run with something changed: {', '.join(WISHES)}.",
            rich_help_panel=_AGAIN,
        ),
    ] = None,
    cut: Annotated[
        str | None,
        typer.Option(
            metavar="OUTCOME",
            help=f"Find the accounts that lower it most: {', '.join(LOWERED)}.",
            rich_help_panel=_AGAIN,
        ),
    ] = None,
    way: Annotated[
        str, typer.Option(help=f"With --cut: how accounts are treated; {', '.join(WAYS)}.", rich_help_panel=_AGAIN)
    ] = "remove",
    share: Annotated[
        float, typer.Option(help="With --cut: part that may remain.", min=0, max=1, rich_help_panel=_AGAIN)
    ] = 0.5,
    most: Annotated[int, typer.Option(help="With --cut: accounts at most.", min=1, rich_help_panel=_AGAIN)] = 4,
    candidates: Annotated[
        int,
        typer.Option(
            help="With --cut: accounts tried at each step; time grows with it.", min=1, rich_help_panel=_AGAIN
        ),
    ] = 8,
    check: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Suppress N liquidations one by one and compare with attribution.",
            min=3,
            rich_help_panel=_AGAIN,
        ),
    ] = None,
    lucks: Annotated[
        int | None,
        typer.Option(
            help="Other lucks to average over; default: none, 6 with --cut, 4 with --check.",
            min=2,
            rich_help_panel=_AGAIN,
        ),
    ] = None,
    agents: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="File of agents written in Python that took part, with --what-if or --cut; it is executed.",
            rich_help_panel=_AGAIN,
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Runs at a time; default: one a core.", min=1, rich_help_panel=_AGAIN)
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Say how much of a fall was the cascade, who brought down whom, and which market infected which through whom."""
    with explained(debug):
        asked: dict[str, object] = {"--from and --to": from_ or to, "--systemic": systemic, "--export": export}
        asked |= {"--what-if": what_if, "--cut": cut, "--check": check}
        _one_question(asked)
        given: dict[str, object] = {"--long": long, "--top": top, "--at": at is not None, "--lucks": lucks}
        given |= {"--way": way != "remove", "--share": share != 0.5, "--most": most != 4}
        given |= {"--candidates": candidates != 8, "--agents": agents}
        _belongs(asked, given)
        new_place(export, "--export")
        if (from_ is None) != (to is None):
            raise UsageError("--from and --to go together: the market of the loss, and the one it forced sales in")
        from cascade_sim.cli.contagion_report import print_carriers, print_contagion
        from cascade_sim.cli.systemic_tables import print_export, print_systemic
        from cascade_sim.results import Result

        result = Result.load(folder)
        if getattr(result, "moves", None) is None and "breach" in result.events:
            raise UsageError(f"{folder} holds no record of who moved the marks (moves.parquet); run the scenario again")
        if what_if or cut or check:
            announce_compilation()
        with bars(quiet) as progress:
            again: dict[str, Any] = {"workers": workers, "progress": progress} | ({"lucks": lucks} if lucks else {})
            again |= {"agents": _files(agents)} if agents else {}
            cutting: dict[str, Any] = {"way": way, "share": share, "most": most, "candidates": candidates}
            cutting |= {} if quiet else {"expect": _say_how_long}
            answer = _again(result, what_if, cut, check, cutting, again)
        if answer is not None:
            answer()
        elif systemic:
            print_systemic(result, _moment(result, at), top or 3)
        elif export is not None:
            print_export(result, export, _moment(result, at))
        elif from_ is None or to is None:
            print_contagion(result, top, long=long)
        else:
            print_carriers(result, *_pair(result, from_, to), top or 10)


def _moment(result: "Result", at: float | None) -> float | None:
    """A time that lies within the run."""
    end = float(result.series["time"].max())
    if at is not None and not 0 <= at <= end:
        raise UsageError(f"--at {at:g}: the run lasts {end:g} s; choose a time from 0 to {end:g}")
    return at


def _one_question(asked: dict[str, object]) -> None:
    """Refuse several questions at once."""
    given = [name for name, value in asked.items() if value]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} are questions of their own; ask one after another")


_WITH = {
    "--at": ("--systemic", "--export"),
    "--lucks": ("--what-if", "--cut", "--check"),
    "--way": ("--cut",),
    "--share": ("--cut",),
    "--most": ("--cut",),
    "--candidates": ("--cut",),
    "--agents": ("--what-if", "--cut"),
}
_OTHERS = ("--what-if", "--cut", "--check", "--export")
_WITHOUT = {"--top": _OTHERS, "--long": (*_OTHERS, "--systemic", "--from and --to")}


def _belongs(asked: dict[str, object], given: dict[str, object]) -> None:
    """Refuse options that the question has no use for, rather than leave them out in silence."""
    for option in (option for option, value in given.items() if value):
        with_, without = _WITH.get(option, ()), [other for other in _WITHOUT.get(option, ()) if asked[other]]
        if with_ and not any(asked[other] for other in with_):
            raise UsageError(f"{option} says something only with {' or '.join(with_)}")
        if without:
            raise UsageError(f"{option} says nothing with {without[0]}")


def _again(
    result: "Result",
    what_if: list[str] | None,
    cut: str | None,
    check: int | None,
    cutting: dict[str, Any],
    again: dict[str, Any],
) -> Callable[[], None] | None:
    """Run again what a question needs; the answer is to be printed when the progress is off the screen."""
    from cascade_sim.cli.counterfactuals import print_check, print_cut, print_what_if

    if what_if:
        from cascade_sim.experiments.counterfactuals.what_if import what_if as run_what_if
        from cascade_sim.experiments.counterfactuals.wishes import read_wishes

        changed = run_what_if(result, read_wishes(result, what_if), **again)
        return partial(print_what_if, result, changed, what_if)
    if cut:
        from cascade_sim.experiments.counterfactuals.smallest_cut import smallest_cut

        _choose("--cut", cut, LOWERED)
        _choose("--way", cutting["way"], WAYS)
        return partial(print_cut, result, smallest_cut(result, cut, **cutting, **again))
    if check:
        from cascade_sim.experiments.counterfactuals.check import check_attribution

        if "breach" not in result.events:
            raise UsageError("nobody was liquidated in this run, so there is nothing to check")
        return partial(print_check, check_attribution(result, check, **again))
    return None


def _files(given: list[Path]) -> list[Path]:
    """Files that are there."""
    for file in given:
        if not file.is_file():
            raise UsageError(f"--agents {file}: there is no such file")
    return given


def _say_how_long(runs: int, seconds: float) -> None:
    """Say what a cut takes if it goes to its end, when it is known how long a run takes."""
    took = f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} minutes"
    typer.echo(f"Up to {runs} more runs, {took} at most; fewer where the goal is reached earlier.", err=True)


def _choose(option: str, given: str, allowed: Iterable[str]) -> None:
    """Refuse what is not among the choices."""
    if given not in allowed:
        raise UsageError(f"{option} {given}: choose one of {', '.join(allowed)}")


def _pair(result: "Result", from_: str, to: str) -> tuple[str, str]:
    """Names of two markets that differ."""
    source, target = _market(result, "--from", from_), _market(result, "--to", to)
    if source == target:
        raise UsageError(f"--from and --to are both {source}; infection leads from one market into another")
    return source, target


def _market(result: "Result", option: str, given: str) -> str:
    """Name of the perpetual market that is meant, by itself or by its asset."""
    markets = {name: market for name, (_, market) in result.scenario.markets.items() if market.kind == "perpetual"}
    found = [name for name in markets if name.casefold() == given.casefold()]
    found = found or [name for name, market in markets.items() if market.asset.casefold() == given.casefold()]
    if len(found) > 1:
        raise UsageError(f"{option} {given}: several markets trade it; choose one of {', '.join(found)}")
    if not found:
        raise UsageError(
            f"{option} {given}: nobody can be liquidated in a market of that name; choose one of {', '.join(markets)}"
        )
    return found[0]
