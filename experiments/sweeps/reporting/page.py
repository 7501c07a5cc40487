"""A page in one file: text, tables and figures, nothing fetched from elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from cascade_sim.plots.embed import as_data

__all__ = ["Section", "page", "short"]

_WIDE = 40  # letters; a column with a longer cell is one of sentences
_STYLE = """
body { font: 16px/1.55 Georgia, serif; color: #1a1a1a; max-width: 60rem; margin: 2.5rem auto; padding: 0 1.2rem; }
h1, h2 { font-family: system-ui, sans-serif; line-height: 1.2; } h1 { margin-bottom: .2rem; }
h2 { margin-top: 2.6rem; border-top: 1px solid #ddd; padding-top: 1.2rem; font-size: 1.25rem; }
.lead { font-size: 1.15rem; color: #333; } figure { margin: 1rem 0; } img { max-width: 100%; height: auto; }
table { border-collapse: collapse; font: 13px/1.4 system-ui, sans-serif; margin: .8rem 0; display: block;
  overflow-x: auto; }
th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid #eee; white-space: nowrap; }
th:first-child, td:first-child, .words { text-align: left; } td.words { white-space: normal; }
pre { background: #f5f5f2; padding: .8rem 1rem; overflow-x: auto; font-size: 13px; } .warn { color: #a23b00; }
@media print { body { max-width: none; } h2 { break-after: avoid; } figure { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes
    ----------
    title : str
    text : str
        Paragraphs, separated by empty lines.
    figure : matplotlib.figure.Figure, optional
    table : DataFrame, optional
    code : str
        Commands, shown as they are typed.
    warning : bool
        Whether the text is a warning.
    """

    title: str
    text: str = ""
    figure: Any = None
    table: pd.DataFrame | None = None
    code: str = ""
    warning: bool = False


def _number(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    return str(value)


def short(value: object) -> str:
    """Value of an axis in a few letters."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _table(frame: pd.DataFrame) -> str:
    rows = [tuple(row) for row in frame.itertuples(index=False)]
    wide = [any(isinstance(value, str) and len(value) > _WIDE for value in column) for column in zip(*rows)]
    kinds = [" class=words" if told else "" for told in wide or [False] * frame.shape[1]]
    head = _cells("th", kinds, map(str, frame.columns))
    body = "".join(f"<tr>{_cells('td', kinds, map(_number, row))}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cells(tag: str, kinds: Sequence[str], texts: Iterable[str]) -> str:
    """Cells of a row; a column in which sentences stand is left-aligned as a whole."""
    return "".join(f"<{tag}{kind}>{escape(text)}</{tag}>" for kind, text in zip(kinds, texts, strict=True))


def _section(section: Section) -> str:
    kind = ' class="warn"' if section.warning else ""
    parts = [f"<h2>{escape(section.title)}</h2>"]
    parts += [f"<p{kind}>{escape(text)}</p>" for text in section.text.split("\n\n") if text.strip()]
    if section.figure is not None:
        parts.append(f'<figure><img alt="{escape(section.title)}" src="{as_data(section.figure)}"></figure>')
    if section.table is not None:
        parts.append(_table(section.table))
    if section.code:
        parts.append(f"<pre>{escape(section.code)}</pre>")
    return "\n".join(parts)


def page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """HTML of the page."""
    body = "\n".join(_section(section) for section in sections)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        f'<p class="lead">{escape(lead)}</p>\n{body}\n</body></html>\n'
    )
