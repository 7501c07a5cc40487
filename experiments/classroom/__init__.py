"""A class plays the leverage commons: everybody chooses a leverage, the news comes, and a page says who fell and why.

>>> from cascade_sim.experiments.classroom.choices import example_choices
>>> len(example_choices())
24
"""

if __name__ != "cascade_sim.experiments.classroom":
    raise ImportError(f"import cascade_sim.experiments.classroom, not {__name__}")
