"""From event tables to data frames in human units: seconds, USD, whole assets, names instead of rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cascade_sim.engine.rulebook import first_counted
from cascade_sim.market import records as r
from cascade_sim.market.constants import LEVELS, MAP_STEP, PRICE_UNIT, PROFILE_BINS, PROFILE_STEP, SECOND, SPOT
from cascade_sim.market.record_rows import event_t
from cascade_sim.market.roles import ROLE_NAMES
from cascade_sim.market.rows import stack
from cascade_sim.recording.event_columns import EVENT_COLUMNS
from cascade_sim.recording.series_units import SERIES_UNITS
from cascade_sim.scenario.scenario import MONEY_UNITS
from cascade_sim.simulation import Simulation

__all__ = ["Recorder"]

Column = NDArray[Any]


@dataclass
class Recorder:
    """Reads a simulation; everything before the end of the burn-in is left out.

    Parameters
    ----------
    simulation : Simulation
    """

    simulation: Simulation

    def __post_init__(self) -> None:
        roster = self.simulation.roster
        self.start = round(self.simulation.scenario.burn_in * SECOND)
        self.markets = np.array(["", *roster.markets], dtype=object)
        self.venues = np.array(["", *roster.venues], dtype=object)
        self.assets: Column = np.array(["", *roster.assets], dtype=object)
        specs = [None, *(market for _, market in self.simulation.scenario.markets.values())]
        self.tick = np.array([0.0] + [spec.tick for spec in specs[1:] if spec])
        self.lot = np.array([0.0] + [spec.lot for spec in specs[1:] if spec])

    def is_recorded(self, time: Column) -> Column:
        """Whether what happened belongs to the run: after the burn-in, or from the first moment where there is none."""
        recorded: Column = time >= first_counted(self.simulation.scenario.burn_in)
        return recorded

    def seconds(self, time: Column) -> Column:
        """Seconds after the burn-in."""
        seconds: Column = (time - self.start) / SECOND
        return seconds

    def per_unit(self, money_per_lot: Column, market: Column) -> Column:
        """Mark (units per lot) as a price in USD."""
        price: Column = money_per_lot / (MONEY_UNITS * self.lot[market])
        return price

    def table(self, name: str) -> Column:
        """Rows of an event table after the burn-in."""
        rows = self.simulation.records.table(name)
        return rows[self.is_recorded(rows["time"])]

    def series(self) -> pd.DataFrame:
        """State of every market at the end of the burn-in and at every sample since, in the units of `SERIES_UNITS`.

        One row a market and time; what is counted since the start is zero in the first.
        """
        every = self.simulation.records.table("samples")
        rows = every[every["time"] >= self.start]
        market = rows["market"].astype(np.int64)
        mid = np.where((rows["bid"] >= 0) & (rows["ask"] < LEVELS), (rows["bid"] + rows["ask"]) / 2.0, rows["last"])
        price = mid * self.tick[market]
        both = (rows["bid"] >= 0) & (rows["ask"] < LEVELS)
        frame = pd.DataFrame(
            {
                "time": self.seconds(rows["time"]),
                "venue": self.venues[rows["venue"]],
                "market": self.markets[market],
                "bid": np.where(rows["bid"] >= 0, rows["bid"] * self.tick[market], np.nan),
                "ask": np.where(rows["ask"] < LEVELS, rows["ask"] * self.tick[market], np.nan),
                "mid": price,
                "last": rows["last"] * self.tick[market],
                "mark": self.per_unit(rows["mark"], market),
                "index": rows["index"] / PRICE_UNIT,
                "fundamental": rows["fundamental"],
                "spread": np.where(both, (rows["ask"] - rows["bid"]) / mid * 1e4, np.nan),
            }
        )
        for side, name in (("bid", "bid"), ("ask", "ask")):
            for reach in ("10bp", "1pc", "5pc"):
                frame[f"{name}_depth_{reach}"] = rows[f"{side}_{reach}"] * self.lot[market] * price
        mark = self.per_unit(rows["mark"], market)
        before = self._before_start(every)
        frame["open_interest"] = rows["open_interest"] * self.lot[market] * mark
        frame["funding_paid"] = self.per_unit(rows["funding"] - before["funding"][market], market)
        frame["funding_rate"] = rows["funding_rate"]
        frame = frame.join(self._volumes(rows, market))
        frame["liquidated"] = (rows["liquidated_notional"] - before["liquidated_notional"][market]) / MONEY_UNITS
        frame["deleveraged"] = (rows["adl_lots"] - before["adl_lots"][market]) * self.lot[market] * mark
        frame["insurance_fund"] = rows["fund"] / MONEY_UNITS
        frame["bad_debt"] = (rows["bad_debt"] - before["bad_debt"][market]) / MONEY_UNITS
        frame["socialised"] = (rows["socialised"] - before["socialised"][market]) / MONEY_UNITS
        frame = frame.join(self._branching(rows, market))
        frame.attrs["units"] = SERIES_UNITS
        return frame

    def _before_start(self, every: Column) -> Column:
        """Last sample of each market at or before the end of the burn-in; zeros where there is none."""
        last = np.zeros(len(self.markets), every.dtype)
        for row in every[every["time"] <= self.start][-4 * len(self.markets) :]:
            last[int(row["market"])] = row
        return last

    def _sample_of(self, rows: Column, market: Column, time: Column, at: Column) -> Column:
        """Index of the first sample of a market at or after a time."""
        order = np.lexsort((rows["time"], rows["market"]))
        keys = rows["market"][order].astype(np.int64) * (1 << 50) + rows["time"][order]
        found = np.searchsorted(keys, at.astype(np.int64) * (1 << 50) + time)
        inside = found < len(keys)
        found = np.minimum(found, len(keys) - 1)
        inside &= rows["market"][order][found] == at
        return np.where(inside, order[found], -1)

    def _sample_before(self, samples: Column, time: Column, at: Column) -> Column:
        """Index of the last sample of a market at or before a time; there is one from time zero."""
        order = np.lexsort((samples["time"], samples["market"]))
        keys = samples["market"][order].astype(np.int64) * (1 << 50) + samples["time"][order]
        found: Column = order[np.searchsorted(keys, at.astype(np.int64) * (1 << 50) + time, side="right") - 1]
        return found

    def _volumes(self, rows: Column, market: Column) -> pd.DataFrame:
        """USD taken from the book between samples: in all, by sellers, by liquidations, and by role."""
        trades = self.table("trades")
        place = self._sample_of(rows, market, trades["time"], trades["market"])
        trades, place = trades[place >= 0], place[place >= 0]
        paid = np.abs(trades["lots"]) * self.lot[trades["market"]] * trades["level"] * self.tick[trades["market"]]
        volumes = {}
        for role, name in enumerate(ROLE_NAMES):
            for side, sign in (("bought", 1), ("sold", -1)):
                own = (trades["role"] == role) & (np.sign(trades["lots"]) == sign)
                if own.any():
                    volumes[f"{side}_by_{name}"] = np.bincount(place[own], paid[own], len(rows))
        zero = np.zeros(len(rows))
        bought = sum((v for k, v in volumes.items() if k.startswith("bought")), zero)
        sold = sum((v for k, v in volumes.items() if k.startswith("sold")), zero)
        whole = bought + sold
        share = np.divide(sold, whole, out=np.full(len(rows), np.nan), where=whole > 0)
        forced = volumes.get("bought_by_forced", zero) + volumes.get("sold_by_forced", zero)
        return pd.DataFrame({"volume": whole, "taker_sell_share": share, "forced_volume": forced} | volumes)

    def _branching(self, rows: Column, market: Column) -> pd.DataFrame:
        """A-priori branching ratios at the times of the liquidation maps, nan in between."""
        maps = self.table("branchings")
        frame = pd.DataFrame({"branching_down": np.nan, "branching_up": np.nan}, index=range(len(rows)))
        if len(maps):
            place = self._sample_of(rows, market, maps["time"], maps["market"])
            maps, place = maps[place >= 0], place[place >= 0]
            for name, lots, depth in (("branching_down", "longs", "bids"), ("branching_up", "shorts", "asks")):
                ratio = np.full(len(maps), np.nan)
                np.divide(maps[lots], maps[depth], out=ratio, where=maps[depth] > 0)
                ratio[(maps[lots] > 0) & (maps[depth] == 0)] = np.inf
                frame.loc[place, name] = ratio
        return frame

    def trades(self) -> pd.DataFrame:
        """Every trade: price in USD, signed size (negative: the taker sold), fees in the asset each pays with."""
        rows = self.table("trades")
        market = rows["market"]
        fee_unit = np.where(self._pays_in_asset(market, rows["lots"] > 0), 1e8, MONEY_UNITS)
        maker_unit = np.where(self._pays_in_asset(market, rows["lots"] < 0), 1e8, MONEY_UNITS)
        return pd.DataFrame(
            {
                "time": self.seconds(rows["time"]),
                "market": self.markets[market],
                "price": rows["level"] * self.tick[market],
                "size": rows["lots"] * self.lot[market],
                "taker": rows["taker"],
                "maker": rows["maker"],
                "taker_fee": rows["taker_fee"] / fee_unit,
                "maker_fee": rows["maker_fee"] / maker_unit,
                "origin": np.array(ROLE_NAMES, dtype=object)[rows["role"]],
                "cause": rows["cause"],
            }
        )

    def _pays_in_asset(self, market: Column, buys: Column) -> Column:
        """Whether a fee is taken in the traded asset: for buyers in spot markets."""
        pays: Column = (self.simulation.world.markets["kind"][market] == SPOT) & buys
        return pays

    def events(self) -> dict[str, pd.DataFrame]:
        """One frame for each kind of event that happened, with the columns that kind has."""
        rows = self._with_first_marks(self.table("events"))
        frames = {}
        for kind, columns in EVENT_COLUMNS.items():
            own = rows[rows["kind"] == kind]
            if len(own):
                frames[r.EVENT_NAMES[kind]] = pd.DataFrame(
                    {"time": self.seconds(own["time"])} | {name: read(self, own) for name, read in columns.items()}
                )
        return frames

    def _with_first_marks(self, rows: Column) -> Column:
        """Put the mark that each market enters the run with before the events."""
        every = self.simulation.records.table("events")
        before = every[~self.is_recorded(every["time"]) & (every["kind"] == r.MARK)]
        last = [before[before["market"] == m][-1:] for m in np.unique(before["market"])]
        return stack(event_t, [*last, rows])

    def moves(self) -> pd.DataFrame:
        """What moved mid and last price between marks, by role and by liquidation, in USD."""
        rows = self.table("moves")
        market = rows["market"]
        return pd.DataFrame(
            {
                "time": self.seconds(rows["time"]),
                "market": self.markets[market],
                "origin": np.array(ROLE_NAMES, dtype=object)[rows["role"]],
                "cause": rows["cause"],
                "mark_number": rows["number"],
                "bought": rows["bought"] * self.lot[market],
                "sold": rows["sold"] * self.lot[market],
                "mid_move": rows["mid_move"] * self.tick[market] / 2,
                "last_move": rows["last_move"] * self.tick[market],
            }
        )

    def liquidation_map(self) -> pd.DataFrame:
        """Where liquidations lay through time: price in USD, USD liquidated there, by side."""
        rows = self.table("clusters")
        market = rows["market"]
        mark = self.per_unit(rows["mark"], market)
        distance = (rows["distance"] + 0.5) * MAP_STEP
        parts = []
        for side, sign in (("longs", -1), ("shorts", 1)):
            own = rows[side] > 0
            parts.append(
                pd.DataFrame(
                    {
                        "time": self.seconds(rows["time"])[own],
                        "market": self.markets[market][own],
                        "side": side,
                        "price": (mark * (1 + sign * distance))[own],
                        "distance": sign * distance[own],
                        "notional": (rows[side] * self.lot[market] * mark)[own],
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    def depth_profile(self) -> pd.DataFrame:
        """What stood in the book through time: USD in each band of distance from the mid, by side."""
        rows = self.table("profiles")
        market = rows["market"]
        place = rows["place"].astype(np.int64)
        sign = np.where(place < PROFILE_BINS, -1, 1)
        distance = sign * (place % PROFILE_BINS + 0.5) * PROFILE_STEP
        samples = self.table("samples")
        at = self._sample_before(samples, rows["time"], market)
        price = samples["last"][at] * self.tick[market]
        return pd.DataFrame(
            {
                "time": self.seconds(rows["time"]),
                "market": self.markets[market],
                "distance": distance,
                "depth": rows["lots"] * self.lot[market] * price,
            }
        )
