"""What tests of the ecology share: a small one, quick to live through."""

import pytest

from cascade_sim.experiments.ecology import ecology_names, read_ecology
from cascade_sim.experiments.ecology.question import _ECOLOGIES


def changed(changes):
    """Data of the shipped ecology with values at paths replaced."""
    data = _ECOLOGIES.read(ecology_names()[0])
    for path, value in changes.items():
        *parents, last = path.split("/")
        place = data
        for key in parents:
            place = place[key]
        place[last] = value
    return data


@pytest.fixture(scope="session")
def small():
    """Function that makes a small ecology: few episodes, two lucks, with changes."""

    def make(**changes):
        short = {"episodes": 6, "seeds": 2, "settings/duration": 300, "news/at": 10, "news/over": 100}
        return read_ecology(changed(short | {key.replace("__", "/"): value for key, value in changes.items()}))

    return make
