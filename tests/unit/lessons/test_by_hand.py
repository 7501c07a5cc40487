"""The cascade by hand, order by order, and its worksheet."""

import itertools
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cascade_sim.cli import app
from cascade_sim.experiments.lessons.by_hand import bids, first_sale, liquidation_price, longs, lowest_prices, steps
from cascade_sim.experiments.lessons.worksheet import worksheet, write_worksheet
from cascade_sim.plots.lessons.by_hand import animate_by_hand, plot_by_hand
from cascade_sim.runner import run
from cascade_sim.scenario.load import load_scenario

SHIPPED = Path(__file__).parents[3] / "notebooks" / "worksheet-a-cascade-by-hand.html"


@pytest.fixture(scope="module")
def by_hand():
    return run(load_scenario("by-hand"), seed=1)


def ladder(size):
    """Lowest price with pencil and paper: ten units at every price from 100 down, longs fall in order."""
    limits = [(99, 12), (98, 12), (97, 9), (95, 20), (92, 15), (85, 30)]
    sold, mark = size, 100 - (size - 1) // 10
    for limit, units in limits:
        if mark > limit:
            break
        sold += units
        mark = 100 - (sold - 1) // 10
    return mark


def test_the_price_stops_where_pencil_and_paper_say():
    found = lowest_prices([1, 10, 11, 18, 25, 40])
    assert list(found["low"]) == [ladder(size) for size in found["size"]]
    assert list(found["sale_alone"]) == [100 - (size - 1) // 10 for size in found["size"]]


def test_limits_are_where_equity_is_the_margin():
    for row in longs(load_scenario("by-hand")).itertuples():
        equity = row.deposit + row.size * (row.falls_at - row.entry)
        assert equity == pytest.approx(0.005 * row.size * row.falls_at)
    assert liquidation_price(10, 100, 50, 0.01) == pytest.approx(950 / 9.9)


def test_steps_tell_every_trade_once(by_hand):
    film = steps(by_hand)
    sold = film[-1].sold
    assert sum(units for _, _, units in sold) == by_hand.trades["size"].abs().sum() == 25 + 12 + 12 + 9 + 20
    assert film[-1].fallen == ("long-1", "long-2", "long-3", "long-4")
    assert [step.mark for step in film] == sorted((step.mark for step in film), reverse=True)
    assert all(before.sold == after.sold[: len(before.sold)] for before, after in itertools.pairwise(film))


def test_nothing_starts_without_a_sale():
    with pytest.raises(ValueError, match="no order sells at market"):
        first_sale(load_scenario("one-market"))


def test_pictures_are_drawn(by_hand):
    film, scenario = steps(by_hand)[:3], by_hand.scenario
    page = animate_by_hand(bids(scenario), longs(scenario), film)
    assert page.count("data:image/png;base64") == 3
    assert "http" not in page
    texts = [text.get_text() for text in plot_by_hand(bids(scenario), longs(scenario), film).axes[1].texts]
    assert texts[0] == "long-1: 12 units, falls at 99.5"


def test_the_worksheet_that_is_shipped_is_the_scenario_s():
    assert SHIPPED.read_text(encoding="utf-8") == worksheet(load_scenario("by-hand"))


def test_the_first_page_does_not_tell_the_second(tmp_path):
    file = write_worksheet(load_scenario("by-hand", ["orders.20.size=-15"]), tmp_path / "sheet.html")
    task, solution = file.read_text(encoding="utf-8").split("<h1>Solution</h1>")
    assert ">99.5<" not in task
    assert ">99.5<" in solution
    assert f"At {ladder(15)} USD" in solution
    assert [one.name for one in tmp_path.iterdir()] == ["sheet.html"]


def test_the_command_writes_another_one_and_never_over_one(tmp_path):
    call = ("worksheet", "--out", str(tmp_path / "mine.html"))
    written = CliRunner().invoke(app, [*call, "--set", "orders.20.size=-12"])
    assert written.exit_code == 0, written.output
    page = (tmp_path / "mine.html").read_text(encoding="utf-8")
    assert "sells 12 units" in page
    again = CliRunner().invoke(app, call)
    assert again.exit_code == 2
    assert "exists already" in again.output
    assert (tmp_path / "mine.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("setting", "words"), [("orders=[]", "no order sells at market"), ("accounts.long-1.deposit=-1", "long-1.deposit")]
)
def test_what_is_no_exercise_is_refused_in_words(setting, words, tmp_path):
    refused = CliRunner().invoke(app, ["worksheet", "--out", str(tmp_path / "no.html"), "--set", setting])
    assert refused.exit_code == 2
    assert words in refused.output
    assert list(tmp_path.iterdir()) == []
