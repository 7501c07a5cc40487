"""What can be wrong with a game, said at once."""

from cascade_sim.experiments.sweeps.errors import SweepError

__all__ = ["GameError"]


class GameError(SweepError):
    """A game can't be read or played; `problems` has a line for each thing that is wrong."""

    def __reduce__(self) -> tuple[type["GameError"], tuple[str, list[str]]]:
        """Travel from worker to parent."""
        return GameError, (self.where, self.problems)
