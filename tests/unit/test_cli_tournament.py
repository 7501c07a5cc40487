"""`cascade-sim tournament` as a teacher meets it."""

import pytest

from tests.unit.test_cli import call, refused

SHORT = ("--set", "duration=20", "--set", "burn_in=10", "--set", "agents.traders.crowd.count=50", "--seeds", 1)


def test_from_an_empty_folder_to_the_page(tmp_path):
    listed = call("tournament", "--new", tmp_path / "mine").stdout
    assert "exercise-sheet.md" in listed
    assert "cascade-sim tournament" in listed
    assert "exists already" in refused("tournament", "--new", tmp_path / "mine")
    asked = ("tournament", tmp_path / "mine" / "momentum.py", "--against", "Rest", *SHORT, "--workers", 1, "-q")
    result = call(*asked, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "Momentum: place" in result.stdout
    assert "Rest: place" in result.stdout
    assert (tmp_path / "out" / "tournament.html").is_file()
    assert "exists already" in refused(*asked, "--out", tmp_path / "out")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--new FOLDER"),
        (("absent.py",), "absent.py: there is no such file"),
        ((__file__, "--against", "Moon"), "--against Moon: must be some of Trader, Hunter, Maker, Rest"),
        ((__file__, "--scenario", "moon"), "neither a file nor one of the shipped scenarios"),
        ((__file__, "--against", "Rest"), "has no agent"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, said):
    assert said in refused("tournament", *arguments)
