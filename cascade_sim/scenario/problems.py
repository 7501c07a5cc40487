"""What is wrong with a file, in words."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

__all__ = ["did_you_mean", "in_words"]

_FEW = 12  # names that are all said, where none is near


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The way out for a name that may be misspelt, to be put behind what is wrong; empty where none is near."""
    near = get_close_matches(name, list(known), 2, 0.7)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def in_words(error: Mapping[str, Any], model: type[BaseModel] | None = None) -> str:
    """One problem that the validation of a file found: where, what is possible, what was given.

    Parameters
    ----------
    error : mapping
        Of ``pydantic.ValidationError.errors()``.
    model : type, optional
        What the file was held against, for what a name that there is not may have meant.
    """
    path = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    where = f"{path}: " if path else ""
    if error["type"] == "extra_forbidden":
        return f"{where}there is no such setting{_instead(error['loc'], model)}"
    if error["type"] == "missing":
        return f"{where}must be given"
    if not path:
        return message
    shown = "" if error["type"] == "value_error" else f", got {error['input']!r}"
    return f"{where}{message[:1].lower()}{message[1:]}{shown}"


def _instead(path: tuple[str | int, ...], model: type[BaseModel] | None) -> str:
    """Settings that there are beside one that there is not: the near ones, or all if they are few."""
    known = [] if model is None else _settings_at(model, path[:-1])
    few = f"; there are {', '.join(known)}" if 0 < len(known) <= _FEW else ""
    return did_you_mean(str(path[-1]), known) or few


def _settings_at(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Names of the settings at a place; keys of mappings and numbers of items in the path lead nowhere deeper."""
    places = [model]
    for key in path:
        fields = [place.model_fields[key] for place in places if isinstance(key, str) and key in place.model_fields]
        places = [inner for field in fields for inner in _models(field.annotation)] or places
    return list(dict.fromkeys(name for place in places for name in place.model_fields))


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Models that a value of a type may be, or may hold."""
    inside = get_args(annotation)
    if not inside:
        return [annotation] if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []
    return [model for part in inside for model in _models(part)]
