"""Whole markets with agents, for the time one simulated second takes."""

import json
import subprocess
import sys
import time
from typing import Any

from cascade_sim.bench.measure import Line
from cascade_sim.engine.rulebook import micros
from cascade_sim.scenario.load import load_scenario
from cascade_sim.scenario.scenario import Scenario
from cascade_sim.simulation import Simulation

__all__ = ["crowd", "million_lines", "peak", "second_of", "step_lines"]

_ASSETS = {
    "BTC": {"price": 60_000, "volatility": 0.5},
    "ETH": {"price": 3_000, "volatility": 0.65},
    "SOL": {"price": 150, "volatility": 0.8},
}
_TICKS = {"BTC": (0.5, 0.0001), "ETH": (0.05, 0.001), "SOL": (0.005, 0.01)}
_WEIGHTS = {"BTC": 0.6, "ETH": 0.3, "SOL": 0.1}


def _makers(count: int, depth: float) -> dict[str, Any]:
    """A cohort that renews 20 quotes a side in every perpetual about once a second."""
    depths = {f"{asset}-PERP": depth * weight for asset, weight in _WEIGHTS.items()}
    return {"venue": "perps", "count": count, "levels": 20, "interval": 1.0, "capital": 3.0, "markets": depths}


def _traders(count: int, interval: float, depth: float) -> dict[str, Any]:
    """Leveraged traders, most of them invested, who each act once in `interval` seconds on average."""
    interest = {f"{asset}-PERP": 5 * depth * weight for asset, weight in _WEIGHTS.items()}
    leverage = {"law": "lognormal", "median": 3, "sigma": 0.8, "low": 1, "high": 20}
    return {"venue": "perps", "count": count, "interval": interval, "open_interest": interest, "leverage": leverage}


def crowd(traders: int, makers: int = 10, interval: float = 100.0) -> Scenario:
    """One venue with perpetuals on three assets: traders, and makers who quote all three.

    Parameters
    ----------
    traders, makers : int
        How many.
    interval : float
        Mean seconds between the wake-ups of a trader in calm; 100 wakes 1 % of them a second.

    Notes
    -----
    Index prices come straight from fundamental value, marks every three seconds by the rules of a large
    exchange, liquidations and funding as shipped.
    """
    depth = 20e6 * max(1.0, traders / 10_000)
    markets = {f"{asset}-PERP": {"asset": asset, "tick": tick, "lot": lot} for asset, (tick, lot) in _TICKS.items()}
    return load_scenario(
        {
            "name": "bench",
            "duration": 600,
            "map_interval": 0,
            "assets": _ASSETS,
            "correlation": 0.8,
            "oracles": {asset: {"sources": [{"noise": 0.0001}]} for asset in _ASSETS},
            "venues": {"perps": {"rules": {"file": "binance-usdm"}, "markets": markets}},
            "agents": {
                "traders": {"crowd": _traders(traders, interval, depth)},
                "makers": {"makers": _makers(makers, depth)},
            },
        }
    )


def second_of(scenario: Scenario, warm: int, seconds: int, repeats: int = 3) -> tuple[float, Simulation]:
    """Least time of one simulated second, in seconds, as the mean of a stretch; and the simulation.

    Parameters
    ----------
    scenario : Scenario
    warm : int
        Seconds run before, so that books are full and the first wake-ups are over.
    seconds : int
        Length of each stretch.
    repeats : int
        Number of stretches, one after another.
    """
    simulation = Simulation(scenario, seed=1)
    simulation.run(warm)
    best = float("inf")
    for _ in range(repeats):
        end = simulation.now + micros(seconds)
        began = time.perf_counter()
        simulation.run_until(end)
        best = min(best, (time.perf_counter() - began) / seconds)
    return best, simulation


def step_lines(small: int = 1_000, large: int = 100_000, seconds: int = 60) -> list[Line]:
    """One simulated second of a small and of a large crowd."""
    return [
        _step_line(small, seconds, "us", 1e6, 40.0),
        _step_line(large, max(seconds // 6, 1), "ms", 1e3, 0.6),
    ]


def _step_line(traders: int, seconds: int, unit: str, scale: float, target: float) -> Line:
    spent, simulation = second_of(crowd(traders), warm=20, seconds=seconds, repeats=5)
    trades = len(simulation.records.table("trades")) / _age(simulation)
    note = f"10 makers x 40 quotes x 3 markets; {_rate(simulation):,.0f} wake-ups and {trades:,.0f} trades a second"
    what = f"one second, {traders:,} traders"
    return Line(what=what, unit=unit, measured=spent * scale, target=target, note=note)


def _age(simulation: Simulation) -> float:
    return simulation.now / 1e6


def _rate(simulation: Simulation) -> float:
    """Wake-ups of traders and makers a simulated second."""
    population = simulation.population
    return float(population.traders["number"].sum() + population.makers["number"].sum()) / _age(simulation)


def million_lines(traders: int = 1_000_000, seconds: int = 5) -> list[Line]:
    """Time and memory of a million accounts, in a process of its own so that nothing else counts."""
    command = [sys.executable, "-m", "cascade_sim.bench.steps", str(traders), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    what = f"one second, {traders:,} accounts"
    return [
        Line(
            what=what,
            unit="ms",
            measured=found["second"] * 1e3,
            target=10.0,
            note=f"{found['wakes']:,.0f} wake-ups a second",
        ),
        Line(what=f"{what}, peak memory", unit="MiB", measured=found["peak"], target=1024.0, note="whole process"),
    ]


def peak() -> float:
    """Largest resident size of this process so far, MiB."""
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def _measure_in_this_process(traders: int, seconds: int) -> None:
    spent, simulation = second_of(crowd(traders), warm=seconds, seconds=seconds)
    print(json.dumps({"second": spent, "wakes": _rate(simulation), "peak": peak()}))


if __name__ == "__main__":
    _measure_in_this_process(int(sys.argv[1]), int(sys.argv[2]))
