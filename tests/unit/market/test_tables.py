"""The tables: names that work compiled and uncompiled, and rows that fill whole words."""

from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from cascade_sim import agents
from cascade_sim.market import book_rows, queue_rows, record_rows, venue_rows
from cascade_sim.market.rows import record, stack

AGENTS = [import_module(f"cascade_sim.agents.{module.name}") for module in iter_modules(agents.__path__)]
TYPES = {
    name: value
    for module in (book_rows, queue_rows, record_rows, venue_rows, *AGENTS)
    for name, value in vars(module).items()
    if isinstance(value, np.dtype) and value.names
}


def test_no_field_bears_the_name_of_an_attribute():
    taken = set(dir(np.record)) | set(dir(np.ndarray))
    assert {name: set(row.names) & taken for name, row in TYPES.items() if set(row.names) & taken} == {}


def test_no_row_has_padding():
    for name, row in TYPES.items():
        assert sum(row[field].itemsize for field in row.names) == row.itemsize, name


def test_rows_are_records():
    row = np.zeros(1, record(("lots", np.int64)))[0]
    row.lots = 3
    assert row["lots"] == 3


def test_stack_keeps_the_row_type():
    kind = record(("lots", np.int64))
    rows = stack(kind, [np.ones(2, kind), np.ones(1, kind)], unused=1)
    assert rows.dtype == kind
    assert list(rows["lots"]) == [0, 1, 1, 1]
