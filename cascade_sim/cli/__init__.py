"""The command line."""

from cascade_sim.cli import runs, sweeps, trust
from cascade_sim.cli.app import app

__all__ = ["app", "main", "runs", "sweeps", "trust"]


def main() -> None:
    """Entry point of the installed command."""
    app()
