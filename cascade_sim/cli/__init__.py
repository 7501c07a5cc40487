"""The command line."""

from cascade_sim.cli import evidence, runs, sweeps
from cascade_sim.cli.app import app

__all__ = ["app", "evidence", "main", "runs", "sweeps"]


def main() -> None:
    """Entry point of the installed command."""
    app()
