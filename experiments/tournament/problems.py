"""What can be wrong with a tournament as a whole; what is wrong with one entrant costs only that entrant its place."""

__all__ = ["TournamentError"]


class TournamentError(ValueError):
    """A tournament can't be held; the message says why, and what to do."""
