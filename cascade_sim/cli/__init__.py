"""The command line."""

from cascade_sim.cli import (
    classroom,
    contagion,
    dashboard,
    design,
    ecology,
    explain,
    games,
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
