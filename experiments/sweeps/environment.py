"""What runs are computed with: which libraries decide their numbers, and what else took part.

The same scenario and seed give the same events on every supported Python, which is checked at every change with the
libraries of that day. Of other versions of what computes (numpy, and numba with its compiler) nobody has shown it, so
their results are not put into one folder. Everything that took part is kept and told, whichever way it differs.
"""

import platform
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version

__all__ = ["changed", "environment", "libraries", "numerics"]

_LIBRARIES = ("cascade-sim", "numpy", "numba", "pandas", "pyarrow", "scipy")
_COMPUTE = ("numpy", "numba")


@lru_cache
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in _LIBRARIES)


def libraries() -> dict[str, str]:
    """Versions of what results pass through, by name."""
    return dict(_versions())


def _minor(number: str) -> str:
    """A version without what only mends: 2.4 of 2.4.1."""
    return ".".join(number.split(".")[:2])


def numerics(versions: Mapping[str, str] | None = None) -> str:
    """What decides the numbers, in words: the same wherever results may be put together.

    Parameters
    ----------
    versions : mapping of str to str, optional
        By name of the library; default: those here.
    """
    of = versions or libraries()
    return ", ".join(f"{name} {_minor(of[name])}" for name in _COMPUTE)


def environment() -> str:
    """Python, libraries and machine, in words."""
    told = ", ".join(f"{name} {number}" for name, number in libraries().items())
    return f"Python {platform.python_version()}, {told}; {platform.platform()}"


def changed(then: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Libraries that decide the numbers and are of another minor version here: name, version then and now.

    Parameters
    ----------
    then : mapping of str to str
        Versions by name; libraries that it does not tell of are passed over.
    """
    now = libraries()
    return {
        name: (then[name], now[name]) for name in _COMPUTE if name in then and _minor(then[name]) != _minor(now[name])
    }
