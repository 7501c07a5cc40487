"""The index price: sources sample, report late, are weighed by a median, and published on occasion.

A source samples a market's mid, or the fundamental value, at its own interval and with its own noise;
the report arrives after its lag, or not at all during an outage. The feed takes the weighted median of
the reports that are not too old. It publishes when the median has left the last price by the deviation
threshold, or when the last price is as old as the heartbeat; publication takes effect after a latency.

References
----------
Chainlink off-chain reporting: median is element floor(n/2) of the sorted observations (libocr
`contract/OffchainAggregator.sol`), deviation and heartbeat (AlphaReportPPB, DeltaC). Hyperliquid
docs, hypercore/oracle: weighted median of spot venues.
"""

import math

import numpy as np

from cascade_sim.market.arithmetic import MILLION
from cascade_sim.market.constants import LINK, NONE, PRICE_UNIT, ZERO
from cascade_sim.market.draws import normals, words
from cascade_sim.market.event_queue import PUBLISH, REPORT, SAMPLE_SOURCE, push
from cascade_sim.market.kernel import kernel, routine
from cascade_sim.market.moves import twice_mid
from cascade_sim.market.records import INDEX, record_event
from cascade_sim.market.streams import FEED_TIE, SOURCE_NOISE, SOURCE_TIE

__all__ = ["is_due", "publish", "report", "sample_source", "weighted_median"]


@kernel
def _tie(seed, stream, row, number):
    a, b, _, _ = words(seed, stream, row, number, 0)
    return (a << LINK(32)) | b


@kernel
def _sampled_price(w, s):
    """What a source sees now, without noise: price in 1e-8 of the quote currency."""
    source = w.sources[s]
    price = np.int64(math.floor(w.assets[source.asset].fundamental * PRICE_UNIT + 0.5))
    if source.market != 0:
        market = w.markets[source.market]
        price = twice_mid(market.bid, market.ask, market.last) * market.tick_price // 2
    return price


@routine
def sample_source(w, s):
    """Let a source sample; its report is on the way unless it is out of order."""
    source = w.sources[s]
    clock = w.clock[0]
    row = np.int64(s)
    tie = _tie(clock.seed, SOURCE_TIE, row, source.number)
    if not (source.outage_start <= clock.now < source.outage_end):
        price = _sampled_price(w, s)
        if source.noise > 0.0:
            z, _ = normals(clock.seed, SOURCE_NOISE, row, source.number, 0)
            price = np.int64(math.floor(np.float64(price) * math.exp(source.noise * z) + 0.5))
        push(w, clock.now + source.lag, REPORT, row, price, tie)
    source.number += 1
    push(w, clock.now + source.interval, SAMPLE_SOURCE, row, 0, tie)


@kernel
def _counts(w, s, oldest):
    """Weight of a source in the median; 0 when its last report is missing or too old."""
    source = w.sources[LINK(s)]
    return source.weight if source.price > 0 and source.time >= oldest else np.int64(0)


@kernel
def weighted_median(w, asset):
    """Smallest report whose weight, with all below it, is more than half; 0 without reports."""
    feed = w.feeds[asset]
    last = feed.first_source + feed.sources
    oldest = w.clock[0].now - feed.max_age
    total = np.int64(0)
    for s in range(feed.first_source, last):
        total += _counts(w, s, oldest)
    median = np.int64(0)
    for s in range(feed.first_source, last):
        price = w.sources[LINK(s)].price
        below = np.int64(0)
        for other in range(feed.first_source, last):
            if w.sources[LINK(other)].price <= price:
                below += _counts(w, other, oldest)
        if _counts(w, s, oldest) > 0 and 2 * below > total and (median == 0 or price < median):
            median = price
    return median


@kernel
def is_due(feed, candidate, now):
    """Whether a median must be published: it deviates, or the last promise is as old as the heartbeat."""
    deviation = abs(candidate - feed.promised)
    return candidate > 0 and (
        deviation * MILLION >= feed.threshold_ppm * feed.promised or now - feed.promised_time >= feed.heartbeat
    )


@routine
def report(w, s, price):
    """A source's report arrives: weigh it, and publish the median if that is due."""
    source = w.sources[s]
    clock = w.clock[0]
    source.price = price
    source.time = clock.now
    feed = w.feeds[source.asset]
    candidate = weighted_median(w, source.asset)
    if is_due(feed, candidate, clock.now):
        feed.promised = candidate
        feed.promised_time = clock.now
        feed.number += 1
        row = np.int64(source.asset)
        push(w, clock.now + feed.latency, PUBLISH, row, candidate, _tie(clock.seed, FEED_TIE, row, feed.number))


@routine
def publish(w, asset, price):
    """A publication takes effect: the index of an asset is now `price`."""
    feed = w.feeds[asset]
    feed.price = price
    feed.time = w.clock[0].now
    record_event(w, INDEX, NONE, asset, NONE, ZERO, price, ZERO, NONE, ZERO, feed.number)
