"""Commands that search, compare, report and hold against theory, as a user meets them."""

import pytest

from tests.unit.test_cli import call, refused

SALE = "orders.20.size"


def search(tmp_path, *more):
    asked = ("--scenario", "by-hand", "--range", f"{SALE}=-30:-5", "--event", "liquidations > 2", "--seeds", 2)
    return ("critical", *asked, "--workers", 1, "--out", tmp_path / "out", *more)


def test_critical_says_where(tmp_path):
    result = call(*search(tmp_path))
    assert result.exit_code == 0
    assert "half of the runs cascade (liquidations > 2) at orders.20.size -10." in result.stdout
    assert (tmp_path / "out" / "boundary.png").is_file()
    assert (tmp_path / "out" / "critical.parquet").is_file()


def test_critical_refuses_an_axis_that_is_not_there(tmp_path):
    assert "it has size" in refused(*search(tmp_path, "--along", "sale"))
    assert not (tmp_path / "out").exists()


def test_compare_names_effects(tmp_path):
    asked = ("compare", "by-hand", "--with", f"{SALE}=-15", "--seeds", 3, "--workers", 1, "--out", tmp_path / "out")
    result = call(*asked)
    assert result.exit_code == 0
    words = result.stdout.splitlines()
    assert next(line for line in words if line.startswith("Liquidations")).split()[1:4] == ["4", "3", "-1"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "say what differs with --with PATH=VALUE"),
        (("--with", f"{SALE}=-25"), "is what the scenario says already"),
        (("--with", f"{SALE}=0"), "orders.20: size must not be 0"),
    ],
)
def test_compare_refuses(tmp_path, options, said):
    assert said in refused("compare", "by-hand", *options, "--out", tmp_path / "out")


def test_theory_is_listed_and_checked(tmp_path):
    assert "cluster-hunting" in call("validate-theory", "--list").stdout
    result = call("validate-theory", "step-map", "--small", "--out", tmp_path / "lines.csv")
    assert result.exit_code == 0
    assert "targets met." in result.stdout
    assert "met" in (tmp_path / "lines.csv").read_text(encoding="utf-8")


def test_an_unknown_theory_is_refused():
    assert "is not one of cluster-hunting" in refused("validate-theory", "phlogiston")


def test_a_missed_target_is_said_and_ends_in_an_error(monkeypatch):
    from cascade_sim.experiments.validation import studies
    from cascade_sim.experiments.validation.verdict import within

    missed = within("step-map", "theory", "fall", 1.0, 2.0, 0.1, "because")
    monkeypatch.setattr(studies, "run_study", lambda name, small: [missed])
    result = call("validate-theory", "step-map")
    assert result.exit_code == 1
    assert "NOT MET  fall: target 1, simulated 2 (tolerance 0.1 of it); because" in result.stdout


def test_report_of_nothing_is_refused(tmp_path):
    assert "is not the folder of a sweep" in refused("report", tmp_path)
