"""Reading scenarios: from shipped presets or files, with venue rules filled in and values overridden."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cascade_sim.scenario.files import Shelf, parsed
from cascade_sim.scenario.inputs import beside
from cascade_sim.scenario.positions import PositionsFileError, read_positions
from cascade_sim.scenario.prices import PriceFileError, read_bars
from cascade_sim.scenario.problems import did_you_mean
from cascade_sim.scenario.scenario import Scenario

__all__ = [
    "ScenarioError",
    "derivatives_venue",
    "load_scenario",
    "preset_names",
    "scenario_data",
    "venue_names",
    "venue_rules",
]

_GIVEN = "given with --set"


class ScenarioError(ValueError):
    """A scenario can't be used.

    Attributes
    ----------
    where : str
        What it is about.
    problems : list of str
        One line each: where, what was given, what is possible.
    """

    def __init__(self, where: str, problems: list[str]) -> None:
        self.where, self.problems = where, problems
        super().__init__(f"{where} can't be used:\n" + "\n".join(f"  {problem}" for problem in problems))

    def __reduce__(self) -> tuple[type["ScenarioError"], tuple[str, list[str]]]:
        """Travel from worker to parent."""
        return type(self), (self.where, self.problems)


_PRESETS = Shelf("scenario", ScenarioError, "one of the shipped scenarios", "cascade_sim.scenario", "presets")
_VENUES = Shelf("venue rules", ScenarioError, "one of the shipped rule files", "cascade_sim.scenario", "venues")


def preset_names() -> list[str]:
    """Names of the shipped scenarios."""
    return _PRESETS.names()


def venue_names() -> list[str]:
    """Names of the shipped venue rule files."""
    return _VENUES.names()


@lru_cache
def _rule_file(name: str) -> dict[str, Any]:
    return _VENUES.read(name)


def venue_rules(name: str) -> dict[str, Any]:
    """Rules of a shipped venue file, as plain data.

    Raises
    ------
    ScenarioError
        If there is no such file.
    """
    if name not in venue_names():
        known = venue_names()
        told = f"no such rule file; there are {', '.join(known)}{did_you_mean(str(name), known)}"
        raise ScenarioError(f"venue rules {name!r}", [told])
    return deepcopy(_rule_file(name))


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Mapping with `changes` laid over `base`, key by key."""
    merged = dict(base)
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _fill_in_rules(data: dict[str, Any]) -> None:
    """Replace the name of a rule file (alone, or as `file` beside changes) by what it says."""
    venues = data.get("venues")
    for venue in venues.values() if isinstance(venues, dict) else ():
        rules = venue.get("rules") if isinstance(venue, dict) else None
        if isinstance(rules, str):
            rules = {"file": rules}
        if isinstance(rules, dict) and "file" in rules:
            changes = dict(rules)
            venue["rules"] = _merge(venue_rules(changes.pop("file")), changes)


def _read(source: str) -> dict[str, Any]:
    """Plain data of a preset, or of a file with what it names beside it."""
    data = _PRESETS.read(source)
    return data if source in preset_names() else beside(data, Path(source).parent)


def _on_its_base(data: dict[str, Any]) -> dict[str, Any]:
    """A scenario laid over the shipped one that it names as `base`."""
    if "base" not in data:
        return data
    changes = dict(data)
    base = changes.pop("base")
    if base not in preset_names():
        known = preset_names()
        told = f"must be one of the shipped scenarios: {', '.join(known)}{did_you_mean(str(base), known)}"
        raise ScenarioError(f"base {base!r}", [told])
    return _merge(_on_its_base(_PRESETS.read(base)), changes)


def _override(data: dict[str, Any], assignment: str) -> None:
    """Apply one ``path=value``; the value is read as YAML, list items are addressed by number."""
    path, equals, text = assignment.partition("=")
    if not equals or not path:
        raise ScenarioError(f"--set {assignment}", ["must look like path=value, for example news.0.move=-0.1"])
    place: Any = data
    *parents, last = path.strip().split(".")
    for key in parents:
        place = _child(place, key, assignment)
    try:
        value = parsed(text)
    except ValueError as error:
        raise ScenarioError(f"--set {assignment}", [str(error)]) from None
    if isinstance(place, list):
        place[_index(place, last, assignment)] = value
    elif isinstance(place, dict):
        place[last] = value
    else:
        raise ScenarioError(f"--set {assignment}", [f"{'.'.join(parents)} is a single value and has no {last!r}"])


def _names_rules(assignment: str) -> bool:
    """Whether an assignment says which rule file a venue has."""
    keys = assignment.partition("=")[0].strip().split(".")
    return keys[0] == "venues" and keys[2:] in (["rules"], ["rules", "file"])


def _spell_out_files(data: dict[str, Any]) -> None:
    """Write a rule file named alone as one beside (no) changes."""
    venues = data.get("venues")
    for venue in venues.values() if isinstance(venues, dict) else ():
        if isinstance(venue, dict) and isinstance(venue.get("rules"), str):
            venue["rules"] = {"file": venue["rules"]}


