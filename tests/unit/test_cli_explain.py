"""`cascade-sim explain` as a user meets it."""

import pandas as pd

from tests.unit.test_cli import call, refused

ASKED = ("explain", "by-hand", "--seeds", 2, "--workers", 1)


def test_it_answers_in_a_table_and_in_words():
    result = call(*ASKED)
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    assert "X-PERP 7.00 0.00 2.00 5.00 0.00 0.00 0.00" in words
    assert "Of the 7.00 % fall of X-PERP, 2.00 points were news and 5.00 liquidations' impact." in words


def test_it_writes_tables_and_a_figure(tmp_path):
    assert call(*ASKED, "--out", tmp_path / "why").exit_code == 0
    files = {file.name for file in (tmp_path / "why").iterdir()}
    assert files == {"what-made-the-fall.csv", "what-made-the-fall.png", "parts.parquet", "worths.parquet"}
    parts = pd.read_parquet(tmp_path / "why" / "parts.parquet")
    assert (parts["news"] + parts["liquidation_impact"] == parts["whole"]).all()
    table = pd.read_csv(tmp_path / "why" / "what-made-the-fall.csv").set_index(["measure", "part"])
    assert table.loc[("fall", "liquidation_impact"), "mean"] == parts["liquidation_impact"].iloc[0]


def test_settings_arrive():
    words = " ".join(call(*ASKED, "--set", "orders.20.size=-5").stdout.split())
    assert "Of the 0.00 % fall of X-PERP" in words


def test_an_existing_folder_is_refused_before_anything_runs(tmp_path):
    assert "exists already" in refused(*ASKED, "--out", tmp_path)


def test_an_unknown_scenario_is_refused():
    assert "no-such" in refused("explain", "no-such")
