"""Every kind of order, one at a time."""

import numpy as np
import pytest

from cascade_sim.market import exchange
from cascade_sim.market.desk import Desk, RefusedError
from cascade_sim.market.invariants import find_violation
from cascade_sim.market.tables import World

A_PERP, A_SPOT = 1, 3


@pytest.fixture
def desk(simulate):
    """A desk at the small exchange, with accounts ann, bob, cem and dan on perpetuals and sam, tim on spot."""
    people = {name: {"venue": "perps", "deposit": 10_000, "leverage": 20} for name in ("ann", "bob", "cem", "dan")}
    people |= {name: {"venue": "spot", "deposit": 1_000, "holdings": {"A": 10}} for name in ("sam", "tim")}
    desk = Desk(simulate(accounts=people).world)
    yield desk
    assert find_violation(desk.world) == 0


ANN, BOB, CEM, DAN, SAM, TIM = range(5, 11)


def position(world: World, account: int) -> int:
    """Lots of A-PERP an account holds."""
    return int(world.positions["lots"][account, 0])


def test_price_then_time(desk):
    desk.limit(ANN, A_PERP, -5, 10_010)
    desk.limit(BOB, A_PERP, -5, 10_010)
    desk.limit(CEM, A_PERP, -5, 10_005)
    desk.market(DAN, A_PERP, 12)
    trades = [(int(t["maker"]), int(t["level"]), int(t["lots"])) for t in desk.trades()]
    assert trades == [(CEM, 10_005, 5), (ANN, 10_010, 5), (BOB, 10_010, 2)]


def test_limit_rests_what_is_left(desk):
    desk.limit(ANN, A_PERP, -5, 10_000)
    desk.limit(BOB, A_PERP, 8, 10_001)
    assert desk.book(A_PERP) == {10_001: 3}
    assert position(desk.world, BOB) == 5


def test_immediate_does_not_rest(desk):
    desk.limit(ANN, A_PERP, -5, 10_000)
    desk.send(exchange.IMMEDIATE, BOB, A_PERP, lots=8, price=10_001)
    assert desk.book(A_PERP) == {}
    assert position(desk.world, BOB) == 5


def test_fill_or_kill(desk):
    desk.limit(ANN, A_PERP, -5, 10_000)
    desk.limit(BOB, A_PERP, -5, 10_001)
    with pytest.raises(RefusedError, match="can't be filled"):
        desk.send(exchange.FILL_OR_KILL, CEM, A_PERP, lots=6, price=10_000)
    with pytest.raises(RefusedError, match="can't be filled"):  # its own five lots do not count
        desk.send(exchange.FILL_OR_KILL, BOB, A_PERP, lots=6, price=10_001)
    desk.send(exchange.FILL_OR_KILL, CEM, A_PERP, lots=6, price=10_001)
    assert position(desk.world, CEM) == 6


def test_post_only(desk):
    desk.limit(ANN, A_PERP, -5, 10_000)
    with pytest.raises(RefusedError, match="would trade"):
        desk.send(exchange.POST_ONLY, BOB, A_PERP, lots=1, price=10_000)
    assert desk.send(exchange.POST_ONLY, BOB, A_PERP, lots=1, price=9_999) > 0


def test_cancel_by_id_once(desk):
    order = desk.limit(ANN, A_PERP, 5, 9_990)
    with pytest.raises(RefusedError, match="unknown order"):
        desk.cancel(BOB, A_PERP, order)
    desk.cancel(ANN, A_PERP, order)
    assert desk.book(A_PERP) == {}
    desk.limit(BOB, A_PERP, 5, 9_990)  # takes the slot over
    with pytest.raises(RefusedError, match="unknown order"):
        desk.cancel(ANN, A_PERP, order)


def test_cancel_all(desk):
    for level in (9_990, 9_980):
        desk.limit(ANN, A_PERP, 5, level)
    desk.limit(BOB, A_PERP, 2, 9_990)
    desk.send(exchange.CANCEL_ALL, ANN)
    assert desk.book(A_PERP) == {9_990: 2}


def test_replace_quotes(desk):
    desk.replace_quotes(ANN, A_PERP, [(3, 9_990), (-3, 10_010)])
    desk.replace_quotes(ANN, A_PERP, [(2, 9_995), (-2, 10_005), (2, 9_985)])
    assert desk.book(A_PERP) == {9_995: 2, 10_005: -2, 9_985: 2}


def test_replace_quotes_is_all_or_none(desk):
    with pytest.raises(RefusedError, match="margin"):
        desk.replace_quotes(ANN, A_PERP, [(3, 9_990), (-1_000_000, 10_010)])
    assert desk.book(A_PERP) == {}


def test_reduce_only_never_grows_a_position(desk):
    desk.limit(ANN, A_PERP, -5, 10_000)
    desk.market(BOB, A_PERP, 5)
    with pytest.raises(RefusedError, match="nothing to reduce"):
        desk.limit(BOB, A_PERP, 5, 9_990, options=exchange.REDUCE_ONLY)
    desk.limit(BOB, A_PERP, -9, 10_020, options=exchange.REDUCE_ONLY)
    assert desk.book(A_PERP) == {10_020: -5}
    desk.limit(CEM, A_PERP, 3, 9_999)
    desk.market(BOB, A_PERP, -3)  # the position is now 2 lots: the resting order may not stay at 5
    assert desk.book(A_PERP) == {}
    assert position(desk.world, BOB) == 2


