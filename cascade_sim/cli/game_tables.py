"""Games on the terminal, in 80 columns: payoff tables, facts, and paragraphs of words."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import typer

from cascade_sim.cli.tables import plain_table
from cascade_sim.plots.games.bounds import Bounds, bounds_of
from cascade_sim.plots.games.names import amounts_of, meeting, name_of, pair_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from cascade_sim.experiments.games.analytic import Fact
    from cascade_sim.experiments.games.normal_form import Game
    from cascade_sim.experiments.games.profiles import Profile
    from cascade_sim.experiments.games.reporting.findings import Findings
    from cascade_sim.experiments.games.solving.leader import Answer

__all__ = ["WIDTH", "facts_table", "led_table", "payoff_table", "settled", "show", "show_table"]

WIDTH = 80
_MOST = 12  # profiles on one screen
_TIE = 1e-9


def show(text: str, bold: bool = False) -> None:
    """Print a paragraph, wrapped; nothing if there is nothing to say."""
    if not text:
        return
    filled = textwrap.fill(" ".join(text.split()), _width(), break_on_hyphens=False)
    typer.echo(typer.style(filled, bold=True) if bold else filled)


def show_table(table: "Table") -> None:
    """Print a table."""
    from rich.console import Console

    Console(width=_width(), highlight=False).print(table)


def _width() -> int:
    """Columns of the terminal, 80 at most, so that lines stay readable."""
    from rich.console import Console

    console = Console()
    return min(console.width, WIDTH) if console.is_terminal else WIDTH


def payoff_table(game: "Game", table: "pd.DataFrame | None") -> tuple["Table", str]:
    """Payoffs in a table, and a line that says how to read it.

    Parameters
    ----------
    game : Game
        Under the names to be shown.
    table : pandas.DataFrame or None
        Intervals: columns `profile` (counts), `role`, `strategy`, `low`, `high`.
    """
    bounds = bounds_of(game, table)
    unit = f" in {game.unit}" if game.unit else ""
    intervals = ", with 95 % intervals" if bounds else ""
    if [role.players for role in game.roles] in ([1, 1], [2]) and len(game.roles[-1].strategies) <= 3:
        first, second = pair_of(game)
        note = f"Payoffs{unit}{intervals}: {first} above, {second} below; *: best reply to the other."
        return _two_players(game, bounds), note
    shown, whole = len(game.profiles[:_MOST]), len(game.profiles)
    more = f" The first {shown} of {whole}; the rest goes into the folder of --out." if shown < whole else ""
    return _profiles(game, bounds), f"Payoffs{unit}{intervals}, of one player by what it chooses.{more}"


def _cell(game: "Game", bounds: Bounds, profile: "Profile", r: int, k: int) -> str:
    """A payoff with its interval."""
    write = amounts_of(game)
    ends = bounds.get((profile, r, k))
    interval = f" ({write(ends[0])} to {write(ends[1])})" if ends is not None else ""
    return f"{write(float(game.payoffs[profile][r][k]))}{interval}"


def _two_players(game: "Game", bounds: Bounds) -> "Table":
    """Rows and columns of two players, with the payoff of the first above that of the second."""
    table, payoffs, last = plain_table(), game.matrices(), len(game.roles) - 1
    table.add_column(" \\ ".join(pair_of(game)), overflow="fold")
    for name in game.roles[-1].strategies:
        table.add_column(name, justify="right")
    best = [values >= np.nanmax(values, axis=axis, keepdims=True) - _TIE for axis, values in enumerate(payoffs)]
    for i, name in enumerate(game.roles[0].strategies):
        cells = []
        for j in range(len(game.roles[-1].strategies)):
            sides = ((0, 0, i), (1, last, j))  # player, role, strategy
            profile = meeting(game, (i, j))
            cells.append(
                "\n".join(_cell(game, bounds, profile, r, k) + " *"[int(best[who][i, j])] for who, r, k in sides)
            )
        table.add_row(name, *cells)
    return table


def _profiles(game: "Game", bounds: Bounds) -> "Table":
    """A row a profile; a column a strategy of a single role, or a column a role."""
    table, single = plain_table(), len(game.roles) == 1
    many = single and game.roles[0].players > 1
    table.add_column(" / ".join(game.roles[0].strategies) if many else "who chooses what")
    for head in game.roles[0].strategies if single else [role.name for role in game.roles]:
        table.add_column(head, justify="right")
    for profile in game.profiles[:_MOST]:
        own = [
            [
                ("" if single else f"{role.strategies[k]} ") + _cell(game, bounds, profile, r, k)
                for k, count in enumerate(profile[r])
                if count or single
            ]
            for r, role in enumerate(game.roles)
        ]
        who = " / ".join(map(str, profile[0])) if many else name_of(game, profile)
        table.add_row(who, *(own[0] if single else ["\n".join(cells) for cells in own]))
    return table


def settled(game: "Game", leader: int, answer: "Answer") -> str:
    """What the followers do after a choice of the leader."""
    others = [role for r, role in enumerate(game.roles) if r != leader]
    shares = []
    for role, own in zip(others, answer.equilibrium.mix, strict=True):
        parts = [f"{100 * share:.0f} % {name}" for name, share in zip(role.strategies, own, strict=True) if share > 0]
        shares.append(f"{role.name}: {', '.join(parts)}")
    return "; ".join(shares)


def led_table(found: "Findings") -> "Table":
    """What follows each choice of the leader: what the others do, and what it gets."""
    table, write = plain_table(), amounts_of(found.game)
    table.add_column(f"{found.game.roles[found.leader].name} chooses")
    table.add_column("then the others, seeing it")
    table.add_column(f"it gets ({found.game.unit})", justify="right")
    columns = zip(found.choices.index, *(found.choices[name] for name in ("payoff", "low", "high")), strict=True)
    for answer, (name, payoff, low, high) in zip(found.led, columns, strict=True):
        paid = f"{write(payoff)} ({write(low)} to {write(high)})"
        table.add_row(str(name), settled(found.game, found.leader, answer), paid)
    return table


def facts_table(facts: Sequence["Fact"]) -> "Table":
    """What a closed form says: quantity, value with unit, and where it comes from."""
    table = plain_table()
    for head, how in (("what", "left"), ("value", "right"), ("source", "left")):
        options: Mapping[str, Any] = {"justify": how}
        table.add_column(head, **options)
    for fact in facts:
        table.add_row(fact.what, f"{round(fact.value, 12) + 0.0:.6g} {fact.unit}".rstrip(), fact.source)
    return table
