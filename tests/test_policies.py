"""The comparison with our peers is fair only if the simulated bot keeps the rules that the real one keeps."""

from collections.abc import Iterator

import pytest

from benchmarks.policies import FIRST_IDEA, OURS, PEERS, People, Person, Policy, Programme, outcome
from bot.calendar import WEEK, is_decent


def run(policy: Policy) -> Programme:
    return Programme(People(), policy, seed=7).run()


def everybody(programme: Programme) -> Iterator[Person]:
    return iter({id(person): person for pair in programme.pairs for person in pair.two}.values())


@pytest.mark.parametrize("policy", [OURS, FIRST_IDEA], ids=lambda policy: policy.title)
def test_ours_never_writes_at_night_in_a_pause_or_three_times_a_week(policy: Policy) -> None:
    for person in everybody(run(policy)):
        for at in person.told:
            assert is_decent(person.hours, at)
            assert not any(leave.opens <= at < leave.closes for leave in person.declared)
            assert sum(at <= other < at + WEEK for other in person.told) <= 2


@pytest.mark.parametrize("policy", PEERS, ids=lambda policy: policy.title)
def test_the_same_seed_is_the_same_programme(policy: Policy) -> None:
    assert outcome(run(policy)) == outcome(run(policy))


def test_everybody_meets_the_same_people() -> None:
    crowds = [
        [(pair.agreed, pair.gone_at, pair.two[0].hours) for pair in run(policy).pairs]
        for policy in (OURS, *PEERS)
    ]

    assert all(crowd == crowds[0] for crowd in crowds)
