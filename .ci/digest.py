"""Print the digest of a small run with liquidations, taken in Mesa's steps."""

import platform
import sys
from importlib.metadata import version
from pathlib import Path

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from cascade_sim import CascadeModel
from cascade_sim.market.kernel import entry
from tests.conftest import crowded_scenario


@entry
def element(array, place):
    """One element of an array, there or not."""
    return array[place]


def bounds_are_checked():
    """Whether compiled code notices that it reads behind the end of an array."""
    try:
        element(np.zeros(2), 2)
    except IndexError:
        return True
    return False


def main():
    """Run and print: the digest, how the run was made, with what."""
    way = "interpreted" if numba.config.DISABLE_JIT else "compiled"
    if numba.config.BOUNDSCHECK:
        if not bounds_are_checked():
            sys.exit("NUMBA_BOUNDSCHECK is set, and bounds are not checked")
        way += ", bounds checked"
    model = CascadeModel(crowded_scenario(), rng=1)
    while model.running:
        model.step()
    liquidations = len(model.result().events.get("breach", ()))
    if not liquidations:
        sys.exit("nobody was liquidated: the case is too small to tell anything")
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numba", "numpy", "mesa"))
    print(model.simulation.records.digest())
    print(f"{way}, {liquidations} liquidations, Python {platform.python_version()}, {libraries}", file=sys.stderr)


if __name__ == "__main__":
    main()
