"""Whether a run fits into memory: refused before it starts, or stopped early, instead of killed without a word."""

import math
from pathlib import Path

from cascade_sim.market.record_rows import sample_t
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import RunError, Simulation

__all__ = ["available_memory", "check_growth", "check_size"]

# Tables, the frames made of them, the same run without impact, and summing up together took 4.8 to 6.2 times
# the tables' own bytes, measured with a million rows of each.
_PEAK = 6
# A map is some ten bands of depth and of liquidation prices. Lively markets have more; what is refused for its
# maps would not have fitted in any case.
_ROW_BYTES = {"sample_interval": sample_t.itemsize, "map_interval": 400}
_SETTLED = 600.0  # seconds after which what was recorded so far tells what will be
_SPARE = 1.06  # so that a suggestion fits when it is rounded to two digits


def available_memory() -> float:
    """Bytes that can still be had; infinite where the system does not say."""
    try:
        said = Path("/proc/meminfo").read_text(encoding="ascii")
        free = 1024.0 * int(said.split("MemAvailable:")[1].split()[0])
    except (OSError, IndexError, ValueError):
        return math.inf
    try:
        group = Path("/sys/fs/cgroup")
        limit, used = (float((group / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current"))
        return min(free, max(limit - used, 0.0))
    except (OSError, ValueError):  # "max": the container has no limit of its own
        return free


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:,.1f} GB"


def _rounded(number: float) -> str:
    """Two digits, as they can be typed."""
    return f"{float(f'{number:.2g}'):.12g}"


def _shorter(scenario: Scenario, share: float) -> str:
    """Suggest the duration that with the burn-in is a share of what it is."""
    duration = share / _SPARE * (scenario.burn_in + scenario.duration) - scenario.burn_in
    return f"a duration of at most {_rounded(duration)}" if duration > 0 else "a shorter burn_in and duration"


def _wider(name: str, interval: float, needed: float, room: float) -> str:
    """Suggest the interval whose rows fit into the room beside everything else, if there is any."""
    return f"{name} of at least {_rounded(interval * needed / room * _SPARE)}, or " if room > 0 else ""


def _rows(scenario: Scenario) -> dict[str, float]:
    """Rows of series and maps that a run makes, by the setting that decides on them."""
    whole, markets = scenario.burn_in + scenario.duration, len(scenario.markets)
    intervals = {"sample_interval": scenario.sample_interval, "map_interval": scenario.map_interval}
    return {name: whole / interval * markets for name, interval in intervals.items() if interval > 0}


def check_size(scenario: Scenario) -> None:
    """Refuse a run whose series and maps alone do not fit; how much it trades, nobody knows before.

    Parameters
    ----------
    scenario : Scenario

    Raises
    ------
    RunError
        Names the setting that asks for the most.
    """
    rows, free = _rows(scenario), available_memory()
    needed = {name: _PEAK * _ROW_BYTES[name] * count for name, count in rows.items()}
    total = sum(needed.values())
    if total > free:
        most = max(needed, key=lambda name: needed[name])
        interval = getattr(scenario, most)
        wider = _wider(most, interval, needed[most], free - total + needed[most])
        raise RunError(
            f"{most}: every {interval:g} s for {scenario.burn_in + scenario.duration:,.10g} s makes {rows[most]:,.0f} "
            f"rows in {len(scenario.markets)} market(s); the run would take {_gigabytes(total)} of memory and "
            f"{_gigabytes(free)} are available; choose {wider}{_shorter(scenario, free / total)}"
        )


def check_growth(simulation: Simulation) -> None:
    """Stop a run under way as soon as it is clear that what it records will not fit.

    Parameters
    ----------
    simulation : Simulation

    Raises
    ------
    RunError
        Says how long a run fits.
    """
    scenario, seconds = simulation.scenario, simulation.now / 1e6
    ahead = (scenario.burn_in + scenario.duration) / seconds if seconds >= _SETTLED else 1.0
    taken = simulation.records.size()
    total, free = _PEAK * ahead * taken, available_memory() + taken
    if total > free:
        raise RunError(
            f"duration: in {seconds:,.10g} s the run has recorded {_gigabytes(taken)}; at this rate all of it, with "
            f"what is made of it, would take {_gigabytes(total)} of memory and {_gigabytes(free)} are available; "
            f"choose {_shorter(scenario, free / total)}, or fewer agents"
        )
