"""A sweep small enough to be run many times: the market of the ladder by hand, sold into with two sizes."""

from typing import Any

import pytest

from cascade_sim.experiments.sweeps.design import Design, make_design
from cascade_sim.experiments.sweeps.question import Question


def small_question(**changes: Any) -> Question:
    """Four cells and three seeds of a run of twenty seconds; `changes` replace top-level keys."""
    data = {
        "name": "small",
        "scenario": "by-hand",
        "axes": {
            "sale": {"values": [-5, -15, -25], "set": "orders.20.size", "label": "Sale"},
            "latency": {"values": [0.0, 0.5], "set": "venues.exchange.rules.liquidation.latency", "unit": "s"},
        },
        "seeds": {"at_least": 3},
        "event": "liquidations > 1",
    }
    return Question.model_validate(data | changes)


@pytest.fixture
def design() -> Design:
    return make_design(small_question())
