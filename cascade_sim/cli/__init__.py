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


def main() -> None:
    """Entry point of the installed command."""
    app()
