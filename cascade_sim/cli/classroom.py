"""A class in the market: `cascade-sim classroom`."""

from pathlib import Path
from typing import Annotated

import typer

from cascade_sim.cli.app import Debug, UsageError, announce_compilation, app, explained, new_place
from cascade_sim.progress import bars

_EXAMPLE = Path("choices.csv")


@app.command(epilog="Example: cascade-sim classroom --example, then cascade-sim classroom choices.csv")
def classroom(
    choices: Annotated[
        Path | None, typer.Argument(help="CSV with the columns student and leverage, a row a student (1 to 500).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="New folder; default: the file's name and -page.")] = None,
    seed: Annotated[int, typer.Option(help="Another number is another day.", min=0, max=2**62)] = 1,
    seeds: Annotated[int, typer.Option(help="Number of runs behind the averages.", min=2, max=1000)] = 16,
    workers: Annotated[int | None, typer.Option(help="Runs at a time; default: one a core.", min=1)] = None,
    example: Annotated[bool, typer.Option("--example", help=f"Write {_EXAMPLE} with 24 made-up students.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
    debug: Debug = False,
) -> None:
    """Let a class play: everybody chooses a leverage, bad news comes, and a page says who fell and why.

    Each student becomes an account in a small market. The page names who was sold when and whose forced sales did it,
    and holds the class's welfare against the common limit on leverage that would have been best.
    """
    with explained(debug):
        if example:
            _write_example(choices or _EXAMPLE)
            return
        if choices is None:
            raise UsageError("which class? Give a CSV file, or write one to try with `cascade-sim classroom --example`")
        if choices.is_dir():
            raise UsageError(f"{choices} is a folder; give the CSV file with the class's choices")
        folder = choices.with_name(f"{choices.stem}-page") if out is None else out
        new_place(folder)
        _play(choices, folder, range(seed, seed + seeds), workers, quiet)


def _write_example(file: Path) -> None:
    from cascade_sim.experiments.classroom.choices import example_choices, write_choices

    if file.exists():
        raise UsageError(
            f"{file} exists already; play it with `cascade-sim classroom {file}`, or give another name after --example"
        )
    write_choices(example_choices(), file)
    typer.echo(f"{file}: 24 made-up students. Now: cascade-sim classroom {file}")


def _play(choices: Path, folder: Path, seeds: range, workers: int | None, quiet: bool) -> None:
    from cascade_sim.experiments.classroom.choices import read_choices
    from cascade_sim.experiments.classroom.market import largest_leverage

    given = read_choices(choices, largest_leverage())  # before anything takes time
    announce_compilation()
    from cascade_sim.experiments.classroom.files import save
    from cascade_sim.experiments.classroom.sentences import headline, planner_in_words
    from cascade_sim.experiments.classroom.story import tell
    from cascade_sim.experiments.classroom.study import study

    with bars(quiet) as progress:
        story = tell(given, seeds[0])
        found = study(given, seeds, workers, progress)
    page = save(story, found, folder)
    title, lead = headline(story, found)
    for text in (title + ".", lead, *planner_in_words(found)):
        typer.echo(f"{text}\n")
    typer.echo(f"Open {page} in a browser; it needs no network.")
