"""Who takes part: classes found in students' files, without running them, and built-in ones."""

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cascade_sim.experiments.tournament.problems import TournamentError

__all__ = ["BUILT_IN", "Entrant", "built_in", "read_entrants"]

# Cohorts of the scenario that an entrant is made from: kind, and what it is called here.
BUILT_IN = {"Trader": "traders", "Hunter": "hunters", "Maker": "makers", "Rest": ""}


@dataclass(frozen=True)
class Entrant:
    """Somebody who takes part.

    Attributes
    ----------
    name : str
    kind : str
        ``student``, a kind of cohort (``traders``, ``hunters``, ``makers``), or nothing: it does nothing.
    file : str
        Of a student.
    source : str
        Text of that file as it was read at the beginning, so that a change meanwhile changes nothing.
    class_name : str
    problem : str
        Why it can't take part; nothing if it can.
    """

    name: str
    kind: str
    file: str = ""
    source: str = ""
    class_name: str = ""
    problem: str = ""

    @property
    def is_student(self) -> bool:
        """Whether it comes from a file."""
        return bool(self.file)

    @property
    def where(self) -> str:
        """File and class, as far as there are any; else the name."""
        place = self.file or self.name
        return f"{place}, class {self.class_name}" if self.class_name else place


def built_in(names: Sequence[str]) -> list[Entrant]:
    """Built-in entrants by name.

    Raises
    ------
    TournamentError
        If there is none of that name.
    """
    unknown = [name for name in names if name not in BUILT_IN]
    if unknown:
        raise TournamentError(f"--against {','.join(unknown)}: must be some of {', '.join(BUILT_IN)}")
    return [Entrant(name, BUILT_IN[name]) for name in dict.fromkeys(names)]


def read_entrants(files: Sequence[Path]) -> list[Entrant]:
    """Entrants in students' files: every class with `Agent` among its bases, or one that has, and no underscore.

    A folder stands for all its Python files, for not every shell takes `*.py` apart. A file that can't be read, or that
    has no such class, is an entrant with a problem, named like the file.

    Raises
    ------
    TournamentError
        If a file is not there, or given twice: that is a slip of who holds the tournament.
    """
    empty = [str(place) for place in files if place.is_dir() and not _python_in(place)]
    if empty:
        raise TournamentError(f"{', '.join(empty)}: there is no Python file in this folder; `--new FOLDER` writes some")
    files = [file for place in files for file in (_python_in(place) if place.is_dir() else [place])]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise TournamentError(
            f"{', '.join(missing)}: there is no such file; `--new FOLDER` writes examples to begin with"
        )
    twice = [str(file) for file, count in Counter(file.resolve() for file in files).items() if count > 1]
    if twice:
        raise TournamentError(f"{', '.join(twice)}: given twice; name every file once")
    found = [entrant for file in files for entrant in _in_file(file)]
    return _told_apart(found)


def _python_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.py"))


def _in_file(file: Path) -> list[Entrant]:
    nobody = Entrant(file.stem, "student", str(file))
    try:
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source, str(file))
    except SyntaxError as error:
        return [replace(nobody, problem=f"can't be read as Python: {error.msg}, line {error.lineno}")]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        return [replace(nobody, problem=f"can't be read: {error}")]
    names = _agents_in(tree)
    if not names:
        return [replace(nobody, problem="has no agent; write a class like `class Mine(Agent):` with a method `decide`")]
    return [Entrant(name, "student", str(file), source, name) for name in names]


def _agents_in(tree: ast.Module) -> list[str]:
    """Names of the classes that say `Agent`, directly or through a class above them in the file."""
    agents, public = {"Agent"}, []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            bases = {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
            if bases & agents:
                agents.add(node.name)
                public += [node.name] if not node.name.startswith("_") else []
    return list(dict.fromkeys(public))


def _told_apart(entrants: list[Entrant]) -> list[Entrant]:
    """The same entrants with names that differ from each other and from the built-in ones."""
    often = Counter([*(entrant.name for entrant in entrants), *BUILT_IN])
    taken, named = set(BUILT_IN), []
    for entrant in entrants:
        name = entrant.name if often[entrant.name] == 1 else f"{Path(entrant.file).stem}.{entrant.name}"
        number, first = 2, name
        while name in taken:
            name, number = f"{first} ({number})", number + 1
        taken.add(name)
        named.append(replace(entrant, name=name))
    return named
