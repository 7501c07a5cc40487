"""Tables on a terminal: no lines, words on the left and numbers on the right."""

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["plain_table"]


def plain_table(*heads: str, words: Collection[str] | None = None, gap: int = 2) -> "Table":
    """Table without rows.

    Parameters
    ----------
    heads : str
        Of its columns, none of which wraps; further columns can be added.
    words : collection of str, optional
        Heads of columns that begin on the left; by default the first one.
    gap : int
        Spaces between columns.
    """
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for k, head in enumerate(heads):
        left = k == 0 if words is None else head in words
        table.add_column(head, justify="left" if left else "right", no_wrap=True)
    return table
