"""Groups: what stands side by side gives nobody away, whoever adds and subtracts and multiplies."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, product

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from bot.desk import disclosure, side_by_side
from bot.desk.groups import METRICS, Facet, Name
from bot.desk.metrics import Metric, Number
from bot.desk.side_by_side import OTHERS, Numbers

K = 5
GROUPS = ("Africa", "America", "Asia", "Europe")

# Somebody who has started: of which group, and whether they have or had a partner, did something lately, are
# looked at, and have dropped out. A mentor is in no group. Nobody has dropped out who did something lately.

Kind = tuple[str, bool, bool, bool, bool]
MENTOR = "mentor"
KINDS: Sequence[Kind] = [
    (group, paired, active, looked_at, dropped)
    for group in (*GROUPS, MENTOR)
    for paired, active, looked_at, dropped in product((False, True), repeat=4)
    if looked_at <= paired and dropped <= (looked_at and not active) and (group != MENTOR or paired)
]
Known = frozenset[Kind]  # a set of kinds, of which it is known how many people they are


def among(kinds: Sequence[Kind], metric: Metric) -> tuple[Known, Known]:
    """Part and whole."""
    whole = {
        Metric.MATCHED: [kind for kind in kinds if kind[0] != MENTOR],
        Metric.ACTIVE: kinds,
        Metric.DROPPED_OUT: [kind for kind in kinds if kind[3]],
    }[metric]
    at = {Metric.MATCHED: 1, Metric.ACTIVE: 2, Metric.DROPPED_OUT: 4}[metric]
    return frozenset(kind for kind in whole if kind[at]), frozenset(whole)


def count(people: Counter[Kind], known: Known) -> int:
    return sum(people[kind] for kind in known)


def numbers_of(people: Counter[Kind]) -> dict[str, Number]:
    """As they are taken: those of the programme, by continent and by role."""
    numbers = {}

    def add(name: str, kinds: Sequence[Kind], metric: Metric) -> None:
        part, whole = (count(people, known) for known in among(kinds, metric))
        numbers[name] = Number(part, whole, whole)

    of_mentees = [kind for kind in KINDS if kind[0] != MENTOR]
    of_mentors = [kind for kind in KINDS if kind[0] == MENTOR]
    for metric in (Metric.MATCHED, Metric.ACTIVE, Metric.DROPPED_OUT):
        add(metric.value, KINDS, metric)
        for group in GROUPS:
            kinds = [kind for kind in KINDS if kind[0] == group]
            if count(people, frozenset(kinds)):
                add(str(Name(Facet.CONTINENT, group, metric)), kinds, metric)
    for metric in METRICS[Facet.ROLE]:
        for role, kinds in (("mentee", of_mentees), ("mentor", of_mentors)):
            if count(people, frozenset(kinds)):
                add(str(Name(Facet.ROLE, role, metric)), kinds, metric)
    return numbers


def of_programme(numbers: Numbers) -> Iterator[Known]:
    """What everybody who asks for health knows, and more: how many are in each whole is said always."""
    for metric in (Metric.MATCHED, Metric.ACTIVE, Metric.DROPPED_OUT):
        part, whole = among(KINDS, metric)
        yield whole
        if metric.value in disclosure.shown(numbers, K):
            yield part


def of_groups(numbers: Numbers) -> Iterator[Known]:
    told = side_by_side.told(numbers, K)
    for (facet, metric), lines in told.items():
        named = {group for group, _ in lines if group != OTHERS}
        for group, _ in lines:
            if facet is Facet.ROLE:
                kinds = [kind for kind in KINDS if (kind[0] == MENTOR) == (group == MENTOR)]
            elif group == OTHERS:
                kinds = [kind for kind in KINDS if kind[0] not in named | {MENTOR}]
            else:
                kinds = [kind for kind in KINDS if kind[0] == group]
            yield from among(kinds, metric)


def known_of(people: Counter[Kind]) -> tuple[set[Known], set[Known]]:
    """From the programme's own numbers, and from what is told of groups."""
    numbers = numbers_of(people)
    return there_are(people, of_programme(numbers)), there_are(people, of_groups(numbers))


