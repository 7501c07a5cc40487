"""What a run leaves.

`result` is its frames, in memory and in a folder, `summary` says it in numbers, `chronicle` step by step.
"""

from cascade_sim.results.result import Result, ResultError

__all__ = ["Result", "ResultError"]
