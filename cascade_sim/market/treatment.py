"""What the exchange does of an intervention (`cascade_sim.intervention`), which wrote who is treated how.

An account may be kept out of markets, have its margin kept apart market by market, be bailed out, have one
liquidation closed at mark, or lose one message. That stands in ``treatments``, one row an account; a run without
interventions never looks there.
"""

import numpy as np

from cascade_sim.market.constants import LINK, NONE, ZERO
from cascade_sim.market.kernel import kernel
from cascade_sim.market.ledger import touch
from cascade_sim.market.records import TRANSFER, record_event

__all__ = [
    "ALL_COLUMNS",
    "COUNTED",
    "PAID_IN",
    "counts_breach",
    "is_guaranteed",
    "is_lost",
    "is_spared",
    "margin_account",
    "meet_call",
]

ALL_COLUMNS = 0xFFFFFFFF
COUNTED = 32  # liquidations of one account that can be told apart; later ones can't be suppressed
PAID_IN = np.int64(1)  # code of a transfer that somebody outside pays, at a breach


@kernel
def margin_account(w, a, m):
    """Account in which the holder of account `a` keeps its position in market `m`."""
    own = a
    if w.clock[0].treated != 0 and w.treatments[a].isolated != 0:
        own = LINK(w.treatments[a].isolated + w.markets[m].column)
    return own


@kernel
def is_lost(w, message):
    """Whether a message never arrives: its sender is kept out of that market, or this one is suppressed."""
    lost = False
    if w.clock[0].treated != 0 and message.account < w.treatments.shape[0]:
        treatment = w.treatments[message.account]
        lost = treatment.muted == w.clock[0].now + 1
        if message.market == 0:
            lost = lost or treatment.barred == ALL_COLUMNS
        elif message.market < w.markets.shape[0]:
            lost = lost or (treatment.barred >> w.markets[message.market].column) & 1 != 0
    return lost


@kernel
def counts_breach(w, a):
    """Count a breach of an account, for `is_spared`."""
    clock = w.clock[0]
    if clock.treated != 0 and clock.now >= clock.counts_from:
        w.treatments[a].breaches += 1


@kernel
def is_spared(w, a):
    """Whether the liquidation under way is to be closed at mark, without an order in the book."""
    spared = False
    if w.clock[0].treated != 0:
        treatment = w.treatments[a]
        nth = treatment.breaches - 1
        spared = 0 <= nth < COUNTED and (np.int64(treatment.spared) >> nth) & 1 != 0
    return spared


@kernel
def is_guaranteed(w, a):
    """Whether somebody outside pays in what an account misses at a breach."""
    return w.clock[0].treated != 0 and w.treatments[a].guaranteed != 0


@kernel
def meet_call(w, a, amount):
    """Pay in from outside what an account misses, and no more."""
    v = w.accounts[a].venue
    currency = w.venues[v].currency
    w.balances[a, currency].amount += amount
    w.funds[v, currency].deposits += amount
    touch(w, a)
    record_event(w, TRANSFER, NONE, a, NONE, ZERO, ZERO, amount, NONE, PAID_IN, ZERO)
