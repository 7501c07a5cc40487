"""Who brought down whom in a run: `cascade-sim contagion`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cascade_sim.cli.app import Debug, UsageError, app, explained

if TYPE_CHECKING:
    from cascade_sim.results import Result


@app.command(epilog="Example: cascade-sim contagion flash-crash --from SOL --to BTC")
def contagion(
    folder: Annotated[Path, typer.Argument(help="Folder that `run --out` wrote.")],
    top: Annotated[
        int | None, typer.Option(help="How many of the largest paths or accounts; default: 3, or 10 accounts.", min=1)
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="MARKET", help="Market of the loss; with --to.")
    ] = None,
    to: Annotated[str | None, typer.Option(metavar="MARKET", help="Market it forced sales in; with --from.")] = None,
    debug: Debug = False,
) -> None:
    """Say how much of a fall was the cascade, who brought down whom, and which market infected which through whom."""
    with explained(debug):
        if (from_ is None) != (to is None):
            raise UsageError("--from and --to go together: the market of the loss, and the one it forced sales in")
        from cascade_sim.contagion_report import print_carriers, print_contagion
        from cascade_sim.results import Result

        result = Result.load(folder)
        if from_ is None or to is None:
            print_contagion(result, top or 3)
        else:
            print_carriers(result, *_pair(result, from_, to), top or 10)


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
