"""Compiled code: no reference counting, no stale cache."""

import os
import subprocess
import sys

import numba
import pytest

from cascade_sim.market.constants import LINK
from cascade_sim.market.kernel import cache_folder, entry, is_cached
from cascade_sim.market.margin import equity_and_margin
from cascade_sim.simulation import Simulation

compiled_only = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="looks at machine code, and this run has none")


@compiled_only
def test_kernels_count_no_references(simulate, monkeypatch, tmp_path):
    @entry
    def equity(w):
        return equity_and_margin(w, LINK(1))

    monkeypatch.setattr(equity, "_cache", numba.core.caching.NullCache())
    equity(simulate().world)
    code = next(iter(equity.inspect_llvm().values()))
    assert "equity_and_margin" in code or "getelementptr" in code
    assert "NRT_incref" not in code
    assert "NRT_decref" not in code


@compiled_only
def test_an_entry_is_cached_once_it_was_compiled(simulate):
    from cascade_sim.engine.loop import advance

    simulate().run(1)
    assert is_cached(advance)


def test_code_with_bounds_checks_is_cached_apart(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    plain = cache_folder()
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", not numba.config.BOUNDSCHECK)
    assert cache_folder() != plain


def test_uncompiled_code_gives_the_same_digest(simulate):
    code = (
        "import sys; sys.path.insert(0, '.');"
        "from tests.unit.market.test_kernel import short_run;"
        "print(short_run().records.digest())"
    )
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == short_run().records.digest()


def short_run() -> Simulation:
    """Some seconds of a market with agents in it."""
    from cascade_sim.scenario.load import load_scenario
    from tests.conftest import crowded_scenario

    simulation = Simulation(load_scenario(crowded_scenario(traders=40)), seed=3)
    simulation.run(8)
    return simulation
