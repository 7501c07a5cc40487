"""No two things draw from the same stream."""

from cascade_sim.market import streams
from cascade_sim.market.roles import ROLES


def test_all_streams_are_apart():
    bases = ("JITTER", "WAKING", "TRAIT", "PHASE", "DECISION")
    single = [getattr(streams, name) for name in streams.__all__ if name not in (*bases, "ROOM", "lucky")]
    agents = [getattr(streams, base) + role for base in bases for role in range(ROLES)]
    assert streams.ROOM > ROLES
    assert len({*single, *agents}) == len(single) + len(agents)


def test_lucks_are_apart_and_the_first_is_the_seed_itself():
    last = 2**63 - 1
    lucks = [streams.lucky(seed, luck) for seed in (0, 1, 2, last) for luck in range(100)]
    assert len(set(lucks)) == 400
    assert all(0 <= luck <= last for luck in lucks)
    assert [streams.lucky(seed, 0) for seed in (0, 7, last)] == [0, 7, last]
