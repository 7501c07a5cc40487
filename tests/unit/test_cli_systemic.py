"""What the terminal says about systemic risk fits on a screen and says the numbers of the tables."""

import pytest

from cascade_sim.cli.systemic_tables import print_export, print_systemic
from cascade_sim.contagion.systemic.of_run import systemic_measures_of


@pytest.fixture(autouse=True)
def _narrow(monkeypatch):
    """A terminal of the usual width, without colours."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


def test_a_screen_about_the_worst_moment(crash, capsys):
    print_systemic(crash)
    said = capsys.readouterr().out
    found = systemic_measures_of(crash)
    assert "the worst moment" in said
    assert len(said.splitlines()) <= 26
    assert all(len(line) <= 80 for line in said.splitlines())
    owner, account = found.debtrank.iloc[0], found.branching.iloc[0]
    rows = [line.split() for line in said.splitlines()]
    assert any(row[:2] == owner["name"].split() and row[-1] == f"{owner['debtrank']:.1%}" for row in rows)
    assert any(row[:2] == account["name"].split() and str(account["brings_down"]) in row for row in rows)
    assert "nan" not in said


def test_before_the_news_nobody_owes(crash, capsys):
    print_systemic(crash, 10.0, top=5)
    said = capsys.readouterr().out
    assert "10 s after the start?" in said
    assert "Nobody owed anything." in said


def test_an_empty_book_is_said(by_hand, capsys):
    print_systemic(by_hand, 0.0)
    said = " ".join(capsys.readouterr().out.split())
    assert "Nothing stood within 5 % of the price in X-PERP" in said
    assert "Books are those of 10 s" in said
    assert "nan" not in said


def test_calm(calm, capsys):
    print_systemic(calm)
    assert "Nobody owed anything." in capsys.readouterr().out


def test_the_export_says_where_it_is(crash, capsys, tmp_path):
    print_export(crash, tmp_path / "graphs", 30.0)
    said = "".join(capsys.readouterr().out.split())
    assert str(tmp_path / "graphs") in said
    assert (tmp_path / "graphs" / "cascade.graphml").is_file()
