"""Numbers of all random streams, so that no two things draw at the same address.

Streams of agents are bases: an agent's stream is the base plus the number of its role, below `ROOM`.
"""

__all__ = [
    "BRIDGE",
    "BRIDGE_NOISE",
    "BURN_IN",
    "DECISION",
    "DIFFUSION",
    "FEED_TIE",
    "JITTER",
    "JUMP",
    "PHASE",
    "ROOM",
    "SIGHT",
    "SOURCE_NOISE",
    "SOURCE_TIE",
    "TRAIT",
    "WAKING",
    "lucky",
]

ROOM = 1 << 8
DIFFUSION, JUMP, SOURCE_NOISE, SOURCE_TIE, FEED_TIE, BRIDGE, BRIDGE_NOISE, BURN_IN, SIGHT = range(1, 10)
JITTER, WAKING, TRAIT, PHASE, DECISION = range(ROOM, 6 * ROOM, ROOM)
_GOLDEN = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio: neighbouring lucks are far apart


def lucky(seed: int, luck: int) -> int:
    """Seed of another luck for the same accounts; luck 0 is the seed's own."""
    return (seed + luck * _GOLDEN) % 2**63
