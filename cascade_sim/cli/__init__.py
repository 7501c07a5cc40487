"""The command line."""

from cascade_sim.cli import runs, sweeps, theory
from cascade_sim.cli.app import app

__all__ = ["app", "main", "runs", "sweeps", "theory"]


def main() -> None:
    """Entry point of the installed command."""
    app()
