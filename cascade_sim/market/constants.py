"""Units, and the numbers that many modules share: types of links, lengths of tables, limits.

Units
-----
lots
    Signed int64 number of contracts (or spot lots); positive is long or buy.
level
    Price in ticks: the row of the ladder, below `LEVELS`.
units
    int64 money of one asset, for example 1e-6 USD; one tick times one lot is ``tick_value`` units.
mark
    Units of currency per lot. A price per tick becomes a mark by one stated rounding.
price
    int64 in 1e-8 of the quote currency per one unit of the base asset (oracles, index).
time
    int64 microseconds since the start of the run.
"""

import numpy as np

LINK = np.uint32
# Row numbers and kinds travel as uint32, amounts as int64, and constants bear those types too:
# numba compiles a function again for every new combination of argument types.
NONE = np.uint32(0)
ZERO = np.int64(0)
LEVELS = 1 << 18
LEVEL_WORDS = LEVELS >> 6
LEVEL_BLOCKS = LEVELS >> 12
TIERS = 12
ACCOUNT_BLOCK = 64
QUOTE_BLOCK = 128
BASIS_WINDOW = 64
WHEEL = 4096
OUTBOX = 64
MAP_BINS = 512
MAP_STEP = 0.0005
PROFILE_BINS = 25
PROFILE_STEP = 0.002
PRICE_UNIT = 10**8
SECOND = 10**6
MAX_LOTS = 2**31 - 1
MAX_NOTIONAL = 9 * 10**18
MAX_MONEY = 10**18  # units that an account may hold by transfers
FOREVER = 2**62

SPOT, PERPETUAL = 0, 1
