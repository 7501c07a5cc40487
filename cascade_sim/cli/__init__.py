"""The command line."""

from cascade_sim.cli import contagion, dashboard, ecology, explain, games, runs, searches, sweeps, trust
from cascade_sim.cli.app import app

__all__ = [
    "app",
    "contagion",
    "dashboard",
    "ecology",
    "explain",
    "games",
    "main",
    "runs",
    "searches",
    "sweeps",
    "trust",
]


def main() -> None:
    """Entry point of the installed command."""
    app()
