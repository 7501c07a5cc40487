"""`cascade-sim dashboard` where it can't open a page."""

import cascade_sim.cli.dashboard as command
from tests.unit.test_cli import refused


def test_the_extra_is_named_when_it_is_missing(monkeypatch):
    monkeypatch.setattr(command, "_NEEDED", ("no_such_package", "numpy"))
    message = refused("dashboard")
    assert "no_such_package" in message
    assert "cascade-sim[dashboard]" in message


def test_an_unknown_scenario_is_refused(monkeypatch):
    monkeypatch.setattr(command, "_NEEDED", ())
    assert "no-such" in refused("dashboard", "no-such")
