"""What can be wrong with a sweep, said at once."""

from collections.abc import Sequence

__all__ = ["SweepError"]


class SweepError(ValueError):
    """A sweep can't be made, begun or read.

    Attributes
    ----------
    where : str
        What it is about, or what is wrong as a whole.
    problems : list of str
        One line each: where, what was given, what is possible, what to do.
    """

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        self.where, self.problems = where, list(problems)
        super().__init__(f"{where}:\n" + "\n".join(f"  {problem}" for problem in problems))

    def __reduce__(self) -> tuple[type["SweepError"], tuple[str, list[str]]]:
        """Travel from worker to parent."""
        return SweepError, (self.where, self.problems)
