"""No two things draw from the same stream."""

from cascade_sim.market import streams
from cascade_sim.market.roles import ROLES


def test_all_streams_are_apart():
    bases = ("JITTER", "WAKING", "TRAIT", "PHASE", "DECISION")
    single = [getattr(streams, name) for name in streams.__all__ if name not in (*bases, "ROOM")]
    agents = [getattr(streams, base) + role for base in bases for role in range(ROLES)]
    assert streams.ROOM > ROLES
    assert len({*single, *agents}) == len(single) + len(agents)
