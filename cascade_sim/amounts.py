"""Amounts in words."""

__all__ = ["money"]


def money(usd: float) -> str:
    """Amount in three figures: 1.23 M, 45.6 k.

    Examples
    --------
    >>> money(1_234_567), money(-45_600), money(12)
    ('1.23 M', '-45.6 k', '12')
    """
    if abs(usd) < 5e-7:  # less than half of the smallest amount that the exchange knows: rounding
        return "0"
    for size, unit in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if abs(usd) >= size:
            return f"{usd / size:.3g}{unit}"
    return f"{usd:.3g}"
