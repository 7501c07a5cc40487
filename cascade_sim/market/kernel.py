"""How a function becomes machine code: three decorators, one cache folder, two bit scans.

Every compiled function of the package is decorated here and nowhere else, because three traps
are avoided in one place:

* Reference counting. Kernels allocate nothing, so numba's runtime (NRT) has nothing to count;
  without it an exchange message is five times cheaper. The switch is a private option of numba:
  when a release refuses it, we warn and go on without.
* Stale code. numba's disk cache does not notice an edited callee in another file. The cache
  folder therefore bears the hash of all kernel sources.
* Two mathematics. Intel's vector library rounds differently from CPython's `math`, and compiled
  and uncompiled runs must give the same digest, so it is off.
"""

import hashlib
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba
import numpy as np
from llvmlite import ir
from numba import njit
from numba.core import cgutils, types
from numba.cpython.unsafe.numbers import leading_zeros, trailing_zeros
from numba.extending import intrinsic, overload

from cascade_sim.market.inner_code import compile_as_inner

__all__ = ["cache_folder", "clz", "ctz", "entry", "exposed", "is_cached", "kernel", "part", "prefetch", "routine"]

Function = TypeVar("Function", bound=Callable[..., Any])


def _options() -> dict[str, Any]:
    plain = {"error_model": "numpy", "nogil": True}
    try:
        njit(_nrt=False, **plain)(lambda: 0)
    except Exception as refusal:  # whatever a future numba raises for an option it does not know
        warnings.warn(f"numba {numba.__version__} refuses _nrt=False ({refusal}); kernels run slower", stacklevel=2)
        return plain
    return {"_nrt": False, **plain}


def _kernel_sources() -> list[Path]:
    package = Path(__file__).parents[1]
    folders = [package / "engine", package / "market"]
    agents = find_spec("cascade_sim.agents")
    if agents is not None and agents.submodule_search_locations:
        folders.append(Path(next(iter(agents.submodule_search_locations))))
    return sorted(file for folder in folders for file in folder.glob("*.py"))


def cache_folder() -> Path:
    """Folder of the compiled kernels: one per state of the sources, numba and Python, with and without bounds checks.

    Returns
    -------
    pathlib.Path
        Below ``NUMBA_CACHE_DIR`` if that is set, else below the user's cache folder; below the
        folder for temporary files where neither can be written.
    """
    state = f"{numba.__version__} {sys.version} {numba.config.BOUNDSCHECK}"
    digest = hashlib.blake2b(state.encode(), digest_size=8)
    for file in _kernel_sources():
        digest.update(file.read_bytes())
    root = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    name = Path("cascade_sim") / digest.hexdigest()
    try:
        (Path(root) / name).mkdir(parents=True, exist_ok=True)
        return Path(root) / name
    except OSError:
        (Path(tempfile.gettempdir()) / name).mkdir(parents=True, exist_ok=True)
        return Path(tempfile.gettempdir()) / name


_INTERNAL = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_OPTIONS = _options()
_CACHE_FOLDER = cache_folder()


def kernel(function: Function) -> Function:
    """Compile what runs per message; the body is copied into every caller."""
    if numba.config.DISABLE_JIT:
        return function
    return compile_as_inner(njit(forceinline=True, **_INTERNAL, **_OPTIONS)(function))  # type: ignore[no-any-return]


def routine(function: Function) -> Function:
    """Compile what runs about once a second; stays a call of its own."""
    if numba.config.DISABLE_JIT:
        return function
    return compile_as_inner(njit(**_INTERNAL, **_OPTIONS)(function))  # type: ignore[no-any-return]


def part(function: Function) -> Function:
    """Compile a piece of a larger function, split off for the reader; stays a call of its own."""
    return routine(function)


def entry(function: Function) -> Function:
    """Compile what Python calls; kept on disk between processes."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_CACHE_FOLDER)
    try:
        return njit(cache=True, **_OPTIONS)(function)  # type: ignore[no-any-return]
    finally:
        numba.config.CACHE_DIR = before


def exposed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel, or a function of kernels, as something Python can call; compiled when first called."""
    if numba.config.DISABLE_JIT:
        return function
    if hasattr(function, "py_func"):
        return njit(**_OPTIONS)(lambda *arguments: function(*arguments))  # type: ignore[no-any-return]
    return njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def is_cached(function: Callable[..., Any]) -> bool:
    """Whether an `entry` needs no compiler: it was compiled before, here or in an earlier process."""
    if numba.config.DISABLE_JIT:
        return True
    name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
    return bool(function.signatures) or any(_CACHE_FOLDER.rglob(f"{name}-*.nbi"))  # type: ignore[attr-defined]


def ctz(word: int) -> int:
    """Count the zeros below the lowest set bit of a non-zero 64-bit word."""
    word = int(word)
    return (word & -word).bit_length() - 1


def clz(word: int) -> int:
    """Count the zeros above the highest set bit of a non-zero 64-bit word."""
    return 64 - int(word).bit_length()


# No annotations on these two: numba demands that their signature equals the lambda's.
@overload(ctz, inline="always")
def _compiled_ctz(word):
    return lambda word: np.int64(trailing_zeros(word))


@overload(clz, inline="always")
def _compiled_clz(word):
    return lambda word: np.int64(leading_zeros(word))


_CACHE_LINE = 64


def prefetch(row: Any) -> None:
    """Ask for the memory of a table's row before it is needed; changes no result."""


@intrinsic
def _fetch_lines(typing_context, row):
    """Fetch every cache line of a record, without waiting."""

    def generate(context, builder, signature, arguments):
        flag = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, flag, flag, flag])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", (cgutils.voidptr_t,), kind)
        start = builder.bitcast(arguments[0], cgutils.voidptr_t)
        for offset in [*range(0, row.size, _CACHE_LINE), row.size - 1]:
            line = cgutils.pointer_add(builder, start, offset)
            builder.call(fetch, [line, flag(0), flag(3), flag(1)])  # to read, into the nearest cache, data
        return context.get_dummy_value()

    return types.void(row), generate


@overload(prefetch, inline="always")
def _compiled_prefetch(row):
    return lambda row: _fetch_lines(row)
