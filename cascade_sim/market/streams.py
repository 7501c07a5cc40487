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
]

ROOM = 1 << 8
DIFFUSION, JUMP, SOURCE_NOISE, SOURCE_TIE, FEED_TIE, BRIDGE, BRIDGE_NOISE, BURN_IN, SIGHT = range(1, 10)
JITTER, WAKING, TRAIT, PHASE, DECISION = range(ROOM, 6 * ROOM, ROOM)
