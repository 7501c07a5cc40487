"""The whole exchange: margin, fees, positions and records around the book."""

from cascade_sim.bench.measure import HIGHER, Line, best_rate
from cascade_sim.bench.streams import exchange_world, run_exchange
from cascade_sim.bench.workload import message_stream

__all__ = ["exchange_lines"]

_MARKETS = 6
_TARGETS = {1_000: 8.0, 100_000: 5.0}  # accounts: million messages a second


def exchange_lines(messages: int, repeats: int) -> list[Line]:
    """Rates with few and with many accounts in six markets."""
    warm, stream = message_stream(messages)
    lines = []
    for accounts, target in _TARGETS.items():
        rate = best_rate(
            lambda accounts=accounts: run_exchange(exchange_world(_MARKETS, accounts), warm, stream),  # type: ignore[misc]
            messages,
            repeats,
        )
        what = f"exchange, {accounts:,} accounts in {_MARKETS} markets"
        note = f"{messages:,} messages"
        lines.append(Line(what=what, unit="M/s", measured=rate / 1e6, target=target, sense=HIGHER, note=note))
    return lines
