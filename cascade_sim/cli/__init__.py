"""The command line."""

from cascade_sim.cli import runs, searches, sweeps, trust
from cascade_sim.cli.app import app

__all__ = ["app", "main", "runs", "searches", "sweeps", "trust"]


def main() -> None:
    """Entry point of the installed command."""
    app()
