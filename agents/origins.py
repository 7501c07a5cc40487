"""Where agents written in Python come from, so that a run in which they took part can be made again."""

import hashlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["Maker", "MissingAgentError", "ReadFromFile", "made_again", "module_of_file", "origins"]

Maker = Callable[[Any], Any]  # from a model to an agent: a class, or a function
_NO_FILE = "no file"


class MissingAgentError(ValueError):
    """Agents of a run can't be had again; the message says why, and the way out."""


def _digest(file: Path) -> str:
    return hashlib.blake2b(file.read_bytes(), digest_size=16).hexdigest()


def origins(guests: Sequence[Any]) -> list[dict[str, str]]:
    """Class, file and the file's digest of every agent written in Python, in their order."""
    return [_origin(type(guest)) for guest in guests]


def _origin(own: type) -> dict[str, str]:
    try:
        file = Path(inspect.getfile(own)).absolute()
        return {"class": own.__qualname__, "file": str(file), "digest": _digest(file)}
    except (OSError, TypeError):  # typed into a notebook or a prompt
        return {"class": own.__qualname__, "file": _NO_FILE, "digest": ""}


@dataclass(frozen=True)
class ReadFromFile:
    """A class of a file, as what makes an agent for a model; other processes can be told of it.

    Attributes
    ----------
    file, name : str
    digest : str
        Of what stood in the file.
    """

    file: str
    name: str
    digest: str

    def __call__(self, model: Any) -> Any:
        """Make an agent for a model."""
        try:
            return _class(self.file, self.name, self.digest)(model)
        except Exception as error:  # it is somebody else's code
            raise MissingAgentError(
                f"{self.name} of {self.file} can't be made from a model alone: {type(error).__name__}: {error}; "
                "make the run again in Python, and ask its result"
            ) from error


@lru_cache
def _class(file: str, name: str, digest: str) -> Any:
    """Class of a file; read once for each text of the file."""
    return getattr(module_of_file(file, f"cascade_sim_agent_{digest}"), name)


def module_of_file(file: str, name: str) -> ModuleType:
    """Execute a Python file as a module; it is registered before, for dataclasses look it up.

    Parameters
    ----------
    file : str
    name : str
        Of the module.

    Raises
    ------
    ImportError
        If it is no Python file.
    """
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def made_again(remembered: Sequence[Mapping[str, str]], files: Sequence[Path]) -> tuple[Maker, ...]:
    """What makes the agents of a run again.

    Parameters
    ----------
    remembered : sequence of mapping
        Of `origins`, at the time of the run.
    files : sequence of pathlib.Path
        Python files that may be executed for it. Nothing is executed here.

    Raises
    ------
    MissingAgentError
        If a class can't be had from one of them.
    """
    given = {_digest(file): file for file in files}
    return tuple(_maker(own, given) for own in remembered)


def _maker(own: Mapping[str, str], given: Mapping[str, Path]) -> Maker:
    name, file = own["class"], own["file"]
    if file == _NO_FILE or "<locals>" in name or "." in name:
        where = "at a prompt or in a notebook" if file == _NO_FILE else "inside a function or another class"
        raise MissingAgentError(
            f"{name}, an agent written in Python, was defined {where}, where it can't be found again; define it at "
            "the top of a file, or ask the result in Python, in the session that made the run"
        )
    if own["digest"] in given:
        return ReadFromFile(str(given[own["digest"]].absolute()), name, own["digest"])
    namesake = next((other for other in given.values() if other.name == Path(file).name), None)
    if namesake is not None:
        raise MissingAgentError(
            f"{namesake} is not what {name} was read from: it was changed since the run; give the former file, or "
            "make the run again with this one"
        )
    raise MissingAgentError(
        f"{name}, an agent written in Python, took part, and only its file can make it again: give it with --agents "
        f"{file} (it is executed), or in Python with agents=[...]"
    )
