"""The order of `cascade-sim --help`: what one begins with first, commands for one purpose together."""

import typer
from typer.models import CommandInfo

__all__ = ["PANELS", "arrange"]

PANELS = {
    "Run and look": ("run", "scenarios", "show", "validate", "plot", "contagion", "explain", "dashboard"),
    "Teach and play": ("classroom", "worksheet", "game", "tournament", "ecology"),
    "Ask many runs": ("sweep", "report", "critical", "compare", "merge"),
    "Design": ("design", "tiers"),
    "Trust": ("validate-theory", "calibrate", "bench"),
}


def arrange(app: typer.Typer) -> None:
    """Put the commands into panels, in their order.

    Raises
    ------
    KeyError
        If a command is in no panel.
    """
    places = {name: (panel, k) for panel, names in PANELS.items() for k, name in enumerate(names)}
    order = list(PANELS)
    for command in app.registered_commands:
        command.rich_help_panel = places[_name(command)][0]
    app.registered_commands.sort(
        key=lambda command: (order.index(places[_name(command)][0]), places[_name(command)][1])
    )


def _name(command: CommandInfo) -> str:
    assert command.callback is not None
    return command.name or command.callback.__name__.replace("_", "-")
