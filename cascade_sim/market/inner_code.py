"""How a function that only compiled code calls is compiled: typed and lowered, and no further.

numba links, optimises and assembles every function together with all it calls. Of three hundred functions
only a few are ever entered from Python, and each of these optimises all it contains once more; the work
done on the others before is half the time of compilation, for nothing.

This reaches into numba's code generator. Where a release has other insides, functions are compiled as numba
would: slower to compile, equal results.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from numba import _dynfunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.types.misc import unliteral

__all__ = ["compile_as_inner"]


class _InnerLibrary(JITCodeLibrary):
    """Code to be linked into other code; it never runs by itself."""

    def _optimize_final_module(self) -> None:
        pass  # the entry that it is linked into is optimised as a whole

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


def _not_executable(library: Any, description: Any, environment: Any) -> Any:
    """What numba wants in place of a function that Python can call."""
    library._ensure_finalized()
    name = description.qualname.rpartition(".")[2]
    return _dynfunc.make_function(description.lookup_module(), name, "", 0, environment, (library,))


def _insides_are_known() -> bool:
    """Whether numba has the parts that are replaced here."""
    context = cpu_target.target_context
    library = getattr(context.codegen(), "_library_class", None)
    parts = ("_optimize_final_module", "_finalize_dynamic_globals", "_finalize_final_module")
    return (
        library is JITCodeLibrary
        and all(hasattr(library, part) for part in parts)
        and hasattr(context, "get_executable")
        and hasattr(_dynfunc, "make_function")
    )


_KNOWN = _insides_are_known()


@contextlib.contextmanager
def _inner() -> Iterator[None]:
    """What is compiled inside is inner code; compiling nests, since a call compiles what it calls."""
    context = cpu_target.target_context
    generator = context.codegen()
    before = generator._library_class, vars(context).get("get_executable")
    generator._library_class, context.get_executable = _InnerLibrary, _not_executable
    try:
        yield
    finally:
        generator._library_class, context.get_executable = before
        if before[1] is None:
            del context.get_executable


def compile_as_inner(dispatcher: Any) -> Any:
    """Let a dispatcher compile inner code only, and once for all integer constants of an argument."""
    if not _KNOWN:
        return dispatcher
    compile_fully = dispatcher.compile

    def compile_inner(signature: Any) -> Any:
        # The lock, because a thread that compiles an entry meanwhile must not get inner code.
        with global_compiler_lock, _inner():
            return compile_fully(tuple(unliteral(kind) for kind in signature))

    dispatcher.compile = compile_inner
    return dispatcher