def there_are(people: Counter[Kind], known: Iterable[Known]) -> set[Known]:
    """Without groups that nobody is in: that there is nobody is told by their not being there."""
    groups = {kind[0] for kind, number in people.items() if number}
    return {frozenset(kind for kind in one if kind[0] in groups) for one in known} - {frozenset()}


def worked_out(known: set[Known], rounds: int = 3) -> set[Known]:
    """By adding what has nobody in common, and taking away what is part of something, over and over."""
    found, newest = set(known), set(known)
    for _ in range(rounds):
        more = set[Known]()
        for one, two in product(newest, known):
            if one < two:
                more.add(two - one)
            elif two < one:
                more.add(one - two)
            elif not one & two:
                more.add(one | two)
        newest = more - found
        found |= newest
    return found


# Some ways to fare are rare everywhere, others here and there: else nothing would ever be told
rare, usual = st.sampled_from([0, 0, 1, 2, 4]), st.sampled_from([0, 1, 4, 5, 6, 9, 15, 15, 30])


@st.composite
def programmes(draw: st.DrawFn) -> Counter[Kind]:
    how_many = {_way(kind): draw(st.sampled_from([rare, usual, usual])) for kind in KINDS}
    return Counter({kind: draw(how_many[_way(kind)]) for kind in KINDS})


def _way(kind: Kind) -> tuple[bool, ...]:
    return (kind[0] == MENTOR, *kind[1:])


def hardly_anybody_away() -> Counter[Kind]:
    """As many mentees as have a partner are looked at, but for two."""
    away = {kind for kind in KINDS if kind[0] != MENTOR and kind[1] and not kind[3]}
    people = Counter({kind: 0 if kind in away else 10 for kind in KINDS})
    people["Asia", True, False, False, False] = 2
    return people


@example(hardly_anybody_away())
@given(programmes())
def test_no_count_of_a_few_follows_from_what_is_told(people: Counter[Kind]) -> None:
    own, of_each = known_of(people)
    before = worked_out(own)

    after = worked_out(own | of_each)

    assert [known for known in after - before if count(people, known) < K] == []


@given(programmes())
def test_no_combination_of_what_is_told_makes_a_count_of_a_few(people: Counter[Kind]) -> None:
    """Whatever numbers it is multiplied with: of any groups together, anything that may be asked of them."""
    own, of_each = known_of(people)
    few = [known for known in there_are(people, ASKED) if count(people, known) < K]
    before = Span(own)

    after = Span(own | of_each)

    assert [known for known in few if known in after and known not in before] == []


class Span:
    """All that can be reckoned from some counts by adding, subtracting and multiplying."""

    def __init__(self, known: Iterable[Known]) -> None:
        rows = np.array([_vector(one) for one in known] or [_vector(frozenset())])
        _, sizes, directions = np.linalg.svd(rows, full_matrices=False)
        self._basis = directions[sizes > 1e-9]

    def __contains__(self, known: Known) -> bool:
        wanted = _vector(known)
        return bool(np.allclose(wanted @ self._basis.T @ self._basis, wanted, atol=1e-7))


def _vector(known: Known) -> list[float]:
    return [float(kind in known) for kind in KINDS]


def _are(at: int, yes: bool) -> Callable[[Kind], bool]:
    return lambda kind: kind[at] is yes


QUESTIONS: Sequence[Callable[[Kind], bool]] = [
    bool,  # everybody
    *(_are(at, yes) for at in range(1, 5) for yes in (True, False)),
    lambda kind: kind[1] and not kind[3],  # has a partner, and is away, new, or at an end
    lambda kind: kind[3] and not kind[4],
    lambda kind: not kind[2] and not kind[4],
    lambda kind: kind[2] and kind[3],
]
ASKED: Sequence[Known] = [
    frozenset(kind for kind in KINDS if kind[0] in groups and asked(kind))
    for size in range(1, len(GROUPS) + 2)
    for groups in combinations((*GROUPS, MENTOR), size)
    for asked in QUESTIONS
]
