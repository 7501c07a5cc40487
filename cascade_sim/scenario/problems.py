"""What is wrong with a file, in words."""

from collections.abc import Mapping
from typing import Any

__all__ = ["in_words"]


def in_words(error: Mapping[str, Any]) -> str:
    """One problem that the validation of a file found: where, what is possible, what was given.

    Parameters
    ----------
    error : mapping
        Of ``pydantic.ValidationError.errors()``.
    """
    path = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    where = f"{path}: " if path else ""
    if error["type"] == "extra_forbidden":
        return f"{where}there is no such setting"
    if error["type"] == "missing":
        return f"{where}must be given"
    if not path:
        return message
    shown = "" if error["type"] == "value_error" else f", got {error['input']!r}"
    return f"{where}{message[:1].lower()}{message[1:]}{shown}"
