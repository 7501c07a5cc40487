"""What an account must have before an order enters: initial margin, and what the order loses at once."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cascade_sim.market import exchange
from cascade_sim.market.desk import Desk, RefusedError
from cascade_sim.market.kernel import exposed
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.scenario.scenario import MONEY_UNITS, Scenario
from cascade_sim.simulation import Simulation
from tests.conftest import small_scenario

A_PERP = 1
ANN, BOB, CEM = range(5, 8)
MARK = 10_000  # ticks of 0.01 USD: 100 USD
worth = exposed(equity_and_margin)


def new_desk(deposit: float = 100, leverage: float = 100, **rules: object) -> Desk:
    """Ann with little at high leverage; Bob and Cem with plenty."""
    people = {"ann": {"venue": "perps", "deposit": deposit, "leverage": leverage}}
    people |= {name: {"venue": "perps", "deposit": 1_000_000, "leverage": 10} for name in ("bob", "cem")}
    scenario = small_scenario(accounts=people)
    scenario["venues"]["perps"] = scenario["venues"]["perps"] | {"rules": scenario["venues"]["perps"]["rules"] | rules}
    return Desk(Simulation(Scenario.model_validate(scenario), 1).world)


@pytest.mark.parametrize("kind", [exchange.MARKET, exchange.IMMEDIATE, exchange.LIMIT, exchange.FILL_OR_KILL])
@pytest.mark.parametrize("side", [1, -1])
def test_a_fill_far_from_the_mark_needs_its_loss_in_advance(kind, side):
    desk = new_desk(deposit=100)
    level = MARK + 500 * side
    desk.limit(BOB, A_PERP, -50 * side, level)
    # At 100 times leverage, 20 units of 100 USD need 20 USD of margin, and lose 20 times 5 USD at once.
    with pytest.raises(RefusedError, match="insufficient margin"):
        desk.send(kind, ANN, A_PERP, lots=20 * side, price=level)
    desk.send(kind, ANN, A_PERP, lots=16 * side, price=level)  # 16 + 80 USD


def test_a_limit_beyond_the_mark_costs_nothing_where_the_book_is_better():
    desk = new_desk(deposit=25)
    desk.limit(BOB, A_PERP, -50, MARK)
    desk.send(exchange.IMMEDIATE, ANN, A_PERP, lots=20, price=MARK + 500)
    assert int(desk.world.positions["lots"][ANN, 0]) == 20


def test_what_rests_beyond_the_mark_needs_its_loss_in_advance():
    desk = new_desk(deposit=100)
    desk.limit(BOB, A_PERP, -50, MARK + 600)
    with pytest.raises(RefusedError, match="insufficient margin"):
        desk.limit(ANN, A_PERP, 20, MARK + 500)
    desk.limit(ANN, A_PERP, 8, MARK + 500)  # 8 + 40 USD
    with pytest.raises(RefusedError, match="insufficient margin"):
        desk.limit(ANN, A_PERP, 9, MARK + 500)  # 9 + 45 more than 52 USD: the first order's loss stays reserved


def test_own_orders_in_the_way_do_not_hide_a_worse_price():
    desk = new_desk(deposit=100)
    desk.limit(ANN, A_PERP, -20, MARK + 1)
    desk.limit(BOB, A_PERP, -50, MARK + 500)
    with pytest.raises(RefusedError, match="insufficient margin"):
        desk.market(ANN, A_PERP, 20)


def test_reducing_at_a_bad_price_is_never_refused():
    desk = new_desk(deposit=30)
    desk.limit(BOB, A_PERP, -20, MARK)
    desk.market(ANN, A_PERP, 20)
    desk.limit(CEM, A_PERP, 20, MARK - 500)
    desk.send(exchange.MARKET, ANN, A_PERP, lots=-20, options=exchange.REDUCE_ONLY)
    assert int(desk.world.positions["lots"][ANN, 0]) == 0


def test_unrealised_profit_is_paid_out_only_where_the_venue_says_so():
    for rule, paid in (("balance", False), ("equity", True)):
        desk = new_desk(deposit=1_000, leverage=100, withdrawal=rule)
        desk.limit(BOB, A_PERP, -20, MARK)
        desk.market(ANN, A_PERP, 20)
        desk.world.markets["mark"][A_PERP] *= 2  # 2,000 USD of profit, 40 USD of initial margin
        if paid:
            transfer(desk, -2_900)
        else:
            with pytest.raises(RefusedError, match="insufficient margin"):
                transfer(desk, -1_001)
            transfer(desk, -998)


def transfer(desk: Desk, usd: int) -> None:
    """Move collateral in (or, negative, out of) Ann's account."""
    desk.send(exchange.TRANSFER_COLLATERAL, ANN, lots=usd * MONEY_UNITS)


orders = st.tuples(
    st.sampled_from([exchange.LIMIT, exchange.MARKET, exchange.IMMEDIATE, exchange.POST_ONLY]),
    st.integers(-60, 60).filter(bool),
    st.integers(-300, 300),
)


@given(book=st.lists(orders, max_size=12), own=st.lists(orders, min_size=1, max_size=6))
@example(book=[(exchange.LIMIT, -2, -70)], own=[(exchange.LIMIT, -60, 0), (exchange.LIMIT, 1, 0)])
@example(book=[(exchange.LIMIT, -44, 128)], own=[(exchange.LIMIT, -1, 129), (exchange.IMMEDIATE, 44, 128)])
@settings(max_examples=1000)
def test_no_admitted_order_leaves_less_than_initial_margin(book, own):
    """Whatever stands in the book: after an order that opens, equity and its fees cover a hundredth of notional."""
    desk = new_desk(deposit=100)
    for kind, lots, away in book:
        try_to_send(desk, kind, BOB, lots, away)
    for kind, lots, away in own:
        fees = int(desk.world.accounts["fees"][ANN])
        size = abs(int(desk.world.positions["lots"][ANN, 0]))
        if try_to_send(desk, kind, ANN, lots, away) and abs(int(desk.world.positions["lots"][ANN, 0])) > size:
            charged = int(desk.world.accounts["fees"][ANN]) - fees
            equity = worth(desk.world, ANN)[0]
            lots = abs(int(desk.world.positions["lots"][ANN, 0]))
            assert equity + charged >= lots * int(desk.world.markets["mark"][A_PERP]) // 100


def try_to_send(desk: Desk, kind: int, account: int, lots: int, away: int) -> bool:
    """Whether an order was admitted."""
    try:
        desk.send(kind, account, A_PERP, lots=lots, price=MARK + away)
    except RefusedError:
        return False
    return True
