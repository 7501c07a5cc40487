"""Files that say what is asked: shipped ones found by name, one's own by path; read, checked, and explained."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cascade_sim.scenario.problems import did_you_mean, in_words

__all__ = ["Shelf", "laid_over", "parsed"]

Checked = TypeVar("Checked", bound=BaseModel)


@dataclass(frozen=True)
class Shelf:
    """Files of one kind.

    Attributes
    ----------
    kind : str
        What one is called, "sweep".
    error : callable
        Makes the exception from where something is wrong, and a line for each thing that is.
    shipped : str
        What one of those is called that come with the program, "a shipped study"; empty: there are none.
    package, folder : str
        Where they lie.
    """

    kind: str
    error: Callable[[str, list[str]], Exception]
    shipped: str = ""
    package: str = ""
    folder: str = ""

    def names(self) -> list[str]:
        """Names of the shipped ones, sorted."""
        if not self.shipped:
            return []
        found = (file.name for file in files(self.package).joinpath(self.folder).iterdir())
        return sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml"))

    def read(self, source: str) -> dict[str, Any]:
        """Plain data of a shipped file by its name, or of one's own (YAML, JSON or TOML) by its path.

        Raises
        ------
        Exception
            Of `error`, if it is not there, can't be read, or holds no settings.
        """
        data = self._parsed(source, self._text(source))
        if not isinstance(data, dict):
            raise self._wrong(source, f"must be a mapping of settings, got {type(data).__name__}")
        return data

    def check(self, model: type[Checked], data: Mapping[str, Any], source: str) -> Checked:
        """What plain data say.

        Parameters
        ----------
        model : type
            What they are held against.
        data : mapping
        source : str
            Where they come from, for the message.

        Raises
        ------
        Exception
            Of `error`, with everything that is wrong.
        """
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise self._wrong(source, *(in_words(item, model) for item in error.errors())) from None

    def _text(self, source: str) -> str:
        known = self.names()
        if source in known:
            return files(self.package).joinpath(self.folder, f"{source}.yaml").read_text(encoding="utf-8")
        if not Path(source).is_file():
            raise self._wrong(source, self._absent(source, known))
        try:
            return Path(source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise self._wrong(source, f"not readable: {error}") from None

    def _parsed(self, source: str, text: str) -> Any:
        try:
            return parsed(text, toml=source.endswith(".toml"))
        except ValueError as error:
            raise self._wrong(source, str(error)) from None

    def _absent(self, source: str, known: list[str]) -> str:
        if not known:
            return "not readable: there is no such file"
        return f"neither a file nor {self.shipped}: {', '.join(known)}{did_you_mean(source, known)}"

    def _wrong(self, source: str, *problems: str) -> Exception:
        return self.error(f"{self.kind} {source}", list(problems))


def parsed(text: str, toml: bool = False) -> Any:
    """Plain data of a text in YAML (of which JSON is a part) or TOML.

    Raises
    ------
    ValueError
        Says in which line it stops to make sense.
    """
    try:
        return tomllib.loads(text) if toml else yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        raise ValueError(f"not readable as YAML: {at}{error.problem or error}") from None
    except (yaml.YAMLError, ValueError) as error:  # of TOML too, and of a date that there is not
        raise ValueError(f"not readable as {'TOML' if toml else 'YAML'}: {' '.join(str(error).split())}") from None


def laid_over(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Plain data with changes over it, key by key at the top and within the mappings there.

    What should be a mapping and is something else stays as it is, to be refused.
    """
    found = dict(data)
    for key, value in changes.items():
        below = found.get(key) or {}
        if not isinstance(value, Mapping):
            found[key] = value
        elif isinstance(below, Mapping):
            found[key] = {**below, **value}
    return found