def _own_up(data: dict[str, Any], path: str) -> None:
    """Say of an overridden value that it was given, not what the source of the former one was."""
    sources = data.get("sources")
    if isinstance(sources, dict) and path != "sources" and not path.startswith("sources."):
        kept = {key: text for key, text in sources.items() if key != path and not key.startswith(f"{path}.")}
        data["sources"] = kept | {path: _GIVEN}


def _index(items: list[Any], key: str, assignment: str) -> int:
    if not key.isdigit() or int(key) >= len(items):
        raise ScenarioError(f"--set {assignment}", [f"item {key!r} of a list with {len(items)} items, counted from 0"])
    return int(key)


def _child(place: Any, key: str, assignment: str) -> Any:
    if isinstance(place, list):
        return place[_index(place, key, assignment)]
    if isinstance(place, dict):
        return place.setdefault(key, {})
    raise ScenarioError(f"--set {assignment}", [f"{key!r} lies below a single value"])


def _check_ticks(data: dict[str, Any], bar: float, visits: bool) -> None:
    """The steps of fundamental value must fill a bar: a whole number of them, four at least to visit high and low."""
    interval = data.get("fundamental_interval", Scenario.model_fields["fundamental_interval"].default)
    if isinstance(interval, int | float) and interval > 0:
        steps = bar / interval
        least = 4 if visits else 1
        if abs(steps - round(steps)) > 1e-6 or round(steps) < least:
            raise ScenarioError(
                "fundamental_interval",
                [f"must divide a bar of {bar:g} s into at least {least} equal steps, got {interval:g} s"],
            )


def _time(prices: dict[str, Any], name: str) -> datetime | None:
    """A time that bounds the bars, as it stands in YAML or in a setting."""
    given = prices.get(name)
    try:
        return given if given is None else TypeAdapter(datetime).validate_python(given)
    except ValidationError:
        raise ScenarioError("prices", [f"{name}: must be a time like 2021-05-19T12:36Z, got {given!r}"]) from None


def _follow_prices(data: dict[str, Any]) -> None:
    """Where a price file is given: start at its first price, for its length."""
    prices, assets = data.get("prices"), data.get("assets")
    if not isinstance(prices, dict) or not isinstance(assets, dict) or not isinstance(prices.get("file"), str):
        return
    try:
        bars = read_bars(prices["file"], _time(prices, "start"), _time(prices, "end"))
    except PriceFileError as error:
        raise ScenarioError("prices", [str(error)]) from None
    _check_ticks(data, bars.seconds, prices.get("bridge") != "close")
    asset = prices.get("asset") or next(iter(assets), "")
    if isinstance(assets.get(asset), dict):
        assets[asset] = assets[asset] | {"price": float(bars.close[0])}
    if data.get("duration") is None:
        data["duration"] = bars.duration


def scenario_data(source: str) -> dict[str, Any]:
    """Plain data of a scenario, laid over its base but not validated; `load_scenario` takes it.

    For whoever loads the same scenario many times with other settings: the file is read once.

    Raises
    ------
    ScenarioError
        If it can't be read.
    """
    data = _on_its_base(_read(source))
    return {"name": source} | data


def derivatives_venue(source: str) -> str:
    """First venue of a scenario that has a perpetual."""
    venues = load_scenario(source).venues
    for name, venue in venues.items():
        if any(market.kind == "perpetual" for market in venue.markets.values()):
            return name
    raise ScenarioError(f"scenario {source!r}", ["no venue has a perpetual; positions need one"])


def _check_positions(scenario: Scenario) -> None:
    """Read the positions file once, so that what is wrong with it is said before anything runs."""
    if scenario.positions is not None:
        markets = scenario.venues[scenario.positions.venue].markets
        try:
            read_positions(
                scenario.positions.file, {name for name, market in markets.items() if market.kind == "perpetual"}
            )
        except PositionsFileError as error:
            raise ScenarioError("positions", [str(error)]) from None


def load_scenario(source: str | Mapping[str, Any], overrides: Iterable[str] = (), trust: bool = False) -> Scenario:
    """Validated scenario.

    Parameters
    ----------
    source : str or mapping
        Name of a shipped scenario, path of a YAML, JSON or TOML file, or the data itself.
    overrides : iterable of str
        ``path=value`` assignments, applied in order before validation.
    trust : bool
        Whether files that the scenario names are taken as read (a resolved scenario of an earlier run).

    Raises
    ------
    ScenarioError
        With every problem found.

    Examples
    --------
    >>> load_scenario("by-hand", ["orders.20.size=-15"]).orders[20].size
    -15.0
    """
    data = deepcopy(dict(source)) if isinstance(source, Mapping) else _read(source)
    data = _on_its_base(data)
    name = data.get("name", "scenario") if isinstance(source, Mapping) else source
    _spell_out_files(data)
    assignments = list(overrides)
    # What else is said about the rules lies over the rule file, whichever file that is in the end.
    for assignment in sorted(assignments, key=lambda item: not _names_rules(item)):
        if not _names_rules(assignment):
            _fill_in_rules(data)
        _override(data, assignment)
        _own_up(data, assignment.partition("=")[0].strip())
    _fill_in_rules(data)
    if not trust:
        _follow_prices(data)
    scenario = _PRESETS.check(Scenario, data, str(name))
    if not trust:
        _check_positions(scenario)
    return scenario
