"""Positions at time zero from a file."""

import pytest

from cascade_sim.market.roles import ROLE_NAMES
from cascade_sim.scenario.load import ScenarioError, load_scenario
from cascade_sim.scenario.positions import PositionsFileError, read_positions
from cascade_sim.simulation import Simulation
from tests.conftest import small_scenario

MARKETS = {"A-PERP", "B-PERP"}


def read(tmp_path, text):
    """Positions of a file with this text."""
    (tmp_path / "book.csv").write_text(text)
    return read_positions(str(tmp_path / "book.csv"), MARKETS)


def test_isolated_positions_by_leverage(tmp_path):
    held = read(tmp_path, "market,size,entry,leverage\nA-PERP,10,100,5\nB-PERP,-4,50,2\n")
    assert held.margin.tolist() == [200, 100]
    assert held.names == ["row 2", "row 3"]
    assert held.size.tolist() == [10, -4]


def test_an_account_shares_its_margin(tmp_path):
    held = read(
        tmp_path, "account,Market, size,entry,margin\nann,A-PERP,10,100,30\nbob,A-PERP,1,99,9\nann,B-PERP,2,51,12\n"
    )
    assert held.names == ["ann", "bob"]
    assert held.margin.tolist() == [42, 9]
    assert held.account.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("market,size,entry\nA-PERP,1,100\n", "columns margin or leverage are missing"),
        ("market,entry,margin\nA-PERP,100,5\n", "columns size are missing; it has .'market', 'entry', 'margin'."),
        ("market,size,entry,margin\nX,1,100,5\n", "row 2: market 'X' is not one of .'A-PERP', 'B-PERP'."),
        (
            "market,size,entry,margin\nA-PERP,1,100,5\nA-PERP,0,100,5\n",
            "row 3: size must be a number other than 0, got 0",
        ),
        ("market,size,entry,margin\nA-PERP,1,-100,5\n", "row 2: entry must be a number above 0, got -100"),
        ("market,size,entry,margin\nA-PERP,1,100,\n", "row 2: margin must be a number above 0, got .*nan"),
        ("market,size,entry,margin\nA-PERP,one,100,5\n", "row 2: size must be a number other than 0, got 'one'"),
        ("market,size,entry,leverage\nA-PERP,1,100,0\n", "row 2: leverage must be a number above 0, got 0"),
        (
            "market,size,entry,leverage\nA-PERP,1e11,100,5\n",
            "row 2: size times entry must be at most 1,000,000,000,000 USD",
        ),
        ("", "not readable as CSV"),
    ],
)
def test_bad_files_say_which_row(tmp_path, text, said):
    with pytest.raises(PositionsFileError, match=said) as caught:
        read(tmp_path, text)
    assert "book.csv" in str(caught.value)


def test_no_file_and_garbled_file(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00\x81" * 30)
    with pytest.raises(PositionsFileError, match="not readable"):
        read_positions(str(tmp_path / "x.csv"), MARKETS)
    with pytest.raises(ScenarioError, match="there is no such file"):
        load_scenario(small_scenario(positions={"file": str(tmp_path / "no.csv"), "venue": "perps"}))


def held_world(tmp_path):
    """Simulation at time zero of two accounts, one of them with two positions."""
    text = "account,market,size,entry,margin\nann,A-PERP,10,101,70\nann,B-PERP,-2,51,30\nbob,A-PERP,-3,99,90\n"
    (tmp_path / "book.csv").write_text(text)
    positions = {"file": str(tmp_path / "book.csv"), "venue": "perps"}
    return Simulation(load_scenario(small_scenario(positions=positions)), seed=1, checks=True)


def test_positions_are_held_at_their_entry_and_somebody_holds_the_other_side(tmp_path):
    world = held_world(tmp_path).world
    roles = [ROLE_NAMES[role] for role in world.accounts["role"]]
    ann, bob = (k for k, role in enumerate(roles) if role == "trader")
    assert world.balances["amount"][[ann, bob], 1].tolist() == [100 * 10**6, 90 * 10**6]
    assert world.positions["lots"][ann].tolist() == [10, -20]  # a lot of B-PERP is 0.1
    assert world.positions["cost"][ann].tolist() == [10 * 101 * 10**6, -2 * 51 * 10**6]
    assert world.positions["lots"].sum(axis=0).tolist() == [0, 0]


def test_held_positions_are_liquidated_like_others(tmp_path):
    (tmp_path / "book.csv").write_text("account,market,size,entry,margin\nann,A-PERP,10,100,10\nbob,A-PERP,10,100,12\n")
    rich = {"venue": "perps", "deposit": 10_000, "leverage": 10}
    sale = [
        {"account": "bidder", "market": "A-PERP", "size": 50, "price": 99.35},
        {"at": 1, "account": "seller", "market": "A-PERP", "type": "market", "size": -1},
    ]
    positions = {"file": str(tmp_path / "book.csv"), "venue": "perps"}
    changes = {"positions": positions, "accounts": {"bidder": rich, "seller": rich}, "orders": sale}
    simulation = Simulation(load_scenario(small_scenario(**changes)), seed=1, checks=True)
    simulation.run(2)
    # At 99.35 both have lost 6.5; maintenance is 0.004 * 993.5 = 3.974: ann has 3.5 left, bob 5.5.
    world = simulation.world
    ann, bob = (k for k, role in enumerate(world.accounts["role"]) if ROLE_NAMES[role] == "trader")
    assert world.positions["lots"][[ann, bob], 0].tolist() == [0, 10]
