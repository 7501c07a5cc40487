"""Margin tiers and design search as a user meets them."""

import yaml

from cascade_sim.experiments.design_search.question import read_design
from cascade_sim.experiments.margin_tiers.asset import read_asset
from tests.unit.test_cli import call, refused


def written(path, model, **changes):
    path.write_text(yaml.safe_dump(model.model_dump(mode="json") | changes), encoding="utf-8")
    return path


def test_tiers_are_found_and_written(tmp_path):
    small = {"traders": 60, "runs": 24, "scales": [1.0, 8.0], "fund": 20_000}
    file, out = written(tmp_path / "asset.yaml", read_asset("btc-like"), **small), tmp_path / "out"
    result = call("tiers", file, "--out", out, "--workers", 1, "-q")
    assert result.exit_code == 0
    assert "Chosen: maintenance margin from" in result.stdout
    assert "On days that played no part at all" in result.stdout
    tiers = yaml.safe_load((out / "tiers.yaml").read_text())["tiers"]["BTC"]
    assert tiers[-1]["maintenance"] > tiers[0]["maintenance"]
    assert {"tiers.png", "curve.csv", "days.parquet", "answer.txt", "manifest.json"} <= {f.name for f in out.iterdir()}


def test_a_bad_asset_is_refused_and_nothing_is_written(tmp_path):
    file = written(tmp_path / "asset.yaml", read_asset("btc-like"), depth=-3, fund=-1)
    text = refused("tiers", file, "--out", tmp_path / "out")
    assert "depth" in text
    assert "fund" in text
    assert not (tmp_path / "out").exists()


def test_designs_are_searched_and_gone_on_with(tmp_path):
    shipped = read_design("one-perpetual")
    small = {
        "set": [*shipped.set, "duration=60", "burn_in=10", "sample_interval=5"],
        "news_at": 5,
        "rounds": 1,
        "seeds": {"strata": 2, "adjust": 2, "search": 4, "fresh": 4},
        "settings": {name: shipped.settings[name].model_dump(mode="json") for name in ("maintenance", "initial")},
        "traders": shipped.traders.model_dump(mode="json") | {"count": 60, "leverages": [2, 8]},
    }
    file, out = written(tmp_path / "design.yaml", shipped, **small), tmp_path / "out"
    first = call("design", file, "--trials", 1, "--out", out, "--workers", 1, "-q")
    assert first.exit_code == 0
    assert "What there is today" in first.stdout
    assert "2 candidates" in call("design", file, "--trials", 2, "--out", out, "--workers", 1, "-q").stdout
    assert "must not be mixed" in refused("design", file, "--trials", 2, "--seeds", 6, "--out", out)


def test_a_bad_design_is_refused(tmp_path):
    assert "one-perpetual" in refused("design", "nothing")
    assert "rounds" in refused("design", written(tmp_path / "d.yaml", read_design("one-perpetual"), rounds=0))
