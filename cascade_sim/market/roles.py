"""Whose order it was: every message, trade and flow bears the role of who sent it."""

import numpy as np

(
    NOBODY,
    TRADER,
    MAKER,
    LIQUIDATOR,
    HUNTER,
    ARBITRAGEUR,
    INVESTOR,
    CUSTOM,
    FUND,
    ABSORBER,
    FORCED,
) = np.arange(11, dtype=np.uint32)
ROLES = 11
ROLE_NAMES = (
    "nobody",
    "trader",
    "maker",
    "liquidator",
    "hunter",
    "arbitrageur",
    "investor",
    "custom",
    "fund",
    "absorber",
    "forced",
)
