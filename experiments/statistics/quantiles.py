"""How many standard errors a two-sided interval reaches to either side."""

from scipy import special

__all__ = ["normal_quantile", "student_quantile"]


def normal_quantile(level: float) -> float:
    """Of a value whose standard error is known."""
    return float(special.ndtri(0.5 + level / 2.0))


def student_quantile(level: float, freedom: int) -> float:
    """Of a normal value whose standard error is estimated (Student, 1908, "The probable error of a mean").

    >>> round(student_quantile(0.95, 9), 3), round(student_quantile(0.95, 10_000), 2)
    (2.262, 1.96)
    """
    return float(special.stdtrit(freedom, 0.5 + level / 2.0))
