"""Design search: which rules a venue could have, what each costs and gives, with everybody adjusting to them.

>>> from cascade_sim.experiments.design_search.question import read_design
>>> list(read_design("one-perpetual").settings)[:3]
['maintenance', 'initial', 'rule']
"""

if __name__ != "cascade_sim.experiments.design_search":
    raise ImportError(f"import cascade_sim.experiments.design_search, not {__name__}")
