"""The page that a class looks at: one file, two pictures, and words that need no knowledge of finance."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from cascade_sim.experiments.classroom.episode import BENEFIT
from cascade_sim.experiments.classroom.market import LUCK, MARKET, least_margin, news
from cascade_sim.experiments.classroom.sentences import headline, lessons, planner_in_words
from cascade_sim.experiments.classroom.story import Story, clock
from cascade_sim.experiments.classroom.study import ClassStudy
from cascade_sim.plots.classroom import plot_class_price, plot_class_welfare
from cascade_sim.plots.embed import as_drawing

__all__ = ["class_page"]


def _points(share: float) -> str:
    return f"{100 * share:+.0f}"


def _per_cent(share: float) -> str:
    return f"{100 * share:g} %"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], marked: Iterable[bool]) -> str:
    """Table whose marked rows have another colour."""
    lines = ["<tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr>"]
    for cells, mark in zip(rows, marked, strict=True):
        kind = ' class="fell"' if mark else ""
        lines.append(f"<tr{kind}>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    return f'<div class="scroll"><table>{"".join(lines)}</table></div>'


def _students(story: Story) -> str:
    """What everybody got in the run that is told."""
    heads = ("Student", "Leverage", "Up or down before the news", "Sold at", "Profit", "Payoff")
    rows = []
    for row in story.table.to_dict("records"):
        points = [_points(row[name]) for name in ("up_before", "profit", "payoff")]
        rows.append((row["student"], f"{row['leverage']:g}", points[0], row["fell_at"] or "-", *points[1:]))
    return _table(heads, rows, story.table["fell_at"] != "")


def _otherwise(found: ClassStudy) -> str:
    """What every choice brings on average, and what others would have."""
    heads = (
        "Student",
        "Leverage",
        "Falls in so many of 100 runs",
        "Payoff on average",
        "95 % interval",
        f"if nobody had more than {found.planner:g}",
        "Best leverage alone",
        "Payoff with it",
    )
    rows = []
    for row in found.students().to_dict("records"):
        own = (row["student"], f"{row['leverage']:g}", f"{100 * row['fell']:.0f}", _points(row["payoff"]))
        interval, capped = f"{_points(row['low'])} to {_points(row['high'])}", _points(row["payoff_if_all_capped"])
        rows.append((*own, interval, capped, f"{row['best_alone']:g}", _points(row["payoff_at_best_alone"])))
    return _table(heads, rows, [False] * len(rows))


def _list(items: Sequence[str]) -> str:
    return "<ol>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ol>"


def class_page(story: Story, found: ClassStudy) -> str:
    """HTML of the page; nothing in it is fetched from elsewhere.

    Parameters
    ----------
    story : Story
        The run that is told.
    found : ClassStudy
        The same class over many seeds and under caps.
    """
    template = Template(files("cascade_sim.experiments.classroom").joinpath("page.html").read_text(encoding="utf-8"))
    title, lead = headline(story, found)
    begins, lasts, move = news()
    named = [(fall.time, fall.price, fall.student) for fall in story.falls]
    nobody = "<p>Nobody's position was sold.</p>"
    return template.substitute(
        title=escape(title),
        lead=escape(lead),
        price=as_drawing(plot_class_price(story.price, story.without, named, begins)),
        welfare=as_drawing(plot_class_welfare(found.curve(), found.best)),
        maintenance=_per_cent(least_margin()),
        falls=_list([fall.words for fall in story.falls]) if story.falls else nobody,
        benefit=_per_cent(BENEFIT),
        luck=f"{100 * LUCK:.0f}",
        students=_students(story),
        planner="".join(f"<p>{escape(text)}</p>" for text in planner_in_words(found)),
        runs=len(found.seeds),
        otherwise=_otherwise(found),
        lessons=_list(lessons(found)),
        market=MARKET,
        news=_per_cent(-move),
        begins=clock(begins)[:5],
        ends=clock(begins + lasts)[:5],
        seed=story.seed,
        first=found.seeds[0],
        last=found.seeds[-1],
    )
