"""What the columns of each kind of event are called, and how they are read from the rows of the event table."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cascade_sim.market import records as r
from cascade_sim.market.constants import PRICE_UNIT
from cascade_sim.market.roles import ROLE_NAMES
from cascade_sim.scenario.scenario import MONEY_UNITS

if TYPE_CHECKING:
    from cascade_sim.recording.recorder import Recorder

__all__ = ["EVENT_COLUMNS"]

Column = NDArray[Any]
Reader = Callable[["Recorder", Column], Column]


def _market(recorder: "Recorder", rows: Column) -> Column:
    return recorder.markets[rows["market"]]  # type: ignore[no-any-return]


def _row(name: str) -> Reader:
    return lambda recorder, rows: rows[name]


def _money(name: str) -> Reader:
    return lambda recorder, rows: rows[name] / MONEY_UNITS


def _size(name: str) -> Reader:
    return lambda recorder, rows: rows[name] * recorder.lot[rows["market"]]


def _level(name: str) -> Reader:
    return lambda recorder, rows: rows[name] * recorder.tick[rows["market"]]


def _mark(name: str) -> Reader:
    return lambda recorder, rows: recorder.per_unit(rows[name], rows["market"])


def _oracle(name: str) -> Reader:
    return lambda recorder, rows: rows[name] / PRICE_UNIT


def _named(names: tuple[str, ...], field: str) -> Reader:
    return lambda recorder, rows: np.array(names, dtype=object)[rows[field]]


_WHO = {"liquidation": _row("cause"), "account": _row("account")}
EVENT_COLUMNS: dict[int, dict[str, Reader]] = {
    int(r.REJECTED): {"account": _row("account"), "market": _market, "reason": _named(r.REASON_NAMES, "code")},
    int(r.CANCELLED): {
        "account": _row("account"),
        "market": _market,
        "size": _size("lots"),
        "price": _level("price"),
        "reason": _named(r.REASON_NAMES, "code"),
    },
    int(r.BREACH): _WHO
    | {
        "role": _named(ROLE_NAMES, "code"),
        "notional": _money("lots"),
        "equity": _money("amount"),
        "maintenance": _money("price"),
        "reference": _row("reference"),
    },
    int(r.EXPOSURE): _WHO
    | {
        "market": _market,
        "size": _size("lots"),
        "mark": _mark("price"),
        "cost": _money("amount"),
        "mark_number": _row("reference"),
    },
    int(r.RELEASED): _WHO | {"balance": _money("amount"), "attempts": _row("code")},
    int(r.CLOSED): _WHO | {"balance": _money("amount"), "attempts": _row("code")},
    int(r.LIQUIDATION_ORDER): _WHO
    | {
        "asked_by": _row("other"),
        "market": _market,
        "size": _size("lots"),
        "limit": _level("price"),
        "filled": _size("reference"),
        "notional": _money("amount"),
        "origin": _named(ROLE_NAMES, "code"),
    },
    int(r.TAKEOVER): _WHO
    | {
        "taker": _row("other"),
        "market": _market,
        "size": _size("lots"),
        "mark": _mark("price"),
        "discount": _money("amount"),
        "value": _money("reference"),
        "by": _named(ROLE_NAMES, "code"),
    },
    int(r.LIQUIDATION_FEE): _WHO | {"receiver": _row("other"), "amount": _money("amount")},
    int(r.DEFAULT): _WHO | {"deficit": _money("amount")},
    int(r.LOSS): _WHO | {"payer": _row("other"), "amount": _money("amount"), "by": _named(ROLE_NAMES, "code")},
    int(r.ADL): _WHO
    | {
        "counterparty": _row("other"),
        "market": _market,
        "size": _size("lots"),
        "mark": _mark("price"),
        "forgone": _money("amount"),
        "value": _money("reference"),
    },
    int(r.TRANSFER): {"account": _row("account"), "amount": _money("amount")},
    int(r.INDEX): {
        "asset": lambda recorder, rows: recorder.assets[rows["account"]],
        "price": _oracle("price"),
        "number": _row("reference"),
    },
    int(r.MARK): {
        "market": _market,
        "number": _row("reference"),
        "mark": _mark("price"),
        "index": _oracle("amount"),
        "basis": _oracle("lots"),
        "last": _level("other"),
        "part": _row("code"),
    },
    int(r.FUNDING): {
        "market": _market,
        "per_unit": _mark("price"),
        "rate": lambda recorder, rows: rows["amount"] / 1e12,
    },
}
