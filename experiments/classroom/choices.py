"""What a class chose: a CSV file with a row a student, and everything that can be wrong with it."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Choice", "ChoicesError", "example_choices", "read_choices", "write_choices"]

_COLUMNS = ("student", "leverage")
_MOST_STUDENTS = 500
_LONGEST_NAME = 60

# Made up; a class as one often sees it: most are moderate, a few are not.
_EXAMPLE = (
    "Ana 2,Ben 3,Chloé 3,Dmitri 4,Emeka 5,Fatima 5,Goran 6,Hana 7,Inés 8,Jonas 8,Kwame 10,Li Na 10,Mateo 10,Nadia 12,"
    "Olu 12,Priya 15,Quinn 15,Rosa 20,Søren 20,Tomás 25,Uma 25,Viktor 30,Wen 40,Zoë 50"
)


class ChoicesError(ValueError):
    """A file of choices can't be used.

    Attributes
    ----------
    problems : list of str
        One line each: line of the file, what was given, what is possible.
    """

    def __init__(self, where: str, problems: list[str]) -> None:
        self.where, self.problems = where, problems
        super().__init__(f"{where} can't be used:\n" + "\n".join(f"  {problem}" for problem in problems))


@dataclass(frozen=True)
class Choice:
    """One student's choice.

    Attributes
    ----------
    student : str
    leverage : float
        Size of the position over the student's own money.
    """

    student: str
    leverage: float


def example_choices() -> list[Choice]:
    """Choices of 24 made-up students."""
    pairs = (item.rsplit(" ", 1) for item in _EXAMPLE.split(","))
    return [Choice(name, float(leverage)) for name, leverage in pairs]


def write_choices(choices: list[Choice], path: Path) -> None:
    """Write choices as a file that `read_choices` and every spreadsheet read; an existing file is not touched."""
    # The mark at the beginning tells spreadsheets that letters beyond ASCII are UTF-8.
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows((choice.student, f"{choice.leverage:g}") for choice in choices)


def read_choices(path: Path, most: float) -> list[Choice]:
    """Choices of a class.

    Parameters
    ----------
    path : pathlib.Path
        CSV with the columns ``student`` and ``leverage``, separated by commas, semicolons or tabs; others are ignored.
    most : float
        Largest leverage that the venue allows.

    Raises
    ------
    ChoicesError
        With every problem found.
    """
    where = f"class file {path}"
    rows = _rows(path, where)
    choices, problems, seen = [], [], dict[str, int]()
    for line, name, given in rows:
        found = [*_wrong_name(name, seen), *_wrong_leverage(given, most)]
        problems += [f"line {line}: {problem}" for problem in found]
        seen.setdefault(name.casefold(), line)
        if not found:
            choices.append(Choice(name, _number(given)))
    if not 1 <= len(rows) <= _MOST_STUDENTS:
        problems.append(f"1 to {_MOST_STUDENTS} students can take part, got {len(rows)}; a row each below the header")
    if problems:
        raise ChoicesError(where, problems)
    return choices


def _rows(path: Path, where: str) -> list[tuple[int, str, str]]:
    """Line number, student and leverage as they stand in the file; empty lines are left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        way_out = "there is no such file; `cascade-sim classroom --example` writes one to begin with"
        raise ChoicesError(where, [way_out]) from None
    except UnicodeDecodeError:
        problem = "not a CSV file in UTF-8; in the spreadsheet choose Save as, and there the type CSV UTF-8"
        raise ChoicesError(where, [problem]) from None
    except OSError as error:
        raise ChoicesError(where, [f"can't be read: {error.strerror}"]) from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    head = [cell.strip().casefold() for cell in next(reader, [])]
    missing = [name for name in _COLUMNS if head.count(name) != 1]
    if missing:
        raise ChoicesError(where, [f"line 1: must name the columns student and leverage once each, got {head}"])
    places = [head.index(name) for name in _COLUMNS]
    rows = []
    for cells in reader:
        if any(cell.strip() for cell in cells):
            name, given = ((cells[k].strip() if k < len(cells) else "") for k in places)
            rows.append((reader.line_num, name, given))
    return rows


def _number(given: str) -> float:
    """Number with a point or a comma before the decimals."""
    return float(given.replace(",", "."))


def _wrong_name(name: str, seen: dict[str, int]) -> list[str]:
    if not name:
        return ["student: must have a name, got nothing"]
    if len(name) > _LONGEST_NAME or not name.isprintable():
        return [f"student: must be 1 to {_LONGEST_NAME} printable letters, got {name[: _LONGEST_NAME + 5]!r}"]
    if name.casefold() in seen:
        return [f"student: {name!r} is named in line {seen[name.casefold()]} already; add an initial to one of them"]
    return []


def _wrong_leverage(given: str, most: float) -> list[str]:
    allowed = f"leverage: must be a number from 1 to {most:g}, got {given!r}"
    try:
        return [] if 1.0 <= _number(given) <= most else [allowed]
    except ValueError:
        return [allowed]