def test_self_trade_cancels_the_resting_order(desk):
    desk.limit(ANN, A_PERP, -5, 10_000)
    desk.limit(BOB, A_PERP, -5, 10_001)
    desk.market(ANN, A_PERP, 3)
    assert [(int(t["maker"]), int(t["lots"])) for t in desk.trades()] == [(BOB, 3)]
    assert desk.book(A_PERP) == {10_001: -2}


def test_self_trade_can_cancel_the_taker(desk):
    desk.world.venues["self_trade"][1] = 1
    desk.limit(ANN, A_PERP, -5, 10_000)
    desk.limit(ANN, A_PERP, 3, 10_000)
    assert desk.book(A_PERP) == {10_000: -5}


@pytest.mark.parametrize(
    ("lots", "level", "reason"),
    [
        (0, 10_000, "size"),
        (2**40, 10_000, "size"),
        (1, 0, "ladder"),
        (1, 2**18, "ladder"),
        (10**9, 10_000, "margin"),
    ],
)
def test_what_an_order_may_carry(desk, lots, level, reason):
    with pytest.raises(RefusedError, match=reason):
        desk.limit(ANN, A_PERP, lots, level)


def test_other_venues_are_out_of_reach(desk):
    with pytest.raises(RefusedError, match="another venue"):
        desk.limit(ANN, A_SPOT, 1, 10_000)


def test_spot_needs_what_it_pays_with(desk):
    with pytest.raises(RefusedError, match="balance"):
        desk.limit(SAM, A_SPOT, -21, 10_000)  # 21 lots of 0.5, and there are 10 units
    with pytest.raises(RefusedError, match="balance"):
        desk.limit(SAM, A_SPOT, 21, 10_000)  # 1,050 USD of 1,000
    desk.limit(SAM, A_SPOT, 15, 10_000)
    with pytest.raises(RefusedError, match="balance"):
        desk.limit(SAM, A_SPOT, 6, 10_000)  # 750 USD are set aside
    desk.market(TIM, A_SPOT, -4)
    amounts = desk.world.balances["amount"]
    assert amounts[SAM, 1] == 800 * 10**6
    assert amounts[SAM, 2] == 12 * 10**8 - 2 * 10**8 * 5 // 10_000  # maker's fee 0.05 % of what it received
    assert amounts[TIM, 1] == 1_200 * 10**6 - 200_000  # taker's fee 0.1 %
    assert desk.world.balances["reserved"][SAM, 1] == 550 * 10**6


def test_spot_buyer_stops_where_the_money_ends(desk):
    desk.limit(TIM, A_SPOT, -20, 11_000)
    desk.market(SAM, A_SPOT, 20)
    assert int(desk.trades()["lots"].sum()) == 18  # 1,000 USD buy 18 lots at 55
    assert desk.world.balances["amount"][SAM, 1] == 10 * 10**6


def test_withdrawals_leave_initial_margin(desk):
    desk.limit(ANN, A_PERP, -50, 10_000)
    desk.market(BOB, A_PERP, 50)  # 5,000 USD at 20x: 250 USD of margin
    with pytest.raises(RefusedError, match="margin"):
        desk.send(exchange.TRANSFER_COLLATERAL, BOB, lots=-9_800 * 10**6)
    desk.send(exchange.TRANSFER_COLLATERAL, BOB, lots=-9_700 * 10**6)


@pytest.mark.parametrize("amount", [-(2**63), -(2**62), 2**62, 2**63 - 1])
def test_amounts_beyond_all_bounds_are_refused(desk, amount):
    before = desk.world.balances.copy()
    for kind in (exchange.TRANSFER_COLLATERAL, exchange.SET_LEVERAGE, exchange.LIMIT):
        with pytest.raises(RefusedError):
            desk.send(kind, ANN, A_PERP, lots=amount, price=10_000)
    assert (desk.world.balances == before).all()


def test_leverage_can_be_lowered_only_with_margin(desk):
    desk.limit(ANN, A_PERP, -1_000, 10_000)
    desk.market(BOB, A_PERP, 1_000)
    with pytest.raises(RefusedError, match="margin"):
        desk.send(exchange.SET_LEVERAGE, BOB, A_PERP, lots=200_000)
    desk.send(exchange.SET_LEVERAGE, BOB, A_PERP, lots=90_000)
    assert desk.world.positions["initial_ppm"][BOB, 0] == 90_000


def test_a_full_order_pool_refuses_on_record(desk):
    world = desk.world
    world.orders["next"][3:] = 0
    world.pools["free_order"] = 2
    world.orders["next"][2] = 0
    desk.limit(ANN, A_PERP, 1, 9_000)
    with pytest.raises(RefusedError, match="pool is full"):
        desk.limit(ANN, A_PERP, 1, 9_001)
    assert np.any(desk.events()["kind"] == 1)
