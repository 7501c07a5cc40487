"""The first run says why it takes half a minute; later runs say nothing."""

import os
import subprocess
import sys

import numba
import pytest

from cascade_sim.engine.loop import advance
from cascade_sim.market.kernel import is_cached

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled in this run")


def _announced(**environment):
    code = "from cascade_sim.cli.app import announce_compilation; announce_compilation()"
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )


def test_the_first_compilation_is_announced_on_stderr(tmp_path):
    done = _announced(NUMBA_CACHE_DIR=str(tmp_path))
    assert "Compiling the simulation for this machine" in done.stderr
    assert done.stdout == ""


def test_nothing_is_announced_when_compiled_before(simulate):
    simulate().run(0.001)
    assert is_cached(advance)
    assert _announced().stderr == ""
