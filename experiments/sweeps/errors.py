"""What can be wrong with a sweep, said at once."""

from collections.abc import Sequence

__all__ = ["SweepError"]


class SweepError(ValueError):
    """A sweep can't be made, begun or read.

    Attributes
    ----------
    problems : list of str
        One line each: where, what was given, what is possible, what to do.
    """

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(f"{where}:\n" + "\n".join(f"  {problem}" for problem in problems))
