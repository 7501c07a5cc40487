"""The study: candidates proposed by Optuna, one batch after another, kept in a file that a stopped search goes on with.

Each proposal depends on the candidates of earlier batches and on its own number only: its sampler is seeded by the
number, and the batch does not know the number of workers. So a search that was stopped proposes the same again, and any
number of workers finds the same. Proposals come from the tree-structured Parzen estimator for several objectives
(Ozaki, Tanigaki, Watanabe, Nomura and Onishi, 2022, Journal of Artificial Intelligence Research 73), after a first part
that is drawn at random.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cascade_sim.experiments
from cascade_sim.experiments.design_search.candidate import Evaluated, evaluate
from cascade_sim.experiments.design_search.objectives import OBJECTIVES
from cascade_sim.experiments.design_search.problems import DesignError
from cascade_sim.experiments.design_search.question import Choice, DesignQuestion
from cascade_sim.experiments.runs import in_parallel
from cascade_sim.experiments.sweeps.design import code_version
from cascade_sim.progress import Progress
from cascade_sim.scenario.inputs import digest_with_files
from cascade_sim.scenario.load import load_scenario, scenario_data

if TYPE_CHECKING:
    import optuna

__all__ = ["STUDY", "Candidate", "evaluate_listed", "search"]

STUDY = "study.sqlite"
Candidate = tuple[dict[str, Choice], Evaluated]
_BATCH = 4
_AT_RANDOM = 16  # candidates before the sampler learns
_SOURCES = (
    "design_search/adjusting.py",
    "design_search/candidate.py",
    "design_search/day.py",
    "design_search/fresh.py",
    "design_search/objectives.py",
    "design_search/population.py",
    "design_search/study.py",
    "games/playing/payoffs.py",
    "games/playing/utility.py",
    "news.py",
)
_LIBRARIES = ("cascade-sim", "numpy", "numba", "optuna")


def search(
    question: DesignQuestion, folder: Path, workers: int | None = None, progress: Progress | None = None
) -> list[Candidate]:
    """Evaluate the question's number of candidates; those that the folder holds are not run again.

    Parameters
    ----------
    question : DesignQuestion
    folder : Path
        Where `STUDY` is, or will be.
    workers : int, optional
        Processes; default one a core.
    progress : callable, optional

    Returns
    -------
    list of (settings, Evaluated)
        In the order in which they were proposed.

    Raises
    ------
    DesignError
        If the folder's study is of another question or version, or Optuna is not installed.
    """
    optuna = _optuna()
    with _stored(optuna, question, folder / STUDY, question.name) as study:
        while (done := len(study.trials)) < question.trials:
            first = done - done % _BATCH
            proposed = _proposals(optuna, question, study.trials[:first])
            left = [trial.params for trial in proposed][done - first : question.trials - first]
            for params, found in zip(left, _evaluated(question, left, workers), strict=True):
                _add(optuna, study, question, params, found)
                if progress is not None:
                    progress("candidates", len(study.trials), question.trials)
        return [_read(trial) for trial in study.trials[: question.trials]]


def evaluate_listed(
    question: DesignQuestion,
    listed: Sequence[dict[str, Choice]],
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Candidate]:
    """Evaluate candidates that nobody proposed, in a study of their own in the same file.

    Parameters and errors are those of `search`; `listed` are the settings of each, and none is evaluated twice.
    """
    optuna = _optuna()
    with _stored(optuna, question, folder / STUDY, f"{question.name}, listed") as study:
        known = [trial.params for trial in study.trials]
        left = [params for params in listed if params not in known]
        if progress is not None:
            progress("one rule changed at a time", len(known), len(known) + len(left))
        for params, found in zip(left, _evaluated(question, left, workers), strict=True):
            _add(optuna, study, question, params, found)
            if progress is not None:
                progress("one rule changed at a time", len(study.trials), len(known) + len(left))
        every = [_read(trial) for trial in study.trials]
    return [next(one for one in every if one[0] == params) for params in listed]


def _evaluated(question: DesignQuestion, left: Sequence[dict[str, Choice]], workers: int | None) -> Iterator[Evaluated]:
    """One after another as they are ready where there is one worker, so that little is lost when it is stopped."""
    if workers == 1 or len(left) == 1:
        return (evaluate(question, params) for params in left)
    return iter(in_parallel(partial(evaluate, question), left, workers))


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise DesignError(
            "design search", ["needs Optuna, which is not installed: pip install 'cascade-sim[analysis]'"]
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _directions() -> list[str]:
    return ["minimize" if objective.sense == "min" else "maximize" for objective in OBJECTIVES.values()]


def _made_with(question: DesignQuestion) -> dict[str, str]:
    """Everything that must be the same for candidates to be compared."""
    digest = hashlib.blake2b(code_version().encode(), digest_size=8)
    root = Path(cascade_sim.experiments.__file__).parent
    for file in [root / name for name in _SOURCES]:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    market = digest_with_files(load_scenario(scenario_data(question.scenario), question.set))
    return {"question": question.digest(), "scenario": market, "code": digest.hexdigest(), "libraries": libraries}


@contextmanager
def _stored(optuna: Any, question: DesignQuestion, file: Path, name: str) -> "Iterator[optuna.Study]":
    """A study in a file, made if it is not there."""
    storage = optuna.storages.RDBStorage(f"sqlite:///{file}")
    try:
        study = optuna.create_study(study_name=name, storage=storage, directions=_directions(), load_if_exists=True)
        _check_same(study.user_attrs, _made_with(question), file)
        for name, value in _made_with(question).items():
            study.set_user_attr(name, value)
        yield study
    finally:
        storage.remove_session()
        storage.engine.dispose()


_WHAT = {
    "question": "other settings, agents, news or days",
    "scenario": "another scenario, or with other files that it reads",
    "code": "another version of the code",
    "libraries": "other versions of libraries",
}


def _check_same(found: dict[str, Any], now: dict[str, str], file: Path) -> None:
    """Refuse candidates that can't be compared.

    Raises
    ------
    DesignError
        Says what differs.
    """
    differs = [name for name in now if found and found.get(name) != now[name]]
    if differs:
        problems = [f"made with {_WHAT[name]} ({found.get(name)}, now {now[name]})" for name in differs]
        raise DesignError(str(file), [*problems, "candidates must not be mixed: choose another folder with --out"])


def _distributions(optuna: Any, question: DesignQuestion) -> dict[str, Any]:
    of = optuna.distributions
    return {
        name: of.CategoricalDistribution(setting.values)
        if setting.values
        else of.FloatDistribution(setting.low, setting.high, log=setting.scale == "log")
        for name, setting in question.settings.items()
    }


def _proposals(optuna: Any, question: DesignQuestion, earlier: "list[optuna.trial.FrozenTrial]") -> list[Any]:
    """Trials of the next batch."""
    memory = optuna.create_study(directions=_directions())
    memory.add_trials(earlier)
    distributions = _distributions(optuna, question)
    if not earlier and question.today:
        memory.enqueue_trial(question.today)
    asked = []
    for number in range(len(earlier), len(earlier) + _BATCH):
        memory.sampler = optuna.samplers.TPESampler(n_startup_trials=_AT_RANDOM, seed=number)
        asked.append(memory.ask(distributions))
    return asked


def _add(
    optuna: Any, study: "optuna.Study", question: DesignQuestion, params: dict[str, Choice], found: Evaluated
) -> None:
    """Enter a candidate, whole or not at all."""
    study.add_trial(
        optuna.trial.create_trial(
            params=params,
            distributions=_distributions(optuna, question),
            values=[found.objectives[name][0] for name in OBJECTIVES],
            user_attrs={"evaluated": json.dumps(_plain(found))},
        )
    )


def _plain(found: Evaluated) -> dict[str, Any]:
    data = asdict(found)
    return data | {name: list(data[name].items()) for name in ("leverages", "depths")}


def _read(trial: "optuna.trial.FrozenTrial") -> Candidate:
    data = json.loads(trial.user_attrs["evaluated"])
    objectives = {name: tuple(values) for name, values in data["objectives"].items()}
    leverages, depths = (dict(data[name]) for name in ("leverages", "depths"))
    regret = data["regret"][0], data["regret"][1]
    return dict(trial.params), Evaluated(objectives, leverages, depths, regret, data["rounds"])
