"""What happens between two episodes, worked out by hand."""

from dataclasses import asdict, replace

import pytest

from cascade_sim.experiments.ecology.episode import Fate
from cascade_sim.experiments.ecology.flows import between
from cascade_sim.experiments.ecology.state import first_states

NOTHING = Fate(0.0)


@pytest.fixture
def still(small):
    """An ecology in which nobody comes, goes or changes; and its states."""
    rules = {"memory": 1.0, "most": 1.0, "imitation": 0.0, "mutation": 0.0, "ruin": 0.1, "room": 1000}
    rules |= {"rebuild": 0.25, "caution": 0.5}
    ecology = small(flows=rules)
    calm = {"entry": 0.0, "speed": 0.0, "outside": 0.0}
    people = {name: item.model_copy(update=calm) for name, item in ecology.populations.items()}
    ecology = ecology.model_copy(update={"populations": people})
    return ecology, first_states(ecology)


def after(ecology, states, **fates):
    everybody = {name: fates.get(name, NOTHING) for name in states}
    return between(ecology, states, everybody, {})


def with_rule(ecology, **rules):
    return ecology.model_copy(update={"flows": ecology.flows.model_copy(update=rules)})


def with_people(ecology, name, **changes):
    people = ecology.populations | {name: ecology.populations[name].model_copy(update=changes)}
    return ecology.model_copy(update={"populations": people})


def test_nothing_happens_where_nothing_happened(still):
    ecology, states = still
    found, _, flows = after(ecology, states)
    for name, state in states.items():  # a cohort without leverage has nan there
        assert asdict(found[name]) == pytest.approx(asdict(state), rel=0, abs=0, nan_ok=True)
    assert all(flow == type(flow)() for flow in flows.values())


def test_those_wiped_out_take_what_they_have_left(still):
    ecology, states = still
    found, _, flows = after(ecology, states, high=Fate(-1e5, wiped=10, left=2000.0))
    assert found["high"].members == 20
    assert found["high"].capital == 3e5 - 1e5 - 2000.0
    assert flows["high"].left == 2000.0


def test_the_last_to_go_leaves_nothing_behind(still):
    ecology, states = still
    found, _, flows = after(ecology, states, high=Fate(-2.9e5, wiped=30, left=9_500.0))
    assert (found["high"].members, found["high"].capital) == (0, 0.0)
    assert flows["high"].left == pytest.approx(1e4)


def test_people_come_after_returns_better_than_elsewhere_and_go_after_worse(still):
    ecology, states = still
    ecology = with_people(ecology, "hunters", speed=4.0, outside=0.05)
    found, _, flows = after(ecology, states, hunters=Fate(0.15 * 4e5))
    # 4 hunters earned 15 %, 10 points more than elsewhere: 4 * 0.1 * 4 = 1.6, of whom one is whole.
    assert found["hunters"].members == 5
    assert flows["hunters"].entered == 1e5
    assert found["hunters"].waiting == pytest.approx(0.6)
    found, _, flows = after(ecology, states, hunters=Fate(-0.05 * 4e5))
    assert found["hunters"].members == 3
    assert flows["hunters"].withdrawn == pytest.approx(0.95e5)  # the stake of one, after the loss


def test_newcomers_of_prey_stop_where_there_is_no_room(still):
    ecology, states = still
    ecology = with_people(with_rule(ecology, room=340), "low", entry=10.0)
    found, _, _ = after(ecology, states)
    assert found["low"].members == 105  # 170 of 340 are there: half of the ten come
    full, _, _ = after(with_rule(ecology, room=170), states)
    assert full["low"].members == 100


def test_prey_imitate_those_who_earned_more(still):
    ecology, states = still
    ecology = with_rule(ecology, imitation=1.0)
    found, pairs, flows = after(ecology, states, high=Fate(0.5 * 3e5))
    # A low meets a high with chance 30/170 and follows with chance 0.5: 100 * 30/170 / 2 = 8.8; 3.5 of the middle do.
    assert found["high"].members == 30 + 8 + 3
    assert found["low"].members == 92
    assert found["middle"].members == 37
    assert flows["low"].switched == -8e4
    assert sum(flow.switched for flow in flows.values()) == pytest.approx(0.0)
    assert pairs["low", "high"] == pytest.approx(100 * 30 / 170 / 2 - 8)


def test_replicator_in_the_mean(still):
    """Imitation moves shares as the replicator equation says: x' = x * rate * (return - mean return)."""
    ecology, states = still
    many = {name: replace(state, members=state.members * 10**6) for name, state in states.items()}
    earned = {"low": 0.01, "middle": 0.04, "high": -0.02}
    fates = {name: Fate(value * many[name].capital) for name, value in earned.items()}
    found, _, _ = after(with_rule(ecology, imitation=0.2), many, **fates)
    prey = ecology.of_role("prey")
    total = sum(many[name].members for name in prey)
    share = {name: many[name].members / total for name in prey}
    mean = sum(share[name] * earned[name] for name in prey)
    for name in prey:
        change = found[name].members / total - share[name]
        assert change == pytest.approx(share[name] * 0.2 * (earned[name] - mean), abs=1e-6)


def test_leverage_is_cut_after_a_loss_and_comes_back(still):
    ecology, states = still
    found, _, _ = after(ecology, states, high=Fate(-0.4 * 3e5))
    assert found["high"].leverage == pytest.approx(
        20.0 + 0.25 * 5.0
    )  # 25 cut by half of 40 %, a quarter of the way back
    again, _, _ = after(ecology, found)
    assert again["high"].leverage == pytest.approx(21.25 + 0.25 * 3.75)
