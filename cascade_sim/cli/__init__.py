"""The command line."""

from cascade_sim.cli import (
    classroom,
    contagion,
    dashboard,
    design,
    ecology,
    explain,
    games,
    lessons,
    runs,
    searches,
    sweeps,
    tiers,
    tournament,
    trust,
)
from cascade_sim.cli.app import app
from cascade_sim.cli.panels import arrange

__all__ = [
    "app",
    "classroom",
    "contagion",
    "dashboard",
    "design",
    "ecology",
    "explain",
    "games",
    "lessons",
    "main",
    "runs",
    "searches",
    "sweeps",
    "tiers",
    "tournament",
    "trust",
]

arrange(app)


def main() -> None:
    """Entry point of the installed command."""
    app()
