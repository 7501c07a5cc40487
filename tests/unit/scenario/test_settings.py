"""Overrides, rule files, digests, and a scenario shown and read again."""

import json

import pytest
import yaml

from cascade_sim.runner import without_impact
from cascade_sim.scenario.load import load_scenario, preset_names, venue_names, venue_rules
from cascade_sim.scenario.show import describe


def test_set_reaches_items_of_lists_and_maps():
    scenario = load_scenario(
        "flash-crash",
        [
            "news.0.move=-0.2",
            "agents.traders.crowd.leverage=7",
            "venues.perps.rules.tiers.BTC.0.leverage=50",
            "oracles.ETH.sources.1.noise=0.01",
            "news.0.asset=ETH",
        ],
    )
    assert (scenario.news[0].move, scenario.news[0].asset) == (-0.2, "ETH")
    assert scenario.agents.traders["crowd"].leverage.value == 7
    assert scenario.venues["perps"].rules.tiers["BTC"][0].leverage == 50
    assert scenario.oracles["ETH"].sources[1].noise == 0.01


def test_the_last_setting_wins():
    assert load_scenario("by-hand", ["duration=5", "duration=6"]).duration == 6


@pytest.mark.parametrize("path", ["venues.perps.rules.file", "venues.perps.rules"])
def test_another_rule_file(path):
    rules = load_scenario("flash-crash", [f"{path}=hyperliquid"]).venues["perps"].rules
    assert rules.title == "Hyperliquid perpetuals"
    assert (rules.mark.rule, rules.mark.interval, rules.waterfall.adl) == ("hyperliquid", 3, "hyperliquid")
    assert rules.fees.taker == 0.00045


def test_another_rule_file_keeps_what_the_scenario_says_beside_it():
    settings = ["venues.perps.rules.fees.taker=0.001", "venues.perps.rules.file=hyperliquid"]
    rules = load_scenario("flash-crash", settings).venues["perps"].rules
    assert rules.liquidation.window == 0.5  # the scenario's own change, laid over either file
    assert rules.waterfall.insurance_fund == 10_000_000
    assert rules.fees.taker == 0.001


def test_shipped_rule_files_state_source_and_date():
    assert venue_names() == ["binance-usdm", "hyperliquid"]
    for name in venue_names():
        rules = venue_rules(name)
        assert rules["source"].strip()
        assert str(rules["date"]).startswith("20")


@pytest.mark.parametrize("name", preset_names())
def test_a_scenario_written_out_is_the_same_scenario(name, tmp_path):
    scenario = load_scenario(name)
    data = scenario.model_dump(mode="json")
    for suffix, text in (("yaml", yaml.safe_dump(data, sort_keys=False)), ("json", json.dumps(data))):
        file = tmp_path / f"scenario.{suffix}"
        file.write_text(text, encoding="utf-8")
        assert load_scenario(str(file)).digest() == scenario.digest()


def test_toml_says_the_same(tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(
        'name = "tiny"\nduration = 5\n[assets.X]\nprice = 100\n[oracles.X]\nsources = [{}]\n'
        '[venues.v.markets.X-PERP]\nasset = "X"\ntick = 0.1\nlot = 1\n'
    )
    scenario = load_scenario(str(file))
    assert (scenario.duration, scenario.markets["X-PERP"][1].tick) == (5, 0.1)


def test_every_setting_has_its_own_digest():
    settings = ["duration=3000", "news.0.move=-0.061", "agents.hunters.predators.count=4"]
    digests = {load_scenario("flash-crash", [setting]).digest() for setting in settings}
    assert len(digests | {load_scenario("flash-crash").digest()}) == 4
    for same in ("duration=3600", "title=x"):
        assert load_scenario("flash-crash", [same]).digest() == load_scenario("flash-crash").digest()


def shown(*settings):
    """Lines of `show` by path."""
    return dict(line.split(" = ", 1) for line in describe(load_scenario("flash-crash", settings)))


def test_show_gives_values_units_and_meaning():
    lines = shown("assets.BTC.volatility=0.77", "agents.traders.crowd.latency=0.25")
    assert (
        lines["assets.BTC.volatility"] == "0.77 1/sqrt(year)  # Diffusion of the fundamental value [given with --set]"
    )
    assert lines["agents.traders.crowd.latency"].startswith("0.25 s  # From decision to exchange")
    assert lines["agents.traders.crowd.leverage"].startswith("lognormal(median 2.5, sigma 1.3, low 0.5, high 50)")
    assert lines["prices"].startswith("none")
    assert "[Coinbase daily candles of 2025-10-10" in lines["assets.ETH.crash_beta"]
    assert lines["assets.SOL.volatility"].endswith("assumed]")


def test_show_cites_the_sources_of_the_scenario():
    lines = shown("sources={agents.traders: a survey}")
    assert lines["agents.traders.crowd.count"].endswith("[a survey]")
    assert "survey" not in lines["agents.makers.perp-makers.count"]


def leaves(data, path=""):
    """Paths of all numbers of a scenario as data."""
    if isinstance(data, dict) and "law" not in data:
        for key, value in data.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(data, list) and data and isinstance(data[0], dict | list):
        for k, value in enumerate(data):
            yield from leaves(value, f"{path}.{k}")
    else:
        yield path, data


def test_show_leaves_no_number_out_and_set_reads_it_back():
    scenario = load_scenario("flash-crash")
    lines = shown()
    numbers = {path: value for path, value in leaves(scenario.model_dump(mode="json")) if isinstance(value, float)}
    assert len(numbers) > 150
    for path, value in numbers.items():
        assert float(lines[path].split()[0]) == value
    settings = [f"{path}={lines[path].split()[0]}" for path in numbers]
    assert load_scenario(scenario.model_dump(mode="json"), settings).digest() == scenario.digest()


def test_without_impact_changes_one_setting_a_venue():
    scenario = load_scenario("flash-crash")
    before, after = (dict(leaves(s.model_dump(mode="json"))) for s in (scenario, without_impact(scenario)))
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {f"venues.{venue}.rules.liquidation.has_impact" for venue in ("spot", "perps")}
